"""Time the desk at size: list, filter, search, open, timeline, create; and numbers under kills.

    python bench/desk.py [--tickets 1000000] [--rounds 60] [--claims 1000] [--writers 200]
    python bench/desk.py --at FOLDER --only requests --tickets 100000
    python bench/desk.py --at FOLDER --only looks create

Rows are made inside the database, tickets are indexed by the desk's own code. The bars are
50 ms at the 95th percentile of each look-up, twice a raw insert transaction for a new ticket,
no duplicate number and one winner of each claim; at 100,000 tickets, a fifth of the processor time
of other desks for a request.
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
from cogep_assist.core.access import create_key
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    Customer,
    Role,
    Team,
    TeamMember,
    Ticket,
    TicketPriority,
    TicketQueue,
    TicketStatus,
    User,
)
from cogep_assist.core.principal import SYSTEM, Principal, PrincipalKind
from cogep_assist.crm_service.customers.customer_timeline import list_events
from cogep_assist.crm_service.desk.queues import default_queue
from cogep_assist.crm_service.tickets.ticket_board import board_tickets, count_tickets
from cogep_assist.crm_service.tickets.ticket_detail import describe_ticket
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter, list_tickets
from cogep_assist.crm_service.tickets.ticket_search import search_tickets
from cpu import CpuMeter, postmaster_of
from desk_create import time_creation
from desk_findings import find_known
from desk_races import count_numbers, count_winners
from desk_requests import measure_requests
from desk_rows import add_passages, frequent_words, grow, index, pack_reports, rare_words

NEWCOMER = UUID(int=6)
LIVE = [TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.WAITING]
Ask = Callable[[int], Awaitable[Any]]


async def main() -> None:
    chosen = _arguments()
    with tempfile.TemporaryDirectory(prefix="cogep-desk-") as folder:
        Path(folder).chmod(0o755)
        settings = load_settings(data_dir=Path(folder), secret_key="x" * 40)
        secret_key.load(settings)
        home = chosen.at or Path(folder)
        with embedded_postgres.running(home / "pg") as server:
            owner = make_url(server.url("owner"))
            schema.upgrade(owner)
            database = Database(make_url(server.url("app")), pool_size=24)
            try:
                await _measure(database, make_url(server.url("admin")), chosen)
            finally:
                await database.close()


async def _measure(database: Database, admin: URL, chosen: argparse.Namespace) -> None:
    console = Console()
    people = await found_people(database)
    console.print(f"load average {os.getloadavg()[0]:.1f}")
    if not await _is_made(database):
        began = time.perf_counter()
        await grow(database, admin, chosen.tickets)
        await add_passages(database, chosen.passages)
        indexed = await index(database, chosen.indexed)
        taken = time.perf_counter() - began
        console.print(f"{chosen.tickets:,} made in {taken:.0f} s, {indexed:,} of them indexed")
    # What a running worker would have done by now.
    await pack_reports(database)
    if "looks" in chosen.only:
        console.print(await _looks(database, chosen.rounds, people))
    if "findings" in chosen.only:
        console.print(await find_known(database, chosen.rounds))
    if "create" in chosen.only:
        for promised in (False, True):
            console.print(await time_creation(database, chosen.rounds, promised=promised))
    if "requests" in chosen.only:
        console.print(await _requests(database, chosen))
    if "races" in chosen.only:
        console.print(await count_numbers(database, chosen.writers, chosen.each))
        console.print(await count_winners(database, chosen.claims, people))


async def _is_made(database: Database) -> bool:
    """Whether the rows are there from an earlier run with --at."""
    async with database.begin() as session:
        return await session.scalar(sa.select(Ticket.id).limit(1)) is not None


async def found_people(database: Database) -> list[Principal]:
    """Return the agents, made where they are not there, with the queues."""
    async with database.begin() as session:
        await default_queue(session)
        known = (
            await session.scalars(sa.select(User.id).where(User.id != NEWCOMER).order_by(User.id))
        ).all()
        if not known:
            session.add_all(TicketQueue(name=f"Fila {n:02d}") for n in range(19))
            known = [uuid7() for _ in range(50)]
            session.add_all(_agent(n, user) for n, user in enumerate(known))
    return [Principal(PrincipalKind.USER, Role.AGENT, user) for user in known]


def _agent(n: int, user: UUID) -> User:
    email, name = f"{user}@exemplo.gov.br", f"Atendente {n}"
    return User(
        id=user,
        email=email,
        email_key=email,
        name=name,
        sort_key=name.lower(),
        role=Role.AGENT,
        created_by="system",
    )


async def _looks(database: Database, rounds: int, people: list[Principal]) -> Table:
    async with database.begin() as session:
        some = (await session.scalars(sa.select(Ticket.id).limit(2000))).all()
        customers = (await session.scalars(sa.select(Customer.id).limit(2000))).all()
        middle = await session.scalar(
            sa.select(Ticket.created_at).where(Ticket.id > some[1000]).order_by(Ticket.id).limit(1)
        )
    rare = await give_one_small_team(database, people[1])
    newcomer = await _newcomer(database)

    def listed(who: Principal, wanted: TicketFilter) -> Ask:
        async def ask(_: int) -> None:
            async with database.begin() as session:
                await list_tickets(session, who, wanted)

        return ask

    def boarded(who: Principal) -> Ask:
        async def ask(_: int) -> None:
            async with database.begin() as session:
                await board_tickets(session, who, TicketFilter(), LIVE)

        return ask

    def counted(who: Principal) -> Ask:
        asked = [TicketFilter(), TicketFilter(unassigned=True), TicketFilter(statuses=LIVE)]

        async def ask(_: int) -> None:
            async with database.begin() as session:
                await count_tickets(session, who, asked)

        return ask

    async def opened(n: int) -> None:
        async with database.begin() as session:
            await describe_ticket(session, SYSTEM, some[(n * 37) % len(some)])

    async def history(n: int) -> None:
        async with database.begin() as session:
            customer = customers[(n * 37) % len(customers)]
            await list_events(session, SYSTEM, customer, limit=50, before=None)

    def searched(
        words: list[str], count: int, who: Principal = SYSTEM, wanted: TicketFilter | None = None
    ) -> Ask:
        async def ask(n: int) -> None:
            chance = random.Random(n)
            async with database.begin() as session:
                query = " ".join(chance.sample(words, count))
                await search_tickets(session, who, query, wanted or TicketFilter())

        return ask

    agent, urgent = people[0], [TicketPriority.URGENT]
    waiting = TicketFilter(statuses=[TicketStatus.WAITING], queue="Fila 07")
    old = TicketFilter(created_until=middle, statuses=[TicketStatus.OPEN], priorities=urgent)
    theirs = TicketFilter(customer_id=customers[0])
    frequent, seldom = frequent_words(), rare_words()
    meter = CpuMeter(os.getpid(), await _postmaster(database))
    table = Table("look-up", "p50 ms", "p95 ms", "CPU ms", "bar", title="Look-ups, one client")
    for name, ask in (
        ("list, administrator", listed(SYSTEM, TicketFilter())),
        ("list, agent", listed(agent, TicketFilter())),
        ("list, agent of a small team", listed(people[1], TicketFilter())),
        ("list, who has none of their own", listed(newcomer, TicketFilter(statuses=LIVE))),
        ("board, who has none of their own", boarded(newcomer)),
        ("counts, who has none of their own", counted(newcomer)),
        ("list, requester", listed(rare, TicketFilter())),
        ("filter: a queue's waiting", listed(SYSTEM, waiting)),
        ("filter: mine", listed(SYSTEM, TicketFilter(assignee_id=agent.id))),
        ("filter: nobody's", listed(SYSTEM, TicketFilter(unassigned=True))),
        ("filter: a customer", listed(SYSTEM, theirs)),
        ("filter: a tag", listed(SYSTEM, TicketFilter(tag="toner"))),
        ("filter: a tag that few have", listed(SYSTEM, TicketFilter(tag="raro"))),
        ("filter: old, open and urgent", listed(SYSTEM, old)),
        ("open, with its timeline", opened),
        ("a customer's timeline", history),
        ("search, one frequent word", searched(frequent, 1)),
        ("search, three frequent words", searched(frequent, 3)),
        ("search, one rare word", searched(seldom, 1)),
        ("search, rare and frequent words", searched([*seldom[:20], *frequent[:20]], 4)),
        ("search, a rare tag's", searched(frequent, 1, wanted=TicketFilter(tag="raro"))),
        ("search, a customer's", searched(frequent, 1, wanted=theirs)),
        ("search, agent of a small team", searched(frequent, 3, people[1])),
    ):
        taken, spent = await _timed(ask, rounds, meter)
        table.add_row(name, _ms(statistics.median(taken)), _ms(_p95(taken)), _ms(spent), "50")
    return table


async def give_one_small_team(database: Database, member: Principal) -> Principal:
    """Give all queues but one small one to another team, and a requester a few tickets.

    What is rare is what a list that reads from the newest on has to search longest for.
    """
    requester = Principal(PrincipalKind.USER, Role.REQUESTER, UUID(int=5))
    async with database.begin() as session:
        if await session.scalar(sa.select(Team.id).limit(1)) is None:
            teams = [Team(name=name, name_key=name.lower()) for name in ("Grande", "Pequena")]
            session.add_all(teams)
            await session.flush()
            await session.execute(sa.update(TicketQueue).values(team_id=teams[0].id))
            small = TicketQueue(name="Pequena", team_id=teams[1].id)
            session.add(small)
            users = await session.scalars(sa.select(User.id))
            session.add_all(
                TeamMember(team_id=teams[user == member.user_id].id, user_id=user)
                for user in users.all()
            )
            await session.flush()
            oldest = sa.select(Ticket.id).order_by(Ticket.id).limit(300)
            await session.execute(
                sa.update(Ticket)
                .where(Ticket.id.in_(oldest))
                .values(queue_id=small.id, assignee_id=None, tags=["raro"])
            )
            few = sa.select(Ticket.id).order_by(Ticket.id).offset(400).limit(7)
            await session.execute(
                sa.update(Ticket).where(Ticket.id.in_(few)).values(opened_by=requester.label)
            )
    return requester


async def _newcomer(database: Database) -> Principal:
    """Return an agent of the small team to whom nothing was ever given."""
    user = NEWCOMER
    async with database.begin() as session:
        if await session.get(User, user) is None:
            small = await session.scalar(sa.select(Team.id).where(Team.name == "Pequena"))
            session.add(_agent(99, user))
            await session.flush()
            session.add(TeamMember(team_id=small, user_id=user))
    return Principal(PrincipalKind.USER, Role.AGENT, user)


async def _requests(database: Database, chosen: argparse.Namespace) -> Table:
    async with database.begin() as session:
        some = (await session.scalars(sa.select(Ticket.id).limit(2000))).all()
        key = await create_key(session, f"medição {uuid7()}", Role.AGENT)
    words = frequent_words(), rare_words()
    with tempfile.TemporaryDirectory(prefix="cogep-desk-api-") as home:
        return await asyncio.to_thread(
            measure_requests,
            *(database.url, Path(home), key, some, words, chosen.requests),
            await _postmaster(database),
        )


async def _timed(ask: Ask, rounds: int, meter: CpuMeter) -> tuple[list[float], float]:
    """Return each round's seconds, and the processor's for one."""
    for n in range(3):
        await ask(n)
    taken, before = [], meter.read()
    for n in range(rounds):
        began = time.perf_counter()
        await ask(n)
        taken.append(time.perf_counter() - began)
    return taken, (meter.read() - before).total / rounds


async def _postmaster(database: Database) -> int:
    async with database.begin() as session:
        return postmaster_of(await session.scalar(sa.select(sa.func.pg_backend_pid())) or 0)


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--indexed", type=int, default=1_000_000)
    parser.add_argument("--passages", type=int, default=45_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--requests", type=int, default=200, help="of each kind, over HTTP")
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--writers", type=int, default=200)
    parser.add_argument("--each", type=int, default=50)
    parts = ("looks", "findings", "create", "requests", "races")
    parser.add_argument("--only", nargs="+", choices=parts, default=parts, help="these parts alone")
    parser.add_argument("--at", type=Path, help="folder that keeps the rows for the next run")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
