"""Legal holds: place one, ask for its release, release it with a second person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.db import driver_connection
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Collection,
    Document,
    HeldType,
    HoldKind,
    HoldTarget,
    LegalHold,
    Ticket,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.second_person import is_same_person
from cogep_assist.lgpd_service.subject_data.catalog import read_catalog
from cogep_assist.lgpd_service.subject_data.found_rows import find_rows
from cogep_assist.lgpd_service.subject_data.identity import Subject, subject_of_customer
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns

NOW = sa.func.clock_timestamp()
MAX_REASON_CHARS = 2000


async def place_hold(
    session: AsyncSession,
    principal: Principal,
    *,
    reason: str,
    customer_id: UUID | None = None,
    ticket_id: UUID | None = None,
    document_id: UUID | None = None,
    held_type: HeldType | None = None,
) -> LegalHold:
    """Hold a subject, a ticket, a document or everything of a type; from the commit on it stands.

    A subject's hold covers the record, the account, the tickets and conversations, and the
    documents that name them now. Raises AppError("hold_target_invalid"|"subject_not_found"|
    "ticket_not_found"|"document_not_found").
    """
    principal.require(Act.MANAGE_HOLDS)
    given = [one for one in (customer_id, ticket_id, document_id, held_type) if one is not None]
    if len(given) != 1 or not reason.strip():
        raise AppError("hold_target_invalid")
    kind, object_id, targets = await _targets(
        session, customer_id, ticket_id, document_id, held_type
    )
    hold = LegalHold(
        id=uuid7(),
        kind=kind,
        object_id=object_id,
        held_type=held_type,
        reason=reason.strip()[:MAX_REASON_CHARS],
        placed_by=principal.label,
    )
    session.add(hold)
    await session.flush()
    await session.execute(
        sa.insert(HoldTarget),
        [{"hold_id": hold.id, "kind": of, "key": key} for of, key in dict.fromkeys(targets)],
    )
    await session.refresh(hold)
    details = {"kind": kind.value, "targets": len(targets)}
    await audit.record(session, principal, "hold_placed", "hold", hold.id, details)
    return hold


async def ask_release(
    session: AsyncSession, principal: Principal, hold_id: UUID, reason: str
) -> LegalHold:
    """Ask for a hold's release; another person must grant it.

    Raises AppError("hold_not_found"|"hold_released"|"hold_target_invalid").
    """
    hold = await _standing(session, principal, hold_id)
    if not reason.strip():
        raise AppError("hold_target_invalid")
    hold.release_asked_by, hold.release_asked_at = principal.label, NOW
    hold.release_reason = reason.strip()[:MAX_REASON_CHARS]
    await session.flush()
    await session.refresh(hold)
    await audit.record(session, principal, "hold_release_asked", "hold", hold_id)
    return hold


async def release_hold(session: AsyncSession, principal: Principal, hold_id: UUID) -> LegalHold:
    """Release a hold that somebody else asked to release.

    Raises AppError("hold_not_found"|"hold_released"|"hold_release_not_asked"|
    "hold_needs_second_person").
    """
    hold = await _standing(session, principal, hold_id)
    if hold.release_asked_by is None:
        raise AppError("hold_release_not_asked")
    if await is_same_person(session, hold.release_asked_by, principal.came_in_as):
        raise AppError("hold_needs_second_person")
    hold.released_by, hold.released_at = principal.label, NOW
    await session.flush()
    await session.refresh(hold)
    await audit.record(session, principal, "hold_released", "hold", hold_id)
    return hold


async def list_holds(
    session: AsyncSession, principal: Principal, *, released: bool = False
) -> Sequence[LegalHold]:
    """Return the holds that stand, the newest first; ``released`` adds those that did."""
    principal.require(Act.MANAGE_HOLDS)
    statement = sa.select(LegalHold).order_by(LegalHold.id.desc())
    if not released:
        statement = statement.where(LegalHold.released_at.is_(None))
    return (await session.scalars(statement)).all()


async def _standing(session: AsyncSession, principal: Principal, hold_id: UUID) -> LegalHold:
    principal.require(Act.MANAGE_HOLDS)
    hold = await session.get(LegalHold, hold_id, with_for_update=True, populate_existing=True)
    if hold is None:
        raise AppError("hold_not_found")
    if hold.released_at is not None:
        raise AppError("hold_released")
    return hold


async def _targets(
    session: AsyncSession,
    customer_id: UUID | None,
    ticket_id: UUID | None,
    document_id: UUID | None,
    held_type: HeldType | None,
) -> tuple[HoldKind, UUID | None, list[tuple[str, str]]]:
    if customer_id is not None:
        subject = await subject_of_customer(session, customer_id)
        return HoldKind.SUBJECT, customer_id, await _of_subject(session, subject)
    if ticket_id is not None:
        await _require(session, Ticket, ticket_id, "ticket_not_found")
        return HoldKind.TICKET, ticket_id, [("ticket", str(ticket_id))]
    if document_id is not None:
        await _require(session, Document, document_id, "document_not_found")
        return HoldKind.DOCUMENT, document_id, [("document", str(document_id))]
    assert held_type is not None
    return HoldKind.TYPE, None, [("type", held_type.value)]


async def _of_subject(session: AsyncSession, subject: Subject) -> list[tuple[str, str]]:
    targets = [("customer", str(one)) for one in subject.customer_ids]
    targets += [("actor", f"user:{one}") for one in (*subject.user_ids, *subject.staff_ids)]
    connection = await driver_connection(session)
    patterns = SubjectPatterns(subject.values)
    wanted = {"ai.document", "ai.document_version"}
    tables = [table for table in await read_catalog(connection) if table.name in wanted]
    named: set[UUID] = set()
    async for row in find_rows(connection, tables, patterns):
        if row.table.name == "ai.document":
            named.add(row.key["id"])
        else:
            named.add(await _document_of(session, row.key["id"]))
    desk = sa.select(Collection.id).where(Collection.queue_id.is_not(None))
    kept = await session.scalars(
        sa.select(Document.id).where(Document.id.in_(named), Document.collection_id.not_in(desk))
    )
    return targets + [("document", str(one)) for one in kept]


async def _document_of(session: AsyncSession, version_id: UUID) -> UUID:
    statement = sa.text("SELECT document_id FROM ai.document_version WHERE id = :id")
    found: UUID = (await session.execute(statement, {"id": version_id})).scalar_one()
    return found


async def _require(session: AsyncSession, model: Any, object_id: UUID, code: str) -> None:
    if await session.get(model, object_id) is None:
        raise AppError(code)
