"""Processor time of a request over HTTP, beside Request Tracker's and Znuny's.

The API runs as ``cogep serve`` in a process of its own. What is counted is what it and the
database server spend until the reply has come, backends and background processes included.
"""

import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx2
from rich.table import Table
from sqlalchemy.engine import URL

from cpu import CpuMeter

# Of packages request-tracker5 (5.0.3) and otrs2 (Znuny 6.5.1), 100,000 tickets with three entries
# each, four workers, one client, the API's replies, in ms. Of a new ticket the processor's time was
# measured. Of the others the clock's median stands for it: they were run on a quiet machine. By a
# frequent word Znuny tells ids alone; with what a list shows of each ticket it takes 225 ms.
OTHERS: dict[str, tuple[float, float]] = {
    "open": (57, 21),
    "list, newest 50 of a queue": (40, 104),
    "search, a rare word": (68, 225),
    "search, a frequent word": (263, 62),
    "create": (301, 96),
}
BAR = 5.0
PATIENCE = 90.0
Send = Callable[[httpx2.Client, int], httpx2.Response]


def measure_requests(
    url: URL,
    home: Path,
    key: str,
    tickets: Sequence[UUID],
    words: tuple[Sequence[str], Sequence[str]],
    rounds: int,
    postmaster: int,
) -> Table:
    """Ask each kind of request so many times; ``words``: frequent ones and rare ones."""
    frequent, rare = words
    chance = random.Random(5)

    def opened(client: httpx2.Client, _: int) -> httpx2.Response:
        return client.get(f"/crm/tickets/{chance.choice(tickets)}")

    def listed(client: httpx2.Client, n: int) -> httpx2.Response:
        return client.get("/crm/tickets", params={"queue": f"Fila {n % 19:02d}", "limit": 50})

    def searched(of: Sequence[str]) -> Send:
        return lambda client, _: client.get("/crm/tickets/search", params={"q": chance.choice(of)})

    def made(client: httpx2.Client, n: int) -> httpx2.Response:
        body = {"subject": f"Impressora {n}", "body": "Não imprime desde ontem."}
        return client.post("/crm/tickets", json=body)

    kinds = (opened, listed, searched(rare), searched(frequent), made)
    asked: dict[str, Send] = dict(zip(OTHERS, kinds, strict=True))
    table = Table(
        *("request", "p50 ms", "API", "database", "CPU ms", "RT 5", "Znuny", "times less", "bar"),
        title="CPU per request over HTTP",
    )
    with _served(url, home) as (site, process):
        meter = CpuMeter(process, postmaster)
        headers = {"Authorization": f"Bearer {key}"}
        with httpx2.Client(base_url=site, headers=headers, timeout=PATIENCE) as client:
            for name, send in asked.items():
                table.add_row(*_row(name, send, client, meter, rounds))
    return table


def _row(name: str, send: Send, client: httpx2.Client, meter: CpuMeter, rounds: int) -> list[str]:
    for n in range(5):
        assert send(client, n).is_success, send(client, n).text
    taken, before = [], meter.read()
    for n in range(rounds):
        began = time.perf_counter()
        reply = send(client, n)
        taken.append((time.perf_counter() - began) * 1000)
        assert reply.is_success, reply.text
    spent = meter.read() - before
    cpu = spent.total / rounds * 1000
    others = OTHERS[name]
    figures = (statistics.median(taken), spent.api / rounds * 1000, spent.database / rounds * 1000)
    return [
        name,
        *(f"{figure:.1f}" for figure in (*figures, cpu)),
        *(f"{one:.0f}" for one in others),
        f"{min(others) / cpu:.1f}",
        f"{BAR:.0f}",
    ]


@contextmanager
def _served(url: URL, home: Path) -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "COGEP_SECRET_KEY": "x" * 40,
        "COGEP_DATA_DIR": str(home),
        "COGEP_READ_RATE": "1000000/minute",
        "COGEP_INGEST_RATE": "1000000/minute",
        "COGEP_ASK_RATE": "1000000/minute",
    }
    command = [sys.executable, "-m", "cogep_assist.cli", "serve", "--port", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment, **quiet) as process:
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait(30)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/readyz").is_success:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise SystemExit("the API does not answer")
