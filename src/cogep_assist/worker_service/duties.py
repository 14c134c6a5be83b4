"""Work other than documents, by name: merging, following sources, sweeping what has expired."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import access
from cogep_assist.core.access_links import RESET, send_reset
from cogep_assist.core.backup.shelf import prune_shelf
from cogep_assist.core.config import get_settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.model_choices import ModelWatch
from cogep_assist.core.models import (
    ArchivedJob,
    Blob,
    Chunk,
    Collection,
    Document,
    DocumentVersion,
    InboundMail,
    IngestionJob,
    JobStatus,
    TicketAttachment,
)
from cogep_assist.core.outbox import DELIVER, sweep_outbox
from cogep_assist.core.outbox_delivery import Deliverer
from cogep_assist.core.principal import SYSTEM
from cogep_assist.core.queue import BACKGROUND, Claim, complete
from cogep_assist.core.site_visits import sweep_visits
from cogep_assist.crm_service.articles.article_approval import PUBLISH
from cogep_assist.crm_service.customers.customer_duplicates import suggest_due
from cogep_assist.crm_service.customers.customer_import import IMPORT, run_import
from cogep_assist.crm_service.customers.customer_import_rollback import sweep_imports
from cogep_assist.crm_service.customers.customer_merge import sweep_merge_journals
from cogep_assist.crm_service.desk.desk_clock import DESK_CLOCK, run_desk_clock
from cogep_assist.crm_service.mail.mail_collect import COLLECT, collect_mail
from cogep_assist.crm_service.mail.mail_intake import Mailroom, process_mail
from cogep_assist.crm_service.mail.mail_keep import PROCESS
from cogep_assist.crm_service.mail.mail_queries import sweep_mail
from cogep_assist.crm_service.reports.report_fold import FOLD, fold_changes
from cogep_assist.crm_service.sla.sla_letters import SLA_LETTERS, send_sla_letters
from cogep_assist.crm_service.sla.sla_policies import RECOUNT, mark_for_recount
from cogep_assist.crm_service.tickets.reply_hold import SEND, send_held_reply
from cogep_assist.crm_service.tickets.ticket_index import INDEX_TICKET, index_ticket
from cogep_assist.crm_service.tickets.ticket_notices import sweep_notices
from cogep_assist.crm_service.tickets.ticket_presence import sweep_presence
from cogep_assist.ingestion_service.source_retirement import settle_source
from cogep_assist.ingestion_service.source_visit import Visitor, visit_source
from cogep_assist.ingestion_service.sources import VISIT
from cogep_assist.integrations.pseudonym_vault import sweep_vaults
from cogep_assist.lgpd_service.audit.access_record_sweep import (
    SWEEP_ACCESS_RECORDS,
    sweep_access_records,
)
from cogep_assist.lgpd_service.erasure.erasure_run import run_erasure
from cogep_assist.lgpd_service.erasure.erasures import RUN as ERASE
from cogep_assist.lgpd_service.incidents.incident_notices import NOTICES, send_notices
from cogep_assist.lgpd_service.keeping.retention import NIGHTLY, run_retention
from cogep_assist.lgpd_service.legal.deadline_alerts import ALERTS, send_alerts
from cogep_assist.lgpd_service.legal.officer_alerts import OFFICER_ALERTS, warn_of_vacancy
from cogep_assist.pipeline.embed import Embedding
from cogep_assist.pipeline.personal_data import REFUSED
from cogep_assist.pipeline.run import Stations
from cogep_assist.pipeline.vector_fill import FILL, fill_vectors
from cogep_assist.rag_service.conversations import FORGET, forget_conversations
from cogep_assist.rag_service.gap_grouping import GROUP, group_gaps
from cogep_assist.rag_service.gap_recheck import RECHECK, recheck_gaps
from cogep_assist.rag_service.gap_told import TELL
from cogep_assist.rag_service.question_set_run import measure_question_set
from cogep_assist.rag_service.question_set_state import EVALUATE
from cogep_assist.retrieval.merge import merge_collection
from cogep_assist.worker_service.archive import ARCHIVE, archive_finished
from cogep_assist.worker_service.article_publishing import send_article
from cogep_assist.worker_service.couriers import couriers_of
from cogep_assist.worker_service.gap_closing import tell_of_gap

# Merges and sweeps take memory and a connection each; visits wait for other people's servers.
HEAVY_DUTIES = 2
VISITS = 4
LETTERS = 16
# A failure's cause may take a while to be mended; longer, what nobody wanted is not kept.
RETRIABLE = timedelta(days=90)
Duty = Callable[[AsyncSession, str], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Workbench:
    """What duties need, made once per worker process, and how many run at once in it."""

    database: Database
    visitor: Visitor
    embedding: Embedding | None = None
    models: ModelWatch | None = None
    heavy: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(HEAVY_DUTIES))
    visits: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(VISITS))
    deliverer: Deliverer | None = None
    mailroom: Mailroom | None = None
    # As many as are read while one transaction puts those before them in their places.
    letters: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(LETTERS))

    @classmethod
    def of(cls, stations: Stations) -> "Workbench":
        """Lay out the bench beside the pipeline's stations."""
        visitor = Visitor(stations.settings, stations.database, stations.client)
        deliverer = Deliverer(stations.database, couriers_of(stations))
        mailroom = Mailroom(stations.settings, stations.database, stations.parsers, stations.limits)
        return cls(
            stations.database,
            visitor,
            stations.embedding,
            stations.models,
            deliverer=deliverer,
            mailroom=mailroom,
        )


async def perform(bench: Workbench, claimed: Claim) -> bool:
    """Do the duty that a background job names; tell whether the job is still to be ended.

    A duty that writes ends its job in its own transaction, so that both happen or neither. A
    visit and the filling of vectors commit as they go and may be repeated: their jobs are ended
    afterwards.
    """
    kind, subject = claimed.row["kind"], claimed.row["subject"]
    if kind == VISIT:
        async with bench.visits:
            await visit_source(bench.visitor, UUID(subject))
        return True
    if kind == DELIVER:
        if bench.deliverer is not None:
            await bench.deliverer.deliver(subject)
        return True
    if kind in {COLLECT, PROCESS}:
        if bench.mailroom is not None:
            async with bench.letters:
                await _mail(bench.mailroom, kind, subject)
        return True
    if kind == FILL:
        async with bench.heavy:
            await _fill(bench)
        return True
    if kind == PUBLISH:
        await send_article(bench.database, bench.visitor.settings, UUID(subject))
        return True
    if kind == EVALUATE:
        async with bench.heavy:
            await measure_question_set(bench.database, UUID(subject))
        return True
    if kind == IMPORT:
        async with bench.heavy:
            await run_import(bench.database, bench.visitor.settings, SYSTEM, UUID(subject))
            await suggest_due(bench.database)
        return True
    if kind == ERASE:
        async with bench.heavy:
            await run_erasure(bench.database, bench.visitor.settings.data_dir, UUID(subject))
        return True
    duty = _duty(bench, kind)
    async with bench.heavy, bench.database.begin() as session:
        await duty(session, subject)
        await complete(session, BACKGROUND, claimed)
    return False


async def _fill(bench: Workbench) -> None:
    if bench.models is not None:
        # Asked for by who has just chosen another embedder: it must be that one.
        await bench.models.refresh()
    embedder = bench.embedding.embedder if bench.embedding else None
    # Without an embedder there is nothing to fill with; what is there stays as it is.
    if embedder is not None:
        await fill_vectors(bench.database, embedder)


def _duty(bench: Workbench, kind: str) -> Duty:
    """Return the duty of a name. Raises AppError("duty_unknown")."""
    if kind in DUTIES:
        return DUTIES[kind]
    configured = CONFIGURED.get(kind)
    if configured is None:
        raise AppError("duty_unknown", kind=kind)
    return partial(configured, settings=bench.visitor.settings)


async def _mail(room: Mailroom, kind: str, subject: str) -> None:
    if kind == COLLECT:
        await collect_mail(room.database, room.settings)
    else:
        await process_mail(room, UUID(subject))


async def merge_segments(session: AsyncSession, subject: str) -> None:
    """Merge the small segments of one collection; what is left over is due again at once."""
    await merge_collection(session, UUID(subject))


async def settle(session: AsyncSession, subject: str) -> None:
    """Learn how the submissions of one source ended, and retire what has gone."""
    await settle_source(session, UUID(subject))


async def sweep_blobs(session: AsyncSession, _subject: str) -> None:
    """Remove bytes that no job, version or attachment refers to any more.

    What failed can be tried again from the archive too, for as long as ``RETRIABLE`` says.
    """
    retriable = sa.exists().where(
        ArchivedJob.blob_id == Blob.id,
        ArchivedJob.status == JobStatus.FAILED,
        ArchivedJob.finished_at > sa.func.now() - sa.literal(RETRIABLE),
        ArchivedJob.error_code.is_distinct_from(REFUSED),
    )
    # What a collection would not take for its personal data is kept no longer than the hour.
    wanted = sa.exists().where(
        IngestionJob.blob_id == Blob.id, IngestionJob.error_code.is_distinct_from(REFUSED)
    )
    await session.execute(
        sa.delete(Blob).where(
            Blob.created_at < sa.func.now() - sa.text("interval '1 hour'"),
            ~wanted,
            ~retriable,
            ~sa.exists().where(DocumentVersion.blob_id == Blob.id),
            ~sa.exists().where(TicketAttachment.blob_id == Blob.id),
            ~sa.exists().where(InboundMail.blob_id == Blob.id),
        )
    )


async def sweep_expired(session: AsyncSession, _subject: str) -> None:
    """Remove what was made to last for a while: replies, sessions, links, collections."""
    await access.sweep_expired(session)
    await sweep_presence(session)
    await sweep_outbox(session)
    await sweep_visits(session)
    await sweep_vaults(session)
    gone = sa.select(Collection.id).where(Collection.expires_at < sa.func.now())
    for table in (IngestionJob, ArchivedJob, Chunk, Document):
        await session.execute(sa.delete(table).where(table.collection_id.in_(gone)))
    await session.execute(sa.delete(Collection).where(Collection.expires_at < sa.func.now()))


async def sweep_customers(session: AsyncSession, _subject: str) -> None:
    """Remove the before-images of merges and imports that nobody may take back any more."""
    await sweep_merge_journals(session)
    await sweep_imports(session)


async def sweep_seen(session: AsyncSession, _subject: str) -> None:
    """Remove what people have seen of tickets, and what they were told of those that are over."""
    await sweep_notices(session)


async def sweep_copies(_session: AsyncSession, _subject: str) -> None:
    """Remove the copies of this machine's shelf that are kept no longer."""
    await asyncio.to_thread(prune_shelf, get_settings())


# Duties that write to people: their links and dates are the installation's.
CONFIGURED: dict[str, Callable[..., Awaitable[Any]]] = {
    ALERTS: send_alerts,
    NOTICES: send_notices,
    OFFICER_ALERTS: warn_of_vacancy,
    SLA_LETTERS: send_sla_letters,
    TELL: tell_of_gap,
}
DUTIES: dict[str, Duty] = {
    ARCHIVE: archive_finished,
    RESET: send_reset,
    DESK_CLOCK: run_desk_clock,
    RECOUNT: mark_for_recount,
    INDEX_TICKET: index_ticket,
    SEND: send_held_reply,
    FOLD: fold_changes,
    FORGET: forget_conversations,
    GROUP: group_gaps,
    RECHECK: recheck_gaps,
    NIGHTLY: run_retention,
    "merge_segments": merge_segments,
    "settle_source": settle,
    "sweep_blobs": sweep_blobs,
    "sweep_copies": sweep_copies,
    "sweep_customers": sweep_customers,
    "sweep_expired": sweep_expired,
    SWEEP_ACCESS_RECORDS: sweep_access_records,
    "sweep_mail": sweep_mail,
    "sweep_notices": sweep_seen,
}
