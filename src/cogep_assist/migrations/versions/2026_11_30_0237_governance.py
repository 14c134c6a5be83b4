"""Keep a controller's instructions (art. 39), and policies and trainings (art. 50).

Revision: 0237
Follows: 0236
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0237"
down_revision = "0236"
branch_labels = None
depends_on = None

KINDS = ("instruction", "policy", "training")


def upgrade() -> None:
    sa.Enum(*KINDS, name="governance_kind", schema="lgpd").create(op.get_bind())
    kind = postgresql.ENUM(*KINDS, name="governance_kind", schema="lgpd", create_type=False)
    now = sa.text("clock_timestamp()")
    op.create_table(
        "governance_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind <> 'instruction' OR activity IS NOT NULL",
            name=op.f("ck_governance_record_an_instruction_has_its_activity"),
        ),
        sa.CheckConstraint(
            "(kind = 'training') = (people IS NOT NULL)",
            name=op.f("ck_governance_record_people_were_trained"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_governance_record")),
        schema="lgpd",
    )
    # What is on record is withdrawn, and changes in nothing else.
    op.execute("GRANT UPDATE (withdrawn_by, withdrawn_at) ON lgpd.governance_record TO cogep_app")


def downgrade() -> None:
    op.drop_table("governance_record", schema="lgpd")
    sa.Enum(name="governance_kind", schema="lgpd").drop(op.get_bind())
