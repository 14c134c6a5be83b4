"""Passages that somebody took out of the answers.

Revision: 0121
Follows: 0130
"""

import sqlalchemy as sa
from alembic import op

revision = "0121"
down_revision = "0130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "chunk",
        sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False),
        schema="ai",
    )
    op.create_table(
        "hidden_passage",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("text_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("hidden_by", sa.Text(), nullable=False),
        sa.Column(
            "hidden_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["ai.document.id"],
            name=op.f("fk_hidden_passage_document_id_document"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", "text_sha256", name=op.f("pk_hidden_passage")),
        schema="ai",
    )


def downgrade() -> None:
    op.drop_table("hidden_passage", schema="ai")
    op.drop_column("chunk", "hidden", schema="ai")
