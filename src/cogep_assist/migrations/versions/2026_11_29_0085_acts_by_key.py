"""Find the acts that a key did in people's names without reading the whole audit.

Revision: 0085
Follows: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_audit_event_by_key",
        "audit_event",
        [sa.text("(details ->> 'by_key')")],
        schema="lgpd",
        postgresql_where=sa.text("(details ->> 'by_key') IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_audit_event_by_key", table_name="audit_event", schema="lgpd")
