"""One act on many tickets, as a form says it ("move:resolved") and as a notice tells it."""

from collections.abc import Sequence
from uuid import UUID

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import TicketPriority, TicketStatus, WaitingOn
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.desk.desk_tool_schemas import BulkBody, BulkReply
from cogep_assist.crm_service.tickets.ticket_schemas import AssignBody, MoveBody, TicketChange
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.web.desk_words import PRIORITY, STATUS
from cogep_assist.web.formats import counted


def bulk_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the acts that need nothing of the desk's own, group by group."""
    states = [
        (f"move:{status.value}", STATUS[status].text)
        for status in (TicketStatus.OPEN, TicketStatus.RESOLVED, TicketStatus.CLOSED)
    ]
    waiting = [
        ("wait:customer", "Aguardando o solicitante"),
        ("wait:third_party", "Aguardando um terceiro"),
    ]
    priorities = [(f"priority:{one.value}", words.text) for one, words in PRIORITY.items()]
    return [
        ("Responsável", [("assign:me", "Assumir"), ("assign:", "Devolver à fila")]),
        ("Estado", [*states[:1], *waiting, *states[1:]]),
        ("Prioridade", priorities),
    ]


def bulk_body(principal: Principal, ids: Sequence[UUID], act: str, reason: str) -> BulkBody:
    """Read a form's act. Raises AppError("request_invalid"|"claim_needs_person")."""
    if not ids:
        raise invalid_field("chamados", "deve ter ao menos um chamado marcado")
    kind, _, value = act.partition(":")
    chosen = list(ids)
    try:
        if kind == "assign":
            return BulkBody(ids=chosen, assign=AssignBody(user_id=_whom(principal, value)))
        if kind == "move":
            move = MoveBody(status=TicketStatus(value), reason=reason.strip() or None)
            return BulkBody(ids=chosen, move=move)
        if kind == "wait":
            move = MoveBody(status=TicketStatus.WAITING, waiting_on=WaitingOn(value))
            return BulkBody(ids=chosen, move=move)
        if kind == "priority":
            return BulkBody(ids=chosen, change=TicketChange(priority=TicketPriority(value)))
        if kind == "queue":
            return BulkBody(ids=chosen, change=TicketChange(queue=value))
        if kind == "macro":
            return BulkBody(ids=chosen, macro=value)
    except ValueError:
        pass
    raise invalid_field("ação", "deve ser uma das ações da lista")


def bulk_notice(outcome: BulkReply) -> str:
    """Say what became of the tickets, and why nothing became of some."""
    done = sum(item.done for item in outcome.items)
    told = f"Feito em {counted(done, 'chamado', 'chamados')}."
    reasons = list(dict.fromkeys(item.message for item in outcome.items if not item.done))
    if reasons:
        told += f" Em {len(outcome.items) - done}, não: {reasons[0]}"
    return told


def _whom(principal: Principal, value: str) -> UUID | None:
    if value == "me":
        if principal.user_id is None:
            raise AppError("claim_needs_person")
        return principal.user_id
    return UUID(value) if value else None
