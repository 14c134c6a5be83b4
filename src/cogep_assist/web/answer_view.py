"""The page of an answer: lines of sentences with their sources, or what is nearest instead."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cogep_assist.rag_service.schemas import AskReply, CitationReply, ClosestDocument
from cogep_assist.web.source_view import passage_href

BULLET = "•"


@dataclass(frozen=True, slots=True)
class SentenceView:
    """One sentence and the numbers of its sources."""

    text: str
    citations: Sequence[int]


@dataclass(slots=True)
class LineView:
    """Sentences that run on, as a paragraph or as an item of a list."""

    bullet: bool
    sentences: list[SentenceView] = field(default_factory=list)


@dataclass(slots=True)
class BlockView:
    """A paragraph, or the items of one list."""

    is_list: bool
    lines: list[LineView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SourceLink:
    """A place in a document that a person can open."""

    n: int
    title: str
    detail: str
    quote: str
    href: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What the template shows of one answer."""

    id: UUID
    conversation_id: UUID
    question: str
    abstained: bool
    text: str
    blocks: list[BlockView]
    support: str
    sources: list[SourceLink]
    closest: list[SourceLink]
    unknown_words: list[str]
    notice: str = ""
    understood: str = ""


def answer_view(question: str, reply: AskReply) -> AnswerView:
    """Arrange an answer for reading."""
    return AnswerView(
        id=reply.id,
        conversation_id=reply.conversation_id,
        question=question,
        abstained=reply.abstained,
        text=reply.answer,
        blocks=_blocks(_lines(reply)),
        support=_support(reply.citations),
        sources=[_source(citation) for citation in reply.citations if citation.quote],
        closest=[_closest(number, near) for number, near in enumerate(reply.closest, 1)],
        unknown_words=reply.unknown_words,
        notice=reply.notice.message if reply.notice else "",
        understood=reply.resolved_question or "",
    )


def _lines(reply: AskReply) -> list[LineView]:
    """Find each sentence in the whole text: what stands between them tells how they stand."""
    lines: list[LineView] = []
    place = 0
    for sentence in reply.sentences:
        found = reply.answer.find(sentence.text, place)
        between = reply.answer[place:found] if found >= 0 else ""
        bullet = BULLET in between
        if not lines or bullet or "\n" in between:
            lines.append(LineView(bullet))
        lines[-1].sentences.append(SentenceView(sentence.text, sentence.citations))
        place = max(place, found) + len(sentence.text)
    return lines


def _blocks(lines: Sequence[LineView]) -> list[BlockView]:
    blocks: list[BlockView] = []
    for line in lines:
        if not blocks or not (line.bullet and blocks[-1].is_list):
            blocks.append(BlockView(line.bullet))
        blocks[-1].lines.append(line)
    return blocks


def _support(citations: Sequence[CitationReply]) -> str:
    documents = len({citation.document_id for citation in citations})
    passages = _counted(len(citations), "trecho", "trechos")
    return f"Apoiado em {passages} de {_counted(documents, 'documento', 'documentos')}."


def _source(citation: CitationReply) -> SourceLink:
    return SourceLink(
        n=citation.n,
        title=citation.title,
        detail=_detail(citation.page, f"versão {citation.version}"),
        quote=citation.quote,
        href=passage_href(citation.document_id, citation.version, citation.start, citation.end),
    )


def _closest(number: int, near: ClosestDocument) -> SourceLink:
    return SourceLink(
        n=number,
        title=near.title,
        detail=_detail(near.page, near.heading),
        quote="",
        href=passage_href(near.document_id, near.version, near.start, near.end),
    )


def _detail(page: int | None, more: str) -> str:
    return " · ".join(part for part in (f"página {page}" if page else "", more) if part)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
