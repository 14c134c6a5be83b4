"""Let a job name the request that brought it.

Revision: 0179
Follows: 0170
"""

import sqlalchemy as sa
from alembic import op

revision = "0179"
down_revision = "0170"
branch_labels = None
depends_on = None

TABLES = ("ingestion_queue", "ingestion_archive")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("request_id", sa.Text(), nullable=True), schema="ai")


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "request_id", schema="ai")
