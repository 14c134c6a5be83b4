"""Let an erasure take a name out of the steps of incidents and requests: their words may hold one.

Revision: 0140
Follows: 0121
"""

from alembic import op

revision = "0140"
down_revision = "0121"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT UPDATE (body, details) ON lgpd.incident_step TO cogep_app")
    op.execute("GRANT UPDATE (details) ON lgpd.request_step TO cogep_app")


def downgrade() -> None:
    op.execute("REVOKE UPDATE (body, details) ON lgpd.incident_step FROM cogep_app")
    op.execute("REVOKE UPDATE (details) ON lgpd.request_step FROM cogep_app")
