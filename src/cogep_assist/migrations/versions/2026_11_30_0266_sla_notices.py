"""Tell people of the deadlines that are near and of those that were missed.

Revision: 0266
Follows: 0240
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0266"
down_revision = "0240"
branch_labels = None
depends_on = None

_TARGET = postgresql.ENUM(
    "first_reply", "resolution", name="sla_target_name", schema="crm", create_type=False
)
_STAGE = postgresql.ENUM("near", "missed", name="sla_stage", schema="crm", create_type=False)


def upgrade() -> None:
    bind = op.get_bind()
    _TARGET.create(bind, checkfirst=False)
    _STAGE.create(bind, checkfirst=False)
    op.create_table(
        "sla_notice",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("target", _TARGET, nullable=False),
        sa.Column("stage", _STAGE, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes_left", sa.Integer(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["crm.ticket.id"],
            name=op.f("fk_sla_notice_ticket_id_ticket"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["access.user.id"],
            name=op.f("fk_sla_notice_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "ticket_id", "user_id", "target", "stage", name=op.f("pk_sla_notice")
        ),
        schema="crm",
    )
    op.create_index("ix_sla_notice_user_id", "sla_notice", ["user_id", "closed_at"], schema="crm")
    op.add_column(
        "sla_policy",
        sa.Column("escalates", sa.Boolean(), server_default=sa.true(), nullable=False),
        schema="crm",
    )
    op.add_column(
        "user",
        sa.Column("deadline_mail", sa.Boolean(), server_default=sa.false(), nullable=False),
        schema="access",
    )


def downgrade() -> None:
    op.drop_column("user", "deadline_mail", schema="access")
    op.drop_column("sla_policy", "escalates", schema="crm")
    op.drop_table("sla_notice", schema="crm")
    bind = op.get_bind()
    _STAGE.drop(bind, checkfirst=False)
    _TARGET.drop(bind, checkfirst=False)
