"""How a person proves who they are: links, recovery codes, known devices, OIDC, and delays.

Revision: 0021
Follows: 0020
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

PURPOSES = ("invitation", "reset", "second_step")


def upgrade() -> None:
    sa.Enum(*PURPOSES, name="user_link_purpose", schema="access").create(op.get_bind())
    purpose = postgresql.ENUM(
        *PURPOSES, name="user_link_purpose", schema="access", create_type=False
    )
    op.create_table(
        "user_link",
        *_identity(),
        sa.Column("purpose", purpose, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        _of_user("user_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_link_token_hash")),
        schema="access",
    )
    op.create_table(
        "recovery_code",
        *_identity(),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        _of_user("recovery_code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        schema="access",
    )
    op.create_table(
        "known_device",
        *_identity(),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _of_user("known_device"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_known_device_token_hash")),
        schema="access",
    )
    for table in ("user_link", "recovery_code", "known_device"):
        op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"], schema="access")
    for table in ("user_link", "known_device"):
        op.create_index(op.f(f"ix_{table}_expires_at"), table, ["expires_at"], schema="access")
    _create_oidc()
    op.create_table(
        "sign_in_delay",
        sa.Column("bucket", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_sign_in_delay")),
        schema="access",
    )
    op.create_index(
        op.f("ix_sign_in_delay_updated_at"), "sign_in_delay", ["updated_at"], schema="access"
    )


def downgrade() -> None:
    for table in (
        "sign_in_delay",
        "oidc_attempt",
        "oidc_identity",
        "known_device",
        "recovery_code",
        "user_link",
    ):
        op.drop_table(table, schema="access")
    sa.Enum(*PURPOSES, name="user_link_purpose", schema="access").drop(op.get_bind())


def _create_oidc() -> None:
    op.create_table(
        "oidc_identity",
        *_identity(),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject_hash", sa.LargeBinary(), nullable=False),
        _of_user("oidc_identity"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_identity")),
        sa.UniqueConstraint(
            "issuer", "subject_hash", name=op.f("uq_oidc_identity_issuer_subject_hash")
        ),
        schema="access",
    )
    op.create_index(op.f("ix_oidc_identity_user_id"), "oidc_identity", ["user_id"], schema="access")
    op.create_table(
        "oidc_attempt",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_oidc_attempt")),
        schema="access",
    )
    op.create_index(
        op.f("ix_oidc_attempt_expires_at"), "oidc_attempt", ["expires_at"], schema="access"
    )


def _identity() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
    ]


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"],
        ["access.user.id"],
        name=op.f(f"fk_{table}_user_id_user"),
        ondelete="CASCADE",
    )
