"""Calendar feeds: an address of a person's own for each, by a token of which a digest is kept.

Revision: 0070
Follows: 0087
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0070"
down_revision = "0087"
branch_labels = None
depends_on = None

KINDS = ("my_tickets", "team_tickets", "legal_clocks")


def upgrade() -> None:
    sa.Enum(*KINDS, name="feed_kind", schema="access").create(op.get_bind())
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(*KINDS, name="feed_kind", schema="access", create_type=False),
            nullable=False,
        ),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'team_tickets') = (team_id IS NOT NULL)", name=op.f("ck_calendar_feed_team")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["access.user.id"],
            name=op.f("fk_calendar_feed_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["access.team.id"],
            name=op.f("fk_calendar_feed_team_id_team"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
        schema="access",
    )
    for column in ("user_id", "team_id"):
        op.create_index(
            op.f(f"ix_calendar_feed_{column}"), "calendar_feed", [column], schema="access"
        )


def downgrade() -> None:
    op.drop_table("calendar_feed", schema="access")
    sa.Enum(name="feed_kind", schema="access").drop(op.get_bind())
