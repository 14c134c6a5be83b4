"""What happened to a ticket, as rows: who, when, what."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.events import publish
from cogep_assist.core.live_events import announce
from cogep_assist.core.models import Ticket, TicketEvent, TicketStatus
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.customers import customer_timeline
from cogep_assist.crm_service.tickets.ticket_access import WITHHELD_SUBJECT, is_sensitive
from cogep_assist.crm_service.tickets.ticket_letters import REPLIED, RESOLVED, write_to_person
from cogep_assist.crm_service.tickets.ticket_notices import tell_of_event

# What of a ticket is told on its customer's timeline as well.
OF_THE_CUSTOMER = frozenset({"opened", "moved", "merged", "rated"})
# What others are told of a ticket's history; whatever else happens to it is "ticket.updated".
PUBLISHED_AS = {
    "opened": "ticket.created",
    "sla_warned": "ticket.sla_at_risk",
    "sla_missed": "ticket.sla_breached",
}
NOW = sa.func.clock_timestamp()


async def note_event(
    session: AsyncSession,
    principal: Principal,
    ticket: Ticket,
    kind: str,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write what happened to a ticket into its history and, without its words, the audit."""
    session.add(
        TicketEvent(
            ticket_id=ticket.id,
            kind=kind,
            actor=principal.label,
            details=traced(principal, details or {}),
        )
    )
    await session.flush()
    await audit.record(session, principal, f"ticket_{kind}", "ticket", ticket.id)
    await announce(session, "ticket", ticket.id)
    await _publish(session, ticket, kind, details or {})
    await _write(session, principal, ticket, kind, details or {})
    await tell_of_event(session, principal, ticket, kind, details or {})
    if ticket.customer_id is not None and kind in OF_THE_CUSTOMER:
        told = {"status": (details or {}).get("after")} if kind == "moved" else {}
        await tell_customer(session, principal, ticket.customer_id, ticket.id, kind, told)


def traced(principal: Principal, details: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event's details with the key, where one acts in a person's name."""
    return {**details, "by_key": principal.came_in_as} if principal.by_key else dict(details)


async def tell_customer(
    session: AsyncSession,
    principal: Principal,
    customer_id: UUID,
    ticket_id: UUID,
    kind: str,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write what happened to a ticket on its customer's timeline."""
    await customer_timeline.note_event(
        session,
        principal,
        customer_id,
        f"ticket_{kind}",
        object_type="ticket",
        object_id=ticket_id,
        details=details,
    )


async def publish_opened(session: AsyncSession, ticket_id: UUID, row: Mapping[str, Any]) -> None:
    """Tell others of a ticket whose rows were written a moment ago."""
    await publish(
        session,
        "ticket.created",
        ticket_id,
        ids={
            "ticket_id": ticket_id,
            "queue_id": row["queue_id"],
            "customer_id": row["customer_id"],
        },
        facts={
            "status": TicketStatus.NEW.value,
            "priority": row["priority"],
            "channel": row["channel"],
            "change": "opened",
        },
        personal={"protocol": row["protocol"], "subject": row["subject"]},
    )


async def _write(
    session: AsyncSession,
    principal: Principal,
    ticket: Ticket,
    kind: str,
    details: Mapping[str, Any],
) -> None:
    """Write to the person where the desk replied, or resolved what they asked for."""
    if kind == "reply_written":
        entry_id = UUID(details["entry"])
        await write_to_person(session, ticket, REPLIED, by=principal.label, entry_id=entry_id)
    elif kind == "moved" and details.get("after") == TicketStatus.RESOLVED.value:
        await write_to_person(session, ticket, RESOLVED, by=principal.label)


async def _publish(
    session: AsyncSession, ticket: Ticket, kind: str, details: Mapping[str, Any]
) -> None:
    resolved = kind == "moved" and details.get("after") == TicketStatus.RESOLVED.value
    name = "ticket.resolved" if resolved else PUBLISHED_AS.get(kind, "ticket.updated")
    facts = {
        "status": ticket.status.value,
        "priority": ticket.priority.value,
        "channel": ticket.channel.value,
        "change": kind,
    }
    if kind in {"sla_warned", "sla_missed"}:
        facts["target"] = details["target"]
    await publish(
        session,
        name,
        ticket.id,
        ids={
            "ticket_id": ticket.id,
            "queue_id": ticket.queue_id,
            "customer_id": ticket.customer_id,
        },
        facts=facts,
        personal={"protocol": ticket.protocol, "subject": ticket.subject},
        masks=partial(_masks, session, ticket),
    )


async def _masks(session: AsyncSession, ticket: Ticket) -> dict[str, str]:
    """Return what hides the subject of a sensitive ticket: nobody says who reads what is sent."""
    flagged = await session.scalar(sa.select(is_sensitive()).where(Ticket.id == ticket.id))
    return {"subject": WITHHELD_SUBJECT} if flagged else {}


async def database_now(session: AsyncSession) -> datetime:
    """Return what the database's clock shows, which alone decides."""
    now = await session.scalar(sa.select(NOW))
    assert isinstance(now, datetime)
    return now


async def touch(session: AsyncSession, ticket: Ticket) -> None:
    """Give a changed ticket its next revision and the moment of the change."""
    ticket.revision += 1
    ticket.updated_at = NOW
    await session.flush()
    await session.refresh(ticket)
