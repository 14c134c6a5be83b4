"""Keep with an import why people who were erased before come in all the same.

Revision: 0110
Follows: 0088
"""

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0088"
branch_labels = None
depends_on = None

TABLES = ("customer_import", "import_batch")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("readmit_reason", sa.Text(), nullable=True), schema="crm")


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "readmit_reason", schema="crm")
