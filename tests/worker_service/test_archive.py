"""What ended a while ago leaves the queues, batch by batch, and is found all the same."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from uuid_utils.compat import uuid7

from cogep_assist.cli.job_lookup import resolve_job
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    ArchivedJob,
    BackgroundJob,
    BackgroundStatus,
    Blob,
    IngestionJob,
    JobStatus,
)
from cogep_assist.core.queue_archive import archive_jobs, forget_background_jobs
from cogep_assist.ingestion_service.job_control import retry_job
from cogep_assist.ingestion_service.job_queries import find_job, list_jobs
from cogep_assist.worker_service import archive
from cogep_assist.worker_service.duties import sweep_blobs

AddJob = Callable[..., Awaitable[UUID]]
WEEK = timedelta(days=7)


async def add_ended(add_job: AddJob, days: int, status: JobStatus = JobStatus.COMPLETED) -> UUID:
    return await add_job(
        status=status, finished_at=sa.func.now() - sa.literal(timedelta(days=days)), attempts=1
    )


async def count(database: Database, table: type) -> int:
    async with database.begin() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def move(database: Database, limit: int = 100) -> int:
    async with database.begin() as session:
        return await archive_jobs(session, older_than=WEEK, limit=limit)


async def test_only_what_ended_long_ago_is_moved(database: Database, add_job: AddJob) -> None:
    old = {await add_ended(add_job, 8, status) for status in list(JobStatus)[2:]}
    kept = {await add_ended(add_job, 6), await add_job(), await add_job(status="processing")}
    assert await move(database) == 3
    async with database.begin() as session:
        assert set(await session.scalars(sa.select(ArchivedJob.id))) == old
        assert set(await session.scalars(sa.select(IngestionJob.id))) == kept


async def test_a_batch_is_bounded_and_takes_the_oldest_first(
    database: Database, add_job: AddJob
) -> None:
    newer, oldest = await add_ended(add_job, 9), await add_ended(add_job, 30)
    assert await move(database, limit=1) == 1
    async with database.begin() as session:
        assert list(await session.scalars(sa.select(ArchivedJob.id))) == [oldest]
    assert await move(database, limit=1) == 1
    assert newer != oldest
    assert await move(database, limit=1) == 0


async def test_an_archived_job_is_found_listed_and_shown_as_before(
    database: Database, add_job: AddJob
) -> None:
    waiting, old, new = await add_job(), await add_ended(add_job, 8), await add_ended(add_job, 1)
    async with database.begin() as session:
        before = await find_job(session, SYSTEM, old)
    await move(database)
    async with database.begin() as session:
        assert await find_job(session, SYSTEM, old) == before
        listed, more = await list_jobs(session, SYSTEM)
        assert [job.id for job in listed] == [new, old, waiting]
        assert more is None
        assert await resolve_job(session, str(old)) == old
        ended, _ = await list_jobs(session, SYSTEM, status=JobStatus.COMPLETED)
        assert [job.id for job in ended] == [new, old]


async def test_pages_go_through_queue_and_archive_in_one_order(
    database: Database, add_job: AddJob
) -> None:
    jobs = [await (add_ended(add_job, 8) if number % 3 else add_job()) for number in range(10)]
    await move(database)
    seen: list[UUID] = []
    before: int | None = None
    while True:
        async with database.begin() as session:
            page, before = await list_jobs(session, SYSTEM, limit=3, before=before)
        seen += [job.id for job in page]
        if before is None:
            break
    assert seen == list(reversed(jobs))


async def test_an_archived_failure_can_be_tried_again(
    database: Database, add_job: AddJob, settings: Settings
) -> None:
    failed = await add_job(
        status=JobStatus.FAILED,
        uri="https://www.exemplo.gov.br/férias",
        error_code="empty_text",
        failures=3,
        finished_at=sa.func.now() - sa.literal(timedelta(days=8)),
    )
    async with database.begin() as session:
        await session.execute(sa.update(IngestionJob).values(source_kind="url"))
    async with database.begin() as session:
        sequence = await session.scalar(sa.select(IngestionJob.sequence))
    await move(database)
    async with database.begin() as session:
        reply = await retry_job(session, SYSTEM, failed)
    assert (reply.status, reply.error) == (JobStatus.PENDING, None)
    assert await count(database, ArchivedJob) == 0
    async with database.begin() as session:
        assert await session.scalar(sa.select(IngestionJob.sequence)) == sequence


async def test_an_archived_success_stays_where_it_is(database: Database, add_job: AddJob) -> None:
    done = await add_ended(add_job, 8)
    await move(database)
    with pytest.raises(AppError, match="job_not_retryable"):
        async with database.begin() as session:
            await retry_job(session, SYSTEM, done)
    assert await count(database, ArchivedJob) == 1


async def test_background_jobs_are_deleted_after_the_same_time(database: Database) -> None:
    async with database.begin() as session:
        for days, status in ((8, "completed"), (8, "pending"), (6, "failed"), (9, "failed")):
            session.add(
                BackgroundJob(
                    id=uuid7(),
                    kind="sweep_blobs",
                    subject=f"{days}{status}",
                    status=BackgroundStatus(status),
                    finished_at=None
                    if status == "pending"
                    else sa.func.now() - sa.literal(timedelta(days=days)),
                )
            )
    async with database.begin() as session:
        assert await forget_background_jobs(session, older_than=WEEK, limit=10) == 2
    assert await count(database, BackgroundJob) == 2


async def test_the_duty_is_due_again_while_more_is_left(
    database: Database, add_job: AddJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "BATCH", 2)
    for _ in range(3):
        await add_ended(add_job, 8)
    async with database.begin() as session:
        await archive.archive_finished(session, "")
    assert (await count(database, ArchivedJob), await count(database, BackgroundJob)) == (2, 1)
    async with database.begin() as session:
        await session.execute(sa.delete(BackgroundJob))
        await archive.archive_finished(session, "")
    assert (await count(database, ArchivedJob), await count(database, BackgroundJob)) == (3, 0)


@pytest.mark.parametrize(
    ("status", "days", "kept"),
    [
        (JobStatus.FAILED, 8, True),
        (JobStatus.FAILED, 91, False),
        (JobStatus.CANCELLED, 8, False),
        (JobStatus.COMPLETED, 8, False),
    ],
)
async def test_what_failed_can_be_tried_again_with_its_bytes_for_a_while(
    database: Database,
    add_job: AddJob,
    settings: Settings,
    status: JobStatus,
    days: int,
    kept: bool,
) -> None:
    blob = uuid7()
    ended = sa.func.now() - sa.literal(timedelta(days=days))
    async with database.begin() as session:
        session.add(
            Blob(id=blob, sha256=blob.bytes * 2, size=7, content=b"f\xc3\xa9rias", created_at=ended)
        )
    job = await add_job(status=status, finished_at=ended, blob_id=blob)
    await move(database)
    async with database.begin() as session:
        await sweep_blobs(session, "")
    async with database.begin() as session:
        assert (await session.get(Blob, blob) is not None) is kept
        if status is JobStatus.FAILED and kept:
            assert (await retry_job(session, SYSTEM, job)).status is JobStatus.PENDING
        elif status is JobStatus.FAILED:
            with pytest.raises(AppError, match="job_content_gone"):
                await retry_job(session, SYSTEM, job)
