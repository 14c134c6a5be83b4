"""The outbox: what is to leave the house, written in the transaction of the act that says so.

Revision: 0020
Follows: 0019
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STATUS = ("pending", "delivered", "dead", "cancelled")


def upgrade() -> None:
    sa.Enum(*STATUS, name="outbox_status", schema="access").create(op.get_bind())
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("resource_key", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column(
            "status",
            postgresql.ENUM(*STATUS, name="outbox_status", schema="access", create_type=False),
            server_default="pending",
            nullable=False,
        ),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "available_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        schema="access",
    )
    op.create_index(
        "ix_outbox_pending",
        "outbox",
        ["resource_key", "sequence"],
        schema="access",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_outbox_finished_at",
        "outbox",
        ["finished_at"],
        schema="access",
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_table(
        "outbox_attempt",
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("reply", sa.Text(), server_default="", nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["access.outbox.id"],
            name=op.f("fk_outbox_attempt_outbox_id_outbox"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("outbox_id", "attempt", name=op.f("pk_outbox_attempt")),
        schema="access",
    )


def downgrade() -> None:
    op.drop_table("outbox_attempt", schema="access")
    op.drop_index("ix_outbox_finished_at", table_name="outbox", schema="access")
    op.drop_index("ix_outbox_pending", table_name="outbox", schema="access")
    op.drop_table("outbox", schema="access")
    sa.Enum(*STATUS, name="outbox_status", schema="access").drop(op.get_bind())
