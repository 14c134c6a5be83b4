"""The processes of an installation, each started again when it dies, as a supervisor would."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import psutil
import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from cogep_assist.cli.listening import answers
from cogep_assist.core import embedded_postgres, schema
from cogep_assist.core.access import create_key
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import IngestionJob, Role
from cogep_assist.core.secret_key import load as load_secret

SECRET_KEY = "chave-do-caos-com-mais-de-trinta-e-dois-bytes"
LEASE_SECONDS = 5
SHIFTED_CLOCK = str(Path(__file__).parent / "shifted_clock")
COGEP = (sys.executable, "-m", "cogep_assist")
CELERY = (sys.executable, "-m", "celery", "--app=cogep_assist.worker_service.celery_app")


@dataclass
class Part:
    """One process that ought to run, and its log."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    wanted: bool = True
    starts: int = 0
    said_before: int = 0

    def start(self) -> None:
        self.said_before = len(self.said)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.log.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.starts += 1

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        if self.runs:
            assert self.process is not None
            self.process.send_signal(number)

    def kill_group(self) -> None:
        """End the process and its children without a word."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait(20)

    @property
    def has_begun(self) -> bool:
        """Whether the worker that runs now has registered itself."""
        return self.runs and '"worker_started"' in self.said[self.said_before :]

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""


@dataclass
class Installation:
    """A database server, its processes, and the way in."""

    folder: Path
    port: int
    url: URL
    database: Database
    key: str = ""
    parts: dict[str, Part] = field(default_factory=dict)
    server_kills: int = 0

    @property
    def workers(self) -> list[Part]:
        return [part for name, part in self.parts.items() if name.startswith("worker")]

    @property
    def postmaster(self) -> int:
        return int((self.folder / "dados/postgres/postmaster.pid").read_text().split()[0])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add(self, name: str, command: tuple[str, ...], **variables: str) -> Part:
        """Start a process of the installation."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("COGEP_", "CELERY_"))}
        environment = kept | {
            "PYTHONUTF8": "1",
            "DATABASE_URL": conninfo(self.url),
            "COGEP_SECRET_KEY": SECRET_KEY,
            "COGEP_DATA_DIR": str(self.folder / "arquivos"),
            "COGEP_WORKER_LEASE_SECONDS": str(LEASE_SECONDS),
            "COGEP_WORKER_PARSERS": "1",
            "COGEP_INGEST_RATE": "100000/minute",
            "COGEP_READ_RATE": "100000/minute",
            "COGEP_ASK_RATE": "100000/minute",
            "COGEP_FETCH_ALLOW_HOSTS": "127.0.0.1",
            **variables,
        }
        part = Part(name, command, environment, self.folder / f"{name}.log")
        self.parts[name] = part
        part.start()
        return part

    def add_shifted(
        self, name: str, command: tuple[str, ...], seconds: str, **variables: str
    ) -> Part:
        """Start a process whose wall clock is wrong by some seconds."""
        paths = [SHIFTED_CLOCK, *filter(None, [os.environ.get("PYTHONPATH")])]
        return self.add(
            name,
            command,
            PYTHONPATH=os.pathsep.join(paths),
            COGEP_TEST_CLOCK=seconds,
            **variables,
        )

    async def cancel(self, job_id: UUID) -> None:
        """Ask that a running job stops."""
        async with self.database.begin() as session:
            await session.execute(
                sa.update(IngestionJob)
                .where(IngestionJob.id == job_id)
                .values(cancel_requested=True)
            )

    def kill_database(self) -> None:
        """Kill the server as a machine that loses its power would."""
        self.server_kills += 1
        os.kill(self.postmaster, signal.SIGKILL)

    def revive_database(self) -> None:
        """Start the server again at its old address; nothing happens where it runs."""
        embedded_postgres.ensure_running(
            self.folder / "dados", port=self.url.port if not self.database_answers() else None
        )

    def database_answers(self) -> bool:
        try:
            psycopg.connect(conninfo(self.url), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def is_ready(self) -> bool:
        return answers("127.0.0.1", self.port, "/readyz") == 200

    async def supervise(self) -> None:
        """Start again what has ended, until cancelled."""
        while True:
            for part in self.parts.values():
                if part.wanted and not part.runs:
                    part.start()
            await asyncio.sleep(0.1)

    async def until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for something to be so."""
        try:
            async with asyncio.timeout(seconds):
                while not await asyncio.to_thread(condition):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{what}: not within {seconds} s\n{self.logs()}") from None

    def logs(self) -> str:
        """The end of what each process said."""
        return "\n".join(f"--- {p.name}\n{p.said[-3000:]}" for p in self.parts.values())

    async def close(self) -> None:
        for part in self.parts.values():
            part.wanted = False
            part.signal(signal.SIGCONT)
            part.signal(signal.SIGTERM)
        for part in self.parts.values():
            if part.process is not None:
                try:
                    await asyncio.to_thread(part.process.wait, 40)
                except subprocess.TimeoutExpired:
                    part.kill_group()
        await self.database.close()


@asynccontextmanager
async def installed(folder: Path, **server_settings: str) -> AsyncIterator[Installation]:
    """Give an installation with a database server of its own and no process yet."""
    with embedded_postgres.running(folder / "dados", extra_settings=server_settings) as server:
        url = make_url(server.url("owner"))
        await asyncio.to_thread(schema.upgrade, url)
        load_secret(
            load_settings(
                database_url=conninfo(url), data_dir=folder / "arquivos", secret_key=SECRET_KEY
            )
        )
        made = Installation(folder, free_port(), url, Database(url, pool_size=4))
        async with made.database.begin() as session:
            made.key = await create_key(session, "caos", Role.ADMIN)
        supervisor = asyncio.create_task(made.supervise())
        try:
            yield made
        finally:
            supervisor.cancel()
            await asyncio.gather(supervisor, return_exceptions=True)
            await made.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children_of(part: Part) -> list[psutil.Process]:
    """The direct children of a process, as far as they live."""
    return psutil.Process(part.pid).children()
