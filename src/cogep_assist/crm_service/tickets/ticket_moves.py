"""Which state may follow which, and what has to be said on the way."""

from datetime import datetime

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import TicketStatus, WaitingOn

NEW, OPEN, WAITING, RESOLVED, CLOSED = (
    TicketStatus.NEW,
    TicketStatus.OPEN,
    TicketStatus.WAITING,
    TicketStatus.RESOLVED,
    TicketStatus.CLOSED,
)
# A ticket is new once. Closing what nobody resolved asks for a reason.
MOVES: dict[TicketStatus, frozenset[TicketStatus]] = {
    NEW: frozenset({OPEN, WAITING, RESOLVED, CLOSED}),
    OPEN: frozenset({WAITING, RESOLVED, CLOSED}),
    WAITING: frozenset({OPEN, WAITING, RESOLVED, CLOSED}),
    RESOLVED: frozenset({OPEN, CLOSED}),
    CLOSED: frozenset({OPEN}),
}
ENDED = frozenset({RESOLVED, CLOSED})


def check_move(
    before: TicketStatus,
    after: TicketStatus,
    *,
    reason: str | None,
    waiting_on: WaitingOn | None,
    until: datetime | None,
) -> None:
    """Raise AppError unless a ticket may go from one state to another as told.

    Codes: ticket_move_not_allowed, ticket_reason_missing, ticket_waiting_on_missing,
    ticket_waiting_on_unexpected.
    """
    if after not in MOVES[before]:
        raise AppError("ticket_move_not_allowed", before=before.value, after=after.value)
    if after is WAITING and waiting_on is None:
        raise AppError("ticket_waiting_on_missing")
    if after is not WAITING and (waiting_on is not None or until is not None):
        raise AppError("ticket_waiting_on_unexpected")
    if needs_reason(before, after) and not reason:
        raise AppError("ticket_reason_missing", before=before.value, after=after.value)


def needs_reason(before: TicketStatus, after: TicketStatus) -> bool:
    """Tell whether a move asks for its reason: closing the unresolved, taking up the ended."""
    return (after is CLOSED and before is not RESOLVED) or (before in ENDED and after is OPEN)


def asks_first(before: TicketStatus, after: TicketStatus) -> bool:
    """Tell whether a move needs more than the state: a reason, or on whom the ticket waits."""
    return after is WAITING or needs_reason(before, after)
