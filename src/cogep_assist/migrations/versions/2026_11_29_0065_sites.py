"""Sites that embed the question box, their wordings of consent, and the visits from there.

Revision: 0065
Follows: 0085
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0065"
down_revision = "0085"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    _create_site()
    op.create_table(
        "site_consent",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["access.site.id"],
            name=op.f("fk_site_consent_site_id_site"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("site_id", "version", name=op.f("pk_site_consent")),
        schema="access",
    )
    _create_visit()


def downgrade() -> None:
    # Who asked from there is known no more: what they asked goes with the visits.
    op.execute("DELETE FROM ai.conversation WHERE owner LIKE 'visitor:%'")
    op.drop_table("site_visit", schema="access")
    op.drop_table("site_consent", schema="access")
    op.drop_table("site", schema="access")


def _create_site() -> None:
    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("origins", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("greeting", sa.Text(), nullable=False),
        sa.Column("consent_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("opens_tickets", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("asks_per_minute", sa.Integer(), server_default="60", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "asks_per_minute BETWEEN 1 AND 6000", name=op.f("ck_site_asks_per_minute")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("name", name=op.f("uq_site_name")),
        schema="access",
    )


def _create_visit() -> None:
    op.create_table(
        "site_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("consent_version", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "consent_version"],
            ["access.site_consent.site_id", "access.site_consent.version"],
            name=op.f("fk_site_visit_site_id_consent_version_site_consent"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_visit")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_site_visit_token_hash")),
        schema="access",
    )
    op.create_index("ix_site_visit_created_at", "site_visit", ["created_at"], schema="access")
