"""Tickets: queues, requests, what is written on them, their relations and merges.

Revision: 0018
Follows: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sa.Enum(
        "duplicate_of",
        "caused_by",
        "split_from",
        "follows",
        "related_to",
        name="link_kind",
        schema="crm",
    ).create(op.get_bind())
    sa.Enum("message", "reply", "note", name="entry_kind", schema="crm").create(op.get_bind())
    sa.Enum(
        "web", "api", "email", "phone", "answer", "import", name="ticket_channel", schema="crm"
    ).create(op.get_bind())
    sa.Enum("low", "normal", "high", "urgent", name="ticket_priority", schema="crm").create(
        op.get_bind()
    )
    sa.Enum("low", "medium", "high", name="ticket_level", schema="crm").create(op.get_bind())
    sa.Enum("customer", "third_party", name="waiting_on", schema="crm").create(op.get_bind())
    sa.Enum(
        "new", "open", "waiting", "resolved", "closed", name="ticket_status", schema="crm"
    ).create(op.get_bind())
    sa.Enum("manual", "round_robin", "least_loaded", name="assignment_rule", schema="crm").create(
        op.get_bind()
    )
    op.create_table(
        "protocol_counter",
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_protocol_counter")),
        schema="crm",
    )
    op.create_table(
        "queue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column(
            "assignment",
            postgresql.ENUM(
                "manual",
                "round_robin",
                "least_loaded",
                name="assignment_rule",
                schema="crm",
                create_type=False,
            ),
            server_default="manual",
            nullable=False,
        ),
        sa.Column("last_assignee_id", sa.Uuid(), nullable=True),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["last_assignee_id"],
            ["access.user.id"],
            name=op.f("fk_queue_last_assignee_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["access.team.id"], name=op.f("fk_queue_team_id_team"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue")),
        sa.UniqueConstraint("name", name=op.f("uq_queue_name")),
        schema="crm",
    )
    op.create_index(op.f("ix_queue_team_id"), "queue", ["team_id"], unique=False, schema="crm")
    op.create_index(
        "uq_queue_default",
        "queue",
        ["is_default"],
        unique=True,
        schema="crm",
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM(
                "new",
                "open",
                "waiting",
                "resolved",
                "closed",
                name="ticket_status",
                schema="crm",
                create_type=False,
            ),
            server_default="new",
            nullable=False,
        ),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column(
            "waiting_on",
            postgresql.ENUM(
                "customer", "third_party", name="waiting_on", schema="crm", create_type=False
            ),
            nullable=True,
        ),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "impact",
            postgresql.ENUM(
                "low", "medium", "high", name="ticket_level", schema="crm", create_type=False
            ),
            server_default="medium",
            nullable=False,
        ),
        sa.Column(
            "urgency",
            postgresql.ENUM(
                "low", "medium", "high", name="ticket_level", schema="crm", create_type=False
            ),
            server_default="medium",
            nullable=False,
        ),
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
            server_default="normal",
            nullable=False,
        ),
        sa.Column("priority_fixed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "channel",
            postgresql.ENUM(
                "web",
                "api",
                "email",
                "phone",
                "answer",
                "import",
                name="ticket_channel",
                schema="crm",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column(
            "tags",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column("handover", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("reopened", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("first_replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_entry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (waiting_on IS NOT NULL)",
            name=op.f("ck_ticket_waits_on_somebody"),
        ),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_ticket_not_merged_into_itself")),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["access.user.id"],
            name=op.f("fk_ticket_assignee_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm.customer.id"],
            name=op.f("fk_ticket_customer_id_customer"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["crm.ticket.id"],
            name=op.f("fk_ticket_merged_into_id_ticket"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["crm.queue.id"],
            name=op.f("fk_ticket_queue_id_queue"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("protocol", name=op.f("uq_ticket_protocol")),
        schema="crm",
    )
    op.create_index(
        "ix_ticket_assignee_id",
        "ticket",
        ["assignee_id", sa.text("id DESC")],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("status <> 'closed' AND merged_into_id IS NULL"),
    )
    op.create_index(
        "ix_ticket_customer_id",
        "ticket",
        ["customer_id", sa.text("id DESC")],
        unique=False,
        schema="crm",
    )
    op.create_index(
        "ix_ticket_merged_into_id",
        "ticket",
        ["merged_into_id"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_opened_by",
        "ticket",
        ["opened_by", sa.text("id DESC")],
        unique=False,
        schema="crm",
    )
    op.create_index(
        "ix_ticket_queue_status_id",
        "ticket",
        ["queue_id", "status", sa.text("id DESC")],
        unique=False,
        schema="crm",
    )
    op.create_index(
        "ix_ticket_status_id", "ticket", ["status", sa.text("id DESC")], unique=False, schema="crm"
    )
    op.create_index(
        "ix_ticket_tags", "ticket", ["tags"], unique=False, schema="crm", postgresql_using="gin"
    )
    op.create_index(
        "ix_ticket_wake_at",
        "ticket",
        ["wake_at"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    )
    op.create_table(
        "ticket_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "message", "reply", "note", name="entry_kind", schema="crm", create_type=False
            ),
            nullable=False,
        ),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "mentions",
            postgresql.ARRAY(sa.Uuid()),
            server_default=sa.text("'{}'::uuid[]"),
            nullable=False,
        ),
        sa.Column(
            "citations",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["crm.ticket.id"],
            name=op.f("fk_ticket_entry_ticket_id_ticket"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_entry")),
        schema="crm",
    )
    op.create_index(
        "ix_ticket_entry_ticket_id_id",
        "ticket_entry",
        ["ticket_id", "id"],
        unique=False,
        schema="crm",
    )
    op.create_table(
        "ticket_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["crm.ticket.id"],
            name=op.f("fk_ticket_event_ticket_id_ticket"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_event")),
        schema="crm",
    )
    op.create_index(
        "ix_ticket_event_ticket_id_id",
        "ticket_event",
        ["ticket_id", "id"],
        unique=False,
        schema="crm",
    )
    op.create_table(
        "ticket_link",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "duplicate_of",
                "caused_by",
                "split_from",
                "follows",
                "related_to",
                name="link_kind",
                schema="crm",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("ticket_id <> other_id", name=op.f("ck_ticket_link_not_to_itself")),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["crm.ticket.id"],
            name=op.f("fk_ticket_link_other_id_ticket"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["crm.ticket.id"],
            name=op.f("fk_ticket_link_ticket_id_ticket"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_id", "other_id", "kind", name=op.f("pk_ticket_link")),
        schema="crm",
    )
    op.create_index(
        "ix_ticket_link_other_id", "ticket_link", ["other_id"], unique=False, schema="crm"
    )
    op.create_table(
        "ticket_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["kept_id"],
            ["crm.ticket.id"],
            name=op.f("fk_ticket_merge_kept_id_ticket"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"],
            ["crm.ticket.id"],
            name=op.f("fk_ticket_merge_merged_id_ticket"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_merge")),
        schema="crm",
    )
    op.create_index(
        "ix_ticket_merge_kept_id", "ticket_merge", ["kept_id"], unique=False, schema="crm"
    )
    op.create_index(
        "uq_ticket_merge_standing",
        "ticket_merge",
        ["merged_id"],
        unique=True,
        schema="crm",
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "ticket_rating",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_ticket_rating_score")),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["crm.ticket.id"],
            name=op.f("fk_ticket_rating_ticket_id_ticket"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_rating")),
        schema="crm",
    )
    op.create_table(
        "ticket_attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("blob_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["blob_id"],
            ["ai.blob.id"],
            name=op.f("fk_ticket_attachment_blob_id_blob"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["crm.ticket_entry.id"],
            name=op.f("fk_ticket_attachment_entry_id_ticket_entry"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_attachment")),
        schema="crm",
    )
    op.create_index(
        "ix_ticket_attachment_blob_id", "ticket_attachment", ["blob_id"], unique=False, schema="crm"
    )
    op.create_index(
        "ix_ticket_attachment_entry_id",
        "ticket_attachment",
        ["entry_id"],
        unique=False,
        schema="crm",
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_attachment_entry_id", table_name="ticket_attachment", schema="crm")
    op.drop_index("ix_ticket_attachment_blob_id", table_name="ticket_attachment", schema="crm")
    op.drop_table("ticket_attachment", schema="crm")
    op.drop_table("ticket_rating", schema="crm")
    op.drop_index(
        "uq_ticket_merge_standing",
        table_name="ticket_merge",
        schema="crm",
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.drop_index("ix_ticket_merge_kept_id", table_name="ticket_merge", schema="crm")
    op.drop_table("ticket_merge", schema="crm")
    op.drop_index("ix_ticket_link_other_id", table_name="ticket_link", schema="crm")
    op.drop_table("ticket_link", schema="crm")
    op.drop_index("ix_ticket_event_ticket_id_id", table_name="ticket_event", schema="crm")
    op.drop_table("ticket_event", schema="crm")
    op.drop_index("ix_ticket_entry_ticket_id_id", table_name="ticket_entry", schema="crm")
    op.drop_table("ticket_entry", schema="crm")
    op.drop_index(
        "ix_ticket_wake_at",
        table_name="ticket",
        schema="crm",
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    )
    op.drop_index("ix_ticket_tags", table_name="ticket", schema="crm", postgresql_using="gin")
    op.drop_index("ix_ticket_status_id", table_name="ticket", schema="crm")
    op.drop_index("ix_ticket_queue_status_id", table_name="ticket", schema="crm")
    op.drop_index("ix_ticket_opened_by", table_name="ticket", schema="crm")
    op.drop_index(
        "ix_ticket_merged_into_id",
        table_name="ticket",
        schema="crm",
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.drop_index("ix_ticket_customer_id", table_name="ticket", schema="crm")
    op.drop_index(
        "ix_ticket_assignee_id",
        table_name="ticket",
        schema="crm",
        postgresql_where=sa.text("status <> 'closed' AND merged_into_id IS NULL"),
    )
    op.drop_table("ticket", schema="crm")
    op.drop_index(
        "uq_queue_default", table_name="queue", schema="crm", postgresql_where=sa.text("is_default")
    )
    op.drop_index(op.f("ix_queue_team_id"), table_name="queue", schema="crm")
    op.drop_table("queue", schema="crm")
    op.drop_table("protocol_counter", schema="crm")
    sa.Enum("manual", "round_robin", "least_loaded", name="assignment_rule", schema="crm").drop(
        op.get_bind()
    )
    sa.Enum(
        "new", "open", "waiting", "resolved", "closed", name="ticket_status", schema="crm"
    ).drop(op.get_bind())
    sa.Enum("customer", "third_party", name="waiting_on", schema="crm").drop(op.get_bind())
    sa.Enum("low", "medium", "high", name="ticket_level", schema="crm").drop(op.get_bind())
    sa.Enum("low", "normal", "high", "urgent", name="ticket_priority", schema="crm").drop(
        op.get_bind()
    )
    sa.Enum(
        "web", "api", "email", "phone", "answer", "import", name="ticket_channel", schema="crm"
    ).drop(op.get_bind())
    sa.Enum("message", "reply", "note", name="entry_kind", schema="crm").drop(op.get_bind())
    sa.Enum(
        "duplicate_of",
        "caused_by",
        "split_from",
        "follows",
        "related_to",
        name="link_kind",
        schema="crm",
    ).drop(op.get_bind())
