"""Calls to models, and which model wrote an answer.

Revision: 0013
Follows: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = ("chat", "embeddings", "rerank")
PROVIDERS = ("own", "external")


def upgrade() -> None:
    for column in ("model", "prompt_version", "notice_code"):
        op.add_column("answer", sa.Column(column, sa.Text(), nullable=True), schema="ai")
    sa.Enum(*KINDS, name="model_kind", schema="lgpd").create(op.get_bind())
    sa.Enum(*PROVIDERS, name="model_provider", schema="lgpd").create(op.get_bind())
    op.create_table(
        "model_transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "kind",
            postgresql.ENUM(*KINDS, name="model_kind", schema="lgpd", create_type=False),
            nullable=False,
        ),
        sa.Column(
            "provider",
            postgresql.ENUM(*PROVIDERS, name="model_provider", schema="lgpd", create_type=False),
            nullable=False,
        ),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("mechanism", sa.Text(), nullable=True),
        sa.Column("payload_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("payload_bytes", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column(
            "replaced",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_transfer")),
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_model_transfer_occurred_at"),
        "model_transfer",
        ["occurred_at"],
        unique=False,
        schema="lgpd",
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_model_transfer_occurred_at"), table_name="model_transfer", schema="lgpd")
    op.drop_table("model_transfer", schema="lgpd")
    sa.Enum(*PROVIDERS, name="model_provider", schema="lgpd").drop(op.get_bind())
    sa.Enum(*KINDS, name="model_kind", schema="lgpd").drop(op.get_bind())
    for column in ("notice_code", "prompt_version", "model"):
        op.drop_column("answer", column, schema="ai")
