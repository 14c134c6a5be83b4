"""Find all that somebody ever attended to, closed or not, without reading all tickets.

Revision: 0087
Follows: 0061
"""

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_ticket_assignee_id_id",
        "ticket",
        ["assignee_id", sa.text("id DESC")],
        schema="crm",
        postgresql_where=sa.text("assignee_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_assignee_id_id", table_name="ticket", schema="crm")
