"""Questions that were looked at and belong to no gap.

Revision: 0017
Follows: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("gap_ask", "gap_id", existing_type=sa.Uuid(), nullable=True, schema="ai")
    op.create_index(
        "ix_answer_abstained",
        "answer",
        ["id"],
        schema="ai",
        postgresql_where=sa.text("abstained"),
    )


def downgrade() -> None:
    op.drop_index("ix_answer_abstained", table_name="answer", schema="ai")
    op.execute("DELETE FROM ai.gap_ask WHERE gap_id IS NULL")
    op.alter_column("gap_ask", "gap_id", existing_type=sa.Uuid(), nullable=False, schema="ai")
