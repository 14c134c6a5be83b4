"""Let a calendar keep no holidays at all, as a watch round the clock does."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0055"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "calendar",
        sa.Column("public_holidays", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        schema="crm",
    )


def downgrade() -> None:
    op.drop_column("calendar", "public_holidays", schema="crm")
