"""Tell those who look after the base that a measurement failed, or missed what it must reach."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import visible_collections
from cogep_assist.core.errors import AppError
from cogep_assist.core.events import publish
from cogep_assist.core.letter import Letter, mail_payload
from cogep_assist.core.models import (
    BackgroundJob,
    BackgroundStatus,
    EvaluationRun,
    QuestionSet,
    Role,
    User,
)
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.principal import Principal, PrincipalKind
from cogep_assist.rag_service.question_set_gate import missed_of
from cogep_assist.rag_service.question_set_state import EVALUATE

MISSED, FAILED = "evaluation.missed", "evaluation.failed"


async def tell_missed(
    session: AsyncSession, held: QuestionSet, run_id: UUID, figures: Mapping[str, Any]
) -> None:
    """Tell of a measurement outside its bounds; by mail only where the one before was within."""
    misses = missed_of(held.gate, figures)
    if not misses:
        return
    names = [miss.name for miss in misses]
    await publish(
        session,
        MISSED,
        held.id,
        ids={"question_set_id": held.id, "run_id": run_id},
        facts={"figures": names},
    )
    before = await session.scalar(
        sa.select(EvaluationRun.figures)
        .where(EvaluationRun.set_id == held.id, EvaluationRun.id < run_id)
        .order_by(EvaluationRun.id.desc())
        .limit(1)
    )
    if before is not None and missed_of(held.gate, before):
        return
    subject = "Uma medição ficou fora dos limites"
    told = f"A última medição do conjunto “{held.name}” ficou fora dos limites que ele tem."
    await _write(session, held, subject, told)


async def tell_failed(session: AsyncSession, set_id: UUID, error: AppError) -> None:
    """Tell of a measurement given up; by mail only where the one before had not failed."""
    held = await session.get(QuestionSet, set_id)
    if held is None:
        return
    await publish(
        session,
        FAILED,
        set_id,
        ids={"question_set_id": set_id},
        facts={"error_code": error.code},
    )
    ended = (BackgroundStatus.COMPLETED, BackgroundStatus.FAILED)
    last_two = await session.scalars(
        sa.select(BackgroundJob.status)
        .where(
            BackgroundJob.kind == EVALUATE,
            BackgroundJob.subject == str(set_id),
            BackgroundJob.status.in_(ended),
        )
        .order_by(BackgroundJob.sequence.desc())
        .limit(2)
    )
    if list(last_two) == [BackgroundStatus.FAILED] * 2:
        return
    told = f"O conjunto “{held.name}” não pôde ser medido: {error.message}"
    await _write(session, held, "Uma medição da base falhou", told)


async def _write(session: AsyncSession, held: QuestionSet, subject: str, told: str) -> None:
    for user in await _curators(session, held.collection_id):
        letter = Letter(
            subject=subject,
            name=user.name,
            paragraphs=(told, "Os números e as perguntas estão em Conhecimento, Avaliação."),
        )
        await post(session, MAIL, f"user:{user.id}", mail_payload(letter, user.email))


async def _curators(session: AsyncSession, collection_id: UUID) -> Sequence[User]:
    """Return the curators who see the collection; where there is none, who administers."""
    for role in (Role.CURATOR, Role.ADMIN):
        users = await session.scalars(
            sa.select(User).where(User.role == role, User.disabled_at.is_(None)).order_by(User.id)
        )
        found = [user for user in users.all() if await _sees(session, user, collection_id)]
        if found:
            return found
    return ()


async def _sees(session: AsyncSession, user: User, collection_id: UUID) -> bool:
    among = visible_collections(Principal(PrincipalKind.USER, user.role, user.id)).subquery()
    return bool(await session.scalar(sa.select(sa.exists().where(among.c.id == collection_id))))
