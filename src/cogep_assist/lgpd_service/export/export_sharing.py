"""With whom data were shared (art. 18, VII), and how often somebody came in (Lei 12.965/2014)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_records import token
from cogep_assist.core.models import (
    AccessRecord,
    ModelTransfer,
    RegisteredProvider,
    RequestNotice,
    SubjectRequest,
)
from cogep_assist.lgpd_service.legal.legal_bases import LEGAL_BASES
from cogep_assist.lgpd_service.record.processing_activities import all_activities
from cogep_assist.lgpd_service.subject_data.identity import Subject

# Without an entry in the register nobody said who stands behind an address.
FIELDS = "a pergunta, a conversa e os trechos que respondem"
MASKED = f"{FIELDS}, com nomes e identificadores trocados por marcadores (pseudonimização)"
ACCESS_BASIS = "art. 7º, II, e Lei 12.965/2014, art. 15"


async def shared_with(session: AsyncSession, subject: Subject) -> list[dict[str, Any]]:
    """Return everybody who got data: models, recipients told of a request, and the record's own.

    ``calls`` counts all that was asked of a model, ``own_calls`` what the subject asked themselves.
    """
    return [
        *await _models(session, subject.actors),
        *await _recipients(session, subject),
        *await _of_the_record(session),
    ]


async def accesses_by_day(session: AsyncSession, actors: Sequence[str]) -> list[dict[str, Any]]:
    """Return on which days (UTC) a subject came in, and how often; the records stay sealed."""
    day = sa.cast(sa.func.timezone("UTC", AccessRecord.accessed_at), sa.Date)
    rows = await session.execute(
        sa.select(day, sa.func.count())
        .where(AccessRecord.user_token.in_([token("user", actor) for actor in actors]))
        .group_by(day)
        .order_by(day)
    )
    return [{"day": str(row[0]), "records": row[1], "legal_basis": ACCESS_BASIS} for row in rows]


async def _models(session: AsyncSession, actors: Sequence[str]) -> list[dict[str, Any]]:
    names = ("host", "model", "country", "mechanism", "provider")
    columns = [getattr(ModelTransfer, name) for name in names]
    counts = (
        sa.func.count().label("calls"),
        sa.func.count().filter(ModelTransfer.actor.in_(actors)).label("own_calls"),
    )
    found = await session.execute(sa.select(*columns, *counts).group_by(*columns))
    known = {
        row.host: row
        for row in await session.scalars(
            sa.select(RegisteredProvider).order_by(RegisteredProvider.id)
        )
    }
    return [_model(row, known.get(row["host"])) for row in found.mappings()]


def _model(row: Any, provider: RegisteredProvider | None) -> dict[str, Any]:
    return {
        "kind": "model",
        "name": provider.legal_entity if provider else row["host"],
        "host": row["host"],
        "model": row["model"],
        "country": row["country"],
        "mechanism": row["mechanism"],
        "fields": MASKED if provider is None or provider.masked else FIELDS,
        "legal_basis": None,
        "calls": row["calls"],
        "own_calls": row["own_calls"],
    }


async def _recipients(session: AsyncSession, subject: Subject) -> list[dict[str, Any]]:
    """Return those who were told to do the same as a request of the subject's brought about."""
    found = await session.execute(
        sa.select(RequestNotice.recipient, sa.func.count())
        .join(SubjectRequest, SubjectRequest.id == RequestNotice.request_id)
        .where(SubjectRequest.customer_id.in_(subject.customer_ids))
        .group_by(RequestNotice.recipient)
        .order_by(RequestNotice.recipient)
    )
    return [{**_nobody("recipient"), "name": row[0], "calls": row[1]} for row in found]


async def _of_the_record(session: AsyncSession) -> list[dict[str, Any]]:
    """Return what the record of processing says of sharing, activity by activity (art. 37)."""
    return [
        {
            **_nobody("activity"),
            "name": activity.sharing,
            "fields": f"{activity.title}: {activity.data}",
            "legal_basis": LEGAL_BASES[activity.legal_basis],
        }
        for activity in await all_activities(session)
        if activity.sharing.strip()
    ]


def _nobody(kind: str) -> dict[str, Any]:
    blank = dict.fromkeys(("host", "model", "country", "mechanism", "fields", "legal_basis"))
    return {"kind": kind, **blank, "calls": 0, "own_calls": 0}
