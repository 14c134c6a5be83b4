"""One question and its answer, arranged for reading: lines, sources, how sure, what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from cogep_assist.core.models import AnswerMode
from cogep_assist.rag_service.abstention_words import lacking_sentences
from cogep_assist.rag_service.answer_notices import Notice
from cogep_assist.rag_service.answer_record import left_out
from cogep_assist.rag_service.conversation_schemas import FeedbackReply
from cogep_assist.rag_service.schemas import AskReply, CitationReply, ClosestDocument
from cogep_assist.web.answer_table import NamedTable, named_table, share_heads
from cogep_assist.web.formats import counted
from cogep_assist.web.page_words import page_message
from cogep_assist.web.source_view import passage_href

BULLET = "•"
CELL = " | "
EXCERPT_CHARS = 240
Days = Mapping[tuple[UUID, int], datetime]


@dataclass(frozen=True, slots=True)
class SentenceView:
    """One sentence and the numbers of its sources."""

    text: str
    citations: Sequence[int]
    emphasis: tuple[int, int] | None = None
    # How many rows or items follow in the source, in words; "" where none does.
    more: str = ""

    @property
    def parts(self) -> tuple[str, str, str]:
        """What stands before what was asked for, that itself, and what follows."""
        return _parted(self.text, self.emphasis)

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        """The cells of a table's row, each in its parts."""
        cells: list[tuple[str, str, str]] = []
        start, told = 0, self.emphasis
        for cell in self.text.split(CELL):
            inside = told is not None and start <= told[0] < start + len(cell)
            span = (told[0] - start, told[1] - start) if told and inside else None
            cells.append(_parted(cell, span))
            start += len(cell) + len(CELL)
        return cells


@dataclass(slots=True)
class LineView:
    """Sentences that run on, as a paragraph or as an item of a list; or a row of a table."""

    bullet: bool
    table: str | None = None
    sentences: list[SentenceView] = field(default_factory=list)


@dataclass(slots=True)
class BlockView:
    """A paragraph, the items of one list, or the rows of one table."""

    is_list: bool
    is_table: bool = False
    lines: list[LineView] = field(default_factory=list)

    @property
    def last(self) -> SentenceView:
        """The sentence, item or row that it ends with."""
        return self.lines[-1].sentences[-1]

    @property
    def named(self) -> NamedTable | None:
        """The rows of a table whose cells say their names, under those as heads."""
        rows = [(line.sentences[0].cells, line.sentences[0].citations) for line in self.lines]
        return named_table(rows) if self.is_table else None


@dataclass(frozen=True, slots=True)
class SourceLink:
    """A place in a document that a person can open."""

    n: int
    title: str
    detail: str
    quote: str
    href: str
    excerpt: str = ""
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Confidence:
    """How far the documents bear an answer, in words; the colour only helps."""

    words: str
    kind: str
    icon: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What the template shows of one turn."""

    id: UUID
    conversation_id: UUID
    question: str
    abstained: bool
    text: str
    blocks: list[BlockView]
    confidence: Confidence
    sources: list[SourceLink]
    closest: list[SourceLink]
    lacking: list[str]
    suggestion: str
    notice: str
    understood: str
    generated: bool
    rating: str
    copied: str
    # What was said instead of a question; "" where something was asked.
    courtesy: str = ""
    # Whether who asked is to hear, or has heard, that the base has the answer by now.
    awaited: Notice | None = None

    def source(self, n: int) -> SourceLink | None:
        """Return the source of a number, unless its document was removed."""
        return next((source for source in self.sources if source.n == n), None)


def answer_view(
    question: str,
    reply: AskReply,
    days: Days | None = None,
    feedback: FeedbackReply | None = None,
    *,
    then: bool = False,
    awaited: Notice | None = None,
) -> AnswerView:
    """Arrange an answer for reading; ``days`` say when the quoted versions were made.

    ``then``: it was given some time ago, and documents may have come since.
    """
    sources = [_source(one, days or {}) for one in reply.citations if one.quote]
    return AnswerView(
        id=reply.id,
        conversation_id=reply.conversation_id,
        question=question,
        abstained=reply.abstained,
        text=reply.answer,
        blocks=answer_blocks(reply),
        confidence=_confidence(reply, len(sources)),
        sources=sources,
        closest=[_closest(number, near) for number, near in enumerate(reply.closest, 1)],
        lacking=lacking_sentences(reply.lacking, then=then),
        suggestion=(reply.lacking and reply.lacking.suggestion) or "",
        notice=page_message(reply.notice.message) if reply.notice else "",
        understood=_understood(question, reply),
        generated=reply.mode is AnswerMode.GENERATIVE,
        rating=feedback.rating.value if feedback else "",
        copied=_copied(question, reply, sources),
        courtesy=reply.courtesy.value if reply.courtesy else "",
        awaited=awaited,
    )


def answer_blocks(reply: AskReply) -> list[BlockView]:
    """Return an answer's paragraphs, lists and tables, as they stand."""
    return _blocks(_lines(reply))


def sentence_source(citations: Sequence[CitationReply], n: int, days: Days) -> SourceLink | None:
    """Return the source of a number while the answer is still being written."""
    return next((_source(one, days) for one in citations if one.n == n and one.quote), None)


def _understood(question: str, reply: AskReply) -> str:
    """Return how a question was understood, unless that is but its own words without a greeting."""
    understood = reply.resolved_question or ""
    return "" if understood.lower() in question.lower() else understood


def _confidence(reply: AskReply, sources: int) -> Confidence:
    if reply.abstained:
        return Confidence("Não encontrei na base", "warn", "circle-help")
    bare = any(not sentence.citations or not sentence.text for sentence in reply.sentences)
    if not sources or bare or (reply.notice and reply.notice.code == "llm_interrupted"):
        return Confidence("Parcial", "warn", "circle-alert")
    return Confidence(f"Apoiado em {counted(sources, 'trecho', 'trechos')}", "good", "circle-check")


def _lines(reply: AskReply) -> list[LineView]:
    """Find each sentence in the whole text: what stands between them tells how they stand."""
    lines: list[LineView] = []
    place = 0
    for sentence in reply.sentences:
        found = reply.answer.find(sentence.text, place)
        between = reply.answer[place:found] if found >= 0 else ""
        bullet = BULLET in between
        if not lines or bullet or "\n" in between or sentence.table:
            lines.append(LineView(bullet, sentence.table))
        lines[-1].sentences.append(
            SentenceView(
                sentence.text,
                sentence.citations,
                sentence.emphasis,
                left_out(sentence.more, sentence.table) if sentence.more else "",
            )
        )
        place = max(place, found) + len(sentence.text)
    return lines


def _blocks(lines: Sequence[LineView]) -> list[BlockView]:
    blocks: list[BlockView] = []
    for line in lines:
        last = blocks[-1] if blocks else BlockView(is_list=False)
        item = line.bullet and last.is_list
        row = line.table == "row" and last.is_table and _same_table(last.lines[-1], line)
        if not item and not row:
            blocks.append(BlockView(line.bullet, line.table is not None))
        blocks[-1].lines.append(line)
    return blocks


def _same_table(one: LineView, other: LineView) -> bool:
    return share_heads(one.sentences[0].cells, other.sentences[0].cells)


def _parted(text: str, span: tuple[int, int] | None) -> tuple[str, str, str]:
    start, end = span or (len(text), len(text))
    return text[:start], text[start:end], text[end:]


def _source(citation: CitationReply, days: Days) -> SourceLink:
    return SourceLink(
        n=citation.n,
        title=citation.title,
        detail=_detail(citation.page, f"versão {citation.version}"),
        quote=citation.quote,
        href=passage_href(citation.document_id, citation.version, citation.start, citation.end),
        excerpt=_shortened(citation.quote),
        made_at=days.get((citation.document_id, citation.version)),
    )


def _closest(number: int, near: ClosestDocument) -> SourceLink:
    return SourceLink(
        n=number,
        title=near.title,
        detail=_detail(near.page, near.below_title),
        quote="",
        href=passage_href(near.document_id, near.version, near.start, near.end),
    )


def _copied(question: str, reply: AskReply, sources: Sequence[SourceLink]) -> str:
    """Write what "copiar com fontes" puts into the clipboard."""
    lines = [question, "", reply.answer]
    if sources:
        lines += ["", "Fontes:"]
        lines += [f"[{one.n}] {one.title}, {one.detail}: “{one.excerpt}”" for one in sources]
    return "\n".join(lines)


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= EXCERPT_CHARS:
        return words
    return words[:EXCERPT_CHARS].rsplit(" ", 1)[0] + "…"


def _detail(page: int | None, more: str) -> str:
    return " · ".join(part for part in (f"página {page}" if page else "", more) if part)
