"""What happens here that others may be told of: one function, called in the act's transaction.

``await publish(session, "ticket.created", ticket.id, ids={"ticket_id": ticket.id})`` is all
that a use-case does. What leaves holds ids; the rest only where a subscription asked for it.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.live_events import announce
from cogep_assist.core.models import Webhook, WebhookStatus
from cogep_assist.core.outbox import NOW, post
from cogep_assist.core.webhooks import WEBHOOK, lane_of

TEST = "webhook.test"
# Open pages hear of these as well; the many events of the intake and of questions would only make
# commits wait for each other.
LIVE = frozenset({"ticket", "customer", "lgpd"})
HEARD = (WebhookStatus.ACTIVE, WebhookStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class EventKind:
    """What an event is about, in Portuguese, and what may be told of it.

    ``ids`` always leave. ``facts`` say nothing about a person: subscriptions filter by them.
    ``personal`` may. Both leave only where they were asked for.
    """

    label: str
    ids: tuple[str, ...]
    facts: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """What a subscription may ask for beside ids."""
        return (*self.facts, *self.personal)


_TICKET = {
    "ids": ("ticket_id", "queue_id", "customer_id"),
    "facts": ("status", "priority", "channel", "change"),
    "personal": ("protocol", "subject"),
}
_SLA: dict[str, Any] = {**_TICKET, "facts": (*_TICKET["facts"], "target")}
_ANSWER = {
    "ids": ("answer_id", "conversation_id"),
    "facts": ("mode", "sources"),
    "personal": ("question", "answer"),
}
_REQUEST = {"ids": ("request_id",), "facts": ("right", "status", "due_at"), "personal": ()}

EVENTS: dict[str, EventKind] = {
    "document.ingested": EventKind(
        "Documento incluído na base",
        ("document_id", "collection_id", "job_id"),
        ("chunks",),
        ("title", "uri"),
    ),
    "document.failed": EventKind(
        "Documento que não pôde ser lido",
        ("job_id", "collection_id"),
        ("error_code",),
        ("title", "uri"),
    ),
    "document.removed": EventKind("Documento removido", ("document_id", "collection_id")),
    "question.answered": EventKind("Pergunta respondida", **_ANSWER),
    "question.abstained": EventKind("Pergunta sem resposta na base", **_ANSWER),
    "question.rated": EventKind(
        "Resposta avaliada", ("answer_id",), ("rating", "reasons"), ("comment",)
    ),
    "evaluation.missed": EventKind(
        "Medição da base fora dos limites", ("question_set_id", "run_id"), ("figures",)
    ),
    "evaluation.failed": EventKind(
        "Medição da base que falhou", ("question_set_id",), ("error_code",)
    ),
    "ticket.created": EventKind("Chamado aberto", **_TICKET),
    "ticket.updated": EventKind("Chamado mudou", **_TICKET),
    "ticket.sla_at_risk": EventKind("Prazo do chamado perto do fim", **_SLA),
    "ticket.sla_breached": EventKind("Prazo do chamado perdido", **_SLA),
    "ticket.resolved": EventKind("Chamado resolvido", **_TICKET),
    "customer.created": EventKind("Cliente cadastrado", ("customer_id",), ("kind",), ("name",)),
    "customer.merged": EventKind(
        "Clientes unificados", ("customer_id", "merged_customer_id"), ("kind",), ("name",)
    ),
    "lgpd.request_created": EventKind("Solicitação de titular recebida", **_REQUEST),
    "lgpd.deadline": EventKind("Prazo de solicitação de titular perto do fim", **_REQUEST),
    "lgpd.completed": EventKind("Solicitação de titular concluída", **_REQUEST),
    "incident.registered": EventKind(
        "Incidente de segurança registrado", ("incident_id",), ("severity", "due_at")
    ),
}


async def publish(
    session: AsyncSession,
    name: str,
    resource: UUID | str,
    *,
    ids: Mapping[str, UUID | str | None],
    facts: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
    masks: Callable[[], Awaitable[Mapping[str, Any]]] | None = None,
) -> int:
    """Tell every subscription of an event, in the caller's transaction; return how many.

    ``masks``: asked, where somebody hears, for what is told in place of something personal.
    Events of one ``resource`` reach each subscription in the order in which they are published.
    """
    kind = EVENTS[name]
    told = facts or {}
    topic = name.partition(".")[0]
    if topic in LIVE:
        await announce(session, topic, resource if isinstance(resource, UUID) else None)
    _check(kind, name, ids, told, personal or {})
    rows = await session.execute(
        sa.select(Webhook, NOW.label("now")).where(
            Webhook.events.contains([name]), Webhook.status.in_(HEARD)
        )
    )
    event_id = uuid7()
    sent = 0
    hearing = rows.all()
    if hearing and masks is not None:
        personal = {**(personal or {}), **await masks()}
    for webhook, now in hearing:
        if not passes(webhook.filters, told):
            continue
        wanted = {**told, **(personal or {})}
        data = {**ids, **{field: wanted[field] for field in webhook.fields if field in wanted}}
        await send(session, webhook, name, str(resource), body_of(event_id, name, now, data))
        sent += 1
    return sent


async def send(
    session: AsyncSession, webhook: Webhook, name: str, resource: str, body: Mapping[str, Any]
) -> UUID:
    """Put one event for one subscription into the outbox."""
    return await post(
        session,
        WEBHOOK,
        f"{lane_of(webhook.id)}:{resource}",
        # As text: what is signed and sent is the same at every try, byte for byte.
        {"event_id": body["id"], "body": json.dumps(body, ensure_ascii=False)},
        lane=lane_of(webhook.id),
        event=name,
        webhook_id=webhook.id,
        held=webhook.status is WebhookStatus.PAUSED,
    )


def body_of(
    event_id: UUID, name: str, occurred_at: datetime, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is sent of an event."""
    plain = {key: _plain(value) for key, value in data.items()}
    return {
        "id": str(event_id),
        "type": name,
        "occurred_at": occurred_at.isoformat(timespec="milliseconds"),
        "data": plain,
    }


def passes(filters: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Tell whether an event passes: each filter holds by any of its values."""
    return all(_holds(facts.get(name), allowed) for name, allowed in filters.items())


def _holds(value: Any, allowed: Sequence[str]) -> bool:
    values = value if isinstance(value, list) else [value]
    return any(str(_plain(one)) in allowed for one in values)


def _check(kind: EventKind, name: str, *parts: Mapping[str, Any]) -> None:
    """Refuse, as a mistake of ours, what the catalogue does not announce."""
    for announced, given in zip((kind.ids, kind.facts, kind.personal), parts, strict=True):
        if unknown := given.keys() - set(announced):
            raise ValueError(f"{name} does not announce {sorted(unknown)}")


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value
