"""A collection to each queue, for the desk's own search.

Revision: 0027
Follows: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("collection", sa.Column("queue_id", sa.Uuid(), nullable=True), schema="ai")
    op.create_unique_constraint(
        op.f("uq_collection_queue_id"), "collection", ["queue_id"], schema="ai"
    )
    op.create_foreign_key(
        op.f("fk_collection_queue_id_queue"),
        "collection",
        "queue",
        ["queue_id"],
        ["id"],
        source_schema="ai",
        referent_schema="crm",
        ondelete="RESTRICT",
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("fk_collection_queue_id_queue"), "collection", schema="ai", type_="foreignkey"
    )
    op.drop_constraint(op.f("uq_collection_queue_id"), "collection", schema="ai", type_="unique")
    op.drop_column("collection", "queue_id", schema="ai")
