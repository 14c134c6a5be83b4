"""Tell people of what happens on their tickets, and sweep what they were told.

Revision: 0285
Follows: 0267
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0285"
down_revision = "0267"
branch_labels = None
depends_on = None

_KIND = postgresql.ENUM(
    "assigned",
    "mentioned",
    "message",
    "replied",
    "resolved",
    "answerable",
    name="ticket_notice_kind",
    schema="crm",
    create_type=False,
)


def upgrade() -> None:
    _KIND.create(op.get_bind(), checkfirst=False)
    op.create_table(
        "ticket_notice",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _KIND, nullable=False),
        sa.Column(
            "told_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["crm.ticket.id"],
            name=op.f("fk_ticket_notice_ticket_id_ticket"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["access.user.id"],
            name=op.f("fk_ticket_notice_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_id", "user_id", "kind", name=op.f("pk_ticket_notice")),
        schema="crm",
    )
    op.create_index(
        "ix_ticket_notice_user_id",
        "ticket_notice",
        ["user_id", "told_at"],
        schema="crm",
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("ticket_notice", schema="crm")
    _KIND.drop(op.get_bind(), checkfirst=False)
