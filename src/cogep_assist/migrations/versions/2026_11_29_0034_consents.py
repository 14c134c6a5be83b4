"""Consent: purposes in versions, an append-only ledger, guardians, and mail bound to consent.

Revision: 0034
Follows: 0033
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

CONSENT_CHANNEL = ("portal", "desk", "api", "phone", "paper")
CONSENT_ACT = ("granted", "refused", "revoked")


def upgrade() -> None:
    sa.Enum(*CONSENT_CHANNEL, name="consent_channel", schema="lgpd").create(op.get_bind())
    sa.Enum(*CONSENT_ACT, name="consent_act", schema="lgpd").create(op.get_bind())
    op.create_table(
        "consent_purpose",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("current_version", sa.SmallInteger(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_purpose")),
        sa.UniqueConstraint("key", name=op.f("uq_consent_purpose_key")),
        schema="lgpd",
    )
    op.create_table(
        "purpose_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("consequences", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), server_default="", nullable=False),
        sa.Column("renewal", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sensitive", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "btrim(consequences) <> ''", name=op.f("ck_purpose_version_consequences_are_told")
        ),
        sa.CheckConstraint(
            "version = 1 OR btrim(changes) <> ''", name=op.f("ck_purpose_version_changes_are_told")
        ),
        sa.ForeignKeyConstraint(
            ["purpose_id"],
            ["lgpd.consent_purpose.id"],
            name=op.f("fk_purpose_version_purpose_id_consent_purpose"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purpose_version")),
        sa.UniqueConstraint(
            "purpose_id", "version", name=op.f("uq_purpose_version_purpose_id_version")
        ),
        schema="lgpd",
    )
    op.create_table(
        "guardian",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("verification", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_guardian_customer_id"), "guardian", ["customer_id"], unique=False, schema="lgpd"
    )
    op.create_table(
        "consent_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "act",
            postgresql.ENUM(*CONSENT_ACT, name="consent_act", schema="lgpd", create_type=False),
            nullable=False,
        ),
        sa.Column(
            "channel",
            postgresql.ENUM(
                *CONSENT_CHANNEL, name="consent_channel", schema="lgpd", create_type=False
            ),
            nullable=False,
        ),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("proof", sa.Text(), server_default="", nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=True),
        sa.Column("best_interest", sa.Text(), nullable=True),
        sa.Column("receipt_number", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["guardian_id"],
            ["lgpd.guardian.id"],
            name=op.f("fk_consent_event_guardian_id_guardian"),
        ),
        sa.ForeignKeyConstraint(
            ["purpose_id"],
            ["lgpd.consent_purpose.id"],
            name=op.f("fk_consent_event_purpose_id_consent_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["lgpd.purpose_version.id"],
            name=op.f("fk_consent_event_version_id_purpose_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
        sa.UniqueConstraint("sequence", name=op.f("uq_consent_event_sequence")),
        schema="lgpd",
    )
    op.create_index(
        "ix_consent_event_customer",
        "consent_event",
        ["customer_id", "purpose_id", "sequence"],
        unique=False,
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_consent_event_guardian_id"),
        "consent_event",
        ["guardian_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_consent_event_purpose_id"),
        "consent_event",
        ["purpose_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_consent_event_version_id"),
        "consent_event",
        ["version_id"],
        unique=False,
        schema="lgpd",
    )
    op.add_column(
        "outbox", sa.Column("consent_customer_id", sa.Uuid(), nullable=True), schema="access"
    )
    op.add_column("outbox", sa.Column("consent_purpose", sa.Text(), nullable=True), schema="access")
    op.execute("GRANT UPDATE ON lgpd.consent_purpose TO cogep_app")


def downgrade() -> None:
    op.drop_column("outbox", "consent_purpose", schema="access")
    op.drop_column("outbox", "consent_customer_id", schema="access")
    op.drop_table("consent_event", schema="lgpd")
    op.drop_table("guardian", schema="lgpd")
    op.drop_table("purpose_version", schema="lgpd")
    op.drop_table("consent_purpose", schema="lgpd")
    sa.Enum(*CONSENT_ACT, name="consent_act", schema="lgpd").drop(op.get_bind())
    sa.Enum(*CONSENT_CHANNEL, name="consent_channel", schema="lgpd").drop(op.get_bind())
