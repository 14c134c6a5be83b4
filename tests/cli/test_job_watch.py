"""``cogep jobs --watch``: the queue, its workers and what each does, at one look or live."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from importlib.resources import files
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from cogep_command import Cogep
from rich.console import Console

from cogep_assist.cli import job_watch
from cogep_assist.cli.job_watch import as_json, look, render, watch_queue
from cogep_assist.core.db import Database
from cogep_assist.core.models import JobStage, JobStatus, Worker
from cogep_assist.ingestion_service.job_words import WARNING
from cogep_assist.worker_service.registration import Registration

AddJob = Callable[..., Awaitable[UUID]]


@pytest.fixture
async def busy(database: Database, add_job: AddJob) -> Database:
    """A worker in the midst of a document, one that waits, and one that is done."""
    registration = Registration(database, capacity=8, lease_seconds=60)
    await registration.open()
    await registration.beat(busy=1)
    await registration._close_connection()
    await add_job(
        "external:licença",
        status=JobStatus.PROCESSING,
        worker_id=registration.worker_id,
        title="Licença para capacitação\x1b[31m",
        stage=JobStage.PARSE,
        progress=40,
        attempts=2,
        started_at=sa.text("clock_timestamp() - interval '5 seconds'"),
    )
    await add_job(
        "external:férias",
        available_at=sa.text("clock_timestamp() - interval '2 minutes'"),
    )
    for number in range(5):
        await add_job(
            f"external:{number}", status=JobStatus.COMPLETED, finished_at=sa.func.clock_timestamp()
        )
    return database


def written(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


async def until_written(console: Console, text: str, watching: asyncio.Task[None]) -> None:
    while text not in written(console):
        assert not watching.done()
        await asyncio.sleep(0.02)


async def test_shows_depth_pace_workers_and_what_each_does(busy: Database) -> None:
    console = Console(file=StringIO(), width=160)
    console.print(render(await look(busy)))
    shown = written(console)
    for part in (
        *("1 na fila", "1 em execução", "espera há 2 min", "5 concluídas", "1,0 por minuto"),
        *("1 de 8", "Licença para capacitação", "extrair (40%)"),
    ):
        assert part in shown
    assert "\x1b" not in shown


async def test_a_silent_or_missing_worker_is_noticed(busy: Database) -> None:
    async with busy.begin() as session:
        await session.execute(
            sa.update(Worker).values(
                idle_reason="worker_schema_mismatch",
                seen_at=sa.text("clock_timestamp() - interval '3 minutes'"),
            )
        )
    console = Console(file=StringIO(), width=160)
    console.print(render(await look(busy)))
    assert "há 3 min" in written(console)
    assert "cogep doctor" in written(console)
    async with busy.begin() as session:
        await session.execute(sa.delete(Worker))
    console.print(render(await look(busy)))
    assert "Nenhum trabalhador ativo" in written(console)


async def test_machines_get_the_same(busy: Database) -> None:
    told = as_json(await look(busy))
    assert told["depth"] == {
        "ingestion": {"due": 1, "delayed": 0, "processing": 1, "failed": 0},
        "background": {"due": 0, "delayed": 0, "processing": 0},
    }
    (running,) = told["running"]  # type: ignore[misc]
    assert (running["stage"], running["progress"], running["attempts"]) == ("parse", 40, 2)


async def test_where_somebody_watches_it_is_read_again(
    busy: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Console(file=StringIO(), width=160, force_terminal=True)
    monkeypatch.setattr(job_watch, "out", lambda: screen)
    monkeypatch.setattr(job_watch.sys.stdout, "isatty", lambda: True, raising=False)
    watching = asyncio.create_task(watch_queue(busy, every=0.02))
    async with asyncio.timeout(20):
        await until_written(screen, "1 na fila", watching)
        async with busy.begin() as session:
            await session.execute(
                sa.text(
                    "UPDATE ai.ingestion_queue SET status = 'pending', finished_at = NULL"
                    " WHERE source_key IN ('external:1', 'external:2')"
                )
            )
        await until_written(screen, "3 na fila", watching)
    watching.cancel()


def test_without_a_terminal_it_is_shown_once(cogep: Cogep) -> None:
    shown = cogep("jobs", "--watch")
    assert shown.status == 0
    assert "0 na fila" in shown.out
    assert "Nenhum trabalhador ativo" in shown.out
    assert cogep("jobs", "--watch", "--json").json["running"] == []


def test_every_warning_has_a_portuguese_sentence() -> None:
    """The census of what readers warn of, against the words for it."""
    pipeline = Path(str(files("cogep_assist"))) / "pipeline"
    patterns = (
        r'\.warn\(\s*"(\w+)"',
        r'_with_warning\([^)]*"(\w+)"',
        r'warnings=\["(\w+)"\]',
        # Of the guard against people who were erased; one that nobody uses is dead code.
        r'(?m)^(?:LEFT_OUT|PERHAPS) = "(\w+)"',
    )
    told = {
        code
        for path in pipeline.rglob("*.py")
        for pattern in patterns
        for code in re.findall(pattern, path.read_text("utf-8"))
    }
    assert told == set(WARNING)
