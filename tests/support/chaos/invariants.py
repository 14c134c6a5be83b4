"""What must hold whatever is killed: checked against the tables and the record."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from chaos.history import History, Seen
from chaos.installation import Installation
from cogep_assist.core.db import Database
from cogep_assist.core.models import Chunk, Document, DocumentVersion, IngestionJob, JobStatus

ENDED = {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED}


async def settled(installation: Installation, seconds: float = 60) -> None:
    """Wait until every job has ended."""
    still = sa.select(IngestionJob.id, IngestionJob.status, IngestionJob.error_code).where(
        IngestionJob.status.not_in(ENDED)
    )
    waiting: Any = "nothing asked yet"
    try:
        async with asyncio.timeout(seconds):
            while waiting:
                # The server itself may be on its way back.
                with contextlib.suppress(DBAPIError):
                    async with installation.database.begin() as session:
                        waiting = (await session.execute(still)).all()
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(
            f"not ended after {seconds} s: {waiting}\n{installation.logs()}"
        ) from None


async def check(
    installation: Installation,
    history: History,
    *,
    disturbances: int,
    failures_allowed: frozenset[str] = frozenset(),
) -> None:
    """Raise AssertionError naming every promise that was broken."""
    found = list(history.violations)
    found += await _accepted_jobs(
        installation.database, history, disturbances=disturbances, allowed=failures_allowed
    )
    found += await _versions_and_chunks(installation.database, history)
    found += _what_searches_saw(history)
    assert not found, "\n".join([*found[:40], *history.faults, installation.logs()])


async def _accepted_jobs(
    database: Database, history: History, *, disturbances: int, allowed: frozenset[str]
) -> list[str]:
    async with database.begin() as session:
        rows = {job.id: job for job in await session.scalars(sa.select(IngestionJob))}
    broken = []
    promised = {s.job_id for s in history.submissions if s.job_id is not None}
    for submission in history.submissions:
        job = rows.get(submission.job_id) if submission.job_id else None
        where = f"{submission.document} e{submission.version}"
        if submission.job_id is None:
            broken.append(f"{where}: never answered")
        elif job is None:
            broken.append(f"{where}: accepted and lost")
        elif job.status is not JobStatus.COMPLETED and job.error_code not in allowed:
            broken.append(f"{where}: {job.status.value} for {job.error_code}")
        elif job.status is JobStatus.FAILED and job.error_code is None:
            broken.append(f"{where}: failed without a cause")
        elif job.attempts > 2 + disturbances:
            broken.append(f"{where}: {job.attempts} attempts")
    extra = set(rows) - promised
    if extra:
        broken.append(f"{len(extra)} jobs that no client knows of: submitted twice")
    return broken


async def _versions_and_chunks(database: Database, history: History) -> list[str]:
    async with database.begin() as session:
        completed = Counter(
            (
                await session.scalars(
                    sa.select(IngestionJob.source_key).where(
                        IngestionJob.status == JobStatus.COMPLETED
                    )
                )
            ).all()
        )
        documents = list(
            await session.scalars(sa.select(Document).where(Document.deleted_at.is_(None)))
        )
        versions = Counter((await session.scalars(sa.select(DocumentVersion.document_id))).all())
        chunks = (
            await session.execute(
                sa.select(Chunk.document_id, Chunk.version_id, sa.func.count()).group_by(
                    Chunk.document_id, Chunk.version_id
                )
            )
        ).all()
        sizes = dict(
            (await session.execute(sa.select(IngestionJob.document_id, IngestionJob.chunks))).all()
        )
    broken = []
    per_document = defaultdict(list)
    for document_id, version_id, number in chunks:
        per_document[document_id].append((version_id, number))
    keys = Counter(document.source_key for document in documents)
    broken += [f"{key}: {n} documents of one source" for key, n in keys.items() if n > 1]
    for document in documents:
        key = document.source_key
        if versions[document.id] != completed[key]:
            broken.append(f"{key}: {versions[document.id]} versions, {completed[key]} jobs")
        if per_document[document.id] != [(document.current_version_id, sizes[document.id])]:
            broken.append(f"{key}: chunks {per_document[document.id]} of {sizes[document.id]}")
    return broken


def _what_searches_saw(history: History) -> list[str]:
    broken = []
    whole = max((seen.chunks for seen in history.seen), default=0)
    shown: dict[str, list[Seen]] = defaultdict(list)
    for seen in sorted(history.seen, key=lambda s: s.asked_at):
        where = f"{seen.document}: a search saw"
        # Only what was answered before this was asked can be held against it.
        before = [s for s in shown[seen.document] if s.answered_at <= seen.asked_at]
        newest = max((max(s.versions) for s in before), default=-1)
        if not seen.chunks:
            if before:
                broken.append(f"{where} nothing, after version {newest}")
            continue
        if len(seen.versions) != 1 or len(seen.documents) != 1:
            broken.append(f"{where} versions {set(seen.versions)} of {len(seen.documents)}")
        if seen.chunks != whole:
            broken.append(f"{where} {seen.chunks} of {whole} passages")
        if max(seen.versions) < newest:
            broken.append(f"{where} version {set(seen.versions)} after {newest}")
        shown[seen.document].append(seen)
    return broken
