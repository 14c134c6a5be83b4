"""Keep which passages came nearest to a question that was not answered.

Revision: 0188
Follows: 0195
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0188"
down_revision = "0195"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "answer",
        sa.Column("closest", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        schema="ai",
    )


def downgrade() -> None:
    op.drop_column("answer", "closest", schema="ai")
