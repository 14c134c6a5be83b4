"""How long a report takes at size: by queue, person, priority and tag, over a month and a year.

    make bench-reports
    make bench-reports ARGS="--at FOLDER --tickets 1000000 --rounds 30"

Tickets with targets and ratings are made inside the database as ``bench/desk.py`` makes them, then
packed by the worker's own code, which is timed too. Each report is that of the page: the groups,
and the same tickets along time. ``--changed`` tickets are changed and left unpacked. Exits 1 when
a report takes more than 80 ms at the 95th percentile.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import make_url

from cogep_assist.core import embedded_postgres, schema, secret_key
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Ticket, TicketPriority
from cogep_assist.core.principal import SYSTEM, Principal
from cogep_assist.crm_service.reports.desk_reports import report_along_time
from cogep_assist.crm_service.reports.report_reading import GroupBy
from cpu import CpuMeter, postmaster_of
from desk import found_people, give_one_small_team
from desk_rows import grow, pack_reports

BAR_MS = 80.0
ZONE = "America/Sao_Paulo"


async def main() -> int:
    """Make the tickets where they are not there, pack them, and time each report."""
    chosen = _arguments()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="cogep-reports-") as folder:
        secret_key.load(load_settings(data_dir=Path(folder), secret_key="x" * 40))
        home = chosen.at or Path(folder)
        home.mkdir(mode=0o755, exist_ok=True)
        Path(folder).chmod(0o755)
        with embedded_postgres.running(home / "pg") as server:
            schema.upgrade(make_url(server.url("owner")))
            database = Database(make_url(server.url("app")), pool_size=4)
            try:
                people = await found_people(database)
                async with database.begin() as session:
                    made = await session.scalar(sa.select(Ticket.id).limit(1)) is not None
                if not made:
                    admin = make_url(server.url("admin"))
                    await grow(database, admin, chosen.tickets, history=False)
                    await give_one_small_team(database, people[1])
                began = time.perf_counter()
                packed = await pack_reports(database)
                console.print(f"{packed:,} packed in {time.perf_counter() - began:.1f} s")
                await _change(database, chosen.changed)
                table, worst = await _reports(database, people, chosen.rounds)
                console.print(table)
            finally:
                await database.close()
    console.print(f"load average {os.getloadavg()[0]:.1f}; worst p95 {worst:.1f} ms")
    return 1 if worst > BAR_MS else 0


async def _change(database: Database, count: int) -> None:
    """Change tickets of every age, as a desk does between two packings."""
    async with database.begin() as session:
        some = sa.select(Ticket.id).order_by(sa.func.random()).limit(count)
        await session.execute(
            sa.update(Ticket).where(Ticket.id.in_(some)).values(priority=TicketPriority.URGENT)
        )


async def _reports(database: Database, people: list[Principal], rounds: int) -> tuple[Table, float]:
    table = Table("who", "days", "by", "p50 ms", "p95 ms", "CPU ms", title="Reports, one client")
    worst = 0.0
    async with database.begin() as session:
        until = await session.scalar(sa.select(sa.func.now()))
        backend = await session.scalar(sa.select(sa.func.pg_backend_pid()))
    assert until is not None
    meter = CpuMeter(os.getpid(), postmaster_of(backend or 0))
    for who, principal in (("admin", SYSTEM), ("agent", people[0]), ("small team", people[1])):
        for days, step in ((30, GroupBy.DAY), (365, GroupBy.WEEK)):
            for by in (GroupBy.QUEUE, GroupBy.AGENT, GroupBy.PRIORITY, GroupBy.TAG, GroupBy.MONTH):
                since = until - timedelta(days=days)
                await _ask(database, principal, since, until, by, step)
                taken, before = [], meter.read()
                for _ in range(rounds):
                    began = time.perf_counter()
                    await _ask(database, principal, since, until, by, step)
                    taken.append((time.perf_counter() - began) * 1000)
                spent = (meter.read() - before).total / rounds * 1000
                p95 = sorted(taken)[int(len(taken) * 0.95)]
                worst = max(worst, p95)
                told = (f"{one:.1f}" for one in (statistics.median(taken), p95, spent))
                table.add_row(who, str(days), by.value, *told)
    return table, worst


async def _ask(
    database: Database,
    principal: Principal,
    since: datetime,
    until: datetime,
    by: GroupBy,
    step: GroupBy,
) -> None:
    async with database.begin() as session:
        await report_along_time(session, principal, since, until, by, step, ZONE)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--changed", type=int, default=100, help="changed, and not packed yet")
    parser.add_argument("--at", type=Path, help="folder that keeps the rows for the next run")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
