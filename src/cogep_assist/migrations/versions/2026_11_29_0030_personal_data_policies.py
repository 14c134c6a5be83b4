"""What becomes of documents with personal data: a policy for each collection.

Revision: 0030
Follows: 0029
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

POLICIES = ("allow", "warn", "redact", "refuse")
TABLES = ("collection", "document_version")


def upgrade() -> None:
    sa.Enum(*POLICIES, name="personal_data_policy", schema="ai").create(op.get_bind())
    policy = postgresql.ENUM(*POLICIES, name="personal_data_policy", schema="ai", create_type=False)
    for table in TABLES:
        op.add_column(
            table,
            sa.Column("personal_data", policy, server_default="allow", nullable=False),
            schema="ai",
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, "personal_data", schema="ai")
    sa.Enum(name="personal_data_policy", schema="ai").drop(op.get_bind())
