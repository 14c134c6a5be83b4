"""POST /ingest over 32 connections, with a key and an Idempotency-Key on each request.

    intake.py serve group|single ADDRESS PORT      intake.py load PORT KEY SECONDS
    intake.py rows ADDRESS SECONDS                 (pgbench: single-row inserts, 16 clients)

``single`` is the same endpoint with a transaction for each request, on a pool of 16 connections.
"""

import asyncio
import json
import re
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


def serve(mode: str, address: str, port: int) -> None:
    settings = load_settings(
        database_url=address,
        secret_key=SECRET_KEY,
        ingest_rate="10000000/minute",
        ingest_max_pending=100_000_000,
        data_dir=Path(tempfile.gettempdir()) / "cogep-bench-intake",
        log_level="WARNING",
    )
    configure_logging("WARNING")
    if mode == "single":

        def with_single_commits(self: Intake) -> None:
            made(self)
            self.writer = SingleCommits(address, self.bell)  # type: ignore[assignment]

        made = Intake.__post_init__
        Intake.__post_init__ = with_single_commits  # type: ignore[method-assign]
    config = uvicorn.Config(
        create_app(settings), port=port, log_config=None, access_log=False, ws="none"
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


async def load(port: int, key: str, seconds: float) -> dict[str, float]:
    """Send as fast as replies come, on connections that are kept, without a client library."""
    until = time.perf_counter() + seconds
    accepted = 0

    async def connection() -> None:
        nonlocal accepted
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            body = b'{"url":"https://www.exemplo.gov.br/%s"}' % uuid4().hex.encode()
            writer.write(
                b"POST /ingest HTTP/1.1\r\nHost: cogep\r\nContent-Type: application/json\r\n"
                b"Authorization: Bearer %s\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s"
                % (key.encode(), uuid4().hex.encode(), len(body), body)
            )
            head = await reader.readuntil(b"\r\n\r\n")
            size = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            assert size is not None
            reply = await reader.readexactly(int(size[1]))
            assert head.startswith(b"HTTP/1.1 202"), (head, reply)
            accepted += 1
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return {"per_s": accepted / (time.perf_counter() - began)}


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
        print(json.dumps(asyncio.run(load(int(rest[0]), rest[1], float(rest[2])))))
    else:
        print(json.dumps(rows(rest[0], int(rest[1]))))


if __name__ == "__main__":
    main()
