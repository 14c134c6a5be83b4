"""Access: keys, sessions, one-time links, idempotency.

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sa.Enum("admin", "agent", "curator", "dpo", "requester", name="role", schema="access").create(
        op.get_bind()
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            postgresql.ENUM(
                "admin",
                "agent",
                "curator",
                "dpo",
                "requester",
                name="role",
                schema="access",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
        schema="access",
    )
    op.create_index(
        "uq_api_key_live_name",
        "api_key",
        ["name"],
        unique=True,
        schema="access",
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("reply", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("principal", "route", "key", name=op.f("pk_idempotency_key")),
        schema="access",
    )
    op.create_index(
        op.f("ix_idempotency_key_created_at"),
        "idempotency_key",
        ["created_at"],
        unique=False,
        schema="access",
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("csrf_token", sa.Text(), nullable=False),
        sa.Column(
            "role",
            postgresql.ENUM(
                "admin",
                "agent",
                "curator",
                "dpo",
                "requester",
                name="role",
                schema="access",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
        schema="access",
    )
    op.create_index(
        op.f("ix_session_expires_at"), "session", ["expires_at"], unique=False, schema="access"
    )
    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "role",
            postgresql.ENUM(
                "admin",
                "agent",
                "curator",
                "dpo",
                "requester",
                name="role",
                schema="access",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
        schema="access",
    )
    op.create_index(
        op.f("ix_sign_in_link_expires_at"),
        "sign_in_link",
        ["expires_at"],
        unique=False,
        schema="access",
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_sign_in_link_expires_at"), table_name="sign_in_link", schema="access")
    op.drop_table("sign_in_link", schema="access")
    op.drop_index(op.f("ix_session_expires_at"), table_name="session", schema="access")
    op.drop_table("session", schema="access")
    op.drop_index(
        op.f("ix_idempotency_key_created_at"), table_name="idempotency_key", schema="access"
    )
    op.drop_table("idempotency_key", schema="access")
    op.drop_index(
        "uq_api_key_live_name",
        table_name="api_key",
        schema="access",
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_table("api_key", schema="access")
    sa.Enum("admin", "agent", "curator", "dpo", "requester", name="role", schema="access").drop(
        op.get_bind()
    )
