"""An index of the messages that wait for a person, so that counting them costs nothing.

Revision: 0071
Follows: 0070
"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_outbox_stuck",
        "outbox",
        ["topic", "status"],
        schema="access",
        postgresql_where=sa.text("status IN ('dead', 'held')"),
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_stuck", table_name="outbox", schema="access")
