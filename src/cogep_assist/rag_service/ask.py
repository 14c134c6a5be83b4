"""Answer a question from what somebody may see, and keep what was answered."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.answering.abstain import Verdict, judge
from cogep_assist.answering.extract import ExtractedAnswer, extract
from cogep_assist.answering.lacking_words import LackingWords, lacking_words, with_near_miss
from cogep_assist.answering.other_words import as_found, in_other_words
from cogep_assist.answering.own_threshold import own_threshold
from cogep_assist.answering.part_answers import in_parts, still_open
from cogep_assist.answering.question_parts import question_parts
from cogep_assist.answering.unit_evidence import term_rarity
from cogep_assist.core.errors import AppError
from cogep_assist.core.events import publish
from cogep_assist.core.models import Answer, AnswerMode, Chunk, Citation, Courtesy, Document
from cogep_assist.core.principal import Principal
from cogep_assist.rag_service.abstention_dossier import note_abstention
from cogep_assist.rag_service.abstention_words import kept_lacking
from cogep_assist.rag_service.answer_record import answer_reply, citation_rows, sentence_rows
from cogep_assist.rag_service.asked_question import AskedQuestion, Understood, prepare_question
from cogep_assist.rag_service.closest_documents import closest_documents, closest_hits
from cogep_assist.rag_service.followup import Turn
from cogep_assist.rag_service.followup_topic import read_words
from cogep_assist.rag_service.named_provisions import with_named_provision
from cogep_assist.rag_service.schemas import AskReply
from cogep_assist.retrieval.hit import SearchFilters
from cogep_assist.retrieval.search import Findings, investigate

PASSAGES = 20
# What is less likely than this no other wording was seen to save; asking again takes as long.
_WORTH_ASKING_AGAIN = 0.05
EVERYTHING = SearchFilters()
_Answered = tuple[Findings, ExtractedAnswer, Verdict]
_NOTHING = Findings((), (), 0)
_NOT_JUDGED = Verdict(abstain=False, confidence=0.0, unknown_words=())


async def answer_question(
    session: AsyncSession,
    principal: Principal,
    question: str,
    *,
    collection: str | None = None,
    conversation_id: UUID | None = None,
    history: Sequence[Turn] = (),
) -> AskReply:
    """Answer, and store question, answer and citations in the caller's transaction.

    Run it by ``edge.transactions.in_snapshot``: when a document that the answer quotes is
    removed or replaced meanwhile, the transaction conflicts and the question is asked
    again, so that nothing is quoted that is no longer there.
    Raises AppError("role_not_allowed"|"collection_not_found"|"conversation_not_found"|
    "request_invalid").
    """
    looked = await look(
        session,
        principal,
        question,
        collection=collection,
        conversation_id=conversation_id,
        history=history,
    )
    return await store_extracted(session, looked)


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found for a question, and what can be said of it without a model."""

    asked: AskedQuestion
    findings: Findings
    extracted: ExtractedAnswer
    verdict: Verdict
    began: float


async def look(
    session: AsyncSession,
    principal: Principal,
    question: str,
    *,
    collection: str | None = None,
    conversation_id: UUID | None = None,
    history: Sequence[Turn] = (),
    understood: Understood | None = None,
    filters: SearchFilters = EVERYTHING,
) -> Looked:
    """Understand a question and look it up. Raises as ``answer_question``."""
    began = time.perf_counter()
    asked = await prepare_question(
        session,
        principal,
        question,
        collection=collection,
        conversation_id=conversation_id,
        history=history,
        understood=understood,
    )
    if asked.courtesy is not None:
        return Looked(asked, _NOTHING, ExtractedAnswer(()), _NOT_JUDGED, began)
    findings, extracted, verdict = await look_up(
        session, asked.looked_for, asked.collections, filters
    )
    unknown = _as_typed(asked.looked_for, verdict.unknown_words)
    verdict = replace(verdict, unknown_words=unknown)
    return Looked(asked, findings, extracted, verdict, began)


async def look_up(
    session: AsyncSession,
    question: str,
    collections: Sequence[UUID],
    filters: SearchFilters = EVERYTHING,
) -> _Answered:
    """Search and choose sentences; in the documents' words too, where these are others.

    The answer that is the likeliest counts. Of a question that asks several things each part is
    looked up as well.
    """
    whole = await _look_up_whole(session, question, collections, filters)
    parts = [] if whole[1].named else question_parts(question)
    if not parts:
        return whole
    answers = [await _look_once(session, one.whole, collections, filters) for one in parts]
    return in_parts(parts, whole, answers)


async def _look_up_whole(
    session: AsyncSession, question: str, collections: Sequence[UUID], filters: SearchFilters
) -> _Answered:
    first = await _look_once(session, question, collections, filters)
    if first[1].named:
        return first
    best = await _likeliest(
        session, first, in_other_words(question, first[0].terms), collections, filters
    )
    if best[2].abstain and best[2].confidence >= _WORTH_ASKING_AGAIN:
        best = await _likeliest(session, best, as_found(question, first[0]), collections, filters)
    # What lacks is told in the words that were typed.
    return first if best[2].abstain else best


async def _likeliest(
    session: AsyncSession,
    first: _Answered,
    others: Sequence[str],
    collections: Sequence[UUID],
    filters: SearchFilters,
) -> _Answered:
    best = first
    for worded in others:
        found = await _look_once(session, worded, collections, filters)
        best = max(best, found, key=lambda one: one[2].confidence)
    return best


async def _look_once(
    session: AsyncSession, question: str, collections: Sequence[UUID], filters: SearchFilters
) -> _Answered:
    findings = await investigate(session, question, collections, k=PASSAGES, filters=filters)
    findings = await with_named_provision(session, question, findings)
    threshold = await own_threshold(session, findings)
    # Choosing sentences takes some milliseconds, which others need not wait for.
    return findings, *await asyncio.to_thread(supported, question, findings, threshold)


def _as_typed(question: str, words: Sequence[str]) -> tuple[str, ...]:
    """Return words of the index as the question has them, with their accents."""
    typed = {word.folded: word.text.lower() for word in read_words(question)}
    return tuple(typed.get(word, word) for word in words)


async def store_extracted(
    session: AsyncSession, looked: Looked, *, notice_code: str | None = None
) -> AskReply:
    """Keep the extracted answer; ``notice_code`` says why no model wrote it, where one was to."""
    extracted = looked.extracted
    await hold_documents(
        session, {s.hit.document_id: s.hit.version_id for s in extracted.sentences}
    )
    answer = new_answer(looked, AnswerMode.EXTRACTIVE, sentence_rows(extracted))
    answer.notice_code = notice_code
    return await keep_answer(session, looked, answer, citation_rows(answer.id, extracted))


def new_answer(looked: Looked, mode: AnswerMode, sentences: list[dict[str, Any]]) -> Answer:
    """Begin the row of an answer; one without sentences abstains, unless small talk was made."""
    return Answer(
        id=uuid7(),
        conversation_id=looked.asked.conversation_id,
        question=looked.asked.question,
        resolved_question=looked.asked.resolved,
        searched=list(looked.asked.collections),
        abstained=not sentences and looked.asked.courtesy in {None, Courtesy.UNCLEAR},
        courtesy=looked.asked.courtesy,
        mode=mode,
        sentences=sentences,
        took_ms=round((time.perf_counter() - looked.began) * 1000),
    )


async def keep_answer(
    session: AsyncSession, looked: Looked, answer: Answer, citations: Sequence[Citation]
) -> AskReply:
    """Keep an answer with its citations, and tell it."""
    lacking: LackingWords | None = None
    if answer.abstained:
        answer.closest = [hit.chunk_id for hit in closest_hits(looked.findings)]
        if answer.courtesy is None:
            lacking = lacking_words(looked.asked.looked_for, looked.findings)
            lacking = with_near_miss(lacking, looked.verdict.near)
            answer.lacking = kept_lacking(lacking)
    elif answer.mode is AnswerMode.EXTRACTIVE:
        lacking = LackingWords(unanswered=looked.verdict.unanswered)
        lacking = with_near_miss(lacking, looked.verdict.near)
        answer.lacking = kept_lacking(lacking)
    else:
        told = [row["text"] for row in answer.sentences]
        left = still_open(looked.asked.looked_for, told, looked.verdict.unanswered)
        lacking = LackingWords(unanswered=left)
        answer.lacking = kept_lacking(lacking)
    session.add(answer)
    await session.flush()
    session.add_all(citations)
    await session.flush()
    if answer.courtesy is not None:
        return await answer_reply(session, answer, looked.asked.collections)
    if answer.abstained:
        nearest = [str(chunk_id) for chunk_id in answer.closest]
        await note_abstention(session, answer, nearest, len(looked.verdict.unknown_words))
        reply = await answer_reply(
            session,
            answer,
            looked.asked.collections,
            closest=closest_documents(looked.findings),
            unknown_words=looked.verdict.unknown_words,
            lacking=lacking,
        )
    else:
        reply = await answer_reply(session, answer, looked.asked.collections, lacking=lacking)
    await _tell(session, answer, reply)
    return reply


async def _tell(session: AsyncSession, answer: Answer, reply: AskReply) -> None:
    await publish(
        session,
        "question.abstained" if answer.abstained else "question.answered",
        answer.conversation_id,
        ids={"answer_id": answer.id, "conversation_id": answer.conversation_id},
        facts={"mode": answer.mode.value, "sources": len(reply.citations)},
        personal={"question": answer.question, "answer": reply.answer},
    )


def supported(
    question: str, findings: Findings, threshold: float
) -> tuple[ExtractedAnswer, Verdict]:
    """Return the best supported sentences, or none where it is better to abstain.

    ``threshold`` is how likely the answer must hold, 0 to 1.
    """
    extracted = extract(question, findings.hits, term_rarity(findings))
    verdict = judge(question, findings, extracted, threshold=threshold)
    return (ExtractedAnswer(()) if verdict.abstain else extracted), verdict


async def hold_documents(session: AsyncSession, quoted: Mapping[UUID, UUID]) -> None:
    """Keep the quoted documents, by id and version, as they are until the commit.

    In a snapshot this conflicts with any change since it began; elsewhere, or where the passages
    were read before it, it finds what was removed or replaced. Either way the question is to be
    asked again. Raises AppError("document_changed_meanwhile").
    """
    if not quoted:
        return
    held = await session.execute(
        sa.select(Document.id, Document.current_version_id)
        .where(Document.id.in_(quoted), Document.deleted_at.is_(None))
        .order_by(Document.id)
        .with_for_update(read=True)
    )
    if {row.id: row.current_version_id for row in held} != dict(quoted):
        raise AppError("document_changed_meanwhile")


async def hold_passages(session: AsyncSession, chunk_ids: Collection[UUID]) -> None:
    """Make sure that passages of held documents are those that were read, in an earlier snapshot.

    Whatever changes a text in its place, as taking a person out of it does, gives its passages new
    ids. Raises AppError("document_changed_meanwhile").
    """
    there = await session.scalar(
        sa.select(sa.func.count()).select_from(Chunk).where(Chunk.id.in_(chunk_ids))
    )
    if there != len(chunk_ids):
        raise AppError("document_changed_meanwhile")
