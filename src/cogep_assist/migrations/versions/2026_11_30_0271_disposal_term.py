"""Public records that the archive let go name the term of elimination that did.

Revision: 0271
Follows: 0270
"""

import sqlalchemy as sa
from alembic import op

revision = "0271"
down_revision = "0270"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("keeping", sa.Column("disposal_term", sa.Text(), nullable=True), schema="lgpd")
    op.create_index(
        "ix_keeping_disposal_term",
        "keeping",
        ["disposal_term"],
        schema="lgpd",
        postgresql_where=sa.text("disposal_term IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_keeping_disposal_term", table_name="keeping", schema="lgpd")
    op.drop_column("keeping", "disposal_term", schema="lgpd")
