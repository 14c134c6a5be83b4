"""A worker that sees no jobs while rows wait: whatever the cause, it is told."""

import asyncio
import os
import platform
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from cogep_assist.core import schema
from cogep_assist.core.db import Database
from cogep_assist.core.diagnosis import queue_health
from cogep_assist.core.diagnosis.finding import Finding, State
from cogep_assist.core.diagnosis.queue_health import (
    check_queue,
    is_worker_command,
    stray_workers,
)
from cogep_assist.worker_service.registration import Registration

AddJob = Callable[..., Awaitable[UUID]]
OLD = sa.text("clock_timestamp() - interval '10 minutes'")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers of other tests and of the developer must not show up here."""
    monkeypatch.setattr(queue_health, "stray_workers", lambda _: [])


@pytest.fixture
async def worker(database: Database) -> AsyncIterator[Registration]:
    """A worker that lives: its lock is held and its row is there."""
    registration = Registration(database, capacity=2, lease_seconds=60)
    await registration.open()
    yield registration
    await registration.close()


async def look(
    database: Database, *, stopped: bool = False, host: str | None = None
) -> dict[str, Finding]:
    async with await database.connect() as connection:
        findings = await check_queue(connection, revision=schema.head(), stopped=stopped, host=host)
    for finding in findings:
        assert "?" not in finding.text + finding.remedy
    return {finding.code: finding for finding in findings}


async def execute(database: Database, text: str, **values: Any) -> None:
    async with database.begin() as session:
        await session.execute(sa.text(text), values)


async def test_a_live_worker_and_no_jobs_is_well(database: Database, worker: Registration) -> None:
    assert set(await look(database)) == {"doctor_worker_ok", "doctor_jobs_ok"}


async def test_of_one_machine_only_its_own_workers_count(
    database: Database, worker: Registration
) -> None:
    async def elsewhere() -> dict[str, Finding]:
        return await look(database, host="outra-máquina")

    assert set(await look(database, host=platform.node())) == {"doctor_worker_ok", "doctor_jobs_ok"}
    found = (await elsewhere())["doctor_worker_none_here"]
    assert (found.state, "outra-máquina" in found.text) == (State.ERROR, True)
    await worker._close_connection()
    assert "doctor_worker_none" in await elsewhere()


async def test_no_worker_is_named(database: Database, add_job: AddJob) -> None:
    await add_job(created_at=OLD, available_at=OLD)
    found = await look(database)
    assert found["doctor_worker_none"].state is State.ERROR
    assert "10 min" in found["doctor_jobs_no_worker"].text


async def test_a_dead_worker_counts_for_nothing(database: Database, worker: Registration) -> None:
    await worker._close_connection()
    assert "doctor_worker_none" in await look(database)


async def test_a_stopped_product_needs_no_worker_unless_jobs_wait(
    database: Database, add_job: AddJob
) -> None:
    assert (await look(database, stopped=True))["doctor_worker_stopped"].state is State.SKIPPED
    await add_job(created_at=OLD, available_at=OLD)
    assert "cogep up" in (await look(database, stopped=True))["doctor_jobs_stopped"].remedy


async def test_a_worker_on_another_schema_is_named(
    database: Database, worker: Registration, add_job: AddJob
) -> None:
    await execute(database, "UPDATE access.worker SET schema_revision = '0001'")
    await add_job(created_at=OLD, available_at=OLD)
    found = await look(database)
    assert str(os.getpid()) in found["doctor_worker_other_schema"].text
    assert "0001" in found["doctor_jobs_other_schema"].text


async def test_a_worker_on_old_code_is_named(database: Database, worker: Registration) -> None:
    await execute(database, "UPDATE access.worker SET release = '0.0.9'")
    assert "0.0.9" in (await look(database))["doctor_worker_other_release"].text


async def test_a_frozen_worker_is_named(
    database: Database, worker: Registration, add_job: AddJob
) -> None:
    await execute(
        database, "UPDATE access.worker SET seen_at = clock_timestamp() - interval '1 hour'"
    )
    await add_job(created_at=OLD, available_at=OLD)
    assert {"doctor_worker_frozen", "doctor_jobs_workers_frozen"} <= set(await look(database))


async def test_a_worker_that_declines_says_why(
    database: Database, worker: Registration, add_job: AddJob
) -> None:
    await execute(database, "UPDATE access.worker SET idle_reason = 'worker_schema_mismatch'")
    await add_job(created_at=OLD, available_at=OLD)
    found = (await look(database))["doctor_jobs_workers_idle"]
    assert "outra versão do esquema" in found.text


async def test_busy_workers_are_no_fault(
    database: Database, worker: Registration, add_job: AddJob
) -> None:
    await worker.beat(busy=2)
    await add_job(created_at=OLD, available_at=OLD)
    found = (await look(database))["doctor_jobs_all_busy"]
    assert found.state is State.OK


async def test_a_job_that_is_merely_queued_is_not_called_late(
    database: Database, worker: Registration, add_job: AddJob
) -> None:
    await add_job()
    assert set(await look(database)) == {"doctor_worker_ok", "doctor_jobs_ok"}


async def test_free_workers_that_take_nothing_are_named(
    database: Database, worker: Registration, add_job: AddJob
) -> None:
    await add_job(created_at=OLD, available_at=OLD)
    assert (await look(database))["doctor_jobs_unclaimed"].state is State.ERROR


async def test_a_job_that_waits_for_its_next_attempt_is_told(
    database: Database, worker: Registration, add_job: AddJob
) -> None:
    await add_job(available_at=sa.text("clock_timestamp() + interval '5 minutes'"))
    found = await look(database)
    assert found["doctor_jobs_scheduled"].state is State.OK
    assert "doctor_jobs_unclaimed" not in found
    later = sa.text("clock_timestamp() + interval '5 minutes'")
    for code, details in (
        ("embed_unavailable", {"attempts": 3}),
        ("disk_full", {"path": "/dados"}),
    ):
        await add_job(available_at=later, failures=1, error_code=code, error_details=details)
    told = (await look(database))["doctor_jobs_retried"]
    assert told.state is State.WARNING
    assert "(tentativas: 3). [embed_unavailable: 1]" in told.text
    assert "O disco da pasta /dados está cheio." in told.text


async def test_a_job_behind_another_of_its_document_is_told(
    database: Database, worker: Registration, add_job: AddJob
) -> None:
    await worker.beat(busy=1)
    first = await add_job("external:férias", status="processing", started_at=OLD)
    await add_job("external:férias", created_at=OLD, available_at=OLD)
    found = await look(database)
    assert found["doctor_jobs_in_order"].text.endswith(f"por exemplo, {first}.")
    assert f"cancel {first}" in found["doctor_jobs_in_order"].remedy
    assert "doctor_jobs_unclaimed" not in found


async def test_a_job_that_felled_a_worker_is_told(
    database: Database, worker: Registration, add_job: AddJob
) -> None:
    await add_job(created_at=OLD, available_at=OLD, crashes=1)
    assert "doctor_jobs_suspect" in await look(database)


async def test_a_lease_that_nobody_takes_back_is_named(database: Database, add_job: AddJob) -> None:
    await add_job(status="processing", lease_until=OLD)
    assert "doctor_jobs_lease_expired" in await look(database)


async def test_failed_jobs_are_counted(
    database: Database, worker: Registration, add_job: AddJob
) -> None:
    refused = {"error_code": "file_type_unknown"}
    await add_job(status="failed", finished_at=sa.func.now(), **refused)
    found = (await look(database))["doctor_jobs_failed"]
    assert found.state is State.WARNING
    assert "[file_type_unknown: 1]" in found.text


async def test_a_worker_on_another_database_is_found_on_this_machine(
    database: Database, add_job: AddJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_job(created_at=OLD, available_at=OLD)
    program = [sys.executable, "-c", "import sys; sys.stdin.read()", "cogep", "worker"]
    other = await asyncio.to_thread(subprocess.Popen, program, stdin=subprocess.PIPE)
    monkeypatch.setattr(queue_health, "stray_workers", stray_workers)
    try:
        found = await look(database)
    finally:
        other.communicate()
    assert str(other.pid) in found["doctor_worker_other_database"].text
    assert str(other.pid) in found["doctor_jobs_other_database"].text
    assert "DATABASE_URL" in found["doctor_jobs_other_database"].remedy


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["/opt/.venv/bin/python", "/opt/.venv/bin/cogep", "worker"], True),
        (["python", "-m", "cogep_assist", "worker", "--data-dir", "/x"], True),
        (["C:\\Projetos\\.venv\\Scripts\\cogep.exe", "worker"], True),
        (["celery", "-A", "cogep_assist.worker_service.celery_app", "worker", "-l", "info"], True),
        (["cogep", "ingest", "worker"], False),
        (["vim", "cogep", "notas-worker"], False),
        (["celery", "-A", "outro", "worker"], False),
        ([], False),
    ],
)
def test_recognises_worker_commands(command: list[str], expected: bool) -> None:
    assert is_worker_command(command) is expected
