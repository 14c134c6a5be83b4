"""Let a person ask about a file of their own, which nobody else reads.

Revision: 0082
Follows: 0081
"""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

NAME = "fk_collection_owner_user_id_user"


def upgrade() -> None:
    op.add_column("collection", sa.Column("owner_user_id", sa.Uuid()), schema="ai")
    op.create_foreign_key(
        op.f(NAME),
        "collection",
        "user",
        ["owner_user_id"],
        ["id"],
        source_schema="ai",
        referent_schema="access",
        ondelete="SET NULL",
    )


def downgrade() -> None:
    # Without the column nobody could tell whose a file is: it is for nobody else to read.
    op.execute(
        "UPDATE ai.collection SET expires_at = clock_timestamp() WHERE owner_user_id IS NOT NULL"
    )
    op.drop_constraint(op.f(NAME), "collection", schema="ai", type_="foreignkey")
    op.drop_column("collection", "owner_user_id", schema="ai")
