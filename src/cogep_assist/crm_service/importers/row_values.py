"""The values of each row of a ticket that comes over, from a ticket that was made ready. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    EntryKind,
    MailStatus,
    TicketChannel,
    TicketPriority,
    TicketStatus,
    WaitingOn,
)
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.importers.desk import Desk
from cogep_assist.crm_service.importers.past_ids import uuid7_at
from cogep_assist.crm_service.importers.preparation import ReadyTicket
from cogep_assist.crm_service.importers.records import PastLetter
from cogep_assist.crm_service.tickets.ticket_attachments import AttachedFile
from cogep_assist.crm_service.tickets.ticket_moves import ENDED
from cogep_assist.crm_service.tickets.ticket_words import MAX_TAG_CHARS, MAX_TAGS, clean_tags

MAX_NUMBER_CHARS = 100
IMPORTED = "imported"
# After whatever was written in the same millisecond.
LAST = 4095
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """What a slice needs to know: who acts and when, the desk, the customers by their old keys."""

    principal: Principal
    desk: Desk
    customers: Mapping[str, UUID]
    origin: str
    batch_id: UUID
    now: datetime


def ticket_row(placed: Placed, ticket: ReadyTicket, protocol: str) -> Row:
    """Return the ticket itself, as it stood over there."""
    past, mapping = ticket.past, placed.desk.mapping
    customer_id = placed.customers.get(past.customer_key or "")
    status, waiting = status_of(mapping.state(past.state))
    ended = ended_at(ticket, status, placed.now)
    replies = [one.at for one in ticket.entries if one.past.kind is EntryKind.REPLY]
    seen = [one.at for one in ticket.entries if one.past.kind is not EntryKind.NOTE]
    return {
        "id": uuid7_at(ticket.created_at),
        "protocol": protocol,
        "external_number": past.number[:MAX_NUMBER_CHARS] or None,
        "external_system": placed.origin,
        "subject": ticket.subject,
        "status": status,
        "waiting_on": waiting,
        "priority": TicketPriority(mapping.priority(past.priority) or "normal"),
        # Nothing here says how wide or how urgent: what it was stays as it was.
        "priority_fixed": True,
        "channel": TicketChannel.IMPORT,
        "queue_id": placed.desk.queue(past.queue),
        "assignee_id": placed.desk.user(past.assignee),
        "customer_id": customer_id,
        "opened_by": f"mail:{customer_id}" if customer_id else placed.principal.label,
        "tags": _tags(ticket, mapping.ticket_fields),
        "first_replied_at": min(replies, default=None),
        "last_entry_at": max(seen, default=ticket.created_at),
        "resolved_at": ended,
        "closed_at": ended if status is TicketStatus.CLOSED else None,
        "created_at": ticket.created_at,
        "updated_at": _between(past.updated_at, ticket.created_at, placed.now),
    }


def entry_rows(placed: Placed, ticket_id: UUID, ticket: ReadyTicket) -> list[Row]:
    """Return what was written, each in its place in time, the fields that are kept as a note last.

    The rows stand in the order of ``ticket.entries``.
    """
    rows = [
        {
            "id": uuid7_at(entry.at, order),
            "ticket_id": ticket_id,
            "kind": entry.past.kind,
            "author": placed.desk.label(entry.past.author, placed.customers),
            "body": entry.body,
            "folded": entry.folded or None,
            "created_at": entry.at,
        }
        for order, entry in enumerate(ticket.entries)
    ]
    note = _fields_note(ticket, placed.desk.mapping.ticket_fields)
    if note:
        rows.append(
            {
                "id": uuid7_at(ticket.created_at, LAST),
                "ticket_id": ticket_id,
                "kind": EntryKind.NOTE,
                "author": placed.principal.label,
                "body": note,
                "folded": None,
                "created_at": ticket.created_at,
            }
        )
    return rows


def file_rows(entry_id: UUID, file: AttachedFile) -> tuple[Row, Row]:
    """Return a file's bytes and their place beside an entry."""
    blob_id, size = uuid7(), len(file.content)
    return (
        {"id": blob_id, "sha256": file.sha256, "size": size, "content": file.content},
        {
            "id": uuid7(),
            "entry_id": entry_id,
            "blob_id": blob_id,
            "name": file.name,
            "media_type": file.media_type,
            "size_bytes": size,
        },
    )


def letter_row(
    placed: Placed, letter: PastLetter, ticket_id: UUID, entry_id: UUID, at: datetime
) -> Row:
    """Return the mail of an entry, by which a later answer finds its ticket."""
    return {
        "id": uuid7_at(at),
        "place": f"import:{letter.fingerprint.hex()}",
        "status": MailStatus.ACCEPTED,
        "reason": IMPORTED,
        "fingerprint": letter.fingerprint,
        "message_id": letter.message_id,
        "refers_to": list(letter.refers_to),
        "sender": letter.sender,
        "ticket_id": ticket_id,
        "entry_id": entry_id,
        "received_at": at,
        "processed_at": placed.now,
    }


def event_rows(placed: Placed, row: Mapping[str, Any]) -> Iterator[Row]:
    """Give a ticket's history as far as it is known: that it ended, and that it came over."""
    told = {"batch": str(placed.batch_id), "origin": placed.origin}
    if row["resolved_at"] is not None:
        ended = row["resolved_at"]
        after = {"after": row["status"].value, **told}
        yield _event(placed, uuid7_at(ended), row["id"], "moved", after, ended)
    details = {**told, "number": row["external_number"]}
    yield _event(placed, uuid7(), row["id"], IMPORTED, details, placed.now)


def customer_event_row(placed: Placed, row: Mapping[str, Any]) -> Row:
    """Return the ticket's place in its customer's line of time."""
    return {
        "id": uuid7_at(row["created_at"]),
        "customer_id": row["customer_id"],
        "kind": "ticket_opened",
        "object_type": "ticket",
        "object_id": str(row["id"]),
        "details": {},
        "actor": placed.principal.label,
        "occurred_at": row["created_at"],
    }


def status_of(led: str | None) -> tuple[TicketStatus, WaitingOn | None]:
    """Return a state, and on whom it waits; what nobody mapped is closed."""
    if led == "waiting_third_party":
        return TicketStatus.WAITING, WaitingOn.THIRD_PARTY
    status = TicketStatus(led or TicketStatus.CLOSED.value)
    return status, WaitingOn.CUSTOMER if status is TicketStatus.WAITING else None


def ended_at(ticket: ReadyTicket, status: TicketStatus, now: datetime) -> datetime | None:
    """Return when a ticket ended: as it says, or when it was last touched; None if it did not."""
    if status not in ENDED:
        return None
    past = ticket.past
    said = past.resolved_at or past.closed_at
    last = max((one.at for one in ticket.entries), default=ticket.created_at)
    return _between(said or past.updated_at or last, ticket.created_at, now)


def _between(at: datetime | None, created: datetime, now: datetime) -> datetime:
    return min(max(at or created, created), now)


def _event(
    placed: Placed, event_id: UUID, ticket_id: UUID, kind: str, details: Row, at: datetime
) -> Row:
    return {
        "id": event_id,
        "ticket_id": ticket_id,
        "kind": kind,
        "actor": placed.principal.label,
        "details": details,
        "created_at": at,
    }


def _tags(ticket: ReadyTicket, fields: Mapping[str, str | None]) -> list[str]:
    wanted = [*ticket.past.tags]
    wanted += [value for name, value in ticket.past.fields.items() if fields.get(name) == "tag"]
    kept: list[str] = []
    for tag in wanted:
        signs = "".join(c if c.isalnum() or c in " _./-" else " " for c in tag.lower())
        try:
            kept += clean_tags([" ".join(signs.split())[:MAX_TAG_CHARS].strip()])
        except AppError:
            # Empty, or of letters that tags do not take: the ticket comes without that one.
            continue
    return list(dict.fromkeys(kept))[:MAX_TAGS]


def _fields_note(ticket: ReadyTicket, fields: Mapping[str, str | None]) -> str:
    found = ticket.past.fields.items()
    lines = [f"{name}: {value}" for name, value in found if fields.get(name) == "note"]
    return "\n".join(["Campos no sistema anterior:", *lines]) if lines else ""
