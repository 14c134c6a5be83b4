"""Blocking that a data subject asks for (art. 18, IV), and a second person for what is large.

Revision: 0231
Follows: 0237
"""

import sqlalchemy as sa
from alembic import op

revision = "0231"
down_revision = "0237"
branch_labels = None
depends_on = None

OLDER = ("eliminate", "refuse", "block_held", "block_archive")


def upgrade() -> None:
    op.execute("ALTER TYPE lgpd.erasure_outcome ADD VALUE IF NOT EXISTS 'block_asked'")
    op.add_column("erasure", sa.Column("second_by", sa.Text(), nullable=True), schema="lgpd")


def downgrade() -> None:
    """Rebuild the enum: PostgreSQL takes no value back, and the older release knows it not.

    What was blocked stays blocked there, told as by a hold.
    """
    labels = ", ".join(f"'{label}'" for label in OLDER)
    op.drop_column("erasure", "second_by", schema="lgpd")
    op.execute("ALTER TYPE lgpd.erasure_outcome RENAME TO erasure_outcome_old")
    op.execute(f"CREATE TYPE lgpd.erasure_outcome AS ENUM ({labels})")
    op.execute(
        "ALTER TABLE lgpd.erasure ALTER COLUMN outcome TYPE lgpd.erasure_outcome USING "
        "replace(outcome::text, 'block_asked', 'block_held')::lgpd.erasure_outcome"
    )
    op.execute("DROP TYPE lgpd.erasure_outcome_old")
