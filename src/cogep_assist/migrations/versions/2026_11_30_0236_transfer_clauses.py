"""Who asks for the clauses of an international transfer has a term of their own.

Revision: 0236
Follows: 0230
"""

from alembic import op

revision = "0236"
down_revision = "0230"
branch_labels = None
depends_on = None

OLDER = (
    "confirmation",
    "access",
    "correction",
    "anonymization",
    "restriction",
    "excess_erasure",
    "portability",
    "erasure",
    "sharing",
    "consent_information",
    "consent_revocation",
    "opposition",
    "automated_review",
    "other",
)


def upgrade() -> None:
    op.execute(
        "ALTER TYPE lgpd.subject_right ADD VALUE IF NOT EXISTS 'transfer_clauses' "
        "AFTER 'opposition'"
    )


def downgrade() -> None:
    """Rebuild the enum; what was asked for is another matter to the older release."""
    labels = ", ".join(f"'{label}'" for label in OLDER)
    op.execute(
        "UPDATE lgpd.subject_request SET \"right\" = 'other' WHERE \"right\" = 'transfer_clauses'"
    )
    op.execute("ALTER TYPE lgpd.subject_right RENAME TO subject_right_old")
    op.execute(f"CREATE TYPE lgpd.subject_right AS ENUM ({labels})")
    op.execute(
        'ALTER TABLE lgpd.subject_request ALTER COLUMN "right" TYPE lgpd.subject_right '
        'USING "right"::text::lgpd.subject_right'
    )
    op.execute("DROP TYPE lgpd.subject_right_old")
