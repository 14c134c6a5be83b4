"""Write tickets that come over: nothing is sent, promised or announced because of them."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.db import RING
from cogep_assist.core.models import (
    BackgroundJob,
    Blob,
    CustomerEvent,
    InboundMail,
    ProtocolCounter,
    Ticket,
    TicketAttachment,
    TicketEntry,
    TicketEvent,
    TicketSensitivity,
)
from cogep_assist.crm_service.importers.preparation import ReadyTicket
from cogep_assist.crm_service.importers.row_values import (
    Placed,
    Row,
    customer_event_row,
    entry_rows,
    event_rows,
    file_rows,
    letter_row,
    ticket_row,
)
from cogep_assist.crm_service.tickets.protocol import write_protocol
from cogep_assist.crm_service.tickets.ticket_index import INDEX_TICKET
from cogep_assist.crm_service.tickets.ticket_sensitivity import sensitive_words

# Tickets that people write now are indexed before those of years ago.
INDEX_PRIORITY = -10


@dataclass(slots=True)
class _Rows:
    tickets: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    blobs: list[Row] = field(default_factory=list)
    attachments: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    told: list[Row] = field(default_factory=list)
    letters: list[Row] = field(default_factory=list)
    duties: list[Row] = field(default_factory=list)


async def write_tickets(
    session: AsyncSession, placed: Placed, tickets: Sequence[ReadyTicket], zone: ZoneInfo
) -> list[UUID]:
    """Write tickets with their history, and have them indexed; return their ids, in order."""
    rows = _Rows()
    for ticket, protocol in zip(tickets, await _protocols(session, tickets, zone), strict=True):
        _add(rows, placed, ticket, protocol)
    for model, values in (
        (Ticket, rows.tickets),
        (TicketEntry, rows.entries),
        (Blob, rows.blobs),
        (TicketAttachment, rows.attachments),
        (TicketEvent, rows.events),
        (CustomerEvent, rows.told),
        (BackgroundJob, rows.duties),
        (TicketSensitivity, await asyncio.to_thread(_flags, rows)),
    ):
        if values:
            await session.execute(sa.insert(model), values)
    if rows.letters:
        await session.execute(insert(InboundMail).on_conflict_do_nothing(), rows.letters)
    session.info[RING] = True
    return [row["id"] for row in rows.tickets]


def _add(rows: _Rows, placed: Placed, ticket: ReadyTicket, protocol: str) -> None:
    row = ticket_row(placed, ticket, protocol)
    written = entry_rows(placed, row["id"], ticket)
    rows.tickets.append(row)
    rows.entries += written
    rows.events += event_rows(placed, row)
    for entry, entry_row in zip(ticket.entries, written, strict=False):
        for file in entry.files:
            blob, attachment = file_rows(entry_row["id"], file)
            rows.blobs.append(blob)
            rows.attachments.append(attachment)
        letter = entry.past.letter
        if letter is not None:
            rows.letters.append(letter_row(placed, letter, row["id"], entry_row["id"], entry.at))
    if row["customer_id"] is not None:
        rows.told.append(customer_event_row(placed, row))
    duty = {"id": uuid7(), "kind": INDEX_TICKET, "subject": str(row["id"])}
    rows.duties.append({**duty, "priority": INDEX_PRIORITY})


def _flags(rows: _Rows) -> list[Row]:
    """Flag at once what is sensitive, so that nobody reads it before it is withheld."""
    texts = {row["id"]: [row["subject"]] for row in rows.tickets}
    for entry in rows.entries:
        texts[entry["ticket_id"]].append(entry["body"])
    return [
        {"ticket_id": ticket_id, "category": category, "words": words}
        for ticket_id, said in texts.items()
        for category, words in sensitive_words(said).items()
    ]


async def _protocols(
    session: AsyncSession, tickets: Sequence[ReadyTicket], zone: ZoneInfo
) -> list[str]:
    """Give each ticket a number of the year in which it was opened."""
    years = [ticket.created_at.astimezone(zone).year for ticket in tickets]
    last: dict[int, int] = {}
    # In order of the years: two batches at once lock the counters in the same order.
    for year, count in sorted(Counter(years).items()):
        taken = insert(ProtocolCounter).values(year=year, last=count)
        reached = await session.scalar(
            taken.on_conflict_do_update(
                index_elements=[ProtocolCounter.year],
                set_={"last": ProtocolCounter.last + count},
            ).returning(ProtocolCounter.last)
        )
        assert reached is not None
        last[year] = reached - count
    numbers = []
    for year in years:
        last[year] += 1
        numbers.append(write_protocol(year, last[year]))
    return numbers
