"""Service levels: calendars, policies, and where each ticket stands.

Revision: 0023
Follows: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("week", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column(
            "optional_holidays", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
        sa.UniqueConstraint("name", name=op.f("uq_calendar_name")),
        schema="crm",
    )
    op.create_table(
        "calendar_day",
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shifts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["crm.calendar.id"],
            name=op.f("fk_calendar_day_calendar_id_calendar"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("calendar_id", "day", name=op.f("pk_calendar_day")),
        schema="crm",
    )
    op.create_table(
        "sla_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("customer_class", sa.Text(), nullable=True),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("warn_percent", sa.SmallInteger(), server_default="80", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "warn_percent BETWEEN 1 AND 100", name=op.f("ck_sla_policy_warn_percent")
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["crm.calendar.id"],
            name=op.f("fk_sla_policy_calendar_id_calendar"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["crm.queue.id"],
            name=op.f("fk_sla_policy_queue_id_queue"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_policy")),
        sa.UniqueConstraint("name", name=op.f("uq_sla_policy_name")),
        schema="crm",
    )
    op.create_index(
        op.f("ix_sla_policy_calendar_id"), "sla_policy", ["calendar_id"], unique=False, schema="crm"
    )
    op.create_index(
        op.f("ix_sla_policy_queue_id"), "sla_policy", ["queue_id"], unique=False, schema="crm"
    )
    op.create_table(
        "sla_target",
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column(
            "priority",
            postgresql.ENUM(
                "low",
                "normal",
                "high",
                "urgent",
                name="ticket_priority",
                schema="crm",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("first_reply_minutes", sa.Integer(), nullable=True),
        sa.Column("resolution_minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "first_reply_minutes > 0", name=op.f("ck_sla_target_first_reply_minutes")
        ),
        sa.CheckConstraint("resolution_minutes > 0", name=op.f("ck_sla_target_resolution_minutes")),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["crm.sla_policy.id"],
            name=op.f("fk_sla_target_policy_id_sla_policy"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("policy_id", "priority", name=op.f("pk_sla_target")),
        schema="crm",
    )
    op.create_table(
        "ticket_sla",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("first_reply_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_reply_warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_reply_missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_reply_met", sa.Boolean(), nullable=True),
        sa.Column("resolution_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution_warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution_missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution_met", sa.Boolean(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["crm.sla_policy.id"],
            name=op.f("fk_ticket_sla_policy_id_sla_policy"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["crm.ticket.id"],
            name=op.f("fk_ticket_sla_ticket_id_ticket"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_sla")),
        schema="crm",
    )
    op.create_index(
        "ix_ticket_sla_due_at",
        "ticket_sla",
        ["due_at"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_sla_next_check_at",
        "ticket_sla",
        ["next_check_at"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_ticket_sla_policy_id"), "ticket_sla", ["policy_id"], unique=False, schema="crm"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_ticket_sla_policy_id"), table_name="ticket_sla", schema="crm")
    op.drop_index(
        "ix_ticket_sla_next_check_at",
        table_name="ticket_sla",
        schema="crm",
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_ticket_sla_due_at",
        table_name="ticket_sla",
        schema="crm",
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_table("ticket_sla", schema="crm")
    op.drop_table("sla_target", schema="crm")
    op.drop_index(op.f("ix_sla_policy_queue_id"), table_name="sla_policy", schema="crm")
    op.drop_index(op.f("ix_sla_policy_calendar_id"), table_name="sla_policy", schema="crm")
    op.drop_table("sla_policy", schema="crm")
    op.drop_table("calendar_day", schema="crm")
    op.drop_table("calendar", schema="crm")
