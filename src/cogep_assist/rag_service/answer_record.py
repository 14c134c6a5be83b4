"""How an answer is kept, and how it reads when it is told (again)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.answering.extract import AnswerSentence, ExtractedAnswer
from cogep_assist.answering.lacking_words import LackingWords
from cogep_assist.answering.passage_units import UnitKind
from cogep_assist.core.access import visible_collections
from cogep_assist.core.errors import AppError
from cogep_assist.core.messages import catalogue
from cogep_assist.core.models import Answer, AnswerMode, Citation, Conversation, Document
from cogep_assist.core.principal import Principal
from cogep_assist.rag_service.abstention_words import (
    abstention_words,
    lacking_again,
    lacking_reply,
    partial_sentences,
)
from cogep_assist.rag_service.closest_documents import closest_again
from cogep_assist.rag_service.courtesy import REPLIES
from cogep_assist.rag_service.schemas import (
    AnswerSentenceReply,
    AskReply,
    CitationReply,
    ClosestDocument,
    NoticeReply,
)

REMOVED_SINCE = (
    "Os documentos que esta resposta citava foram removidos, ou não estão mais ao seu alcance. "
    "Faça a pergunta de novo."
)
BULLET = "• "
# Collections, by id.
Readable = sa.Select[UUID] | Sequence[UUID]


async def find_answer(session: AsyncSession, principal: Principal, answer_id: UUID) -> AskReply:
    """Return an answer that this person got before. Raises AppError("answer_not_found")."""
    answer = await session.scalar(
        sa.select(Answer)
        .join(Conversation, Conversation.id == Answer.conversation_id)
        .where(Answer.id == answer_id, Conversation.owner == principal.label)
    )
    if answer is None:
        raise AppError("answer_not_found")
    return await answer_reply(session, answer, visible_collections(principal))


async def answer_reply(
    session: AsyncSession,
    answer: Answer,
    readable: Readable,
    *,
    closest: Sequence[ClosestDocument] | None = None,
    unknown_words: Sequence[str] = (),
    lacking: LackingWords | None = None,
) -> AskReply:
    """Tell a stored answer, as far as its reader may read these collections.

    What was quoted from a document that was removed, or is out of sight by now, stays out; so does
    such a document among those that came near, which are looked up unless they are given.
    """
    near = await closest_again(session, answer, readable) if closest is None else list(closest)
    citations, hidden = await _citations(session, answer.id, readable)
    told = [row for row in answer.sentences if not hidden.intersection(row["citations"])]
    lacked = lacking or lacking_again(answer.lacking)
    return AskReply(
        id=answer.id,
        conversation_id=answer.conversation_id,
        resolved_question=answer.resolved_question,
        answer=_whole(answer, told, lacked, near=bool(near), then=lacking is None),
        abstained=answer.abstained,
        courtesy=answer.courtesy,
        sentences=[
            AnswerSentenceReply(
                text=row["text"],
                citations=row["citations"],
                emphasis=row.get("emphasis"),
                table=row.get("table"),
                more=row.get("more", 0),
            )
            for row in told
            if row["text"]
        ],
        citations=citations,
        closest=near,
        unknown_words=list(unknown_words),
        lacking=lacking_reply(lacked) if lacked and answer.lacking else None,
        mode=answer.mode,
        notice=_notice(answer.notice_code, answer.mode)
        or _partial(answer, lacked)
        or _differing(told, citations),
        took_ms=answer.took_ms,
    )


def _notice(code: str | None, mode: AnswerMode) -> NoticeReply | None:
    if code is None:
        return None
    passing = AppError(code).retryable
    general = "notice_llm_unavailable" if passing else "notice_llm_misconfigured"
    # What breaks off before a sentence stands is told as what never came.
    own = f"notice_{code}" in catalogue() and not (
        code == "llm_interrupted" and mode is AnswerMode.EXTRACTIVE
    )
    words = AppError(f"notice_{code}" if own else general)
    return NoticeReply(code=code, message=words.message)


def _partial(answer: Answer, lacking: LackingWords | None) -> NoticeReply | None:
    """Say what an answer leaves open."""
    said = partial_sentences(lacking) if lacking and not answer.abstained else []
    if not said:
        return None
    message = AppError("notice_answer_partial", lacking=" ".join(said)).message
    return NoticeReply(code="answer_partial", message=message)


def _differing(
    told: Sequence[dict[str, Any]], citations: Sequence[CitationReply]
) -> NoticeReply | None:
    """Say which documents do not say the same, as long as the reader sees more than one."""
    numbers = {n for row in told if row["text"] and row.get("differs") for n in row["citations"]}
    sources = [one for one in citations if one.n in numbers]
    if len({one.document_id for one in sources}) < 2:
        return None
    titles = "; ".join(f"“{one.title}” [{one.n}]" for one in sources)
    return NoticeReply(
        code="sources_differ", message=AppError("notice_sources_differ", titles=titles).message
    )


def _table_part(sentence: AnswerSentence) -> str | None:
    if sentence.kind is not UnitKind.ROW:
        return None
    return "header" if sentence.heads else "row"


def sentence_rows(extracted: ExtractedAnswer) -> list[dict[str, Any]]:
    """Return the sentences as they are stored: words, citation, and how they stand in the text.

    ``text`` alone holds words, so that blanking it leaves nothing behind.
    """
    rows: list[dict[str, Any]] = []
    for number, sentence in enumerate(extracted.sentences, 1):
        runs_on = number > 1 and _runs_on(extracted, number - 1)
        rows.append(
            {
                "text": sentence.text,
                "citations": [number],
                "emphasis": sentence.emphasis and list(sentence.emphasis),
                "table": _table_part(sentence),
                "more": sentence.more,
                "differs": sentence.differs,
                "bullet": ExtractedAnswer((sentence,)).text != sentence.text,
                "new_line": not runs_on,
            }
        )
    return rows


def citation_rows(answer_id: UUID, extracted: ExtractedAnswer) -> list[Citation]:
    """Return the literal spans that the sentences stand on."""
    return [
        Citation(
            answer_id=answer_id,
            number=number,
            document_id=sentence.hit.document_id,
            version=sentence.hit.version,
            chunk_id=sentence.hit.chunk_id,
            page=sentence.hit.page,
            start_offset=sentence.start,
            end_offset=sentence.end,
            quote=sentence.quote,
        )
        for number, sentence in enumerate(extracted.sentences, 1)
    ]


def _whole(
    answer: Answer,
    told: Sequence[dict[str, Any]],
    lacking: LackingWords | None,
    *,
    near: bool,
    then: bool,
) -> str:
    if answer.courtesy is not None:
        return REPLIES[answer.courtesy]
    return abstention_words(lacking, near=near, then=then) if answer.abstained else _text(told)


def _text(sentences: Sequence[dict[str, Any]]) -> str:
    text = ""
    for row in sentences:
        text += shown(row, first=not text)
    return text or REMOVED_SINCE


def shown(row: dict[str, Any], *, first: bool) -> str:
    """Return what a stored sentence adds to the answer's text."""
    if not row["text"]:
        return ""
    gap = "" if first else "\n" if row.get("new_line") else " "
    more = f"\n({left_out(row['more'], row.get('table'))} na fonte)" if row.get("more") else ""
    return f"{gap}{BULLET if row.get('bullet') else ''}{row['text']}{more}"


def left_out(count: int, table: str | None) -> str:
    """Say how many rows of a table, or items of a list, are not shown."""
    one, many = ("linha desta tabela", "linhas desta tabela") if table else ("item", "itens")
    return f"e mais {count} {one if count == 1 else many}"


def _runs_on(extracted: ExtractedAnswer, place: int) -> bool:
    before, sentence = extracted.sentences[place - 1], extracted.sentences[place]
    return (
        before.kind is sentence.kind is UnitKind.SENTENCE
        and before.hit.version_id == sentence.hit.version_id
    )


async def _citations(
    session: AsyncSession, answer_id: UUID, readable: Readable
) -> tuple[list[CitationReply], set[int]]:
    """Return the citations from these collections, and the numbers of the others."""
    in_sight = Document.collection_id.in_(readable)
    rows = (
        await session.execute(
            sa.select(Citation, Document.title, Document.uri, in_sight.label("in_sight"))
            .join(Document, Document.id == Citation.document_id)
            .where(Citation.answer_id == answer_id)
            .order_by(Citation.number)
        )
    ).all()
    shown = [
        CitationReply(
            n=citation.number,
            document_id=citation.document_id,
            version=citation.version,
            chunk_id=citation.chunk_id,
            title=title,
            uri=uri,
            page=citation.page,
            quote=citation.quote,
            start=citation.start_offset,
            end=citation.end_offset,
        )
        for citation, title, uri, seen in rows
        if seen
    ]
    return shown, {row[0].number for row in rows if not row.in_sight}
