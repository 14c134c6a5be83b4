"""Hold a reply back for some seconds, in which its author may take it back.

Revision: 0080
Follows: 0075
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0080"
down_revision = "0075"
branch_labels = None
depends_on = None

STATUS = postgresql.ENUM(name="ticket_status", schema="crm", create_type=False)


def upgrade() -> None:
    op.add_column("ticket_entry", sa.Column("held_until", sa.DateTime(timezone=True)), schema="crm")
    op.add_column("ticket_entry", sa.Column("held_then", STATUS), schema="crm")
    op.create_index(
        "ix_ticket_entry_held_until",
        "ticket_entry",
        ["held_until"],
        schema="crm",
        postgresql_where=sa.text("held_until IS NOT NULL"),
    )


def downgrade() -> None:
    # What was still to go out was written to be read.
    op.drop_index("ix_ticket_entry_held_until", "ticket_entry", schema="crm")
    op.drop_column("ticket_entry", "held_then", schema="crm")
    op.drop_column("ticket_entry", "held_until", schema="crm")
