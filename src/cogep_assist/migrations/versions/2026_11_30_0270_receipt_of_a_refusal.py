"""Who does not consent gets a numbered receipt as well.

Revision: 0270
Follows: 0285
"""

from alembic import op

revision = "0270"
down_revision = "0285"
branch_labels = None
depends_on = None

OLDER = (
    "request_received",
    "request_answered",
    "request_refused",
    "request_cancelled",
    "consent_granted",
    "consent_revoked",
    "erasure_done",
)


def upgrade() -> None:
    op.execute(
        "ALTER TYPE lgpd.receipt_kind ADD VALUE IF NOT EXISTS 'consent_refused' "
        "AFTER 'consent_granted'"
    )


def downgrade() -> None:
    """Rebuild the enum: PostgreSQL takes no value back, and the older release knows it not.

    A receipt that was given stays: what was signed in it still says that it is a refusal.
    """
    labels = ", ".join(f"'{label}'" for label in OLDER)
    op.execute("ALTER TYPE lgpd.receipt_kind RENAME TO receipt_kind_old")
    op.execute(f"CREATE TYPE lgpd.receipt_kind AS ENUM ({labels})")
    op.execute(
        "ALTER TABLE lgpd.receipt ALTER COLUMN kind TYPE lgpd.receipt_kind USING "
        "replace(kind::text, 'consent_refused', 'consent_revoked')::lgpd.receipt_kind"
    )
    op.execute("DROP TYPE lgpd.receipt_kind_old")
