"""Keep with a question set the least that its figures may come to.

Revision: 0194
Follows: 0177
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0194"
down_revision = "0177"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "question_set",
        sa.Column(
            "gate", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        schema="ai",
    )


def downgrade() -> None:
    op.drop_column("question_set", "gate", schema="ai")
