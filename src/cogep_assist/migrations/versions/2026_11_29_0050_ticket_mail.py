"""Mail about tickets: what came in, which letters went out, what is known of addresses.

Revision: 0050
Follows: 0057
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0050"
down_revision = "0057"
branch_labels = None
depends_on = None

STATUS = ("received", "accepted", "ignored", "failed")
NOW = sa.text("clock_timestamp()")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("ticket_entry", sa.Column("folded", sa.Text(), nullable=True), schema="crm")
    sa.Enum(*STATUS, name="mail_status", schema="crm").create(op.get_bind())
    _create_inbound()
    _create_letter()
    op.create_table(
        "mail_address",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("bounced_at", MOMENT, nullable=True),
        sa.Column("bounce_status", sa.Text(), nullable=True),
        sa.Column("notices_off_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_mail_address")),
        schema="crm",
    )
    op.create_table(
        "mailbox_position",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("read_at", MOMENT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_mailbox_position")),
        schema="crm",
    )


def downgrade() -> None:
    for table in ("mailbox_position", "mail_address", "ticket_letter", "inbound_mail"):
        op.drop_table(table, schema="crm")
    sa.Enum(name="mail_status", schema="crm").drop(op.get_bind())
    op.drop_column("ticket_entry", "folded", schema="crm")


def _create_inbound() -> None:
    op.create_table(
        "inbound_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("blob_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            postgresql.ENUM(*STATUS, name="mail_status", schema="crm", create_type=False),
            server_default="received",
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column(
            "refers_to",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column(
            "authentication",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("processed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("place", name=op.f("uq_inbound_mail_place")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_inbound_mail_fingerprint")),
        _reference("inbound_mail", "blob_id", "blob", "ai", "RESTRICT"),
        _reference("inbound_mail", "ticket_id", "ticket", "crm", "SET NULL"),
        _reference("inbound_mail", "entry_id", "ticket_entry", "crm", "SET NULL"),
        schema="crm",
    )
    for columns in (["message_id"], ["ticket_id"], ["blob_id"], ["entry_id"]):
        name = op.f(f"ix_inbound_mail_{columns[0]}")
        op.create_index(name, "inbound_mail", columns, schema="crm")
    op.create_index(
        "ix_inbound_mail_sender", "inbound_mail", ["sender", "received_at"], schema="crm"
    )
    op.create_index(
        "ix_inbound_mail_refers_to",
        "inbound_mail",
        ["refers_to"],
        schema="crm",
        postgresql_using="gin",
    )


def _create_letter() -> None:
    op.create_table(
        "ticket_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("bounced_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_letter")),
        _reference("ticket_letter", "ticket_id", "ticket", "crm", "CASCADE"),
        _reference("ticket_letter", "entry_id", "ticket_entry", "crm", "SET NULL"),
        schema="crm",
    )
    for columns in (["ticket_id"], ["entry_id"]):
        name = op.f(f"ix_ticket_letter_{columns[0]}")
        op.create_index(name, "ticket_letter", columns, schema="crm")
    op.create_index(
        "ix_ticket_letter_recipient", "ticket_letter", ["recipient", "created_at"], schema="crm"
    )


def _reference(
    table: str, column: str, target: str, schema: str, ondelete: str
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{schema}.{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete=ondelete,
    )
