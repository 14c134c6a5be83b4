"""Read the tickets of a queue, and what is kept for too long, without reading all of them.

Revision: 0086
Follows: 0065
"""

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_ticket_queue_id_id", "ticket", ["queue_id", sa.text("id DESC")], schema="crm"
    )
    op.create_index(
        "ix_ticket_closed_at",
        "ticket",
        ["closed_at"],
        schema="crm",
        postgresql_where=sa.text("status = 'closed'"),
    )
    op.create_index(
        "ix_customer_removed_at",
        "customer",
        ["removed_at"],
        schema="crm",
        postgresql_where=sa.text("removed_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_customer_removed_at", table_name="customer", schema="crm")
    op.drop_index("ix_ticket_closed_at", table_name="ticket", schema="crm")
    op.drop_index("ix_ticket_queue_id_id", table_name="ticket", schema="crm")
