"""One ticket with all that belongs to it, in one statement."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    EntryKind,
    Ticket,
    TicketAttachment,
    TicketEntry,
    TicketEvent,
    TicketLink,
    TicketRating,
)
from cogep_assist.core.prepared import Prepared
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.ticket_access import may_see, note_read, shown_subject
from cogep_assist.crm_service.tickets.ticket_list import STATEMENTS_KEPT
from cogep_assist.crm_service.tickets.ticket_reply import named_tickets, ticket_fields
from cogep_assist.crm_service.tickets.ticket_schemas import EntryReply, TicketDetail
from cogep_assist.crm_service.tickets.ticket_sensitivity import flags_of_ticket
from cogep_assist.crm_service.tickets.ticket_sources import (
    readable_documents,
    readable_handover,
    readable_sources,
)

# What belongs to a ticket and tells of it, for who may not read its text.
_WITHHELD: dict[str, Any] = dict.fromkeys(
    ("score", "comment", "entries", "events", "related", "handover", "sensitive")
)
EVENTS_SHOWN = 500
ENTRIES_SHOWN = 1000


async def describe_ticket(
    session: AsyncSession, principal: Principal, ticket_id: UUID
) -> TicketDetail:
    """Return a ticket with all that somebody may see of it. Raises AppError("ticket_not_found")."""
    found = await _whole(principal).rows(session, ticket=ticket_id)
    if not found:
        raise AppError("ticket_not_found")
    told = ticket_fields(found[0], principal)
    staff = principal.may(Act.WORK_TICKETS)
    if told["withheld"]:
        told |= _WITHHELD
    elif staff and told["is_sensitive"]:
        await note_read(session, principal, ticket_id)
    score, comment = told.pop("score"), told.pop("comment")
    told["rating"] = None if score is None else {"score": score, "comment": comment}
    entries, handover = told["entries"] or [], told["handover"]
    readable = await readable_documents(session, principal, entries, handover)
    reader = principal.label
    told["entries"] = [_entry(one, reader, readable, with_notes=staff) for one in entries]
    if handover is not None:
        told["handover"] = readable_handover(handover, readable)
    told["events"] = (told["events"] or [])[::-1]
    told["related"] = told["related"] or []
    told["sensitive"] = told["sensitive"] or []
    return TicketDetail(**told)


async def entries_of(
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    *,
    with_notes: bool,
    only: UUID | None = None,
    writer: str | None = None,
) -> list[EntryReply]:
    """Return what was written on a ticket, oldest first; notes only for who works on it.

    ``writer``: whose entries are told as the reader's own; else those of ``principal``.
    """
    statement = _entries(sa.literal(ticket_id), with_notes=with_notes)
    if only is not None:
        statement = statement.where(TicketEntry.id == only)
    rows = [row._asdict() for row in await session.execute(statement)]
    readable = await readable_documents(session, principal, rows)
    reader = writer or principal.label
    return [_entry(row, reader, readable, with_notes=with_notes) for row in rows]


@lru_cache(STATEMENTS_KEPT)
def _whole(principal: Principal) -> Prepared:
    """Select a ticket that somebody may see, what belongs to it as JSON beside it."""
    wanted = sa.bindparam("ticket", None, type_=sa.Uuid())
    staff = principal.may(Act.WORK_TICKETS)
    nothing = sa.null()
    return Prepared.of(
        named_tickets(principal)
        .add_columns(
            TicketRating.score,
            TicketRating.comment,
            _listed(_entries(wanted, with_notes=staff)).label("entries"),
            (_listed(_events(wanted)) if staff else nothing).label("events"),
            _listed(_related(principal, wanted)).label("related"),
            (Ticket.handover if staff else nothing).label("handover"),
            (flags_of_ticket() if staff else nothing).label("sensitive"),
        )
        .outerjoin(TicketRating, TicketRating.ticket_id == Ticket.id)
        .where(Ticket.id == wanted, may_see(principal))
    )


def _listed(rows: sa.Select[*tuple[Any, ...]]) -> sa.ScalarSelect[Any]:
    """Select rows as one JSON list, in their order; null where there are none."""
    listed = rows.subquery("listed")
    every = sa.func.json_agg(sa.literal_column("listed"))
    return sa.select(every).select_from(listed).scalar_subquery()


def _entries(ticket: sa.ColumnElement[UUID], *, with_notes: bool) -> sa.Select[*tuple[Any, ...]]:
    statement = sa.select(
        *(TicketEntry.id, TicketEntry.kind, TicketEntry.author, TicketEntry.body),
        *(TicketEntry.folded, TicketEntry.citations, TicketEntry.created_at),
        TicketEntry.held_until,
        _listed(_attachments()).label("attachments"),
    ).where(TicketEntry.ticket_id == ticket)
    if not with_notes:
        statement = statement.where(
            TicketEntry.kind != EntryKind.NOTE, TicketEntry.held_until.is_(None)
        )
    return statement.order_by(TicketEntry.id).limit(ENTRIES_SHOWN)


def _attachments() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            *(TicketAttachment.id, TicketAttachment.name),
            *(TicketAttachment.media_type, TicketAttachment.size_bytes),
        )
        .where(TicketAttachment.entry_id == TicketEntry.id)
        .order_by(TicketAttachment.id)
        .correlate(TicketEntry)
    )


def _events(ticket: sa.ColumnElement[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """Select the newest events, the newest first."""
    return (
        sa.select(
            *(TicketEvent.id, TicketEvent.kind, TicketEvent.actor),
            *(TicketEvent.details, TicketEvent.created_at),
        )
        .where(TicketEvent.ticket_id == ticket)
        .order_by(TicketEvent.id.desc())
        .limit(EVENTS_SHOWN)
    )


def _related(principal: Principal, ticket: sa.ColumnElement[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """Select the linked tickets that this person may see too; this ticket's own links first."""
    outgoing = TicketLink.ticket_id == ticket
    there = sa.case((outgoing, TicketLink.other_id), else_=TicketLink.ticket_id)
    return (
        sa.select(
            TicketLink.kind,
            outgoing.label("outgoing"),
            Ticket.id.label("ticket_id"),
            Ticket.protocol,
            shown_subject(principal),
            Ticket.status,
        )
        .join(Ticket, Ticket.id == there)
        .where(sa.or_(outgoing, TicketLink.other_id == ticket), may_see(principal))
        .order_by(outgoing.desc(), TicketLink.created_at, Ticket.id)
        .correlate(None)
    )


def _entry(
    told: Mapping[str, Any], reader: str, readable: frozenset[str], *, with_notes: bool
) -> EntryReply:
    fields = {
        **told,
        "mine": told["author"] == reader,
        "attachments": told["attachments"] or [],
        "citations": readable_sources(told["citations"], readable),
    }
    if not with_notes:
        # Who is not of the staff learns on which side somebody stands, not who it was.
        fields["author"] = EntryKind(told["kind"]).value
    return EntryReply(**fields)
