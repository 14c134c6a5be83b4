"""Keep which passages an embedder refuses, so that the others do not wait for them.

Revision: 0195
Follows: 0187
"""

import sqlalchemy as sa
from alembic import op

revision = "0195"
down_revision = "0187"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vector_refusal",
        sa.Column("chunk_id", sa.Uuid(), nullable=False),
        sa.Column("space_number", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["chunk_id"],
            ["ai.chunk.id"],
            name=op.f("fk_vector_refusal_chunk_id_chunk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["space_number"],
            ["ai.vector_space.number"],
            name=op.f("fk_vector_refusal_space_number_vector_space"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("chunk_id", "space_number", name=op.f("pk_vector_refusal")),
        schema="ai",
    )


def downgrade() -> None:
    op.drop_table("vector_refusal", schema="ai")
