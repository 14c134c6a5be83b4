"""Sources that are followed on a schedule.

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sa.Enum("url", "folder", "sitemap", name="followed_kind", schema="ai").create(op.get_bind())
    op.create_table(
        "source",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "url", "folder", "sitemap", name="followed_kind", schema="ai", create_type=False
            ),
            nullable=False,
        ),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("every_seconds", sa.Integer(), nullable=True),
        sa.Column("cron", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("misses_allowed", sa.SmallInteger(), server_default="3", nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "found",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_details", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("held_retirements", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retirement_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(every_seconds IS NULL) <> (cron IS NULL)", name=op.f("ck_source_one_schedule")
        ),
        sa.CheckConstraint("every_seconds >= 300", name=op.f("ck_source_not_too_often")),
        sa.CheckConstraint(
            "misses_allowed BETWEEN 1 AND 100", name=op.f("ck_source_misses_allowed")
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["ai.collection.id"],
            name=op.f("fk_source_collection_id_collection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint(
            "collection_id", "kind", "target", name=op.f("uq_source_collection_id_kind_target")
        ),
        schema="ai",
    )
    op.create_index(
        "ix_source_due",
        "source",
        ["next_due_at"],
        unique=False,
        schema="ai",
        postgresql_where=sa.text("paused_at IS NULL"),
    )
    op.create_table(
        "source_item",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("misses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_details", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("excluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["ai.document.id"],
            name=op.f("fk_source_item_document_id_document"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["ai.source.id"],
            name=op.f("fk_source_item_source_id_source"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", "name", name=op.f("pk_source_item")),
        schema="ai",
    )
    op.create_index(
        "ix_source_item_document_id", "source_item", ["document_id"], unique=False, schema="ai"
    )
    op.create_index(
        "ix_source_item_job_id",
        "source_item",
        ["job_id"],
        unique=False,
        schema="ai",
        postgresql_where=sa.text("job_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_source_item_job_id",
        table_name="source_item",
        schema="ai",
        postgresql_where=sa.text("job_id IS NOT NULL"),
    )
    op.drop_index("ix_source_item_document_id", table_name="source_item", schema="ai")
    op.drop_table("source_item", schema="ai")
    op.drop_index(
        "ix_source_due",
        table_name="source",
        schema="ai",
        postgresql_where=sa.text("paused_at IS NULL"),
    )
    op.drop_table("source", schema="ai")
    sa.Enum("url", "folder", "sitemap", name="followed_kind", schema="ai").drop(op.get_bind())
