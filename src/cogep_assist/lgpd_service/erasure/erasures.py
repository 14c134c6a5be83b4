"""Erasures as people work with them: plan, look, confirm by the protocol, fence, cancel."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.config import get_settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Customer,
    Erasure,
    ErasureOutcome,
    ErasureStatus,
    FenceKind,
    LgpdCounter,
    Session,
    SubjectFence,
    User,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.sealing import seal, unseal
from cogep_assist.lgpd_service.erasure.erasure_certificate import certify
from cogep_assist.lgpd_service.erasure.erasure_decision import decide
from cogep_assist.lgpd_service.erasure.erasure_doubts import count_decided, find_doubts
from cogep_assist.lgpd_service.erasure.erasure_plan import make_plan, touched_records
from cogep_assist.lgpd_service.subject_data.identity import Doubt, Subject
from cogep_assist.lgpd_service.subject_data.owned_rows import own_rows

RUN = "run_erasure"
SERIES = "erasure"
SEALED = "erasure-subject"
NOW = sa.func.clock_timestamp()


async def plan_erasure(
    session: AsyncSession,
    principal: Principal,
    subject: Subject,
    *,
    request_id: UUID | None = None,
    only_block: bool = False,
) -> Erasure:
    """Plan the erasure of a subject and keep the plan under a protocol; nothing is changed yet.

    ``only_block``: their data are to be shut away and not destroyed (art. 18, IV).
    """
    principal.require(Act.MANAGE_ERASURES)
    decision = await decide(session, subject, only_block=only_block)
    if not only_block:
        found = await find_doubts(session, subject, await own_rows(session, subject))
        subject = replace(subject, doubts=found)
    erasure_id = uuid7()
    erasure = Erasure(
        id=erasure_id,
        protocol=await _next_protocol(session),
        outcome=decision.outcome,
        customer_id=subject.customer_id,
        request_id=request_id,
        subject=seal_subject(erasure_id, subject),
        plan=await make_plan(session, subject, decision),
        created_by=principal.label,
    )
    session.add(erasure)
    await session.flush()
    await session.refresh(erasure)
    await audit.record(
        session,
        principal,
        "erasure_planned",
        "erasure",
        erasure_id,
        {"outcome": decision.outcome.value},
    )
    return erasure


async def find_erasure(session: AsyncSession, principal: Principal, erasure_id: UUID) -> Erasure:
    """Return an erasure. Raises AppError("erasure_not_found")."""
    principal.require(Act.MANAGE_ERASURES)
    found = await session.get(Erasure, erasure_id, populate_existing=True)
    if found is None:
        raise AppError("erasure_not_found")
    return found


async def list_erasures(
    session: AsyncSession, principal: Principal, *, limit: int = 100, before: UUID | None = None
) -> Sequence[Erasure]:
    """Return erasures, the newest first."""
    principal.require(Act.MANAGE_ERASURES)
    statement = sa.select(Erasure).order_by(Erasure.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(Erasure.id < before)
    return (await session.scalars(statement)).all()


async def confirm_erasure(
    session: AsyncSession, principal: Principal, erasure_id: UUID, typed_protocol: str
) -> Erasure:
    """Confirm a plan by typing its protocol: from now on nobody sees the subject.

    What is decided is decided anew: a hold that came after the plan beats it. An elimination is
    then carried out in the background; a refusal or a block is done at once, with its reasons.
    Above the settings' number of records, it stays planned until a second person confirms too.
    Raises AppError("erasure_not_found"|"erasure_protocol_differs"|"erasure_not_planned"|
    "erasure_changed"|"erasure_needs_second_person").
    """
    erasure = await _locked(session, principal, erasure_id)
    if erasure.status is not ErasureStatus.PLANNED:
        raise AppError("erasure_not_planned", protocol=erasure.protocol)
    if "".join(typed_protocol.split()).upper() != erasure.protocol:
        raise AppError("erasure_protocol_differs", protocol=erasure.protocol)
    subject = subject_of(erasure)
    only_block = erasure.outcome is ErasureOutcome.BLOCK_ASKED
    decision = await decide(session, subject, only_block=only_block)
    if decision.outcome is not erasure.outcome:
        raise AppError("erasure_changed", outcome=decision.outcome.value)
    if await _waits_for_second(session, principal, erasure):
        return erasure
    if erasure.outcome is ErasureOutcome.ELIMINATE:
        erasure.status = ErasureStatus.CONFIRMED
        await _fence(session, erasure, subject, FenceKind.ERASING)
        await enqueue_background(session, RUN, str(erasure.id))
    else:
        await _close_unerased(session, erasure, subject)
    await session.flush()
    await session.refresh(erasure)
    await audit.record(
        session,
        principal,
        "erasure_confirmed",
        "erasure",
        erasure_id,
        {"outcome": erasure.outcome.value},
    )
    return erasure


async def _waits_for_second(session: AsyncSession, principal: Principal, erasure: Erasure) -> bool:
    """Note who confirms; tell whether another person must, before anything is done."""
    above = touched_records(erasure.plan) > get_settings().erasure_second_person_above
    if erasure.confirmed_by is None:
        erasure.confirmed_by, erasure.confirmed_at = principal.label, NOW
    elif erasure.confirmed_by == principal.label:
        raise AppError("erasure_needs_second_person")
    else:
        erasure.second_by = principal.label
    if not above or erasure.outcome is ErasureOutcome.REFUSE or erasure.second_by is not None:
        return False
    await session.flush()
    await session.refresh(erasure)
    await audit.record(session, principal, "erasure_approved", "erasure", erasure.id)
    return True


async def list_doubts(
    session: AsyncSession, principal: Principal, erasure_id: UUID
) -> tuple[Doubt, ...]:
    """Return the doubtful spellings of an erasure, none once it has ended.

    Raises AppError("erasure_not_found").
    """
    erasure = await find_erasure(session, principal, erasure_id)
    return subject_of(erasure).doubts if erasure.subject is not None else ()


async def decide_doubts(
    session: AsyncSession, principal: Principal, erasure_id: UUID, decisions: Mapping[int, bool]
) -> tuple[Doubt, ...]:
    """Write down, by their numbers, which spellings are to go (True) and which stay (False).

    Raises AppError("erasure_not_found"|"erasure_not_planned"|"erasure_doubt_unknown").
    """
    erasure = await _locked(session, principal, erasure_id)
    if erasure.status is not ErasureStatus.PLANNED:
        raise AppError("erasure_not_planned", protocol=erasure.protocol)
    subject = subject_of(erasure)
    unknown = set(decisions) - {doubt.number for doubt in subject.doubts}
    if unknown:
        raise AppError("erasure_doubt_unknown", number=min(unknown))
    doubts = tuple(
        replace(doubt, erase=decisions.get(doubt.number, doubt.erase)) for doubt in subject.doubts
    )
    erasure.subject = seal_subject(erasure_id, replace(subject, doubts=doubts))
    # What a first person confirmed was another plan: both look at this one.
    erasure.confirmed_by = erasure.confirmed_at = None
    await session.flush()
    counts = count_decided(doubts)
    await audit.record(
        session, principal, "erasure_doubts_decided", "erasure", erasure_id, dict(counts)
    )
    return doubts


async def cancel_erasure(session: AsyncSession, principal: Principal, erasure_id: UUID) -> Erasure:
    """Put a plan aside; one that is confirmed goes on to its end.

    Raises AppError("erasure_not_found"|"erasure_not_planned").
    """
    erasure = await _locked(session, principal, erasure_id)
    if erasure.status is not ErasureStatus.PLANNED:
        raise AppError("erasure_not_planned", protocol=erasure.protocol)
    erasure.status, erasure.subject = ErasureStatus.CANCELLED, None
    await session.flush()
    await audit.record(session, principal, "erasure_cancelled", "erasure", erasure_id)
    return erasure


async def lift_block(session: AsyncSession, principal: Principal, erasure_id: UUID) -> None:
    """Let a blocked subject be seen again. Raises AppError("erasure_not_found")."""
    erasure = await _locked(session, principal, erasure_id)
    await session.execute(
        sa.delete(SubjectFence).where(
            SubjectFence.erasure_id == erasure.id, SubjectFence.kind == FenceKind.BLOCKED
        )
    )
    await audit.record(session, principal, "subject_block_lifted", "erasure", erasure_id)


def subject_of(erasure: Erasure) -> Subject:
    """Return whom an erasure is about, as long as that is known."""
    assert erasure.subject is not None
    return Subject.load(unseal(SEALED, erasure.subject, str(erasure.id)))


def seal_subject(erasure_id: UUID, subject: Subject) -> bytes:
    """Return whom an erasure is about as its row holds it, for ``subject_of`` to open."""
    return seal(SEALED, subject.dump(), str(erasure_id))


async def _locked(session: AsyncSession, principal: Principal, erasure_id: UUID) -> Erasure:
    principal.require(Act.MANAGE_ERASURES)
    found = await session.get(Erasure, erasure_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise AppError("erasure_not_found")
    return found


async def _close_unerased(session: AsyncSession, erasure: Erasure, subject: Subject) -> None:
    """Answer with reasons; what is to be blocked is shut away from everyday work."""
    if erasure.outcome is not ErasureOutcome.REFUSE:
        await _fence(session, erasure, subject, FenceKind.BLOCKED)
    erasure.status, erasure.completed_at, erasure.subject = ErasureStatus.COMPLETED, NOW, None
    await session.flush()
    await session.refresh(erasure)
    certify(erasure, {})


async def _fence(
    session: AsyncSession, erasure: Erasure, subject: Subject, kind: FenceKind
) -> None:
    """Hide a subject everywhere and have the database refuse what is new about them."""
    if kind is FenceKind.ERASING:
        await session.execute(
            sa.update(Customer)
            .where(Customer.id.in_(subject.customer_ids), Customer.removed_at.is_(None))
            .values(removed_at=NOW, revision=Customer.revision + 1)
        )
        await session.execute(
            sa.update(User).where(User.id.in_(subject.user_ids)).values(disabled_at=NOW)
        )
    await session.execute(sa.delete(Session).where(Session.user_id.in_(subject.user_ids)))
    until = erasure.plan.get("until") if kind is FenceKind.BLOCKED else None
    rows: list[dict[str, Any]] = [
        {"customer_id": one, "actor": None} for one in subject.customer_ids
    ]
    rows += [{"customer_id": None, "actor": actor} for actor in subject.actors]
    for row in rows:
        await session.execute(
            sa.insert(SubjectFence).values(
                id=uuid7(),
                erasure_id=erasure.id,
                kind=kind,
                until=sa.cast(until, sa.Date) if until else None,
                **row,
            )
        )


async def _next_protocol(session: AsyncSession) -> str:
    """Return the next number of the year, by the database's clock."""
    year = (await session.execute(sa.select(sa.extract("year", sa.func.now())))).scalar_one()
    last = await session.scalar(
        insert(LgpdCounter)
        .values(series=SERIES, year=int(year), last=1)
        .on_conflict_do_update(
            index_elements=[LgpdCounter.series, LgpdCounter.year],
            set_={"last": LgpdCounter.last + 1},
        )
        .returning(LgpdCounter.last)
    )
    return f"ELIM-{int(year)}-{last:06d}"
