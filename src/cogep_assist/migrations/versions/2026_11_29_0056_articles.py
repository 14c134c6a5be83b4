"""Articles on their way from tickets and gaps into the base.

Revision: 0056
Follows: 0049
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision = "0049"
branch_labels = None
depends_on = None

STATUS = postgresql.ENUM(
    "draft",
    "reviewed",
    "published",
    "discarded",
    name="article_status",
    schema="crm",
    create_type=False,
)
NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    STATUS.create(op.get_bind())
    op.create_table(
        "article",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", STATUS, server_default="draft", nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column(
            "removed", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("collection_id", sa.Uuid()),
        sa.Column("ticket_id", sa.Uuid()),
        sa.Column("gap_id", sa.Uuid()),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("edited_by", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Text()),
        sa.Column("published_by", sa.Text()),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True)),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"],
                [f"{schema}.{name}.id"],
                name=op.f(f"fk_article_{name}_id_{name}"),
                ondelete="SET NULL",
            )
            for schema, name in (("ai", "collection"), ("crm", "ticket"), ("ai", "gap"))
        ),
        schema="crm",
    )
    op.create_index("ix_article_status_id", "article", ["status", sa.text("id DESC")], schema="crm")
    for name in ("collection_id", "ticket_id", "gap_id"):
        op.create_index(op.f(f"ix_article_{name}"), "article", [name], schema="crm")


def downgrade() -> None:
    op.drop_table("article", schema="crm")
    STATUS.drop(op.get_bind())
