"""Tell greetings, thanks and the like from questions that were answered.

Revision: 0177
Follows: 0179
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0177"
down_revision = "0179"
branch_labels = None
depends_on = None

COURTESY = postgresql.ENUM(
    "greeting",
    "thanks",
    "farewell",
    "acknowledgement",
    "about",
    "person",
    "unclear",
    name="courtesy",
    schema="ai",
    create_type=False,
)


def upgrade() -> None:
    COURTESY.create(op.get_bind())
    op.add_column("answer", sa.Column("courtesy", COURTESY, nullable=True), schema="ai")


def downgrade() -> None:
    # Without the column they would read as answers whose documents are gone.
    op.execute("DELETE FROM ai.answer WHERE courtesy IS NOT NULL")
    op.drop_column("answer", "courtesy", schema="ai")
    COURTESY.drop(op.get_bind())
