"""Count what waits to be solved, and tell its age, from an index alone.

Revision: 0088
Follows: 0082
"""

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_ticket_backlog",
        "ticket",
        ["queue_id"],
        schema="crm",
        postgresql_include=["assignee_id", "priority", "customer_id", "created_at"],
        postgresql_where=sa.text("status IN ('new', 'open', 'waiting') AND merged_into_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_backlog", table_name="ticket", schema="crm")
