"""Carry an erasure out: tombstone, one transaction, scrub, look again, certify. Resumes anywhere.

Killed before the commit, nothing happened and the fence stands; killed after it, the next run
goes on with what is left. No step harms by being done twice.

The tombstone comes first: whoever publishes what was read earlier asks for it in the transaction
that publishes. Those that were under way when it came are waited for before the look that proves.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import advisory_locks, audit
from cogep_assist.core.db import Database, driver_connection
from cogep_assist.core.earlier_transactions import have_ended, under_way
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import Erasure, ErasureStatus, ErasureTombstone, SubjectFence
from cogep_assist.core.principal import SYSTEM
from cogep_assist.lgpd_service.erasure.erasure_blobs import (
    FileReadings,
    rewrite_files,
    unclean_originals,
)
from cogep_assist.lgpd_service.erasure.erasure_certificate import certify
from cogep_assist.lgpd_service.erasure.erasure_decision import held
from cogep_assist.lgpd_service.erasure.erasure_doubts import (
    count_decided,
    rebuilding_patterns,
    redact_decided,
)
from cogep_assist.lgpd_service.erasure.erasure_files import scrub_letters, scrub_temporary
from cogep_assist.lgpd_service.erasure.erasure_index import (
    forget_gap_terms,
    purge_indexes,
    rebuild_documents,
)
from cogep_assist.lgpd_service.erasure.erasure_mentions import preserve_blob, redact_mentions
from cogep_assist.lgpd_service.erasure.erasure_own import erase_own
from cogep_assist.lgpd_service.erasure.erasure_residue import find_residue
from cogep_assist.lgpd_service.erasure.erasure_sealed import drop_messages, sealed_messages
from cogep_assist.lgpd_service.erasure.erasure_tombstones import digests_of, write_tombstone
from cogep_assist.lgpd_service.erasure.erasures import seal_subject, subject_of
from cogep_assist.lgpd_service.subject_data.catalog import read_catalog
from cogep_assist.lgpd_service.subject_data.identity import Subject, shared_as_of_now
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns

# What was being written while the first pass ran is found by the next; more tell of a fault.
MOST_PASSES = 3
# A copy of the whole database is one transaction; where one goes on, the erasure is taken up again.
PATIENCE_SECONDS = 10.0
NOW = sa.func.clock_timestamp()
OnStep = Callable[[str], None]
_GOING_ON = frozenset({ErasureStatus.CONFIRMED, ErasureStatus.EXECUTED})
log = get_logger(__name__)


def _silent(_step: str) -> None:
    """Tell nobody."""


async def run_erasure(
    database: Database, data_dir: Path, erasure_id: UUID, on_step: OnStep = _silent
) -> ErasureStatus:
    """Bring a confirmed erasure to its end, from wherever it was left.

    ``on_step`` is told each step before it is taken. ``EXECUTED`` is returned where somebody's
    transaction from before the tombstone is still open: what it writes is not known yet, and the
    next run looks again. Raises AppError("erasure_held") where a hold came after the confirmation,
    and AppError("erasure_residue") where values are left.
    """
    on_step("tombstone")
    async with database.begin() as session:
        erasure = await _going_on(session, erasure_id)
        if isinstance(erasure, ErasureStatus):
            return erasure
        subject = await _announce(session, data_dir, erasure)
        executed = erasure.status is ErasureStatus.EXECUTED
    earlier = await under_way(database)
    quiet = await have_ended(database, earlier, seconds=PATIENCE_SECONDS)
    readings = FileReadings(SubjectPatterns(subject.values))
    await readings.read_ahead(database)
    residue: dict[str, int] = {}
    for again in range(MOST_PASSES):
        if again or not executed:
            async with database.begin() as session:
                ended = await _execute(session, erasure_id, subject, readings, on_step)
                on_step("commit")
            if ended is not None:
                return ended
        on_step("scrub_files")
        scrub_temporary(SubjectPatterns(subject.values))
        scrub_letters(data_dir, SubjectPatterns(subject.values))
        quiet = quiet or await have_ended(database, earlier, seconds=PATIENCE_SECONDS)
        if not quiet:
            log.warning("erasure_waits_for_transaction", erasure_id=str(erasure_id))
            return ErasureStatus.EXECUTED
        on_step("residue")
        async with database.begin() as session:
            residue = await find_residue(session, subject, readings)
        if not residue:
            break
    else:
        raise AppError("erasure_residue", tables=", ".join(sorted(residue)))
    on_step("certificate")
    async with database.begin() as session:
        return await _complete(session, erasure_id, len(readings.unreadable))


async def unfinished_erasures(session: AsyncSession) -> list[UUID]:
    """Return the erasures that were confirmed and have not come to their end."""
    rows = await session.scalars(
        sa.select(Erasure.id).where(
            Erasure.status.in_([ErasureStatus.CONFIRMED, ErasureStatus.EXECUTED])
        )
    )
    return list(rows)


async def _going_on(session: AsyncSession, erasure_id: UUID) -> Erasure | ErasureStatus:
    """Return an erasure, locked, or how it stands where there is nothing to carry out."""
    erasure = await session.get(Erasure, erasure_id, with_for_update=True, populate_existing=True)
    if erasure is None:
        return ErasureStatus.CANCELLED
    return erasure if erasure.status in _GOING_ON else erasure.status


async def _announce(session: AsyncSession, data_dir: Path, erasure: Erasure) -> Subject:
    """Write the tombstone, before anything is erased, and return who is to be looked for.

    A namesake may have come, or gone, since the plan: two who are erased at once would each leave
    the name to the other.
    """
    subject = subject_of(erasure)
    if await session.get(ErasureTombstone, erasure.id) is None:
        subject = await shared_as_of_now(session, subject)
        erasure.subject = seal_subject(erasure.id, subject)
        await session.flush()
    digests = digests_of(subject)
    write_tombstone(data_dir, erasure.id, digests)
    await session.execute(
        insert(ErasureTombstone)
        .values(erasure_id=erasure.id, digests=digests)
        .on_conflict_do_nothing()
    )
    return subject


async def _execute(
    session: AsyncSession,
    erasure_id: UUID,
    subject: Subject,
    readings: FileReadings,
    on_step: OnStep,
) -> ErasureStatus | None:
    """Erase everything in the caller's one transaction.

    Returns how the erasure stands where another worker brought it to its end meanwhile.
    """
    # 1. One at a time, whoever they are about: two that take people out of one text would each
    #    write back whom the other took out. From here on the guard knows this transaction.
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(advisory_locks.ERASURE)))
    erasure = await _going_on(session, erasure_id)
    if isinstance(erasure, ErasureStatus):
        return erasure
    if await held(session, subject):
        raise AppError("erasure_held", protocol=erasure.protocol)
    erasure.status = ErasureStatus.EXECUTING
    await session.flush()
    await session.execute(sa.select(sa.func.set_config("cogep.erasure", str(erasure_id), True)))
    connection = await driver_connection(session)
    catalog = await read_catalog(connection)
    patterns = SubjectPatterns(subject.values)
    # 2. What is to leave the house, then the subject's own rows.
    on_step("messages")
    rows: Counter[str] = Counter()
    rows["access.outbox"] = await drop_messages(session, await sealed_messages(session, subject))
    on_step("own_rows")
    own, left = await erase_own(session, subject)
    rows += own
    # 3. What was decided to be the subject's, while the texts tell still whose it is; then other
    #    people's rows that name the subject.
    on_step("doubts")
    decided = await redact_decided(session, catalog, subject, erasure_id)
    rows += decided.rows
    on_step("mentions")
    packed = await readings.naming(session)
    redacted = await redact_mentions(connection, catalog, patterns, erasure_id)
    rows += redacted.rows
    originals = await unclean_originals(session, redacted.versions, patterns)
    originals += await unclean_originals(session, decided.versions, None)
    packed = list(dict.fromkeys([*packed, *redacted.packed_blobs, *originals]))
    rows["ai.blob"] += len(packed)
    redacted.preserved += await rewrite_files(
        session, packed, patterns, lambda one: preserve_blob(connection, catalog, one, erasure_id)
    )
    # 4. What is made of them: passages, vectors, index, gaps.
    on_step("index")
    session.expire_all()
    touched = redacted.documents - decided.documents, decided.documents
    rows["ai.chunk"] += await _make_anew(session, subject, touched, left)
    await forget_gap_terms(session, redacted.answers | decided.answers)
    # 5. What is known of it afterwards.
    on_step("record")
    await _record(session, erasure_id, subject, rows, redacted.preserved + decided.preserved)
    return None


async def _make_anew(
    session: AsyncSession,
    subject: Subject,
    touched: tuple[set[UUID], set[UUID]],
    left: set[UUID],
) -> int:
    """Cut the passages of touched documents anew and purge indexes; return how many were cut.

    Documents are ``touched`` for what names the subject, or for what was decided to be theirs;
    ``left`` are the indexes that whole rows have left already.
    """
    count, patterns = 0, (SubjectPatterns(subject.values), rebuilding_patterns(subject))
    for documents, of in zip(touched, patterns, strict=True):
        rebuilt, indexes = await rebuild_documents(session, documents, of)
        count += rebuilt
        left = left | indexes
    await purge_indexes(session, left)
    return count


async def _record(
    session: AsyncSession, erasure_id: UUID, subject: Subject, rows: Counter[str], preserved: int
) -> None:
    erasure = await session.get(Erasure, erasure_id, populate_existing=True)
    assert erasure is not None
    before: dict[str, Any] = erasure.result or {}
    total = Counter(before.get("rows", {})) + rows
    erasure.result = {
        "rows": {table: count for table, count in sorted(total.items()) if count},
        "preserved": before.get("preserved", 0) + preserved,
        "doubts": count_decided(subject.doubts),
    }
    erasure.status = ErasureStatus.EXECUTED
    erasure.executed_at = erasure.executed_at or NOW
    await session.flush()
    await audit.record(
        session, SYSTEM, "erasure_executed", "erasure", erasure_id, {"rows": sum(rows.values())}
    )


async def _complete(session: AsyncSession, erasure_id: UUID, unreadable: int) -> ErasureStatus:
    """Certify, forget whom it was about, and take the fence down: nothing is left behind it."""
    erasure = await _going_on(session, erasure_id)
    if isinstance(erasure, ErasureStatus):
        return erasure
    erasure.completed_at, erasure.status = NOW, ErasureStatus.COMPLETED
    await session.flush()
    await session.refresh(erasure)
    result = {**(erasure.result or {}), "residue": {}, "unread_files": unreadable}
    erasure.result = result
    certify(erasure, result)
    erasure.subject = None
    await session.flush()
    await session.execute(sa.delete(SubjectFence).where(SubjectFence.erasure_id == erasure_id))
    await audit.record(session, SYSTEM, "erasure_completed", "erasure", erasure_id)
    return ErasureStatus.COMPLETED
