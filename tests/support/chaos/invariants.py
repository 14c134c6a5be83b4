"""What must hold whatever is killed: checked against the tables and the record of a round."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from chaos.history import History, Removal, Seen, Submission
from chaos.installation import Installation
from cogep_assist.core.models import (
    AuditEvent,
    Chunk,
    Document,
    DocumentVersion,
    IngestionJob,
    JobStatus,
)

ENDED = {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED}
# How the service names a document for which a client has a name of its own.
NAMED = "external:"
# How a job may end whose document was removed after it had been submitted.
REMOVED = {
    (JobStatus.CANCELLED, None),
    # What kept it from being done before the removal came.
    (JobStatus.CANCELLED, "database_disk_full"),
    (JobStatus.FAILED, "document_deleted_meanwhile"),
}


async def settled(
    installation: Installation, jobs: Sequence[UUID] | None = None, seconds: float = 60
) -> None:
    """Wait until these jobs have ended, or all."""
    still = sa.select(IngestionJob.id, IngestionJob.status, IngestionJob.error_code).where(
        IngestionJob.status.not_in(ENDED)
    )
    if jobs is not None:
        still = still.where(IngestionJob.id.in_(jobs))
    waiting: Any = "nothing asked yet"
    try:
        async with asyncio.timeout(seconds):
            while waiting:
                # The server itself may be on its way back.
                with contextlib.suppress(DBAPIError):
                    async with installation.database.begin() as session:
                        waiting = (await session.execute(still)).all()
                if waiting:
                    await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(
            f"not ended after {seconds} s: {waiting}\n{installation.logs()}"
        ) from None


async def broken_promises(
    installation: Installation, history: History, *, disturbances: int
) -> list[str]:
    """Return every promise of a round that was broken, once its jobs have ended."""
    async with installation.database.begin() as session:
        jobs = await _jobs_of(session, history)
        found = list(history.violations)
        found += _accepted_jobs(history, jobs, disturbances)
        found += await _stored(session, history, jobs)
        found += await _removals(session, history)
    return found + what_searches_saw(history)


async def _jobs_of(session: AsyncSession, history: History) -> dict[UUID, IngestionJob]:
    rows = await session.scalars(
        sa.select(IngestionJob).where(IngestionJob.source_key.in_(_keys(history)))
    )
    return {job.id: job for job in rows}


def _keys(history: History) -> list[str]:
    return [f"{NAMED}{document}" for document in history.documents]


def _accepted_jobs(
    history: History, jobs: dict[UUID, IngestionJob], disturbances: int
) -> list[str]:
    broken = []
    for submission in history.submissions:
        where = f"{submission.document} e{submission.version}"
        if submission.job_id is None:
            broken.append(f"{where}: never answered")
        elif submission.job_id not in jobs:
            broken.append(f"{where}: accepted and lost")
        else:
            job = jobs[submission.job_id]
            removed = any(
                r.place > submission.place for r in history.removals_of(submission.document)
            )
            if job.status is not JobStatus.COMPLETED and not (
                removed and (job.status, job.error_code) in REMOVED
            ):
                broken.append(f"{where}: {job.status.value} for {job.error_code}")
            elif job.attempts > 2 + disturbances:
                broken.append(f"{where}: {job.attempts} attempts")
    extra = set(jobs) - set(history.jobs)
    if extra:
        broken.append(f"{len(extra)} jobs that no client knows of: submitted twice")
    if len(set(history.jobs)) != len(history.jobs):
        broken.append("two submissions were given one job")
    return broken


async def _stored(
    session: AsyncSession, history: History, jobs: dict[UUID, IngestionJob]
) -> list[str]:
    """One version for each job that had something new; passages of the current version alone."""
    written = Counter(
        job.source_key.removeprefix(NAMED)
        for job in jobs.values()
        if job.status is JobStatus.COMPLETED and "unchanged" not in job.warnings
    )
    documents = await session.scalars(
        sa.select(Document).where(Document.source_key.in_(_keys(history)))
    )
    of_source: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        of_source[document.source_key.removeprefix(NAMED)].append(document)
    broken = []
    for key in history.documents:
        found = of_source[key]
        ids = [document.id for document in found]
        versions = (
            await session.execute(
                sa.select(
                    DocumentVersion.id, DocumentVersion.text, DocumentVersion.retired_at
                ).where(DocumentVersion.document_id.in_(ids))
            )
        ).all()
        if len(versions) != written[key]:
            broken.append(f"{key}: {len(versions)} versions, {written[key]} jobs that wrote one")
        chunks = Counter(
            await session.scalars(sa.select(Chunk.version_id).where(Chunk.document_id.in_(ids)))
        )
        expected = history.expected(key)
        live = [document for document in found if document.deleted_at is None]
        if expected is None:
            if live or chunks or any(text for _, text, _ in versions):
                broken.append(f"{key}: removed, and {len(live)} live, {len(chunks)} with passages")
            continue
        if len(live) != 1:
            broken.append(f"{key}: {len(live)} live documents of one source")
            continue
        current = live[0].current_version_id
        text = next((text for version, text, _ in versions if version == current), "")
        if f"e{expected:04d}e" not in text:
            broken.append(f"{key}: version {expected} does not stand, but {text[60:140]!r}")
        if list(chunks) != [current]:
            broken.append(f"{key}: passages of {len(chunks)} versions")
        if sum(retired is None for _, _, retired in versions) != 1:
            broken.append(f"{key}: not exactly one version that is not retired")
    return broken


async def _removals(session: AsyncSession, history: History) -> list[str]:
    """Each confirmed removal is in the audit once, whatever became of its first reply."""
    ids = [str(removal.document_id) for removal in history.removals]
    noted = Counter(
        await session.scalars(
            sa.select(AuditEvent.object_id).where(
                AuditEvent.act == "document_deleted", AuditEvent.object_id.in_(ids)
            )
        )
    )
    return [f"removal of {i}: {noted[i]} times in the audit" for i in ids if noted[i] != 1]


def what_searches_saw(history: History) -> list[str]:
    """Return what no search may have shown, or left out, given what clients were told before."""
    broken = []
    whole = max((seen.chunks for seen in history.seen), default=0)
    shown: dict[str, list[Seen]] = defaultdict(list)
    for seen in sorted(history.seen, key=lambda s: s.asked_at):
        where = f"{seen.document}: a search at {seen.asked_at - history.began_at:.3f} saw"
        submitted, removals = history.of(seen.document), history.removals_of(seen.document)
        # Only what was answered before this was asked can be held against it.
        before = [s for s in shown[seen.document] if s.answered_at <= seen.asked_at]
        least = max((max(s.versions) for s in before), default=-1)
        told = [s for s in submitted if s.completed_at and s.completed_at <= seen.asked_at]
        least = max([least, *(s.version for s in told)])
        if not seen.chunks:
            if least >= 0 and not _may_be_gone(least, submitted, removals, seen):
                broken.append(f"{where} nothing, after version {least}")
            continue
        shown[seen.document].append(seen)
        if len(seen.versions) != 1 or len(seen.documents) != 1:
            broken.append(f"{where} versions {set(seen.versions)} of {len(seen.documents)}")
            continue
        (version,) = seen.versions
        if seen.chunks != whole:
            broken.append(f"{where} {seen.chunks} of {whole} passages")
        if version < least:
            broken.append(f"{where} version {version} after {least}")
        if not any(s.version == version and s.asked_at <= seen.answered_at for s in submitted):
            broken.append(f"{where} version {version} before it was submitted")
        if _is_removed(version, submitted, removals, seen):
            broken.append(f"{where} version {version} after its removal")
    return broken


def _may_be_gone(
    version: int, submitted: list[Submission], removals: list[Removal], seen: Seen
) -> bool:
    last = max(s.place for s in submitted if s.version == version)
    return any(r.place > last and r.asked_at <= seen.answered_at for r in removals)


def _is_removed(
    version: int, submitted: list[Submission], removals: list[Removal], seen: Seen
) -> bool:
    last = max((s.place for s in submitted if s.version == version), default=0)
    return any(
        r.place > last and r.done_at is not None and r.done_at <= seen.asked_at for r in removals
    )
