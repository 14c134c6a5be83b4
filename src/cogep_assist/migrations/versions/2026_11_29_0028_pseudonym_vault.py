"""Vaults of the pseudonyms that stand in what leaves for a model.

Revision: 0028
Follows: 0056
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pseudonym_vault",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["ai.conversation.id"],
            name=op.f("fk_pseudonym_vault_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_pseudonym_vault")),
        schema="lgpd",
    )
    op.create_index(
        "ix_pseudonym_vault_expires_at", "pseudonym_vault", ["expires_at"], schema="lgpd"
    )
    # A vault grows with its conversation and goes when its time is over.
    op.execute("GRANT UPDATE, DELETE ON lgpd.pseudonym_vault TO cogep_app")


def downgrade() -> None:
    op.drop_table("pseudonym_vault", schema="lgpd")
