"""What an answer brings along by itself: the copy asked for, the proof that a record changed."""

import hmac
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import secret_key, signing
from cogep_assist.core.models import (
    AccessForm,
    RequestOutcome,
    RequestStep,
    SubjectExport,
    SubjectRequest,
    SubjectRight,
)
from cogep_assist.core.principal import Principal
from cogep_assist.lgpd_service.export.export_collect import table_copy
from cogep_assist.lgpd_service.export.subject_exports import NOW, keep_export
from cogep_assist.lgpd_service.subject_data.identity import subject_of_customer
from cogep_assist.lgpd_service.subject_data.owned_rows import own_rows

FULFILS = frozenset({RequestOutcome.GRANTED, RequestOutcome.PARTIAL})
RECORD = "record"
_RECORD_TABLES = ("crm.customer", "crm.customer_contact")
# Work on the record itself, which no correction is about.
_BOOKKEEPING = frozenset({"revision", "updated_at", "match_due"})


async def fulfil(
    session: AsyncSession, principal: Principal, request: SubjectRequest, outcome: RequestOutcome
) -> dict[str, Any]:
    """Return what an answer's step tells of a locked request: its copy, or what was corrected.

    Art. 19, II, and art. 18, V: whoever is granted the complete declaration or portability gets
    the copy; one that was made for this request is taken. Art. 18, III: the record as it was when
    it was linked and as it is now, as keyed digests, which prove a change and tell nothing of it.
    """
    if outcome not in FULFILS or request.customer_id is None:
        return {}
    if request.right is SubjectRight.CORRECTION:
        now = await record_digest(session, request)
        return {"before": await _first_digest(session, request), "after": now.get(RECORD)}
    if _wants_copy(request):
        kept = await copy_of(session, request) or await keep_export(
            session,
            principal,
            await subject_of_customer(session, request.customer_id),
            request_id=request.id,
        )
        return {"export": str(kept.id), "sha256": kept.sha256.hex()}
    return {}


async def record_digest(session: AsyncSession, request: SubjectRequest) -> dict[str, str]:
    """Return the keyed digest of the record that a correction is about, for a step's details."""
    if request.right is not SubjectRight.CORRECTION or request.customer_id is None:
        return {}
    subject = await subject_of_customer(session, request.customer_id)
    rows = [one for one in await own_rows(session, subject) if one.table.fullname in _RECORD_TABLES]
    tables = [await table_copy(session, one) for one in rows]
    record = {
        one["table"]: sorted(
            signing.canonical({k: v for k, v in row.items() if k not in _BOOKKEEPING}).decode()
            for row in one["rows"]
        )
        for one in tables
    }
    key = secret_key.derive("corrected-record")
    return {RECORD: hmac.digest(key, signing.canonical(record), "sha256").hex()}


async def copy_of(session: AsyncSession, request: SubjectRequest) -> SubjectExport | None:
    """Return the newest copy made for a request that is still kept."""
    found = await session.scalars(
        sa.select(SubjectExport)
        .where(SubjectExport.request_id == request.id, SubjectExport.expires_at > NOW)
        .order_by(SubjectExport.id.desc())
        .limit(1)
    )
    return found.first()


def _wants_copy(request: SubjectRequest) -> bool:
    complete = request.right is SubjectRight.ACCESS and request.form is AccessForm.COMPLETE
    return complete or request.right is SubjectRight.PORTABILITY


async def _first_digest(session: AsyncSession, request: SubjectRequest) -> str | None:
    found = await session.scalars(
        sa.select(RequestStep.details[RECORD].astext)
        .where(RequestStep.request_id == request.id, RequestStep.details.has_key(RECORD))
        .order_by(RequestStep.id)
        .limit(1)
    )
    return found.first()
