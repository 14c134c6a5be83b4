"""Webhooks, and what the outbox has to know of them: lanes, held messages, a fuller log.

Revision: 0049
Follows: 0043
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0049"
down_revision = "0043"
branch_labels = None
depends_on = None

STATUS = ("pending", "active", "paused", "disabled")


def upgrade() -> None:
    _create_webhook()
    op.execute("ALTER TYPE access.outbox_status ADD VALUE IF NOT EXISTS 'held'")
    op.add_column("outbox", sa.Column("lane", sa.Text(), nullable=True), schema="access")
    op.execute("UPDATE access.outbox SET lane = topic")
    op.alter_column("outbox", "lane", nullable=False, schema="access")
    op.add_column("outbox", sa.Column("event", sa.Text(), nullable=True), schema="access")
    op.add_column("outbox", sa.Column("webhook_id", sa.Uuid(), nullable=True), schema="access")
    op.create_foreign_key(
        op.f("fk_outbox_webhook_id_webhook"),
        "outbox",
        "webhook",
        ["webhook_id"],
        ["id"],
        source_schema="access",
        referent_schema="access",
        ondelete="CASCADE",
    )
    op.create_index(
        "ix_outbox_pending_lane",
        "outbox",
        ["lane", "available_at"],
        schema="access",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_outbox_webhook_id",
        "outbox",
        ["webhook_id", sa.text("sequence DESC")],
        schema="access",
        postgresql_where=sa.text("webhook_id IS NOT NULL"),
    )
    for column in (
        sa.Column("request", postgresql.JSONB(), nullable=True),
        sa.Column("status_code", sa.SmallInteger(), nullable=True),
        sa.Column("reply_body", sa.LargeBinary(), nullable=True),
    ):
        op.add_column("outbox_attempt", column, schema="access")
    # Deliveries are asked for by lane from here on; what waits is found again by the ticker.
    op.execute("DELETE FROM access.background_job WHERE kind = 'deliver_outbox'")


def downgrade() -> None:
    for name in ("reply_body", "status_code", "request"):
        op.drop_column("outbox_attempt", name, schema="access")
    op.execute("DELETE FROM access.background_job WHERE kind = 'deliver_outbox'")
    op.execute("DELETE FROM access.outbox WHERE topic <> 'mail'")
    op.drop_index("ix_outbox_webhook_id", table_name="outbox", schema="access")
    op.drop_index("ix_outbox_pending_lane", table_name="outbox", schema="access")
    for name in ("webhook_id", "event", "lane"):
        op.drop_column("outbox", name, schema="access")
    _without_held()
    op.drop_table("webhook", schema="access")
    sa.Enum(name="webhook_status", schema="access").drop(op.get_bind())


def _create_webhook() -> None:
    sa.Enum(*STATUS, name="webhook_status", schema="access").create(op.get_bind())
    now = sa.text("clock_timestamp()")
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "filters", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column(
            "fields",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("previous_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status",
            postgresql.ENUM(*STATUS, name="webhook_status", schema="access", create_type=False),
            server_default="pending",
            nullable=False,
        ),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("name", name=op.f("uq_webhook_name")),
        schema="access",
    )
    op.create_index(
        "ix_webhook_events", "webhook", ["events"], schema="access", postgresql_using="gin"
    )


def _without_held() -> None:
    """Rebuild the enum: PostgreSQL takes no value back. What was held waits again."""
    op.drop_index("ix_outbox_pending", table_name="outbox", schema="access")
    op.execute("UPDATE access.outbox SET status = 'pending' WHERE status = 'held'")
    op.execute("ALTER TYPE access.outbox_status RENAME TO outbox_status_old")
    kept = ("pending", "delivered", "dead", "cancelled")
    sa.Enum(*kept, name="outbox_status", schema="access").create(op.get_bind())
    op.execute("ALTER TABLE access.outbox ALTER COLUMN status DROP DEFAULT")
    op.execute(
        "ALTER TABLE access.outbox ALTER COLUMN status TYPE access.outbox_status "
        "USING status::text::access.outbox_status"
    )
    op.execute("ALTER TABLE access.outbox ALTER COLUMN status SET DEFAULT 'pending'")
    op.execute("DROP TYPE access.outbox_status_old")
    op.create_index(
        "ix_outbox_pending",
        "outbox",
        ["resource_key", "sequence"],
        schema="access",
        postgresql_where=sa.text("status = 'pending'"),
    )
