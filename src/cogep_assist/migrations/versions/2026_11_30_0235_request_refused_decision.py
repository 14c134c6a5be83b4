"""A request that is refused by itself is a decision that a person may look at again (art. 20).

Revision: 0235
Follows: 0221
"""

from alembic import op

revision = "0235"
down_revision = "0221"
branch_labels = None
depends_on = None

OLDER = ("answer_abstained", "ticket_classified", "ticket_prioritized", "ticket_closed")


def upgrade() -> None:
    op.execute("ALTER TYPE lgpd.decision_kind ADD VALUE IF NOT EXISTS 'request_refused'")


def downgrade() -> None:
    """Rebuild the enum: PostgreSQL takes no value back, and the older release knows it not."""
    labels = ", ".join(f"'{label}'" for label in OLDER)
    op.execute("DELETE FROM lgpd.automated_decision WHERE kind = 'request_refused'")
    op.execute("ALTER TYPE lgpd.decision_kind RENAME TO decision_kind_old")
    op.execute(f"CREATE TYPE lgpd.decision_kind AS ENUM ({labels})")
    op.execute(
        "ALTER TABLE lgpd.automated_decision ALTER COLUMN kind TYPE lgpd.decision_kind "
        "USING kind::text::lgpd.decision_kind"
    )
    op.execute("DROP TYPE lgpd.decision_kind_old")
