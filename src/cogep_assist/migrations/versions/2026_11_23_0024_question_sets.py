"""Questions that a curator measures the base with, and what each measurement found.

Revision: 0024
Follows: 0023
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.create_table(
        "question_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("every_hours", sa.Integer(), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint(
            "every_hours BETWEEN 1 AND 8760", name=op.f("ck_question_set_every_hours")
        ),
        sa.CheckConstraint(
            "(every_hours IS NULL) = (next_due_at IS NULL)",
            name=op.f("ck_question_set_due_if_repeated"),
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["ai.collection.id"],
            name=op.f("fk_question_set_collection_id_collection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_set")),
        sa.UniqueConstraint(
            "collection_id", "name", name=op.f("uq_question_set_collection_id_name")
        ),
        schema="ai",
    )
    op.create_index(
        "ix_question_set_next_due_at", "question_set", ["next_due_at"], unique=False, schema="ai"
    )
    op.create_table(
        "set_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "answers",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column(
            "documents",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column("impossible", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["ai.question_set.id"],
            name=op.f("fk_set_question_set_id_question_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_question")),
        sa.UniqueConstraint("set_id", "number", name=op.f("uq_set_question_set_id_number")),
        schema="ai",
    )
    op.create_table(
        "evaluation_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("questions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["ai.question_set.id"],
            name=op.f("fk_evaluation_run_set_id_question_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_run")),
        schema="ai",
    )
    op.create_index(
        "ix_evaluation_run_set_id_id", "evaluation_run", ["set_id", "id"], unique=False, schema="ai"
    )


def downgrade() -> None:
    op.drop_table("evaluation_run", schema="ai")
    op.drop_table("set_question", schema="ai")
    op.drop_table("question_set", schema="ai")
