"""Priority from impact and urgency, as ITIL's matrix draws it."""

from cogep_assist.core.models import TicketLevel, TicketPriority

_RANK = {TicketLevel.LOW: 0, TicketLevel.MEDIUM: 1, TicketLevel.HIGH: 2}
# By the sum of both ranks: a low impact with a low urgency is 0, both high is 4.
_BY_SUM = (
    TicketPriority.LOW,
    TicketPriority.LOW,
    TicketPriority.NORMAL,
    TicketPriority.HIGH,
    TicketPriority.URGENT,
)


def drawn_priority(impact: TicketLevel, urgency: TicketLevel) -> TicketPriority:
    """Return the priority that impact and urgency give a ticket."""
    return _BY_SUM[_RANK[impact] + _RANK[urgency]]
