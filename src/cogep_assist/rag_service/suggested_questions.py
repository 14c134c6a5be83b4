"""Questions to begin with: what others ask often, or what the newest documents are about."""

import re

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import visible_collections
from cogep_assist.core.models import (
    Answer,
    Citation,
    Collection,
    Conversation,
    Document,
)
from cogep_assist.core.pii.detect import detect
from cogep_assist.core.pii.finding import Threshold
from cogep_assist.core.principal import Principal, PrincipalKind
from cogep_assist.sample import COLLECTION, questions

# What fewer people asked could tell who they are (k-anonymity).
ASKED_BY = 3
LATEST_ANSWERS = 2000
MOST_CHARS = 120
_ENDING = re.compile(r"\.[A-Za-z]\w{1,4}$")
# "Férias" or "Pró-labore", and neither "scan_0412" nor "guia-do-servidor".
_ONE_WORD = re.compile(r"[A-ZÀ-Þ][^\W\d_]+(?:-[^\W\d_]+)?")


async def suggested_questions(
    session: AsyncSession, principal: Principal, *, most: int = 3
) -> list[str]:
    """Return questions that the base answers for this person, the most asked first."""
    frequent = await _frequent(session, principal, most)
    if len(frequent) >= most:
        return frequent
    rest = [one for one in await _of_base(session, principal, most) if one not in frequent]
    return [*frequent, *rest][:most]


async def _frequent(session: AsyncSession, principal: Principal, most: int) -> list[str]:
    """Return what several people asked of late, and what documents in sight alone answered."""
    latest = (
        sa.select(Answer.id, Answer.question, Answer.conversation_id)
        .where(sa.not_(Answer.abstained), sa.func.length(Answer.question) <= MOST_CHARS)
        .order_by(Answer.id.desc())
        .limit(LATEST_ANSWERS)
        .subquery()
    )
    cited = (
        sa.select(Citation.answer_id)
        .join(Document, Document.id == Citation.document_id)
        .where(Citation.answer_id == latest.c.id)
    )
    seen = sa.and_(
        Document.deleted_at.is_(None),
        Document.hidden_at.is_(None),
        Document.collection_id.in_(visible_collections(principal)),
    )
    people = sa.func.count(sa.distinct(Conversation.owner))
    rows = await session.scalars(
        sa.select(sa.func.min(latest.c.question))
        .join(Conversation, Conversation.id == latest.c.conversation_id)
        # A visit is anybody's, as often as they like: three would put words on every page.
        # Of an answer that leans on one hidden document too, the question itself may tell of it.
        .where(
            cited.exists(),
            ~cited.where(~seen).exists(),
            Conversation.owner.not_like(f"{PrincipalKind.VISITOR.value}:%"),
        )
        .group_by(sa.func.lower(latest.c.question))
        .having(people >= ASKED_BY)
        .order_by(people.desc(), sa.func.min(latest.c.question))
        .limit(most * 2)
    )
    return [question for question in rows if not detect(question, Threshold.EGRESS)][:most]


async def _of_base(session: AsyncSession, principal: Principal, most: int) -> list[str]:
    """Return a question per newest document; the sample base brings its own."""
    rows = await session.execute(
        sa.select(Document.title, Collection.name)
        .join(Collection, Collection.id == Document.collection_id)
        .where(
            Document.collection_id.in_(visible_collections(principal)),
            Document.deleted_at.is_(None),
            Document.hidden_at.is_(None),
            Document.current_version_id.is_not(None),
            Collection.expires_at.is_(None),
        )
        .order_by(Document.id.desc())
        .limit(most * 10)
    )
    found = rows.all()
    if found and all(name == COLLECTION for _, name in found):
        return [one.question for one in questions() if one.answerable][:most]
    names = dict.fromkeys(name for title, _ in found if (name := _name(title)))
    return [f"O que diz “{name}”?" for name in names][:most]


def _name(title: str) -> str | None:
    """Return what names a document to a person; what only names a file says nothing to them."""
    name = _ENDING.sub("", title)
    told = " " in name or _ONE_WORD.fullmatch(name)
    return name if told and len(name) <= MOST_CHARS else None
