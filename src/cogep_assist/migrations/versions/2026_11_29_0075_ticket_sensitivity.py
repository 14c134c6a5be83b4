"""What tickets mention of health, faith and the like, and a person's last word on it.

Revision: 0075
Follows: 0071
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0075"
down_revision = "0071"
branch_labels = None
depends_on = None

CATEGORY = postgresql.ENUM(
    "health",
    "sexual_life",
    "religion",
    "politics",
    "union",
    "ethnicity",
    "biometrics",
    "genetics",
    name="sensitive_category",
    schema="crm",
    create_type=False,
)


def upgrade() -> None:
    CATEGORY.create(op.get_bind())
    op.create_table(
        "ticket_sensitivity",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("category", CATEGORY, nullable=False),
        sa.Column("words", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "found_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["crm.ticket.id"],
            name=op.f("fk_ticket_sensitivity_ticket_id_ticket"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_id", "category", name=op.f("pk_ticket_sensitivity")),
        schema="crm",
    )


def downgrade() -> None:
    op.drop_table("ticket_sensitivity", schema="crm")
    CATEGORY.drop(op.get_bind())
