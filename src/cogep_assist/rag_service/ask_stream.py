"""Answer a question while it is being written, or whole; by a model where one is set.

No transaction stays open while a model writes: the look-up is one short snapshot, keeping the
answer another, which holds the quoted documents to what they were.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.answering.generate import AnswerWriter, WritingEnd
from cogep_assist.core.access_users import still_here
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import AnswerMode
from cogep_assist.core.principal import Principal
from cogep_assist.edge.transactions import in_snapshot
from cogep_assist.rag_service.answer_record import shown
from cogep_assist.rag_service.ask import (
    EVERYTHING,
    Looked,
    hold_documents,
    hold_passages,
    keep_answer,
    look,
    new_answer,
    store_extracted,
)
from cogep_assist.rag_service.asked_question import Understood, prepare_question
from cogep_assist.rag_service.closest_documents import closest_documents
from cogep_assist.rag_service.conversations import own_turns
from cogep_assist.rag_service.courtesy import small_talk, without_courtesy
from cogep_assist.rag_service.followup import Turn
from cogep_assist.rag_service.followup_rewriting import rewrite
from cogep_assist.rag_service.schemas import AskReply, CitationReply, ClosestDocument
from cogep_assist.rag_service.written_record import Written
from cogep_assist.retrieval.hit import SearchFilters

log = get_logger(__name__)

WHOLE_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class SourcesEvent:
    """The sources so far, all of them; sent again when a sentence brings new ones."""

    citations: Sequence[CitationReply]
    closest: Sequence[ClosestDocument]


@dataclass(frozen=True, slots=True)
class DeltaEvent:
    """What comes next in the answer's text, and what it cites; all together are the text."""

    text: str
    citations: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class DoneEvent:
    """The whole answer as it was kept."""

    reply: AskReply


AnswerEvent = SourcesEvent | DeltaEvent | DoneEvent


class Once(Protocol):
    """Keeps a question that is asked again under one key to one answer."""

    async def earlier(self, session: AsyncSession) -> AskReply | None:
        """Return what was answered before."""

    async def keep(
        self, session: AsyncSession, answer: Callable[[], Awaitable[AskReply]]
    ) -> AskReply:
        """Answer, or return what was answered meanwhile."""


@dataclass(frozen=True, slots=True)
class Question:
    """Everything about one question: who asks what, where, after what, under which key."""

    principal: Principal
    text: str
    collection: str | None = None
    conversation_id: UUID | None = None
    history: Sequence[Turn] = ()
    once: Once | None = None
    filters: SearchFilters = EVERYTHING
    understood: Understood | None = None

    @property
    def where(self) -> dict[str, Any]:
        """The arguments that say where to look and after what."""
        return {
            "collection": self.collection,
            "conversation_id": self.conversation_id,
            "history": self.history,
            "understood": self.understood,
        }


async def stream_answer(
    database: Database,
    principal: Principal,
    question: str,
    *,
    collection: str | None = None,
    conversation_id: UUID | None = None,
    history: Sequence[Turn] = (),
    writer: AnswerWriter | None = None,
    once: Once | None = None,
    filters: SearchFilters = EVERYTHING,
) -> AsyncGenerator[AnswerEvent]:
    """Give sources, then the text sentence by sentence, each checked, then the whole answer.

    A model that fails gives way to the extracted answer, with a notice. Closing the generator
    hangs up on the model. Raises what ``ask.answer_question`` raises, before the first event, and
    AppError("document_changed_meanwhile") at the end if what was told no longer stands.
    """
    asked = Question(principal, question, collection, conversation_id, history, once, filters)
    earlier = await _earlier(database, asked)
    if earlier is None and (writer is None or small_talk(question)):
        earlier = await _extracted(database, asked)
    if earlier is not None:
        for event in _told(earlier):
            yield event
        return
    assert writer is not None
    asked = replace(asked, understood=await _understood(database, asked, writer))
    async with aclosing(_written(database, asked, writer)) as events:
        async for event in events:
            yield event


async def whole_answer(
    database: Database,
    principal: Principal,
    question: str,
    *,
    collection: str | None = None,
    conversation_id: UUID | None = None,
    history: Sequence[Turn] = (),
    writer: AnswerWriter | None = None,
    once: Once | None = None,
    filters: SearchFilters = EVERYTHING,
) -> AskReply:
    """Return the whole answer at once; one whose documents changed meanwhile is made again.

    Raises as ``stream_answer``.
    """
    for attempt in range(1, WHOLE_ATTEMPTS + 1):
        events = stream_answer(
            database,
            principal,
            question,
            collection=collection,
            conversation_id=conversation_id,
            history=history,
            # Where documents change faster than a model writes, it is left out.
            writer=writer if attempt < WHOLE_ATTEMPTS else None,
            once=once,
            filters=filters,
        )
        try:
            async with aclosing(events):
                told = [event.reply async for event in events if isinstance(event, DoneEvent)]
            return told[-1]
        except AppError as error:
            if error.code != "document_changed_meanwhile" or attempt == WHOLE_ATTEMPTS:
                raise
    raise AssertionError("unreachable")


async def _earlier(database: Database, asked: Question) -> AskReply | None:
    if asked.once is None:
        return None
    async with database.begin() as session:
        return await asked.once.earlier(session)


async def _understood(database: Database, asked: Question, writer: AnswerWriter) -> Understood:
    """Let the model say what a follow-up means, before any transaction is open."""
    turns = asked.history
    if asked.conversation_id is not None:
        async with database.begin() as session:
            turns = await own_turns(session, asked.principal, asked.conversation_id)
    question = without_courtesy(asked.text)
    return Understood(await rewrite(writer, question, turns, asked.conversation_id))


async def _extracted(
    database: Database, asked: Question, notice_code: str | None = None
) -> AskReply:
    async def work(session: AsyncSession) -> AskReply:
        async def answer() -> AskReply:
            looked = await look(
                session, asked.principal, asked.text, filters=asked.filters, **asked.where
            )
            return await store_extracted(session, looked, notice_code=notice_code)

        return await (asked.once.keep(session, answer) if asked.once else answer())

    return await in_snapshot(database, work)


async def _written(
    database: Database, asked: Question, writer: AnswerWriter
) -> AsyncGenerator[AnswerEvent]:
    looked = await _looked(database, asked)
    if not writer.worth_writing(looked.findings, looked.verdict):
        for event in _told(await _extracted(database, asked)):
            yield event
        return
    closest = closest_documents(looked.findings)
    yield SourcesEvent((), closest)
    written = Written(writer.model_name, writer.prompt_version)
    try:
        writing = writer.write(
            looked.asked.looked_for, looked.findings.hits, conversation_id=asked.conversation_id
        )
        async with aclosing(writing) as sentences:
            async for sentence in sentences:
                if isinstance(sentence, WritingEnd):
                    written.end(sentence)
                    continue
                row, fresh = written.add(sentence)
                if fresh:
                    yield SourcesEvent(tuple(written.citations), closest)
                yield DeltaEvent(shown(row, first=len(written.rows) == 1), row["citations"])
    except AppError as error:
        log.warning("model_gave_no_answer", code=error.code, sentences=len(written.rows))
        if not written.rows:
            for event in _told(await _extracted(database, asked, error.code)):
                yield event
            return
        written.notice_code = "llm_interrupted"
    reply = await _kept(database, asked, looked, written)
    for event in _rest(reply, written):
        yield event


async def _looked(database: Database, asked: Question) -> Looked:
    async with database.sessions() as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        # Nothing is kept of it: a conversation begins with its first answer.
        looked = await look(
            session, asked.principal, asked.text, filters=asked.filters, **asked.where
        )
        await session.rollback()
        return looked


async def _kept(database: Database, asked: Question, looked: Looked, written: Written) -> AskReply:
    async def work(session: AsyncSession) -> AskReply:
        async def answer() -> AskReply:
            # Who asks, and who may see what: either may have changed while the model wrote.
            if not await still_here(session, asked.principal):
                raise AppError("not_authenticated")
            now = await prepare_question(session, asked.principal, asked.text, **asked.where)
            if not written.collection_ids <= set(now.collections):
                raise AppError("document_changed_meanwhile")
            await hold_documents(session, written.quoted_versions)
            await hold_passages(session, written.quoted_passages)
            row = new_answer(replace(looked, asked=now), AnswerMode.GENERATIVE, written.rows)
            row.model, row.prompt_version = written.model, written.prompt_version
            row.notice_code = written.notice_code
            return await keep_answer(session, looked, row, written.citation_rows(row.id))

        return await (asked.once.keep(session, answer) if asked.once else answer())

    return await in_snapshot(database, work)


def _told(reply: AskReply) -> Iterator[AnswerEvent]:
    """Tell a whole answer as if it came piece by piece."""
    yield SourcesEvent(reply.citations, reply.closest)
    for text, cited in _deltas(reply):
        yield DeltaEvent(text, cited)
    yield DoneEvent(reply)


def _rest(reply: AskReply, written: Written) -> Iterator[AnswerEvent]:
    """Tell what is left to tell after the sentences; nothing was told of an abstention."""
    if reply.closest or not written.rows:
        yield SourcesEvent(reply.citations, reply.closest)
    if not written.rows:
        yield DeltaEvent(reply.answer)
    yield DoneEvent(reply)


def _deltas(reply: AskReply) -> list[tuple[str, Sequence[int]]]:
    """Cut the answer's text where its sentences begin, each piece with what it cites."""
    cuts: dict[int, Sequence[int]] = {}
    place = 0
    for sentence in reply.sentences:
        found = reply.answer.find(sentence.text, place)
        if found >= 0:
            cuts[found if cuts else 0] = sentence.citations
        place = max(found, place) + len(sentence.text)
    edges = [*sorted({0, *cuts}), len(reply.answer)]
    return [(reply.answer[a:b], cuts.get(a, ())) for a, b in pairwise(edges) if a < b]
