"""What the desk's enums are called in Portuguese."""

import enum

from cogep_assist.core.models import (
    AssignmentRule,
    EntryKind,
    LinkKind,
    TicketChannel,
    TicketLevel,
    TicketPriority,
    TicketStatus,
    WaitingOn,
)

LABELS: dict[enum.Enum, str] = {
    TicketStatus.NEW: "novo",
    TicketStatus.OPEN: "em atendimento",
    TicketStatus.WAITING: "aguardando",
    TicketStatus.RESOLVED: "resolvido",
    TicketStatus.CLOSED: "fechado",
    WaitingOn.CUSTOMER: "o solicitante",
    WaitingOn.THIRD_PARTY: "um terceiro",
    TicketLevel.LOW: "baixo",
    TicketLevel.MEDIUM: "médio",
    TicketLevel.HIGH: "alto",
    TicketPriority.LOW: "baixa",
    TicketPriority.NORMAL: "normal",
    TicketPriority.HIGH: "alta",
    TicketPriority.URGENT: "urgente",
    TicketChannel.WEB: "página",
    TicketChannel.API: "integração",
    TicketChannel.EMAIL: "e-mail",
    TicketChannel.PHONE: "telefone",
    TicketChannel.ANSWER: "resposta do assistente",
    TicketChannel.IMPORT: "importação",
    AssignmentRule.MANUAL: "à mão",
    AssignmentRule.ROUND_ROBIN: "em rodízio",
    AssignmentRule.LEAST_LOADED: "a quem tem menos chamados",
    EntryKind.MESSAGE: "mensagem do solicitante",
    EntryKind.REPLY: "resposta",
    EntryKind.NOTE: "nota interna",
    LinkKind.DUPLICATE_OF: "duplicado de",
    LinkKind.CAUSED_BY: "causado por",
    LinkKind.SPLIT_FROM: "separado de",
    LinkKind.FOLLOWS: "continuação de",
    LinkKind.RELATED_TO: "relacionado a",
}


def label(member: enum.Enum) -> str:
    """Return the Portuguese name of a member of one of the desk's enums."""
    return LABELS[member]
