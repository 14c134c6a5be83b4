"""``cogep import folder|sitemap``: documents of a folder or a site as one batch.

For a copy that is made once; ``cogep sources`` follows a folder or a site from then on.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli.ingest import target_batches, target_submission
from cogep_assist.cli.job_progress import bar
from cogep_assist.cli.targets import Target, find_targets
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    PastSystem,
    RecordKind,
    RecordOutcome,
)
from cogep_assist.core.notify_bell import NotifyBell
from cogep_assist.crm_service.importers.batches import begin_batch, find_batch, finish_batch
from cogep_assist.crm_service.importers.journal import known_records, lock_batch, note_records
from cogep_assist.crm_service.importers.report import Report
from cogep_assist.crm_service.importers.rollback_documents import COLLECTION
from cogep_assist.ingestion_service.document_batches import standing_of
from cogep_assist.ingestion_service.sitemap import list_sitemap
from cogep_assist.ingestion_service.submission import Submission, check_collection_name
from cogep_assist.ingestion_service.submissions import submit
from cogep_assist.integrations.http import GuardedClient, policy_from_settings


@dataclass(frozen=True, slots=True)
class WantedDocuments:
    """What was asked for on the command line."""

    system: PastSystem
    target: str
    collection: str | None
    dry_run: bool
    resume: UUID | None
    quiet: bool


@dataclass(slots=True)
class DocumentsDone:
    """What came of it."""

    wanted: WantedDocuments
    collection: str
    batch_id: UUID | None
    counts: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[str, str]] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


async def import_documents(
    settings: Settings, database: Database, wanted: WantedDocuments
) -> DocumentsDone:
    """Send a folder's files or a sitemap's pages into the base, or say what that would do."""
    collection = check_collection_name(wanted.collection)
    if wanted.resume is not None:
        collection = await _collection_of(database, wanted)
    done = DocumentsDone(wanted, collection, wanted.resume)
    targets = await _targets(settings, wanted, done)
    if wanted.resume is None and not wanted.dry_run:
        async with database.begin() as session:
            origin = f"{wanted.system.value}:{wanted.target}"[:500]
            batch = await begin_batch(
                session, SYSTEM, wanted.system, origin, wanted.target, {COLLECTION: collection}
            )
            done.batch_id = batch.id
    bell = NotifyBell(database)
    try:
        with bar("Importação", len(targets), quiet=wanted.quiet) as move:
            for some in target_batches(targets):
                await _send(settings, database, bell, some, done)
                move(len(some))
    finally:
        await bell.close()
    if done.batch_id is not None:
        async with database.begin() as session:
            await finish_batch(session, SYSTEM, done.batch_id)
    return done


async def _targets(
    settings: Settings, wanted: WantedDocuments, done: DocumentsDone
) -> Sequence[Target]:
    if wanted.system is PastSystem.FOLDER:
        found = find_targets([wanted.target])
        done.skipped = {one.name: one.reason for one in found.skipped}
        return found.found
    async with GuardedClient(policy_from_settings(settings)) as client:
        listing = await list_sitemap(client, wanted.target, most=settings.source_max_items)
    done.skipped = dict(listing.reasons)
    return [Target(url, url=url) for url in listing.marks]


async def _send(
    settings: Settings,
    database: Database,
    bell: NotifyBell,
    targets: Sequence[Target],
    done: DocumentsDone,
) -> None:
    ready: list[Submission] = []
    for target in targets:
        try:
            made = await asyncio.to_thread(target_submission, target, done.collection, settings)
        except (AppError, OSError) as error:
            code = error.code if isinstance(error, AppError) else type(error).__name__
            done.refused.append((target.name, code))
            done.counts["document_refused"] += 1
        else:
            ready.append(made)
    counted = Report()
    async with database.begin() as session:
        new = await _note(session, ready, done, counted)
    # After the journal: a stop here is mended by the next run, which finds no document.
    if done.batch_id is not None:
        attempts = settings.job_max_attempts
        await submit(database, SYSTEM, new, bell=bell, max_attempts=attempts)
    done.counts.update(+counted.counts)


async def _note(
    session: AsyncSession, ready: Sequence[Submission], done: DocumentsDone, counted: Report
) -> list[Submission]:
    """Write down which documents the batch makes and which were there; return what is sent."""
    keys = [one.source_key for one in ready]
    standing = await standing_of(session, done.collection, keys)
    batch = None if done.batch_id is None else await lock_batch(session, done.batch_id)
    known: set[str] = set()
    if batch is not None:
        known = await known_records(session, batch.origin, RecordKind.DOCUMENT, keys)
    sent = [
        one for one in ready if one.source_key not in known or not standing.holds(one.source_key)
    ]
    counted.counts["document_known"] += len(ready) - len(sent)
    rows = []
    for one in sent:
        there = standing.holds(one.source_key)
        outcome = RecordOutcome.MATCHED if there else RecordOutcome.CREATED
        counted.counts[f"document_{outcome.value}"] += 1
        if one.source_key not in known:
            rows.append({"external_id": one.source_key, "outcome": outcome, "problems": []})
    if batch is not None:
        await note_records(session, batch, RecordKind.DOCUMENT, rows, counted)
    return sent


async def _collection_of(database: Database, wanted: WantedDocuments) -> str:
    assert wanted.resume is not None
    async with database.begin() as session:
        batch = await find_batch(session, SYSTEM, wanted.resume)
    if batch.system is not wanted.system:
        raise AppError("import_other_system", system=batch.system.value)
    return str(batch.mapping[COLLECTION])
