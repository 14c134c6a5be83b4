"""Measure the audit: what it costs each act, how fast it is verified, what it finds.

    python bench/audit.py [--acts 1000000] [--tampers 1000] [--rounds 6] [--clients 16]

Acts are timed with the audit and without, turn about, while a sealer runs in a process of its own
as a worker does: use-cases of the product with their commits, from the lightest to a reply on a
ticket. Without: nothing is sealed, and no row of the audit is written, by whichever way it goes.
The bars are .85 of the acts per second, seconds for a million acts, and every random change found.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import psycopg
from sqlalchemy.engine import URL, make_url
from uuid_utils.compat import uuid7

from audit_tampers import SMALL_CHAIN, TAMPERS
from cogep_assist.core import access, audit, audit_commit, embedded_postgres, schema, secret_key
from cogep_assist.core.audit_verify import verify_audit
from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import Role
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.tickets import ticket_open_rows
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket
from cogep_assist.crm_service.tickets.ticket_write import write_entry
from cogep_assist.worker_service.sealer import SEAL_EVERY_SECONDS, Sealer

SECRET = "chave-de-medida-com-mais-de-trinta-e-dois-bytes"
ZONE = "America/Sao_Paulo"
FILL_BATCH = 5000
Act = Callable[[Database, int], Awaitable[None]]
Everybody = Callable[[], float]


def main() -> None:
    chosen = _arguments()
    if chosen.sealer:
        asyncio.run(_seal_forever(chosen.sealer, Path(chosen.folder)))
        return
    with tempfile.TemporaryDirectory(prefix="cogep-audit-") as folder:
        Path(folder).chmod(0o755)
        settings = load_settings(data_dir=Path(folder), secret_key=SECRET)
        secret_key.load(settings)
        with embedded_postgres.running(Path(folder) / "pg") as server:
            owner, app = make_url(server.url("owner")), make_url(server.url("app"))
            schema.upgrade(owner)
            print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
            asyncio.run(_measure(settings, owner, app, chosen))


async def _measure(settings: Settings, owner: URL, app: URL, chosen: argparse.Namespace) -> None:
    database = Database(app, pool_size=chosen.clients)
    try:
        async with database.begin() as session:
            new = NewTicket(subject="Assunto", body="Texto do chamado.")
            TICKETS.extend([(await open_ticket(session, SYSTEM, new, ZONE)).id for _ in range(200)])
        _make_keys(owner, 2 * (chosen.rounds + 1) * chosen.clients * chosen.each)
        with _sealing(app, settings.data_dir) as sealer:
            everybody = partial(_processor_seconds, settings.data_dir, sealer)
            for name, act in ACTS.items():
                await _cost(database, chosen, name, act, everybody)
        await _tampers(database, owner, settings, chosen)
        await _size(database, settings, owner, chosen)
    finally:
        await database.close()


def _make_keys(owner: URL, count: int) -> None:
    with psycopg.connect(conninfo(owner), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO access.api_key (id, name, role, key_hash, hint) "
            "SELECT gen_random_uuid(), 'medida ' || n, 'agent', sha256(n::text::bytea), 'cogep_' "
            "FROM generate_series(1, %s) AS n",
            [count],
        )


async def _cost(
    database: Database, chosen: argparse.Namespace, name: str, act: Act, everybody: Everybody
) -> None:
    """Time an act with the audit and without, in turns; the first round warms up.

    Beside the acts per second, the processor time of everybody who has to do with an act: this
    process, the server's and the sealer. On a machine that others use too, that alone is steady.
    """
    rates: dict[bool, list[float]] = {True: [], False: []}
    spent: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(2 * (chosen.rounds + 1)):
        # Each goes first as often as second.
        audited = turn % 4 in {0, 3}
        with _audit_is(audited):
            began, busy = time.perf_counter(), everybody()
            await asyncio.gather(
                *(_client(database, act, n, chosen.each) for n in range(chosen.clients))
            )
            rate = chosen.clients * chosen.each / (time.perf_counter() - began)
            # What waits to be sealed is this turn's to pay.
            await asyncio.sleep(2 * SEAL_EVERY_SECONDS)
        if turn > 1:
            rates[audited].append(rate)
            spent[audited].append((everybody() - busy) / chosen.clients / chosen.each * 1e3)
    with_, without = (statistics.median(rates[on]) for on in (True, False))
    pairs = sorted(a / b for a, b in zip(rates[True], rates[False], strict=True))
    print(
        f"{name}: {with_:.0f} acts/s with the audit, {without:.0f} without: {with_ / without:.2f}"
        f" (bar .85; pairs {pairs[0]:.2f} to {pairs[-1]:.2f})"
        f", {chosen.clients} clients, {chosen.rounds} rounds"
    )
    costly, cheap = (statistics.median(spent[on]) for on in (True, False))
    print(
        f"  processor time an act: {costly:.2f} ms with, {cheap:.2f} without: {cheap / costly:.2f}",
        flush=True,
    )


async def _client(database: Database, act: Act, client: int, times: int) -> None:
    for n in range(times):
        await act(database, client * times + n)


async def _make_key(database: Database, _: int) -> None:
    async with database.begin() as session:
        await access.create_key(session, f"chave {uuid7()}", Role.AGENT)


async def _open_ticket(database: Database, n: int) -> None:
    async with database.begin() as session:
        new = NewTicket(subject=f"Assunto {n}", body="Texto do chamado.")
        await open_ticket(session, SYSTEM, new, ZONE)


async def _revoke_key(database: Database, _: int) -> None:
    """The lightest act that the product has: one row updated."""
    async with database.begin() as session:
        await access.revoke_key(session, f"medida {next(KEYS)}")


async def _reply(database: Database, n: int) -> None:
    async with database.begin() as session:
        ticket = TICKETS[n % len(TICKETS)]
        await write_entry(session, SYSTEM, ticket, "Já foi resolvido.", reopen_days=7)


TICKETS: list[UUID] = []
KEYS = itertools.count(1)
ACTS: dict[str, Act] = {
    "key revoked": _revoke_key,
    "key made": _make_key,
    "ticket opened": _open_ticket,
    "ticket replied to": _reply,
}


@contextmanager
def _audit_is(on: bool) -> Iterator[None]:
    """Switch the audit off: the use-cases' calls, and the row that a new ticket's statement has."""

    async def nothing(*_: Any, **__: Any) -> None:
        return None

    def unsealed(*_: Any, **__: Any) -> dict[str, Any]:
        return dict.fromkeys((*audit_commit.COLUMNS, "mac"))

    rows = re.sub(r", act AS \(.*?\n\)", "", ticket_open_rows.ROWS, flags=re.DOTALL)
    assert rows != ticket_open_rows.ROWS
    with ExitStack() as stack:
        if not on:
            stack.enter_context(patch.object(audit, "record", nothing))
            stack.enter_context(patch.object(audit, "sealed_row", unsealed))
            stack.enter_context(patch.object(ticket_open_rows, "ROWS", rows))
        yield


@contextmanager
def _sealing(app: URL, folder: Path) -> Iterator[int]:
    command = [sys.executable, __file__, "--sealer", conninfo(app), "--folder", str(folder)]
    with subprocess.Popen(command) as process:
        try:
            yield process.pid
        finally:
            process.terminate()


def _processor_seconds(folder: Path, sealer: int) -> float:
    """Return the processor time so far of this process, the sealer and the server (Linux)."""
    [pid_file] = folder.rglob("postmaster.pid")
    server = int(pid_file.read_text().split()[0])
    total = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            pid, told = int(status.parent.name), status.read_text().rpartition(")")[2].split()
            if pid in {os.getpid(), sealer} or int(told[1]) == server:
                total += int(told[11]) + int(told[12])
    return total / os.sysconf("SC_CLK_TCK")


async def _seal_forever(url: str, folder: Path) -> None:
    secret_key.load(load_settings(data_dir=folder, secret_key=SECRET))
    await Sealer(Database(make_url(url), pool_size=2), folder).run()


async def _tampers(
    database: Database, owner: URL, settings: Settings, chosen: argparse.Namespace
) -> None:
    """Change a small chain at random, a thousand times, and count what is not found."""
    with psycopg.connect(conninfo(owner), autocommit=True) as connection:
        _empty(connection)
        _fill(owner, SMALL_CHAIN)
        sealer = Sealer(database, settings.data_dir)
        while await sealer.seal_some(50):
            pass
        checkpoint = {"kept": await sealer.newest()}
        assert verify_audit(database.url, checkpoint).intact
        for table in ("event", "seal"):
            connection.execute(f"CREATE TABLE public.{table} AS SELECT * FROM lgpd.audit_{table}")
        chance, missed, kinds = random.Random(20261129), [], dict.fromkeys(TAMPERS, 0)
        began = time.perf_counter()
        for _ in range(chosen.tampers):
            kind = chance.choice(list(TAMPERS))
            kinds[kind] += 1
            TAMPERS[kind](connection, chance)
            report = await asyncio.to_thread(verify_audit, database.url, checkpoint)
            if report.intact:
                missed.append(kind)
            _empty(connection)
            for table in ("event", "seal"):
                connection.execute(f"INSERT INTO lgpd.audit_{table} SELECT * FROM public.{table}")
            connection.execute("TRUNCATE lgpd.audit_pending")
        assert verify_audit(database.url, checkpoint).intact
        found = chosen.tampers - len(missed)
        print(f"{found} of {chosen.tampers} random changes found {kinds}; missed {missed}")
        print(f"  in {time.perf_counter() - began:.0f} s")


async def _size(
    database: Database, settings: Settings, owner: URL, chosen: argparse.Namespace
) -> None:
    """Verify a chain at size, whole and with one act changed in the middle."""
    with psycopg.connect(conninfo(owner), autocommit=True) as connection:
        _empty(connection)
        began = time.perf_counter()
        _fill(owner, chosen.acts)
        filled = time.perf_counter()
        (settings.data_dir / "audit" / "checkpoint.json").unlink(missing_ok=True)
        await Sealer(database, settings.data_dir).seal_all()
        sealed = time.perf_counter()
        connection.execute("VACUUM ANALYZE")
        print(
            f"{chosen.acts:,} acts written in {filled - began:.0f} s, sealed at "
            f"{chosen.acts / (sealed - filled):,.0f} a second"
        )
        for _ in range(3):
            began = time.perf_counter()
            report = await asyncio.to_thread(verify_audit, database.url, {})
            assert report.intact
            assert report.sealed == chosen.acts
            print(f"  verified in {time.perf_counter() - began:.1f} s")
        connection.execute(
            "UPDATE lgpd.audit_event SET object_id = 'outro' WHERE id = (SELECT id FROM "
            "lgpd.audit_event ORDER BY id OFFSET %s LIMIT 1)",
            [chosen.acts // 2],
        )
        began = time.perf_counter()
        report = await asyncio.to_thread(verify_audit, database.url, {})
        assert len(report.altered) == 1
        print(f"  one change found in {time.perf_counter() - began:.1f} s")


def _fill(owner: URL, acts: int) -> None:
    names = [*audit_commit.COLUMNS, "mac"]
    columns = ", ".join(names)
    with psycopg.connect(conninfo(owner), autocommit=True) as connection:
        for first in range(0, acts, FILL_BATCH):
            with connection.cursor().copy(
                f"COPY lgpd.audit_event ({columns}) FROM STDIN"
            ) as copied:
                for n in range(first, min(first + FILL_BATCH, acts)):
                    row = audit.sealed_row(
                        SYSTEM, "ticket_edited", "ticket", uuid7(), {"changes": ["state"], "n": n}
                    )
                    row["details"] = json.dumps(row["details"])
                    copied.write_row([row[name] for name in names])


def _empty(connection: psycopg.Connection[Any]) -> None:
    connection.execute("TRUNCATE lgpd.audit_event, lgpd.audit_seal, lgpd.audit_pending")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=1_000_000)
    parser.add_argument("--tampers", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--each", type=int, default=40)
    parser.add_argument("--sealer", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
