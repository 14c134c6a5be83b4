"""Keep how sure an answer must be in a collection, as its curator's questions show.

Revision: 0187
Follows: 0194
"""

import sqlalchemy as sa
from alembic import op

revision = "0187"
down_revision = "0194"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.create_table(
        "answer_threshold",
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("shift", sa.Float(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint("shift BETWEEN -1 AND 1", name=op.f("ck_answer_threshold_shift")),
        sa.CheckConstraint("questions > 0", name=op.f("ck_answer_threshold_questions")),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["ai.collection.id"],
            name=op.f("fk_answer_threshold_collection_id_collection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("collection_id", name=op.f("pk_answer_threshold")),
        schema="ai",
    )


def downgrade() -> None:
    op.drop_table("answer_threshold", schema="ai")
