"""Find the tickets that nobody attends to without reading all of them.

Revision: 0057
Follows: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_ticket_unassigned_id",
        "ticket",
        [sa.text("id DESC")],
        schema="crm",
        postgresql_where=sa.text("assignee_id IS NULL AND merged_into_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_unassigned_id", table_name="ticket", schema="crm")
