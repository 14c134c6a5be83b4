"""A transfer to a model names who asked, so that they are told of it (art. 18, VII).

Revision: 0230
Follows: 0235
"""

import sqlalchemy as sa
from alembic import op

revision = "0230"
down_revision = "0235"
branch_labels = None
depends_on = None

INDEX = "ix_model_transfer_actor"


def upgrade() -> None:
    op.add_column("model_transfer", sa.Column("actor", sa.Text(), nullable=True), schema="lgpd")
    op.create_index(INDEX, "model_transfer", ["actor"], schema="lgpd")


def downgrade() -> None:
    op.drop_index(INDEX, table_name="model_transfer", schema="lgpd")
    op.drop_column("model_transfer", "actor", schema="lgpd")
