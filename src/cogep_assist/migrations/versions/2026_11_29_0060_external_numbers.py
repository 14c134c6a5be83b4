"""Keep the number that a ticket had in another system, and find the ticket by it.

Revision: 0060
Follows: 0086
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("external_number", "external_system"):
        op.add_column("ticket", sa.Column(name, sa.Text(), nullable=True), schema="crm")
    op.create_index(
        "ix_ticket_external_number",
        "ticket",
        ["external_number"],
        schema="crm",
        postgresql_where=sa.text("external_number IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_external_number", table_name="ticket", schema="crm")
    for name in ("external_system", "external_number"):
        op.drop_column("ticket", name, schema="crm")
