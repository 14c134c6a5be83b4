"""States and priorities: every pair, not a sample."""

from itertools import product

import pytest

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import TicketLevel, TicketPriority, TicketStatus, WaitingOn
from cogep_assist.crm_service.tickets.ticket_labels import LABELS
from cogep_assist.crm_service.tickets.ticket_moves import (
    CLOSED,
    ENDED,
    MOVES,
    OPEN,
    RESOLVED,
    check_move,
)
from cogep_assist.crm_service.tickets.ticket_priority import drawn_priority


def refusal(before: TicketStatus, after: TicketStatus, **told: object) -> str | None:
    given = {"reason": "pedido do setor", "waiting_on": None, "until": None, **told}
    try:
        check_move(before, after, **given)  # type: ignore[arg-type]
    except AppError as error:
        return error.code
    return None


@pytest.mark.parametrize(("before", "after"), list(product(TicketStatus, repeat=2)))
def test_only_the_moves_of_the_table_are_allowed(before: TicketStatus, after: TicketStatus) -> None:
    on = WaitingOn.CUSTOMER if after is TicketStatus.WAITING else None
    allowed = refusal(before, after, waiting_on=on) is None
    assert allowed is (after in MOVES[before])


def test_every_state_can_be_left_and_none_goes_back_to_new() -> None:
    assert set(MOVES) == set(TicketStatus)
    assert all(MOVES.values())
    assert all(TicketStatus.NEW not in moves for moves in MOVES.values())


def test_reasons_and_whom_it_waits_for_are_asked_for() -> None:
    assert refusal(OPEN, CLOSED, reason=None) == "ticket_reason_missing"
    assert refusal(RESOLVED, CLOSED, reason=None) is None
    for ended in ENDED:
        assert refusal(ended, OPEN, reason=None) == "ticket_reason_missing"
    assert refusal(OPEN, TicketStatus.WAITING) == "ticket_waiting_on_missing"
    assert refusal(OPEN, RESOLVED, waiting_on=WaitingOn.CUSTOMER) == "ticket_waiting_on_unexpected"


def test_priority_rises_with_impact_and_with_urgency() -> None:
    order = list(TicketPriority)
    levels = list(TicketLevel)
    for impact, urgency in product(levels, levels):
        drawn = drawn_priority(impact, urgency)
        assert drawn is drawn_priority(urgency, impact)
        for higher in levels[levels.index(impact) :]:
            assert order.index(drawn_priority(higher, urgency)) >= order.index(drawn)
    assert drawn_priority(TicketLevel.HIGH, TicketLevel.HIGH) is TicketPriority.URGENT
    assert drawn_priority(TicketLevel.MEDIUM, TicketLevel.MEDIUM) is TicketPriority.NORMAL
    assert drawn_priority(TicketLevel.LOW, TicketLevel.LOW) is TicketPriority.LOW


def test_every_member_of_the_desks_enums_has_a_portuguese_name() -> None:
    for kind in {type(member) for member in LABELS}:
        assert set(kind) <= LABELS.keys(), kind
        names = [LABELS[member] for member in kind]
        assert len(set(names)) == len(names), kind
