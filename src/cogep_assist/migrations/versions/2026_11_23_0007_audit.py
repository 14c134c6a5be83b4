"""The audit of every act.

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_audit_event_actor"), "audit_event", ["actor"], unique=False, schema="lgpd"
    )
    op.create_index(
        "ix_audit_event_object",
        "audit_event",
        ["object_type", "object_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_audit_event_occurred_at"),
        "audit_event",
        ["occurred_at"],
        unique=False,
        schema="lgpd",
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_audit_event_occurred_at"), table_name="audit_event", schema="lgpd")
    op.drop_index("ix_audit_event_object", table_name="audit_event", schema="lgpd")
    op.drop_index(op.f("ix_audit_event_actor"), table_name="audit_event", schema="lgpd")
    op.drop_table("audit_event", schema="lgpd")
