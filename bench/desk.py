"""Time the desk at size: list, filter, search, open, timeline, create; and numbers under kills.

    python bench/desk.py [--tickets 1000000] [--rounds 60] [--claims 1000] [--writers 50]

Rows are made inside the database, tickets are indexed by the desk's own code. The bars are
50 ms at the 95th percentile of each look-up, twice a raw insert transaction for a new ticket,
no duplicate number and one winner of each claim.
"""

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import URL, make_url
from uuid_utils.compat import uuid7

from cogep_assist.core import embedded_postgres, schema, secret_key
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database, driver_connection
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role, Ticket, TicketStatus, User
from cogep_assist.core.principal import SYSTEM, Principal, PrincipalKind
from cogep_assist.crm_service.queues import default_queue
from cogep_assist.crm_service.ticket_assignment import claim_ticket
from cogep_assist.crm_service.ticket_list import TicketFilter, list_tickets
from cogep_assist.crm_service.ticket_open import NewTicket, open_ticket
from cogep_assist.crm_service.ticket_reply import describe_ticket
from cogep_assist.crm_service.ticket_search import search_tickets
from desk_rows import WORDS, grow, index

Ask = Callable[[int], Awaitable[Any]]
ZONE = "America/Sao_Paulo"


async def main() -> None:
    chosen = _arguments()
    with tempfile.TemporaryDirectory(prefix="cogep-desk-") as folder:
        Path(folder).chmod(0o755)
        settings = load_settings(data_dir=Path(folder), secret_key="x" * 40)
        secret_key.load(settings)
        with embedded_postgres.running(Path(folder) / "pg") as server:
            owner = make_url(server.url("owner"))
            schema.upgrade(owner)
            database = Database(make_url(server.url("app")), pool_size=chosen.writers + 4)
            try:
                await _measure(database, owner, chosen)
            finally:
                await database.close()


async def _measure(database: Database, owner: URL, chosen: argparse.Namespace) -> None:
    console = Console()
    people = await _people(database)
    console.print(f"load average {os.getloadavg()[0]:.1f}; making {chosen.tickets:,} tickets")
    began = time.perf_counter()
    # While the tables are small, so that the figures are of the act and not of a cold cache.
    created = await _creation(database, chosen.rounds)
    await grow(owner, chosen.tickets)
    indexed = await index(database, chosen.indexed)
    console.print(f"made in {time.perf_counter() - began:.0f} s, {indexed:,} of them indexed")
    console.print(await _looks(database, chosen.rounds, people[0]))
    console.print(created)
    console.print(await _creation(database, chosen.rounds))
    console.print(await _numbers(database, chosen.writers, chosen.each))
    console.print(await _claims(database, chosen.claims, people))


async def _people(database: Database) -> list[Principal]:
    async with database.begin() as session:
        await default_queue(session)
        driver = await driver_connection(session)
        for n in range(19):
            await driver.execute(
                "INSERT INTO crm.queue (id, name) VALUES (%s, %s)", (uuid7(), f"Fila {n:02d}")
            )
        users = [uuid7() for _ in range(50)]
        session.add_all(
            User(
                id=user,
                email=f"{user}@exemplo.gov.br",
                email_key=f"{user}@exemplo.gov.br",
                name=f"Atendente {n}",
                sort_key=f"atendente {n}",
                role=Role.AGENT,
                created_by="system",
            )
            for n, user in enumerate(users)
        )
    return [Principal(PrincipalKind.USER, Role.AGENT, user) for user in users]


async def _looks(database: Database, rounds: int, agent: Principal) -> Table:
    async with database.begin() as session:
        some = (await session.scalars(sa.select(Ticket.id).limit(2000))).all()
    queue = "Fila 07"
    waiting = TicketFilter(statuses=[TicketStatus.WAITING], queue=queue)

    def listed(who: Principal, wanted: TicketFilter) -> Ask:
        async def ask(_: int) -> None:
            async with database.begin() as session:
                await list_tickets(session, who, wanted)

        return ask

    async def opened(n: int) -> None:
        async with database.begin() as session:
            await describe_ticket(session, SYSTEM, some[(n * 37) % len(some)])

    def searched(words: int) -> Ask:
        async def ask(n: int) -> None:
            chance = random.Random(n)
            async with database.begin() as session:
                query = " ".join(chance.sample(WORDS, words))
                await search_tickets(session, SYSTEM, query, TicketFilter())

        return ask

    table = Table("look-up", "p50 ms", "p95 ms", "bar", title="Look-ups, one client")
    for name, ask in (
        ("list, administrator", listed(SYSTEM, TicketFilter())),
        ("list, agent", listed(agent, TicketFilter())),
        ("filter: a queue's waiting", listed(SYSTEM, waiting)),
        ("filter: mine", listed(SYSTEM, TicketFilter(assignee_id=agent.id))),
        ("filter: a tag", listed(SYSTEM, TicketFilter(tag="toner"))),
        ("open, with its timeline", opened),
        ("search, one word", searched(1)),
        ("search, three words", searched(3)),
    ):
        taken = await _timed(ask, rounds)
        table.add_row(name, _ms(statistics.median(taken)), _ms(_p95(taken)), "50")
    return table


async def _creation(database: Database, rounds: int) -> Table:
    """Time a new ticket beside a transaction that only inserts the same rows, turn about."""
    taken: dict[str, list[float]] = {"ticket": [], "raw": []}
    async with database.begin() as session:
        queue = (await default_queue(session)).id
    for n in range(rounds):
        began = time.perf_counter()
        async with database.begin() as session:
            new = NewTicket(subject=f"Assunto {n}", body="Texto do chamado.")
            made = await open_ticket(session, SYSTEM, new, ZONE)
        taken["ticket"].append(time.perf_counter() - began)
        began = time.perf_counter()
        await _raw(database, queue, f"{made.protocol}-{n}")
        taken["raw"].append(time.perf_counter() - began)
    ratio = statistics.median(taken["ticket"]) / statistics.median(taken["raw"])
    table = Table("create", "p50 ms", "p95 ms", title=f"Create, {ratio:.2f}x raw (bar 2)")
    for name, times in taken.items():
        table.add_row(name, _ms(statistics.median(times)), _ms(_p95(times)))
    return table


async def _raw(database: Database, queue: UUID, protocol: str) -> None:
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


async def _numbers(database: Database, writers: int, each: int) -> Table:
    """Create from many writers while connections are killed; count numbers that came twice."""
    made: list[str] = []
    killed = 0

    async def write() -> None:
        for n in range(each):
            try:
                async with database.begin() as session:
                    new = NewTicket(subject=f"Nº {n}", body="x")
                    protocol = (await open_ticket(session, SYSTEM, new, ZONE)).protocol
                made.append(protocol)
            except sa.exc.DBAPIError:
                continue

    async def kill(stop: asyncio.Event) -> None:
        nonlocal killed
        while not stop.is_set():
            await asyncio.sleep(0.05)
            async with database.begin() as session:
                gone = await session.scalar(
                    sa.text(
                        "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM"
                        " pg_stat_activity WHERE datname = current_database() AND"
                        " pid <> pg_backend_pid() AND backend_type = 'client backend'"
                        " ORDER BY random() LIMIT 1) AS one"
                    )
                )
                killed += gone or 0

    stop = asyncio.Event()
    killer = asyncio.create_task(kill(stop))
    await asyncio.gather(*(write() for _ in range(writers)))
    stop.set()
    await killer
    async with database.begin() as session:
        kept = await session.scalar(
            sa.select(sa.func.count()).where(Ticket.protocol.in_(sorted(set(made))))
        )
    table = Table("writers", "each", "connections killed", "created", "duplicates", "lost")
    table.add_row(
        str(writers),
        str(each),
        str(killed),
        f"{len(made):,}",
        str(len(made) - len(set(made))),
        str(len(set(made)) - (kept or 0)),
    )
    return table


async def _claims(database: Database, rounds: int, people: list[Principal]) -> Table:
    """Let two people claim one ticket at once, many times; count the rounds with one winner."""
    right = 0

    async def claim(who: Principal, ticket: UUID) -> bool:
        try:
            async with database.begin() as session:
                await claim_ticket(session, who, ticket)
            return True
        except AppError:
            return False

    for n in range(rounds):
        async with database.begin() as session:
            new = NewTicket(subject=f"Disputa {n}", body="x")
            ticket = (await open_ticket(session, SYSTEM, new, ZONE)).id
        first, second = people[n % 50], people[(n + 1) % 50]
        won = await asyncio.gather(claim(first, ticket), claim(second, ticket))
        right += sum(won) == 1
    table = Table("two who claim at once", "one winner")
    table.add_row(f"{rounds:,}", f"{right:,}")
    return table


async def _timed(ask: Ask, rounds: int) -> list[float]:
    for n in range(3):
        await ask(n)
    taken = []
    for n in range(rounds):
        began = time.perf_counter()
        await ask(n)
        taken.append(time.perf_counter() - began)
    return taken


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--indexed", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--writers", type=int, default=50)
    parser.add_argument("--each", type=int, default=200)
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
