"""Why data must be kept although somebody asks for their elimination: recorded, and ended."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Customer, Document, KeepingGround, SubjectKeeping, Ticket
from cogep_assist.core.principal import Act, Principal

OBJECTS = {"customer": Customer, "ticket": Ticket, "document": Document}
KEEPING_GROUND = {
    KeepingGround.LEGAL_OBLIGATION: "obrigação legal",
    KeepingGround.PUBLIC_POLICY: "política pública",
    KeepingGround.EXERCISE_OF_RIGHTS: "exercício de direitos",
    KeepingGround.RESEARCH: "pesquisa",
    KeepingGround.PUBLIC_ARCHIVE: "arquivo público",
}
NOW = sa.func.clock_timestamp()


def stands() -> sa.ColumnElement[bool]:
    """Return the condition that a ground still keeps data.

    A public record's does until it is ended by the archive's authorisation, however long its term
    is over (Lei 8.159/1991, art. 9).
    """
    return sa.and_(
        SubjectKeeping.ended_at.is_(None),
        sa.or_(
            SubjectKeeping.ground == KeepingGround.PUBLIC_ARCHIVE,
            SubjectKeeping.until.is_(None),
            SubjectKeeping.until >= sa.func.current_date(),
        ),
    )


async def keep(
    session: AsyncSession,
    principal: Principal,
    object_type: str,
    object_id: UUID,
    ground: KeepingGround,
    reference: str,
    until: date | None,
) -> SubjectKeeping:
    """Record why a customer's, a ticket's or a document's data are kept, and until which day.

    ``reference`` is the law, the contract or the code of the temporality table; no day means
    permanent value. Raises AppError("keeping_object_not_found").
    """
    principal.require(Act.MANAGE_RETENTION)
    model = OBJECTS.get(object_type)
    if model is None or await session.get(model, object_id) is None:
        raise AppError("keeping_object_not_found")
    made = SubjectKeeping(
        object_type=object_type,
        object_id=object_id,
        ground=ground,
        reference=reference.strip(),
        until=until,
        created_by=principal.label,
    )
    session.add(made)
    await session.flush()
    await session.refresh(made)
    details = {"ground": ground.value, "until": until.isoformat() if until else None}
    await audit.record(session, principal, "keeping_recorded", object_type, object_id, details)
    return made


async def end_keeping(
    session: AsyncSession, principal: Principal, keeping_id: UUID, *, disposal_term: str = ""
) -> None:
    """End a ground: before its day, or by the archive's authorisation to eliminate.

    ``disposal_term``: the number of the archive's term of elimination, without which a public
    record's does not end. Raises AppError("keeping_not_found"|"disposal_term_missing").
    """
    principal.require(Act.MANAGE_RETENTION)
    known = await session.get(SubjectKeeping, keeping_id, populate_existing=True)
    archived = known is not None and known.ground is KeepingGround.PUBLIC_ARCHIVE
    if archived and not disposal_term.strip():
        raise AppError("disposal_term_missing")
    ended = await session.scalar(
        sa.update(SubjectKeeping)
        .where(SubjectKeeping.id == keeping_id, SubjectKeeping.ended_at.is_(None))
        .values(ended_at=NOW, ended_by=principal.label, disposal_term=disposal_term.strip() or None)
        .returning(SubjectKeeping.id)
    )
    if ended is None:
        raise AppError("keeping_not_found")
    details = {"disposal_term": disposal_term} if disposal_term else None
    await audit.record(session, principal, "keeping_ended", "keeping", keeping_id, details)


async def list_keepings(
    session: AsyncSession,
    principal: Principal,
    *,
    limit: int | None = None,
    before: UUID | None = None,
) -> Sequence[SubjectKeeping]:
    """Return what stands, the newest first, older than ``before`` where it is given."""
    principal.require(Act.MANAGE_RETENTION)
    statement = sa.select(SubjectKeeping).where(SubjectKeeping.ended_at.is_(None))
    if before is not None:
        statement = statement.where(SubjectKeeping.id < before)
    return (await session.scalars(statement.order_by(SubjectKeeping.id.desc()).limit(limit))).all()


async def names_of(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Return what some tickets and documents are called, by their id: never a person."""
    tickets = sa.select(Ticket.id, Ticket.protocol.label("name")).where(Ticket.id.in_(ids))
    documents = sa.select(Document.id, Document.title).where(Document.id.in_(ids))
    rows = await session.execute(sa.union_all(tickets, documents))
    return {row[0]: row[1] for row in rows}
