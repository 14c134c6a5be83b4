"""A new ticket beside a transaction that only inserts the same rows, turn about."""

import statistics
import time
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from rich.table import Table
from uuid_utils.compat import uuid7

from cogep_assist.core.db import Database, driver_connection
from cogep_assist.core.models import BusinessCalendar, SlaPolicy, SlaTarget, TicketPriority
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.desk.queues import default_queue
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket

ZONE = "America/Sao_Paulo"
NAME = "Medição"
SHIFTS = [[480, 720], [780, 1080]]
BAR = 2.0


async def time_creation(database: Database, rounds: int, *, promised: bool) -> Table:
    """Time both; ``promised``: a policy gives every ticket its targets, one row more."""
    if promised:
        await _promise(database)
    try:
        return await _time(database, rounds, promised=promised)
    finally:
        await _forget(database)


async def _time(database: Database, rounds: int, *, promised: bool) -> Table:
    taken: dict[str, list[float]] = {"ticket": [], "raw": []}
    async with database.begin() as session:
        queue = (await default_queue(session)).id
    for n in range(rounds + 5):
        began = time.perf_counter()
        async with database.begin() as session:
            new = NewTicket(subject=f"Assunto {n}", body="Texto do chamado.")
            made = await open_ticket(session, SYSTEM, new, ZONE)
        middle = time.perf_counter()
        await _raw(database, queue, f"{made.protocol}-{n}", promised=promised)
        ended = time.perf_counter()
        # The first ones fill what both keep: connections, statements, plans.
        if n >= 5:
            taken["ticket"].append(middle - began)
            taken["raw"].append(ended - middle)
    ratio = statistics.median(taken["ticket"]) / statistics.median(taken["raw"])
    title = f"Create{', with targets' if promised else ''}: {ratio:.2f}x raw (bar {BAR:.0f})"
    table = Table("create", "p50 ms", "p95 ms", title=title)
    for name, times in taken.items():
        ordered = sorted(times)
        table.add_row(name, *(f"{ordered[int(rounds * at)] * 1000:.1f}" for at in (0.5, 0.95)))
    return table


async def _raw(database: Database, queue: UUID, protocol: str, *, promised: bool) -> None:
    """Insert what a ticket inserts, each row by itself, by the driver alone."""
    ticket = uuid7()
    async with database.begin() as session:
        driver = await driver_connection(session)
        await driver.execute(
            "INSERT INTO crm.ticket (id, protocol, subject, channel, queue_id, opened_by)"
            " VALUES (%s, %s, 'Assunto', 'api', %s, 'system')",
            (ticket, protocol, queue),
        )
        await driver.execute(
            "INSERT INTO crm.ticket_entry (id, ticket_id, kind, author, body)"
            " VALUES (%s, %s, 'message', 'system', 'Texto do chamado.')",
            (uuid7(), ticket),
        )
        await driver.execute(
            "INSERT INTO crm.ticket_event (id, ticket_id, kind, actor)"
            " VALUES (%s, %s, 'opened', 'system')",
            (uuid7(), ticket),
        )
        await driver.execute(
            "INSERT INTO lgpd.audit_event (id, occurred_at, actor_kind, actor, act, object_type,"
            " object_id, details, mac) VALUES (%s, clock_timestamp(), 'system', 'x', 'raw',"
            " 'ticket', %s, '{}', '')",
            (uuid7(), str(ticket)),
        )
        await driver.execute(
            "INSERT INTO access.background_job (id, kind, subject) VALUES (%s, 'raw', %s)",
            (uuid7(), str(ticket)),
        )
        if promised:
            await driver.execute(
                "INSERT INTO crm.ticket_sla (ticket_id, first_reply_due_at, resolution_due_at,"
                " due_at, next_check_at) SELECT %s, due, due, due, due FROM"
                " (SELECT clock_timestamp() + %s AS due) AS one",
                (ticket, timedelta(hours=8)),
            )


async def _promise(database: Database) -> None:
    async with database.begin() as session:
        calendar = BusinessCalendar(name=NAME, time_zone=ZONE, week=[SHIFTS] * 5 + [[], []])
        session.add(calendar)
        await session.flush()
        policy = SlaPolicy(name=NAME, position=1, calendar_id=calendar.id)
        session.add(policy)
        await session.flush()
        session.add_all(
            SlaTarget(
                policy_id=policy.id,
                priority=priority,
                first_reply_minutes=240,
                resolution_minutes=2400,
            )
            for priority in TicketPriority
        )


async def _forget(database: Database) -> None:
    async with database.begin() as session:
        await session.execute(sa.delete(SlaPolicy).where(SlaPolicy.name == NAME))
        await session.execute(sa.delete(BusinessCalendar).where(BusinessCalendar.name == NAME))
