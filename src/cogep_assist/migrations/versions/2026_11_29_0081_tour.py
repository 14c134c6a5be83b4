"""Remember who has gone through the tour of the first minutes, or put it aside.

Revision: 0081
Follows: 0080
"""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("tour_ended_at", sa.DateTime(timezone=True)), schema="access")


def downgrade() -> None:
    op.drop_column("user", "tour_ended_at", schema="access")
