"""The processes of an installation, each started again when it dies, as a supervisor would."""

import asyncio
import contextlib
import os
import signal
import socket
import struct
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
from sqlalchemy.engine import URL, make_url

from chaos.nursery import Forked, Nursery, kill_session
from cogep_assist.cli.listening import answers
from cogep_assist.core import embedded_postgres, schema
from cogep_assist.core.access import create_key
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import Role
from cogep_assist.core.secret_key import load as load_secret

SECRET_KEY = "chave-do-caos-com-mais-de-trinta-e-dois-bytes"
LEASE_SECONDS = 5
COGEP = ("cogep",)
CELERY = ("celery", "--app=cogep_assist.worker_service.celery_app")
POLL_SECONDS = 1.0


@dataclass
class Part:
    """One process that ought to run, and its log."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    nursery: Nursery | None = None
    process: Forked | subprocess.Popen[bytes] | None = None
    wanted: bool = True
    starts: int = 0
    said_before: int = 0

    def start(self) -> None:
        """Start it: as a fork of what is imported already, or as a program of its own."""
        self.said_before = self.log.stat().st_size if self.log.exists() else 0
        if self.nursery is not None:
            program, *arguments = self.command
            self.process = self.nursery.start(program, arguments, self.environment, self.log)
        else:
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
        kill_session(self.pid)
        if self.process is not None:
            self.process.wait(20)

    @property
    def has_begun(self) -> bool:
        """Whether the worker that runs now has registered itself."""
        return self.runs and '"worker_started"' in self.said_now

    @property
    def said_now(self) -> str:
        """What the process said that runs now."""
        return self._read(self.said_before)

    @property
    def last_words(self) -> str:
        """The end of what all processes of this part said."""
        size = self.log.stat().st_size if self.log.exists() else 0
        return self._read(max(0, size - 3000))

    def _read(self, offset: int) -> str:
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(offset)
            return log.read().decode("utf-8", "replace")


@dataclass
class Installation:
    """A database server, its processes, and the way in."""

    folder: Path
    disk: Path
    port: int
    url: URL
    database: Database
    key: str = ""
    nursery: Nursery | None = None
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def workers(self) -> list[Part]:
        return [part for name, part in self.parts.items() if name.startswith("worker")]

    @property
    def postmaster(self) -> int:
        return int((self.disk / "dados/postgres/postmaster.pid").read_text().split()[0])

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
            "COGEP_DATA_DIR": str(self.disk / "arquivos"),
            "COGEP_WORKER_LEASE_SECONDS": str(LEASE_SECONDS),
            "COGEP_WORKER_PARSERS": "1",
            # A ring may be lost with the broker that carried it.
            "COGEP_WORKER_POLL_SECONDS": str(POLL_SECONDS),
            "COGEP_INGEST_RATE": "100000/minute",
            "COGEP_READ_RATE": "100000/minute",
            "COGEP_ASK_RATE": "100000/minute",
            "COGEP_FETCH_ALLOW_HOSTS": "127.0.0.1",
            **variables,
        }
        clock = self.folder / f"{name}.clock"
        clock.write_bytes(struct.pack("d", 0.0))
        environment["COGEP_TEST_CLOCK"] = str(clock)
        forked = command[0] in {*COGEP, CELERY[0]}
        log = self.folder / f"{name}.log"
        part = Part(name, command, environment, log, self.nursery if forked else None)
        self.parts[name] = part
        part.start()
        return part

    def move_clock(self, name: str, seconds: float) -> None:
        """Put the wall clock of a part wrong by some seconds, at once and from now on."""
        clock = self.folder / f"{name}.clock"
        with clock.open("r+b") as file:
            file.write(struct.pack("d", seconds))

    def kill_database(self) -> None:
        """Kill the server as a machine that loses its power would."""
        os.kill(self.postmaster, signal.SIGKILL)

    def revive_database(self) -> None:
        """Start the server again at its old address; nothing happens where it runs."""
        embedded_postgres.ensure_running(
            self.disk / "dados", port=self.url.port if not self.database_answers() else None
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
        return "\n".join(f"--- {p.name}\n{p.last_words}" for p in self.parts.values())

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
        if self.nursery is not None:
            await asyncio.to_thread(self.nursery.close)


@asynccontextmanager
async def installed(
    folder: Path,
    disk: Path | None = None,
    *,
    celery: bool = False,
    clock: bool = False,
    **server_settings: str,
) -> AsyncIterator[Installation]:
    """Give an installation with a database server of its own and no process yet.

    ``disk``: where all but the logs is kept. ``clock``: the wall clocks of its processes can be
    moved.
    """
    disk = disk or folder
    with embedded_postgres.running(disk / "dados", extra_settings=server_settings) as server:
        url = make_url(server.url("owner"))
        await asyncio.to_thread(schema.upgrade, url)
        load_secret(
            load_settings(
                database_url=conninfo(url), data_dir=disk / "arquivos", secret_key=SECRET_KEY
            )
        )
        made = Installation(folder, disk, free_port(), url, Database(url, pool_size=4))
        made.nursery = Nursery(folder, celery=celery, clock=clock)
        async with made.database.begin() as session:
            made.key = await create_key(session, "caos", Role.ADMIN)
        supervisor = asyncio.create_task(made.supervise())
        try:
            yield made
        finally:
            supervisor.cancel()
            await asyncio.gather(supervisor, return_exceptions=True)
            await made.close()
    # Whoever still dies may have kept it: a disk that goes away would leave it to nobody.
    await asyncio.to_thread(embedded_postgres.stop, disk / "dados")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pool_of(part: Part) -> list[psutil.Process]:
    """The processes of a Celery worker's pool, as far as they live; none of another worker."""
    return [child for child in _children(part) if not _reads_documents(child)]


def parsers_of(part: Part) -> list[psutil.Process]:
    """The processes that read documents for a worker or for one of its pool."""
    return [child for child in _children(part, all_below=True) if _reads_documents(child)]


def _children(part: Part, *, all_below: bool = False) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(part.pid).children(recursive=all_below)
    return []


def _reads_documents(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return any("child_main" in word for word in process.cmdline())
    return True
