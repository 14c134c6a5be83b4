"""POST /ingest over 32 connections, with a key and an Idempotency-Key on each request.

    intake.py serve group|single|bare ADDRESS PORT      intake.py load PORT KEY SECONDS
    intake.py rows ADDRESS SECONDS                      (pgbench: single-row inserts, 16 clients)

``single`` is the same endpoint with a transaction for each request, on a pool of 16 connections.
``bare`` is the same server with an application that answers 202 and does nothing at all: what the
endpoint could reach if its own work cost no time.
"""

import asyncio
import gc
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn
import uvloop
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.engine import make_url

from cogep_assist.core.config import load_settings
from cogep_assist.core.db import connect_arguments, conninfo
from cogep_assist.core.embedded_binaries import find_toolkit
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import configure_logging
from cogep_assist.ingestion_service.batch_write import write_batch
from cogep_assist.ingestion_service.intake import Intake
from cogep_assist.ingestion_service.intake_request import IntakeReply, IntakeRequest
from cogep_assist.main import create_app

CONNECTIONS = 32
CLIENTS = 16
SECRET_KEY = "uma-chave-de-medida-com-trinta-e-dois-bytes"


class SingleCommits:
    """The intake's writer with a transaction for each request."""

    def __init__(self, address: str, bell: Any) -> None:
        url = make_url(address)
        self._bell = bell
        self._pool = AsyncConnectionPool(
            conninfo(url),
            min_size=CLIENTS,
            max_size=CLIENTS,
            kwargs=connect_arguments(url) | {"autocommit": True},
            open=False,
        )

    async def submit(self, request: IntakeRequest) -> IntakeReply:
        await self._pool.open()
        async with self._pool.connection() as connection:
            (outcome,) = await write_batch(connection, [request], max_attempts=3)
        await self._bell.ring()
        if isinstance(outcome, AppError):
            raise outcome
        return outcome

    def start(self) -> None:
        """Be a writer."""

    async def ring(self) -> None:
        await self._bell.ring()

    async def close(self) -> None:
        await self._pool.close()


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """Answer 202 to everything, as fast as the server lets an application."""
    if scope["type"] != "http":
        return
    await receive()
    status = 200 if scope["path"] == "/healthz" else 202
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


def serve(mode: str, address: str, port: int) -> None:
    application = bare if mode == "bare" else application_of(mode, address)
    # As ``cogep serve`` does.
    gc.collect()
    gc.freeze()
    config = uvicorn.Config(
        application,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="auto",
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


def application_of(mode: str, address: str) -> Any:
    """Build the product's application, with its own writer or with one transaction each."""
    settings = load_settings(
        database_url=address,
        secret_key=SECRET_KEY,
        ingest_rate="10000000/minute",
        ingest_max_pending=100_000_000,
        data_dir=Path(tempfile.gettempdir()) / "cogep-bench-intake",
    )
    configure_logging(settings.log_level)
    if mode == "single":

        def with_single_commits(self: Intake) -> None:
            made(self)
            self.writer = SingleCommits(address, self.bell)  # type: ignore[assignment]

        made = Intake.__post_init__
        Intake.__post_init__ = with_single_commits  # type: ignore[method-assign]
    return create_app(settings)


async def load(port: int, key: str, seconds: float) -> dict[str, float]:
    """Send as fast as replies come, on connections that are kept, at as little cost as may be."""
    head = (
        "POST /ingest HTTP/1.1\r\nHost: cogep\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {key}\r\n"
    ).encode()
    loop, times = asyncio.get_running_loop(), []
    began = time.perf_counter()
    clients = [Client(head, began + seconds, times) for _ in range(CONNECTIONS)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)
    for client in clients:
        await client.done
    taken = time.perf_counter() - began
    return {"per_s": len(times) / taken, "p50_ms": statistics.median(times) * 1000}


class Client(asyncio.Protocol):
    """One connection, one request at a time, each with a key of its own."""

    def __init__(self, head: bytes, until: float, times: list[float]) -> None:
        self.head, self.until, self.times = head, until, times
        self.name, self.number, self.reply = uuid4().hex.encode(), 0, b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.number += 1
        body = b'{"url":"https://www.exemplo.gov.br/%s/%d"}' % (self.name, self.number)
        self.sent = time.perf_counter()
        self.transport.write(
            b"%sIdempotency-Key: %s-%d\r\nContent-Length: %d\r\n\r\n%s"
            % (self.head, self.name, self.number, len(body), body)
        )

    def data_received(self, data: bytes) -> None:
        self.reply += data
        end = self.reply.find(b"\r\n\r\n")
        if end < 0:
            return
        size = re.search(rb"content-length: (\d+)", self.reply[:end], re.IGNORECASE)
        assert size is not None
        if len(self.reply) < end + 4 + int(size[1]):
            return
        assert self.reply.startswith(b"HTTP/1.1 202"), self.reply
        self.reply = b""
        now = time.perf_counter()
        self.times.append(now - self.sent)
        if now < self.until:
            self.send()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


def rows(address: str, seconds: int) -> dict[str, float]:
    """Let pgbench insert one row per transaction, with 16 clients."""
    url = make_url(address)
    program = find_toolkit(Path(tempfile.gettempdir())).program("pgbench")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write("INSERT INTO public.bench_row (payload) VALUES ('https://exemplo.gov.br/');")
        script.flush()
        done = subprocess.run(
            [
                *(str(program), "-n", "-M", "prepared", "-f", script.name, "-T", str(seconds)),
                *("-c", str(CLIENTS), "-j", "2", "-h", str(url.host), "-p", str(url.port)),
                *("-U", str(url.username), str(url.database)),
            ],
            env={"PGPASSWORD": str(url.password)},
            capture_output=True,
            text=True,
            check=True,
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found is not None, done.stdout
    return {"per_s": float(found[1])}


def main() -> None:
    what, *rest = sys.argv[1:]
    if what == "serve":
        serve(rest[0], rest[1], int(rest[2]))
    elif what == "load":
        print(json.dumps(uvloop.run(load(int(rest[0]), rest[1], float(rest[2])))))
    else:
        print(json.dumps(rows(rest[0], int(rest[1]))))


if __name__ == "__main__":
    main()
