"""Say of each agent whether they read what tickets tell of health, faith and the like.

Who attends tickets today goes on reading them: an upgrade withdraws nothing unasked. Whoever is
added from here on reads them once somebody says so.

Revision: 0278
Follows: 0288
"""

import sqlalchemy as sa
from alembic import op

revision = "0278"
down_revision = "0288"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "user",
        sa.Column("reads_sensitive", sa.Boolean(), server_default=sa.false(), nullable=False),
        schema="access",
    )
    op.execute("UPDATE access.\"user\" SET reads_sensitive = true WHERE role = 'agent'")


def downgrade() -> None:
    op.drop_column("user", "reads_sensitive", schema="access")
