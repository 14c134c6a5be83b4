"""Many who write at once, their connections killed; two who claim at once."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from rich.table import Table

from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Ticket
from cogep_assist.core.principal import SYSTEM, Principal
from cogep_assist.crm_service.tickets.ticket_assignment import claim_ticket
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket

ZONE = "America/Sao_Paulo"


async def count_numbers(database: Database, writers: int, each: int) -> Table:
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


async def count_winners(database: Database, rounds: int, people: Sequence[Principal]) -> Table:
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
