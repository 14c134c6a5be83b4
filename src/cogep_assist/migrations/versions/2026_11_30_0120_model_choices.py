"""Models that an administrator chose on the page, with their keys sealed.

Revision: 0120
Follows: 0110
"""

import sqlalchemy as sa
from alembic import op

revision = "0120"
down_revision = "0110"
branch_labels = None
depends_on = None

KIND = sa.Enum("chat", "embeddings", "rerank", name="model_kind", schema="access")
PROVIDER = sa.Enum("own", "external", name="model_provider", schema="access")


def upgrade() -> None:
    op.create_table(
        "model_choice",
        sa.Column("kind", KIND, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("provider", PROVIDER, nullable=False),
        sa.Column("api_key", sa.LargeBinary(), nullable=True),
        sa.Column("query_prefix", sa.Text(), server_default="", nullable=False),
        sa.Column("passage_prefix", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_model_choice")),
        schema="access",
    )


def downgrade() -> None:
    op.drop_table("model_choice", schema="access")
    PROVIDER.drop(op.get_bind())
    KIND.drop(op.get_bind())
