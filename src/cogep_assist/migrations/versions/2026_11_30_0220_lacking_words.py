"""Keep which of a question's words no document held, so that it is told again with its answer.

Revision: 0220
Follows: 0204
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0220"
down_revision = "0204"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answer", sa.Column("lacking", postgresql.JSONB(none_as_null=True)), schema="ai")


def downgrade() -> None:
    op.drop_column("answer", "lacking", schema="ai")
