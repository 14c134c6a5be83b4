"""Keep in lists by deadline what was missed and is still owed, before all that is yet to come.

Revision: 0267
Follows: 0264
"""

from alembic import op

revision = "0267"
down_revision = "0264"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        UPDATE crm.ticket_sla s
           SET due_at = LEAST(s.first_reply_due_at, s.resolution_due_at, s.resolution_missed_at,
                              CASE WHEN t.first_replied_at IS NULL
                                   THEN s.first_reply_missed_at END)
          FROM crm.ticket t
         WHERE t.id = s.ticket_id AND t.resolved_at IS NULL AND t.closed_at IS NULL
           AND (s.resolution_missed_at IS NOT NULL OR s.first_reply_missed_at IS NOT NULL)
        """
    )


def downgrade() -> None:
    op.execute(
        """
        UPDATE crm.ticket_sla SET due_at = LEAST(first_reply_due_at, resolution_due_at)
         WHERE resolution_missed_at IS NOT NULL OR first_reply_missed_at IS NOT NULL
        """
    )
