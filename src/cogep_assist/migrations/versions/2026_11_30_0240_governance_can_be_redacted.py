"""Let an erasure take a person out of what is on record of governance.

Revision: 0240
Follows: 0231
"""

from alembic import op

revision = "0240"
down_revision = "0231"
branch_labels = None
depends_on = None

_TEXTS = "title, reference, body, activity, people, recorded_by"


def upgrade() -> None:
    # An erasure that finds a name where it may not write never ends.
    op.execute(f"GRANT UPDATE ({_TEXTS}) ON lgpd.governance_record TO cogep_app")


def downgrade() -> None:
    op.execute(f"REVOKE UPDATE ({_TEXTS}) ON lgpd.governance_record FROM cogep_app")
