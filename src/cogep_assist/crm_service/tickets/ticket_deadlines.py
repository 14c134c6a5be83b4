"""Tickets by how they stand against what was promised."""

from typing import Literal

import sqlalchemy as sa

from cogep_assist.core.models import Ticket, TicketSla

TicketDeadline = Literal["at_risk", "missed"]


def owed_by(deadline: TicketDeadline | None) -> sa.ColumnElement[bool]:
    """Return the condition of tickets that still owe what was promised.

    "missed": its time is over. "at_risk": that too, or somebody was warned that it soon will be.
    """
    # A first reply that came late is owed no more; a late resolution is, until it comes.
    late = sa.or_(
        sa.and_(TicketSla.first_reply_missed_at.is_not(None), Ticket.first_replied_at.is_(None)),
        TicketSla.resolution_missed_at.is_not(None),
    )
    near = sa.or_(
        sa.and_(
            TicketSla.first_reply_due_at.is_not(None), TicketSla.first_reply_warned_at.is_not(None)
        ),
        sa.and_(
            TicketSla.resolution_due_at.is_not(None), TicketSla.resolution_warned_at.is_not(None)
        ),
    )
    stands = late if deadline == "missed" else sa.or_(late, near)
    return sa.exists().where(TicketSla.ticket_id == Ticket.id, stands)


def has_deadline() -> sa.Exists:
    """Return the condition of tickets that owe something by a moment, or since one."""
    return sa.exists().where(TicketSla.ticket_id == Ticket.id, TicketSla.due_at.is_not(None))
