"""A reply to start from: by a model where one is set, else of the base's own sentences.

Either way each sentence names what it leans on. No transaction stays open while a model writes.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.answering.abstain import Verdict, judge
from cogep_assist.answering.extract import ExtractedAnswer, extract
from cogep_assist.answering.generate import AnswerWriter, Quote, WritingEnd
from cogep_assist.answering.own_threshold import own_threshold
from cogep_assist.answering.unit_evidence import term_rarity
from cogep_assist.core.access import visible_collections
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import AnswerMode, Collection, EntryKind, TicketEntry, Visibility
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.ticket_access import find_ticket
from cogep_assist.crm_service.tickets.ticket_schemas import DraftReply, SuggestedPassage
from cogep_assist.crm_service.tickets.ticket_search import QUESTION_CHARS
from cogep_assist.retrieval.search import Findings, Hit, investigate
from cogep_assist.retrieval.sentences import sentences

PASSAGES = 20
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Looked:
    """What the base says to a ticket, and which of it anybody may read."""

    question: str
    findings: Findings
    extracted: ExtractedAnswer
    verdict: Verdict
    public: set[UUID]


async def draft_reply(
    database: Database, principal: Principal, ticket_id: UUID, writer: AnswerWriter | None = None
) -> DraftReply:
    """Return a cited reply to what a ticket's person wrote last, or the nearest passages alone.

    A model that fails gives way to the base's own sentences, with a notice of why. Raises
    AppError("ticket_not_found"|"role_not_allowed").
    """
    async with database.begin() as session:
        looked = await _look(session, principal, ticket_id)
    if writer is None or not writer.worth_writing(looked.findings, looked.verdict):
        return _extracted(looked)
    try:
        return await _written(looked, writer)
    except AppError as failure:
        return _extracted(looked, notice=failure.code)


async def _look(session: AsyncSession, principal: Principal, ticket_id: UUID) -> Looked:
    principal.require(Act.WORK_TICKETS)
    ticket = await find_ticket(session, principal, ticket_id)
    question = _asked(ticket.subject, await _last_message(session, ticket_id))
    readable = (await session.scalars(_lasting(principal))).all()
    findings = await investigate(session, question, readable, k=PASSAGES)
    # Choosing sentences takes some milliseconds, which others need not wait for.
    rarity = term_rarity(findings)
    extracted = await asyncio.to_thread(extract, question, findings.hits, rarity)
    threshold = await own_threshold(session, findings)
    verdict = judge(question, findings, extracted, threshold=threshold)
    return Looked(question, findings, extracted, verdict, await _public(session, findings.hits))


@dataclass(slots=True)
class _Draft:
    """Sentences with their quotes, numbered in the order in which they are first cited."""

    text: str = ""
    quotes: dict[tuple[UUID, int, int], Quote] = field(default_factory=dict)

    def add(self, text: str, quotes: Sequence[Quote], *, new_line: bool, bullet: bool) -> None:
        numbers = sorted({self._number(quote) for quote in quotes})
        gap = "" if not self.text else "\n" if new_line or bullet else " "
        cited = "".join(f" [{number}]" for number in numbers)
        self.text += f"{gap}{'- ' if bullet else ''}{text}{cited}"

    def reply(self, looked: Looked, mode: AnswerMode, notice: str | None) -> DraftReply:
        return DraftReply(
            abstained=not self.text,
            mode=mode,
            notice=notice,
            text=self.text,
            citations=[
                _passage(number, quote.hit, looked.public).model_copy(
                    update={"text": quote.text, "start": quote.start, "end": quote.end}
                )
                for number, quote in enumerate(self.quotes.values(), 1)
            ],
            passages=[
                _passage(number, hit, looked.public)
                for number, hit in enumerate(looked.findings.hits[:SHOWN], 1)
            ],
        )

    def _number(self, quote: Quote) -> int:
        key = (quote.hit.version_id, quote.start, quote.end)
        self.quotes.setdefault(key, quote)
        return list(self.quotes).index(key) + 1


def _extracted(looked: Looked, notice: str | None = None) -> DraftReply:
    draft = _Draft()
    for sentence in () if looked.verdict.abstain else looked.extracted.sentences:
        quote = Quote(sentence.hit, sentence.start, sentence.end, sentence.quote)
        draft.add(sentence.text, [quote], new_line=False, bullet=False)
    return draft.reply(looked, AnswerMode.EXTRACTIVE, notice)


async def _written(looked: Looked, writer: AnswerWriter) -> DraftReply:
    """Have a model write; what the passages do not support was left out on the way."""
    draft, notice = _Draft(), None
    async with aclosing(writer.write(looked.question, looked.findings.hits)) as written:
        async for item in written:
            if isinstance(item, WritingEnd):
                notice = item.notice_code
            else:
                draft.add(item.text, item.quotes, new_line=item.new_line, bullet=item.bullet)
    if not draft.text:
        return _extracted(looked, notice=notice)
    return draft.reply(looked, AnswerMode.GENERATIVE, notice)


async def _last_message(session: AsyncSession, ticket_id: UUID) -> str:
    """Return what the person wrote last: a thread's question moves on."""
    found = await session.scalar(
        sa.select(TicketEntry.body)
        .where(TicketEntry.ticket_id == ticket_id, TicketEntry.kind == EntryKind.MESSAGE)
        .order_by(TicketEntry.id.desc())
        .limit(1)
    )
    return found or ""


def _asked(subject: str, message: str) -> str:
    """Return what a message asks: its longest question where it has one, else all of it.

    A greeting, a "tudo bem?" and a story around a question are words that no passage holds.
    """
    asked = [
        message[start:end]
        for start, end in sentences(message)
        if message[start:end].rstrip().endswith("?")
    ]
    return max(asked, key=len, default=f"{subject}\n{message}")[:QUESTION_CHARS]


def _lasting(principal: Principal) -> sa.Select[UUID]:
    return sa.select(Collection.id).where(
        Collection.id.in_(visible_collections(principal)), Collection.expires_at.is_(None)
    )


async def _public(session: AsyncSession, hits: Sequence[Hit]) -> set[UUID]:
    """Return which of the hits' collections anybody may read."""
    rows = await session.scalars(
        sa.select(Collection.id).where(
            Collection.id.in_({hit.collection_id for hit in hits}),
            Collection.visibility == Visibility.PUBLIC,
        )
    )
    return set(rows)


def _passage(number: int, hit: Hit, public: set[UUID]) -> SuggestedPassage:
    return SuggestedPassage(
        n=number,
        document_id=hit.document_id,
        version=hit.version,
        title=hit.title,
        uri=hit.uri,
        heading=hit.heading,
        page=hit.page,
        text=hit.text,
        start=hit.start,
        end=hit.end,
        public=hit.collection_id in public,
    )
