"""Providers of models: who they are, where they process data, and under what.

Revision: 0029
Follows: 0028
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MECHANISMS = (
    "domestic",
    "adequacy",
    "standard_clauses",
    "specific_clauses",
    "corporate_rules",
    "seals_and_codes",
    "authority_consent",
    "subject_consent",
)


def upgrade() -> None:
    sa.Enum(*MECHANISMS, name="transfer_mechanism", schema="lgpd").create(op.get_bind())
    op.create_table(
        "registered_provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("legal_entity", sa.Text(), nullable=False),
        sa.Column(
            "ownership",
            postgresql.ENUM(name="model_provider", schema="lgpd", create_type=False),
            nullable=False,
        ),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column(
            "mechanism",
            postgresql.ENUM(
                *MECHANISMS, name="transfer_mechanism", schema="lgpd", create_type=False
            ),
            nullable=True,
        ),
        sa.Column("contract", sa.Text(), server_default="", nullable=False),
        sa.Column("retention_terms", sa.Text(), server_default="", nullable=False),
        sa.Column("training_terms", sa.Text(), server_default="", nullable=False),
        sa.Column("masked", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "sensitive_allowed", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "ownership = 'own' OR (mechanism IS NOT NULL AND expires_at IS NOT NULL AND masked)",
            name=op.f("ck_registered_provider_external_has_its_ground"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registered_provider")),
        schema="lgpd",
    )
    op.create_index(
        "uq_registered_provider_host_in_use",
        "registered_provider",
        ["host"],
        unique=True,
        schema="lgpd",
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    # Registered once, withdrawn once; what was registered is never deleted.
    op.execute("GRANT UPDATE (withdrawn_at) ON lgpd.registered_provider TO cogep_app")


def downgrade() -> None:
    op.drop_table("registered_provider", schema="lgpd")
    sa.Enum(name="transfer_mechanism", schema="lgpd").drop(op.get_bind())
