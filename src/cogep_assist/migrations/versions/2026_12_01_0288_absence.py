"""Say when somebody is away, so that no ticket is handed to them meanwhile.

Revision: 0288
Follows: 0271
"""

import sqlalchemy as sa
from alembic import op

revision = "0288"
down_revision = "0271"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("leaves_at", "away_until"):
        op.add_column(
            "user", sa.Column(name, sa.DateTime(timezone=True), nullable=True), schema="access"
        )


def downgrade() -> None:
    for name in ("away_until", "leaves_at"):
        op.drop_column("user", name, schema="access")
