"""What the desk's states, events and countdowns are called on the pages, and how they look."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cogep_assist.core.models import TicketLevel, TicketPriority, TicketStatus, WaitingOn
from cogep_assist.crm_service.sla.sla import FIRST_REPLY, RESOLUTION
from cogep_assist.crm_service.sla.sla_countdown import Countdown, CountdownState
from cogep_assist.crm_service.sla.sla_words import business_span
from cogep_assist.crm_service.tickets.ticket_labels import label
from cogep_assist.crm_service.tickets.ticket_schemas import EventReply, TicketReply
from cogep_assist.web.formats import moment_br


@dataclass(frozen=True, slots=True)
class Words:
    """Words with the kind of pill and the icon that stand by them."""

    text: str
    kind: str = ""
    icon: str = ""


STATUS = {
    TicketStatus.NEW: Words("Novo", "info", "inbox"),
    TicketStatus.OPEN: Words("Em atendimento", "info", "headset"),
    TicketStatus.WAITING: Words("Aguardando", "warn", "pause"),
    TicketStatus.RESOLVED: Words("Resolvido", "good", "circle-check"),
    TicketStatus.CLOSED: Words("Fechado", "", "archive"),
}
PRIORITY = {
    TicketPriority.LOW: Words("Baixa", "", "chevron-down"),
    TicketPriority.NORMAL: Words("Normal"),
    TicketPriority.HIGH: Words("Alta", "warn", "flag"),
    TicketPriority.URGENT: Words("Urgente", "bad", "flag"),
}
TARGETS = {FIRST_REPLY: "Resposta", RESOLUTION: "Solução"}
LATE_TARGETS = {FIRST_REPLY: "Resposta atrasada", RESOLUTION: "Solução atrasada"}
STANDING = {
    CountdownState.PAUSED: Words("Prazo parado", "", "pause"),
    CountdownState.KEPT: Words("No prazo", "good", "check"),
    CountdownState.MISSED: Words("Fora do prazo", "bad", "triangle-alert"),
}
NO_PROMISE = Words("Sem prazo")
TARGET_STATES = {
    "running": Words("correndo", "info"),
    "paused": Words("parado", ""),
    "met": Words("cumprido", "good"),
    "missed": Words("perdido", "bad"),
}
# Urgency is feminine where impact is not.
IMPACTS = {one.value: label(one).capitalize() for one in TicketLevel}
URGENCIES = {
    TicketLevel.LOW.value: "Baixa",
    TicketLevel.MEDIUM.value: "Média",
    TicketLevel.HIGH.value: "Alta",
}
SCORES = {5: "Muito bom", 4: "Bom", 3: "Regular", 2: "Ruim", 1: "Muito ruim"}
_EVENTS = {
    "opened": "abriu o chamado",
    "imported": "trouxe o chamado de outro sistema",
    "claimed": "assumiu o chamado",
    "snoozed": "adiou o chamado",
    "woken": "trouxe o chamado de volta",
    "merged": "mesclou outro chamado com este",
    "merge_undone": "desfez a mescla",
    "split": "separou parte da conversa em outro chamado",
    "linked": "relacionou outro chamado",
    "unlinked": "desfez uma relação",
    "sla_warned": "avisou que o prazo está perto",
    "sla_missed": "registrou um prazo perdido",
}
_EDITED = {
    "subject": "assunto",
    "queue_id": "fila",
    "impact": "impacto",
    "urgency": "urgência",
    "priority": "prioridade",
    "customer_id": "cliente",
    "tags": "etiquetas",
}
# What was written shows itself.
UNTOLD = frozenset({"message_written", "reply_written", "note_written"})


def countdown_words(countdown: Countdown | None) -> Words:
    """Say how a ticket stands against its targets, in business time."""
    if countdown is None:
        return NO_PROMISE
    found = STANDING.get(countdown.state)
    if found is not None:
        return found
    span, target = business_span(countdown.time or timedelta()), countdown.target or RESOLUTION
    if countdown.state is CountdownState.LATE:
        return Words(f"{LATE_TARGETS[target]} há {span}", "bad", "triangle-alert")
    kind = "warn" if countdown.state is CountdownState.NEAR else "good"
    return Words(f"{TARGETS[target]} em {span}", kind, "timer")


def status_words(ticket: TicketReply) -> Words:
    """Say where a ticket stands, and on whom it waits."""
    found = STATUS[ticket.status]
    if ticket.waiting_on is None:
        return found
    return Words(f"Aguardando {label(ticket.waiting_on)}", found.kind, found.icon)


def event_words(event: EventReply, names: Mapping[str, str], zone: ZoneInfo) -> str:
    """Say what somebody did to a ticket, after their name."""
    details = event.details
    if event.kind == "moved":
        return _moved(details, zone)
    if event.kind == "assigned":
        after = details.get("after")
        who = names.get(f"user:{after}", "outra pessoa")
        return f"passou o chamado para {who}" if after else "devolveu o chamado à fila"
    if event.kind == "edited":
        fields = ", ".join(_EDITED.get(name, name) for name in details)
        return f"mudou {fields}"
    if event.kind == "rated":
        return f"avaliou o atendimento: {SCORES.get(details.get('score', 0), '')}"
    if event.kind == "snoozed" and "until" in details:
        return f"adiou o chamado até {_moment(details['until'], zone)}"
    if event.kind in {"sla_warned", "sla_missed"}:
        target = TARGETS.get(str(details.get("target")), "").lower()
        return f"{_EVENTS[event.kind]} ({target})"
    return _EVENTS.get(event.kind, event.kind.replace("_", " "))


def _moved(details: Mapping[str, Any], zone: ZoneInfo) -> str:
    text = f"mudou o estado para {_member(TicketStatus, details.get('after'))}"
    if details.get("waiting_on"):
        text = f"deixou o chamado aguardando {_member(WaitingOn, details['waiting_on'])}"
    if details.get("until"):
        text += f", até {_moment(details['until'], zone)}"
    return f"{text}: {details['reason']}" if details.get("reason") else text


def _member(kind: type[enum.Enum], value: Any) -> str:
    return label(kind(value)) if value else ""


def _moment(written: str, zone: ZoneInfo) -> str:
    return moment_br(datetime.fromisoformat(written), zone)
