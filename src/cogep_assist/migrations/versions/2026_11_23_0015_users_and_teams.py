"""Users, teams, whose session it is, and what a key is narrowed to.

Revision: 0015
Follows: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_user()
    _create_teams()
    op.add_column(
        "api_key",
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=True),
        schema="access",
    )
    op.add_column("session", sa.Column("user_id", sa.Uuid(), nullable=True), schema="access")
    op.add_column(
        "session",
        sa.Column("device", sa.Text(), server_default="", nullable=False),
        schema="access",
    )
    op.add_column(
        "session",
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        schema="access",
    )
    op.create_foreign_key(
        op.f("fk_session_user_id_user"),
        "session",
        "user",
        ["user_id"],
        ["id"],
        source_schema="access",
        referent_schema="access",
        ondelete="CASCADE",
    )
    op.create_index(op.f("ix_session_user_id"), "session", ["user_id"], schema="access")


def downgrade() -> None:
    op.drop_index(op.f("ix_session_user_id"), table_name="session", schema="access")
    # Without its user a session would be anybody's of that role: it ends.
    op.execute("DELETE FROM access.session WHERE user_id IS NOT NULL")
    op.drop_constraint(op.f("fk_session_user_id_user"), "session", schema="access")
    for column in ("seen_at", "device", "user_id"):
        op.drop_column("session", column, schema="access")
    # A narrowed key must not become a wide one.
    op.execute("DELETE FROM access.api_key WHERE scopes IS NOT NULL")
    op.drop_column("api_key", "scopes", schema="access")
    op.drop_index(op.f("ix_team_member_user_id"), table_name="team_member", schema="access")
    op.drop_table("team_member", schema="access")
    op.drop_table("team", schema="access")
    op.drop_index("ix_user_customer_id", table_name="user", schema="access")
    op.drop_index("ix_user_list", table_name="user", schema="access")
    op.drop_table("user", schema="access")


def _create_user() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column(
            "role",
            postgresql.ENUM(name="role", schema="access", create_type=False),
            nullable=False,
        ),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm.customer.id"],
            name=op.f("fk_user_customer_id_customer"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email_key", name=op.f("uq_user_email_key")),
        schema="access",
    )
    op.create_index("ix_user_list", "user", ["sort_key", "id"], schema="access")
    op.create_index(
        "ix_user_customer_id",
        "user",
        ["customer_id"],
        schema="access",
        postgresql_where=sa.text("customer_id IS NOT NULL"),
    )


def _create_teams() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name_key", name=op.f("uq_team_name_key")),
        schema="access",
    )
    op.create_table(
        "team_member",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("leader", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["access.team.id"],
            name=op.f("fk_team_member_team_id_team"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["access.user.id"],
            name=op.f("fk_team_member_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_team_member")),
        schema="access",
    )
    op.create_index(op.f("ix_team_member_user_id"), "team_member", ["user_id"], schema="access")
