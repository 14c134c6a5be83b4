"""The chain of the audit: what waits to be sealed, and the seals.

Revision: 0043
Follows: 0035
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_pending",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        schema="lgpd",
    )
    op.create_table(
        "audit_seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.LargeBinary(), nullable=False),
        sa.Column("refused", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seal")),
        schema="lgpd",
    )
    # The trigger alone writes here, as the tables' owner; the sealer takes away.
    op.execute("REVOKE INSERT ON lgpd.audit_pending FROM cogep_app")
    op.execute("GRANT DELETE ON lgpd.audit_pending TO cogep_app")
    op.execute(
        """
        CREATE FUNCTION lgpd.note_audit_events() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        BEGIN
            INSERT INTO lgpd.audit_pending SELECT id FROM added;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER audit_event_is_noted AFTER INSERT ON lgpd.audit_event
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION lgpd.note_audit_events()
        """
    )
    # Acts from before the chain become its first links.
    op.execute("INSERT INTO lgpd.audit_pending SELECT id FROM lgpd.audit_event")


def downgrade() -> None:
    op.execute("DROP TRIGGER audit_event_is_noted ON lgpd.audit_event")
    op.execute("DROP FUNCTION lgpd.note_audit_events()")
    op.drop_table("audit_seal", schema="lgpd")
    op.drop_table("audit_pending", schema="lgpd")
