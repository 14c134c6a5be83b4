"""Tell how a document's job ended: to subscriptions, and to the address that came with it."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.events import body_of, publish
from cogep_assist.core.models import IngestionJob, JobStatus
from cogep_assist.core.outbox import NOW, post
from cogep_assist.core.queue import Claim
from cogep_assist.core.webhooks import CALLBACK


async def tell_completed(
    session: AsyncSession, claimed: Claim, document_id: UUID, chunks: int, *, title: str | None
) -> None:
    """Tell that a job ended well. ``title`` is None where the document was not read anew."""
    job = claimed.row
    if title is not None:
        await publish(
            session,
            "document.ingested",
            document_id,
            ids={
                "document_id": document_id,
                "collection_id": job["collection_id"],
                "job_id": claimed.id,
            },
            facts={"chunks": chunks},
            personal={"title": title, "uri": job["uri"]},
        )
    if job["callback_url"] is not None:
        told = {"status": JobStatus.COMPLETED.value, "document_id": document_id, "chunks": chunks}
        await _call_back(session, claimed.id, job["callback_url"], job["submitted_by"], told)


async def tell_ended(session: AsyncSession, job_ids: Sequence[UUID]) -> None:
    """Tell of jobs that have failed for good or were cancelled, as their rows now stand."""
    if not job_ids:
        return
    rows = await session.scalars(
        sa.select(IngestionJob)
        .where(IngestionJob.id.in_(job_ids))
        .order_by(IngestionJob.id)
        .execution_options(populate_existing=True)
    )
    for job in rows.all():
        if job.status is JobStatus.FAILED:
            await publish(
                session,
                "document.failed",
                job.id,
                ids={"job_id": job.id, "collection_id": job.collection_id},
                facts={"error_code": job.error_code},
                personal={"title": job.title, "uri": job.uri},
            )
        ended = job.status in {JobStatus.FAILED, JobStatus.CANCELLED}
        if ended and job.callback_url is not None:
            told = {"status": job.status.value, "error_code": job.error_code}
            await _call_back(session, job.id, job.callback_url, job.submitted_by, told)


async def _call_back(
    session: AsyncSession, job_id: UUID, url: str, submitted_by: str, told: dict[str, Any]
) -> None:
    event_id = uuid7()
    now = (await session.execute(sa.select(NOW))).scalar_one()
    body = body_of(event_id, "ingestion.ended", now, {"job_id": job_id, **told})
    await post(
        session,
        CALLBACK,
        f"callback:{job_id}",
        {
            "event_id": str(event_id),
            "url": url,
            "submitted_by": submitted_by,
            "body": json.dumps(body, ensure_ascii=False),
        },
        # Those of one host share a lane: a host that stands still holds up no other.
        lane=f"callback:{urlsplit(url).hostname}",
        event="ingestion.ended",
    )
