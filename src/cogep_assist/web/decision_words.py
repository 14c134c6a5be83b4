"""What automated decisions did, as the pages say it."""

from cogep_assist.core.models import AutomatedDecision, DecisionKind, ReviewOutcome, TicketPriority
from cogep_assist.crm_service.tickets.ticket_labels import label

REVIEW_OUTCOME = {
    ReviewOutcome.UPHELD: ("mantida", "info"),
    ReviewOutcome.CHANGED: ("mudada", "good"),
    ReviewOutcome.ANNULLED: ("anulada", "good"),
}
PLACES = {"ticket": "/chamados/", "answer": "/respostas/", "subject_request": ""}


def effect_words(decision: AutomatedDecision) -> str:
    """Say what came of a decision, to whom it is about."""
    priority = decision.effect.get("priority")
    match decision.kind:
        case DecisionKind.ANSWER_ABSTAINED:
            return "A pergunta ficou sem resposta."
        case DecisionKind.REQUEST_REFUSED:
            days = decision.effect.get("days")
            return f"O pedido foi recusado depois de {days} dias sem prova de identidade."
        case DecisionKind.TICKET_CLOSED:
            return "O chamado foi encerrado."
        case _ if priority in {one.value for one in TicketPriority}:
            return f"O chamado recebeu a prioridade {label(TicketPriority(priority))}."
        case _:
            return "O chamado foi classificado."


def place_of(decision: AutomatedDecision, *, desk: bool) -> str | None:
    """Return where what was decided upon is shown, if it is, to staff or to whom it is about."""
    if decision.object_type == "subject_request":
        return f"/protecao-de-dados/pedidos/{decision.object_id}" if desk else None
    if decision.object_type == "ticket" or not desk:
        return f"{PLACES[decision.object_type]}{decision.object_id}"
    return None
