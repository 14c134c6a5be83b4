"""What a request for elimination comes to: done, refused with its article, or blocked."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import (
    ErasureOutcome,
    HoldTarget,
    KeepingGround,
    LegalHold,
    SubjectKeeping,
    Ticket,
)
from cogep_assist.lgpd_service.keeping.keepings import stands
from cogep_assist.lgpd_service.subject_data.identity import Subject

GROUNDS = {
    KeepingGround.LEGAL_OBLIGATION: "art. 16, I (obrigação legal ou regulatória do controlador)",
    KeepingGround.PUBLIC_POLICY: "art. 16, I, com art. 7º, III (execução de política pública)",
    KeepingGround.EXERCISE_OF_RIGHTS: "art. 7º, VI (exercício regular de direitos em processo)",
    KeepingGround.RESEARCH: "art. 16, II (estudo por órgão de pesquisa)",
    KeepingGround.PUBLIC_ARCHIVE: "Lei 8.159/1991, arts. 9º e 10, e art. 16, I (temporalidade)",
}
HOLD_GROUND = "art. 7º, VI (guarda legal)"
ELIMINATION_GROUND = "art. 18, VI"
BLOCKING_GROUND = "art. 18, IV, e art. 5º, XIII (bloqueio)"


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, the law it stands on, what it refers to, and until when."""

    outcome: ErasureOutcome
    ground: str
    references: tuple[str, ...] = ()
    until: date | None = None


async def decide(session: AsyncSession, subject: Subject, *, only_block: bool = False) -> Decision:
    """Decide by what stands against an elimination: a hold, an archive's term, a legal duty.

    A hold beats every rule; a public record within its term is shut away, not destroyed.
    """
    if only_block:
        # It destroys nothing: neither a hold nor a term stands against it.
        return Decision(ErasureOutcome.BLOCK_ASKED, BLOCKING_GROUND)
    if await held(session, subject):
        return Decision(ErasureOutcome.BLOCK_HELD, HOLD_GROUND)
    keepings = await _keepings(session, subject)
    archived = [k for k in keepings if k.ground is KeepingGround.PUBLIC_ARCHIVE]
    for found, outcome in (
        (archived, ErasureOutcome.BLOCK_ARCHIVE),
        (keepings, ErasureOutcome.REFUSE),
    ):
        if found:
            return Decision(
                outcome,
                GROUNDS[found[0].ground],
                tuple(dict.fromkeys(k.reference for k in found)),
                _latest(found),
            )
    return Decision(ErasureOutcome.ELIMINATE, ELIMINATION_GROUND)


async def held(session: AsyncSession, subject: Subject) -> bool:
    """Tell whether a legal hold covers the subject, one of their tickets, or their kind."""
    tickets = await _tickets(session, subject)
    targets = sa.or_(
        sa.and_(HoldTarget.kind == "customer", HoldTarget.key.in_(map(str, subject.customer_ids))),
        sa.and_(HoldTarget.kind == "actor", HoldTarget.key.in_(subject.actors)),
        sa.and_(HoldTarget.kind == "ticket", HoldTarget.key.in_(map(str, tickets))),
        sa.and_(
            HoldTarget.kind == "type",
            HoldTarget.key.in_(["customer", "ticket", "conversation"]),
        ),
    )
    found = await session.scalar(
        sa.select(LegalHold.id)
        .join(HoldTarget, HoldTarget.hold_id == LegalHold.id)
        .where(LegalHold.released_at.is_(None), targets)
        .limit(1)
    )
    return found is not None


async def _keepings(session: AsyncSession, subject: Subject) -> list[SubjectKeeping]:
    tickets = await _tickets(session, subject)
    rows = await session.scalars(
        sa.select(SubjectKeeping)
        .where(
            stands(),
            sa.or_(
                sa.and_(
                    SubjectKeeping.object_type == "customer",
                    SubjectKeeping.object_id.in_(subject.customer_ids),
                ),
                sa.and_(
                    SubjectKeeping.object_type == "ticket", SubjectKeeping.object_id.in_(tickets)
                ),
            ),
        )
        .order_by(SubjectKeeping.id)
    )
    return list(rows)


async def _tickets(session: AsyncSession, subject: Subject) -> list[UUID]:
    opened = sa.and_(Ticket.opened_by.in_(subject.actors), Ticket.customer_id.is_(None))
    rows = await session.scalars(
        sa.select(Ticket.id).where(sa.or_(Ticket.customer_id.in_(subject.customer_ids), opened))
    )
    return list(rows)


def _latest(keepings: list[SubjectKeeping]) -> date | None:
    """Return the last day of all terms; none where one of them has no end."""
    days = [keeping.until for keeping in keepings]
    return None if None in days else max(day for day in days if day is not None)
