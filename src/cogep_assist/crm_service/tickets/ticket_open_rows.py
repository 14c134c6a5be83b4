"""A new ticket's rows: one look at where it goes, its number, and all of it by one statement.

The driver is asked directly. A new ticket is the desk's most frequent write, and six statements
through the mapper took three times as long as the rows themselves.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit, audit_commit
from cogep_assist.core.db import RING, driver_connection
from cogep_assist.core.events import HEARD
from cogep_assist.core.live_events import CHANNEL
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.tickets.protocol import write_protocol
from cogep_assist.crm_service.tickets.ticket_events import traced
from cogep_assist.crm_service.tickets.ticket_index import INDEX_TICKET

OPENED = "ticket.created"


@dataclass(frozen=True, slots=True)
class Place:
    """A ticket's queue; whether its rule gives tickets to somebody, and whether anything is
    promised to any ticket."""

    queue_id: UUID
    dealt: bool = True
    promised: bool = True


async def default_place(session: AsyncSession) -> Place | None:
    """Return where tickets go that name no queue; None before the first of them."""
    driver = await driver_connection(session)
    cursor = await driver.execute(_DEFAULT_QUEUE, prepare=True)
    row = await cursor.fetchone()
    return None if row is None else Place(*row)


async def next_protocol(session: AsyncSession, timezone: str) -> str:
    """Take the year's next number. Two at once: the second waits for the first's commit."""
    driver = await driver_connection(session)
    cursor = await driver.execute(_NUMBER, {"timezone": timezone}, prepare=True)
    row = await cursor.fetchone()
    assert row is not None
    return write_protocol(*row)


async def write_rows(
    session: AsyncSession,
    principal: Principal,
    ticket: dict[str, Any],
    body: str,
    promised: dict[str, Any] | None,
) -> tuple[UUID, bool]:
    """Write a ticket, its first words, its first event, the audit and the duty to index it.

    ``promised``: the columns of its targets, or None where nothing was promised. Open pages are
    told; returned are the ticket's id, and whether others asked to be told of new tickets.
    """
    made = uuid7()
    act = audit.sealed_row(principal, "ticket_opened", "ticket", made)
    handover = ticket["handover"]
    values = {
        **ticket,
        **{f"act_{name}": act[name] for name in (*audit_commit.COLUMNS, "mac")},
        "id": made,
        "handover": None if handover is None else Jsonb(handover),
        "act_details": Jsonb(act["details"]),
        "event_details": Jsonb(traced(principal, {"channel": ticket["channel"]})),
        "entry_id": uuid7(),
        "event_id": uuid7(),
        "job_id": uuid7(),
        "author": principal.label,
        "body": body,
        "duty": INDEX_TICKET,
        "channel_of_pages": CHANNEL,
        "topic": f"ticket:{made}",
        "event_name": OPENED,
        "heard": [status.value for status in HEARD],
        **(promised or {}),
    }
    driver: AsyncConnection[Any] = await driver_connection(session)
    targets = "" if promised is None else _TARGETS
    cursor = await driver.execute(ROWS.format(targets=targets).encode(), values, prepare=True)
    row = await cursor.fetchone()
    assert row is not None
    session.info[RING] = True
    return made, bool(row[0])


_DEFAULT_QUEUE = """
SELECT id, assignment <> 'manual', EXISTS (SELECT FROM crm.sla_policy)
FROM crm.queue WHERE is_default
"""
_NUMBER = """
INSERT INTO crm.protocol_counter AS counter (year, last)
SELECT extract(year FROM timezone(%(timezone)s, clock_timestamp()))::smallint, 1
ON CONFLICT (year) DO UPDATE SET last = counter.last + 1
RETURNING year, last
"""
_TARGETS = """, targets AS (
    INSERT INTO crm.ticket_sla (ticket_id, policy_id, first_reply_due_at, resolution_due_at, due_at,
                                next_check_at)
    VALUES (%(id)s, %(policy_id)s, %(first_reply_due_at)s, %(resolution_due_at)s, %(due_at)s,
            %(next_check_at)s)
)"""
ROWS = f"""
WITH ticket AS (
    INSERT INTO crm.ticket (id, protocol, subject, channel, queue_id, impact, urgency, priority,
                            priority_fixed, customer_id, opened_by, answer_id, handover, tags,
                            created_at, last_entry_at)
    VALUES (%(id)s, %(protocol)s, %(subject)s, %(channel)s, %(queue_id)s, %(impact)s, %(urgency)s,
            %(priority)s, %(priority_fixed)s, %(customer_id)s, %(author)s, %(answer_id)s,
            %(handover)s, %(tags)s,
            coalesce(%(created_at)s, clock_timestamp()), clock_timestamp())
){{targets}}, entry AS (
    INSERT INTO crm.ticket_entry (id, ticket_id, kind, author, body)
    VALUES (%(entry_id)s, %(id)s, 'message', %(author)s, %(body)s)
), event AS (
    INSERT INTO crm.ticket_event (id, ticket_id, kind, actor, details)
    VALUES (%(event_id)s, %(id)s, 'opened', %(author)s, %(event_details)s)
), act AS (
    INSERT INTO lgpd.audit_event ({", ".join((*audit_commit.COLUMNS, "mac"))})
    VALUES ({", ".join(f"%(act_{name})s" for name in (*audit_commit.COLUMNS, "mac"))})
), duty AS (
    INSERT INTO access.background_job (id, kind, subject)
    VALUES (%(job_id)s, %(duty)s, %(id)s::text)
)
SELECT EXISTS (SELECT FROM access.webhook WHERE events @> ARRAY[%(event_name)s::text]
               AND status = ANY(%(heard)s::access.webhook_status[])),
       pg_notify(%(channel_of_pages)s, %(topic)s)
"""  # noqa: S608  (the names of the audit's own columns)
