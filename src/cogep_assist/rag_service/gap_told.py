"""The duty that tells who asked in vain, once a gap is closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access import visible_collections
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.config import Settings
from cogep_assist.core.letter import Letter, mail_payload
from cogep_assist.core.live_events import announce
from cogep_assist.core.models import (
    Answer,
    AnswerNotice,
    Conversation,
    Gap,
    GapAsk,
    GapCause,
    GapCollection,
    GapStatus,
    User,
)
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.principal import SYSTEM, Principal, PrincipalKind
from cogep_assist.core.public_address import link_base
from cogep_assist.rag_service.answer_notices import answered_since, asked_words
from cogep_assist.rag_service.ask import look_up

TELL = "tell_askers"
BATCH = 20
_USER = "user:"
_NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class _Asker:
    owner: str
    answer_id: UUID
    question: str
    by_mail: bool
    told: bool


async def tell_askers(session: AsyncSession, subject: str, settings: Settings) -> None:
    """Tell the next who asked what a gap holds that the base answers it, each once.

    ``subject``: the gap's id, and after a space the last person who was looked at. Each question
    is asked again with the eyes of who asked it: nobody hears of what they may not read.
    """
    gap_id, _, after = subject.partition(" ")
    gap = await session.get(Gap, UUID(gap_id))
    if gap is None or gap.status is not GapStatus.ANSWERED:
        return
    askers = await _askers(session, gap.id, after)
    for asker in askers:
        await _tell(session, gap.id, asker, link_base(settings))
    if len(askers) == BATCH:
        await enqueue_background(session, TELL, f"{gap_id} {askers[-1].owner}")


async def take_back(session: AsyncSession, gap_id: UUID) -> None:
    """Withdraw what nobody has heard yet: the document that answered a gap is gone."""
    answers = sa.select(GapAsk.answer_id).where(GapAsk.gap_id == gap_id)
    await session.execute(
        sa.update(AnswerNotice)
        .where(AnswerNotice.answer_id.in_(answers), AnswerNotice.closed_at.is_(None))
        .values(told_at=None)
    )


async def _askers(session: AsyncSession, gap_id: UUID, after: str) -> Sequence[_Asker]:
    """Return the next people, each with the last question of theirs that is in the gap."""
    mailed = sa.func.bool_or(sa.func.coalesce(AnswerNotice.by_mail, sa.false()))
    found = (
        sa.select(
            Conversation.owner,
            Answer.id,
            asked_words(Answer),
            mailed.over(partition_by=Conversation.owner),
            AnswerNotice.told_at.is_not(None),
        )
        .ext(distinct_on(Conversation.owner))
        .join(GapAsk, GapAsk.answer_id == Answer.id)
        .join(Conversation, Conversation.id == Answer.conversation_id)
        .outerjoin(AnswerNotice, AnswerNotice.answer_id == Answer.id)
        .where(GapAsk.gap_id == gap_id, GapAsk.cause == GapCause.ABSTAINED, ~answered_since())
        .where(Conversation.owner.startswith(_USER), Conversation.owner > after)
        .order_by(Conversation.owner, Answer.id.desc())
        .limit(BATCH)
    )
    return [_Asker(*row) for row in await session.execute(found)]


async def _tell(session: AsyncSession, gap_id: UUID, asker: _Asker, base: str) -> None:
    user = await session.get(User, UUID(asker.owner.removeprefix(_USER)))
    if asker.told or user is None or user.disabled_at is not None:
        return
    if not await _answered_for(session, gap_id, user, asker.question):
        return
    await session.execute(
        insert(AnswerNotice)
        .values(answer_id=asker.answer_id, told_at=_NOW)
        .on_conflict_do_update(
            index_elements=[AnswerNotice.answer_id], set_={AnswerNotice.told_at: _NOW}
        )
    )
    await announce(session, "notice", user.id)
    if asker.by_mail:
        letter = _letter(user.name, f"{base}/respostas/{asker.answer_id}")
        await post(session, MAIL, f"user:{user.id}", mail_payload(letter, user.email), lane=MAIL)
        await _no_more_mail(session, gap_id, asker.owner)
    details = {"by_mail": asker.by_mail}
    await audit.record(
        session, SYSTEM, "answer_notice_sent", "answer_notice", asker.answer_id, details
    )


async def _answered_for(session: AsyncSession, gap_id: UUID, user: User, question: str) -> bool:
    principal = Principal(PrincipalKind.USER, user.role, user.id, None, None, user.customer_id)
    asked_of = sa.select(GapCollection.collection_id).where(
        GapCollection.gap_id == gap_id,
        GapCollection.collection_id.in_(visible_collections(principal)),
    )
    collections = (await session.scalars(asked_of)).all()
    _, extracted, _ = await look_up(session, question, collections)
    return bool(extracted.sentences)


async def _no_more_mail(session: AsyncSession, gap_id: UUID, owner: str) -> None:
    """Take a wish as met: it was for one letter."""
    met = (
        sa.select(GapAsk.answer_id)
        .join(Answer, Answer.id == GapAsk.answer_id)
        .join(Conversation, Conversation.id == Answer.conversation_id)
        .where(GapAsk.gap_id == gap_id, Conversation.owner == owner)
    )
    await session.execute(
        sa.update(AnswerNotice).where(AnswerNotice.answer_id.in_(met)).values(by_mail=False)
    )


def _letter(name: str, address: str) -> Letter:
    """Write without the question: it may say what a mailbox should not."""
    return Letter(
        subject="Agora há resposta para uma pergunta sua",
        name=name,
        paragraphs=(
            "A base não sabia responder a uma pergunta sua, e você pediu este aviso.",
            "Ela foi completada depois disso: agora há resposta.",
            "O aviso vai uma vez só. Para outra pergunta sem resposta, peça ao lado dela.",
        ),
        action=("Ver a resposta", address),
    )
