"""Answer a question from what somebody may see, and keep what was answered."""

import asyncio
import time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.answering.abstain import Verdict, judge
from cogep_assist.answering.extract import ExtractedAnswer, extract
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Answer, AnswerMode, Document
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.rag_service.answer_record import answer_reply, citation_rows, sentence_rows
from cogep_assist.rag_service.conversations import continue_conversation
from cogep_assist.rag_service.schemas import MAX_QUESTION_CHARS, AskReply, ClosestDocument
from cogep_assist.rag_service.searchable import searchable_collections
from cogep_assist.retrieval.search import Findings, investigate

PASSAGES = 20
CLOSEST = 3


async def answer_question(
    session: AsyncSession,
    principal: Principal,
    question: str,
    *,
    collection: str | None = None,
    conversation_id: UUID | None = None,
) -> AskReply:
    """Answer, and store question, answer and citations in the caller's transaction.

    Run it by ``edge.transactions.in_snapshot``: when a document that the answer quotes is
    removed or replaced meanwhile, the transaction conflicts and the question is asked
    again, so that nothing is quoted that is no longer there.
    Raises AppError("role_not_allowed"|"collection_not_found"|"conversation_not_found"|
    "request_invalid").
    """
    principal.require(Act.ASK)
    began = time.perf_counter()
    question = _checked(question)
    collections = await searchable_collections(session, principal, collection)
    conversation = await continue_conversation(session, principal, conversation_id)
    findings = await investigate(session, question, collections, k=PASSAGES)
    # Choosing sentences takes some milliseconds, which others need not wait for.
    extracted, verdict = await asyncio.to_thread(_supported, question, findings)
    await _hold_documents(session, extracted)
    answer = Answer(
        conversation_id=conversation,
        question=question,
        abstained=not extracted.sentences,
        mode=AnswerMode.EXTRACTIVE,
        sentences=sentence_rows(extracted),
        took_ms=round((time.perf_counter() - began) * 1000),
    )
    session.add(answer)
    await session.flush()
    session.add_all(citation_rows(answer.id, extracted))
    await session.flush()
    if not answer.abstained:
        return await answer_reply(session, answer)
    return await answer_reply(
        session, answer, closest=_closest(findings), unknown_words=verdict.unknown_words
    )


def _checked(question: str) -> str:
    text = question.strip()
    if not text or len(text) > MAX_QUESTION_CHARS:
        raise invalid_field("question", f"deve ter de 1 a {MAX_QUESTION_CHARS} caracteres")
    if "\x00" in text:
        raise invalid_field("question", "contém o caractere nulo")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise invalid_field("question", "contém caracteres que não são texto válido") from None
    return text


def _supported(question: str, findings: Findings) -> tuple[ExtractedAnswer, Verdict]:
    """Return the best supported sentences, or none where it is better to abstain."""
    extracted = extract(question, findings.hits)
    verdict = judge(question, findings, extracted)
    return (ExtractedAnswer(()) if verdict.abstain else extracted), verdict


async def _hold_documents(session: AsyncSession, extracted: ExtractedAnswer) -> None:
    """Keep the quoted documents as they are until the commit.

    In a snapshot this conflicts with any change since it began; elsewhere it finds what
    was removed. Either way the question is to be asked again.
    """
    quoted = {sentence.hit.document_id for sentence in extracted.sentences}
    if not quoted:
        return
    held = await session.scalars(
        sa.select(Document.id)
        .where(Document.id.in_(quoted), Document.deleted_at.is_(None))
        .order_by(Document.id)
        .with_for_update(read=True)
    )
    if set(held) != quoted:
        raise AppError("document_changed_meanwhile")


def _closest(findings: Findings) -> list[ClosestDocument]:
    """Return the nearest documents, one passage each."""
    closest: dict[UUID, ClosestDocument] = {}
    for hit in findings.hits:
        if len(closest) < CLOSEST and hit.document_id not in closest:
            closest[hit.document_id] = ClosestDocument(
                document_id=hit.document_id,
                version=hit.version,
                title=hit.title,
                uri=hit.uri,
                page=hit.page,
                heading=hit.heading,
                start=hit.start,
                end=hit.end,
            )
    return list(closest.values())
