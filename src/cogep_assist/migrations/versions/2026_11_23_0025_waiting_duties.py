"""A duty that comes back to wait may find another of its kind waiting: that is no conflict.

Revision: 0025
Follows: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WAITING = sa.text("status = 'pending'")
COLUMNS = ["kind", "subject"]


def upgrade() -> None:
    _replace("uq_background_job_waiting", "ix_background_job_waiting", unique=False)


def downgrade() -> None:
    op.execute(
        """
        DELETE FROM access.background_job AS job
        WHERE status = 'pending' AND EXISTS (
            SELECT FROM access.background_job AS first
            WHERE first.status = 'pending' AND first.kind = job.kind
              AND first.subject = job.subject AND first.sequence < job.sequence)
        """
    )
    _replace("ix_background_job_waiting", "uq_background_job_waiting", unique=True)


def _replace(before: str, after: str, *, unique: bool) -> None:
    op.drop_index(before, table_name="background_job", schema="access")
    op.create_index(
        after,
        "background_job",
        COLUMNS,
        unique=unique,
        schema="access",
        postgresql_where=WAITING,
    )
