"""Find the reading of a document that failed, without walking the queue.

Revision: 0264
Follows: 0263
"""

import sqlalchemy as sa
from alembic import op

revision = "0264"
down_revision = "0263"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_ingestion_queue_failed",
        "ingestion_queue",
        ["collection_id", "source_key", "sequence"],
        schema="ai",
        postgresql_where=sa.text("status = 'failed'"),
    )


def downgrade() -> None:
    op.drop_index("ix_ingestion_queue_failed", table_name="ingestion_queue", schema="ai")
