"""The lexical index: segments and postings.

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PACKED = (
    ("lexical_segment", "chunk_ids"),
    ("lexical_segment", "payload"),
    ("lexical_segment", "vocabulary"),
    ("lexical_posting", "postings"),
)


def upgrade() -> None:
    op.create_table(
        "lexical_segment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("chunk_count", sa.Integer(), nullable=False),
        sa.Column("token_total", sa.BigInteger(), nullable=False),
        sa.Column("chunk_ids", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("vocabulary", sa.LargeBinary(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "chunk_count BETWEEN 1 AND 65536", name=op.f("ck_lexical_segment_chunk_count")
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["ai.collection.id"],
            name=op.f("fk_lexical_segment_collection_id_collection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lexical_segment")),
        sa.UniqueConstraint("number", name=op.f("uq_lexical_segment_number")),
        schema="ai",
    )
    op.create_index(
        op.f("ix_lexical_segment_collection_id"),
        "lexical_segment",
        ["collection_id"],
        unique=False,
        schema="ai",
    )
    op.create_table(
        "lexical_posting",
        sa.Column("segment_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("term", sa.Text(collation="C"), nullable=False),
        sa.Column("postings", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_number"],
            ["ai.lexical_segment.number"],
            name=op.f("fk_lexical_posting_segment_number_lexical_segment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("segment_number", "term", name=op.f("pk_lexical_posting")),
        schema="ai",
    )
    # Packed bytes: out of line, not compressed again, read in slices.
    for table, column in PACKED:
        op.execute(f"ALTER TABLE ai.{table} ALTER COLUMN {column} SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_table("lexical_posting", schema="ai")
    op.drop_index(
        op.f("ix_lexical_segment_collection_id"), table_name="lexical_segment", schema="ai"
    )
    op.drop_table("lexical_segment", schema="ai")
