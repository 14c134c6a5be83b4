"""The shapes of searches, questions and answers."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cogep_assist.core.models import AnswerMode, Courtesy
from cogep_assist.edge.absent import EMPTY_IS_ABSENT, CollectionOrNone

MAX_QUESTION_CHARS = 4000
OFFSET = "Em caracteres (pontos de código Unicode, não bytes nem unidades UTF-16), desde zero."
# As ``pipeline.index`` joins the headings of a passage.
_UNDER = " › "


class SamePassage(BaseModel):
    """Another place where a passage stands, word for word or nearly so."""

    chunk_id: UUID
    document_id: UUID
    version: int
    title: str
    uri: str | None
    page: int | None
    start: int
    end: int


class SearchResult(BaseModel):
    """A passage: ``text`` is ``start:end`` of the version's text."""

    chunk_id: UUID
    document_id: UUID
    version: int
    title: str
    uri: str | None
    heading: str
    page: int | None
    text: str
    start: int
    end: int
    score: float
    also_in: list[SamePassage] = []


class SearchWarning(BaseModel):
    """What could not help this search; the results hold all the same."""

    code: str
    message: str


class SearchReply(BaseModel):
    """Passages, best first."""

    query: str
    took_ms: int
    results: list[SearchResult]
    warnings: list[SearchWarning] = []


class AskBody(BaseModel):
    """A question, and where to look."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_CHARS)]
    collection: CollectionOrNone = None
    conversation_id: Annotated[UUID | None, EMPTY_IS_ABSENT] = None
    stream: bool | None = False


class AnswerSentenceReply(BaseModel):
    """One sentence and the numbers of the citations that support it.

    ``emphasis`` is [start, end] of what was asked for inside ``text``, where that can be told.
    ``table`` tells the header and the rows of a table; " | " stands between their cells. After the
    last row or item that is shown ``more`` counts those that the source holds besides.
    """

    text: str
    citations: list[int]
    emphasis: tuple[int, int] | None = None
    table: Literal["header", "row"] | None = None
    more: int = 0


class CitationReply(BaseModel):
    """A literal span: ``quote`` is ``start:end`` of the text of that version."""

    n: int
    document_id: UUID
    version: int
    chunk_id: UUID
    title: str
    uri: str | None
    page: int | None
    quote: str
    start: int = Field(description=OFFSET)
    end: int = Field(description=OFFSET)


class ReplacedWord(BaseModel):
    """A word that no document holds, and the one that was looked for instead."""

    asked: str
    searched: str


class LikeThing(BaseModel):
    """What was asked about, and the like of it that the passages found speak of."""

    asked: str
    found: str | None


class ClosestDocument(BaseModel):
    """A document near to a question that nothing answers."""

    document_id: UUID
    version: int
    title: str
    uri: str | None
    page: int | None
    heading: str
    start: int
    end: int

    @property
    def below_title(self) -> str:
        """The headings without the first where that says the title again."""
        first, _, below = self.heading.partition(_UNDER)
        return below if first == self.title else self.heading


class LackingReply(BaseModel):
    """Which words of a question kept it from being answered, and how it could be asked instead."""

    unknown: list[str] = Field(description="Palavras que nenhum documento traz.")
    elsewhere: list[str] = Field(
        description="Palavras que algum documento traz, mas nenhum dos mais próximos."
    )
    replaced: list[ReplacedWord] = Field(
        description="Palavras que nenhum documento traz, e as que foram procuradas no lugar delas."
    )
    suggestion: str | None = Field(
        description="A pergunta com as palavras que os documentos usam, se alguma foi trocada."
    )
    instead: list[LikeThing] = Field(
        default=[], description="Do que se perguntou, e do que os trechos falam em vez disso."
    )
    unanswered: list[str] = Field(
        default=[], description="Partes da pergunta para as quais não há resposta."
    )


class NoticeReply(BaseModel):
    """Why an answer is not what it was to be."""

    code: str
    message: str


class AskReply(BaseModel):
    """An answer with the source of each sentence, or what was found near instead of one."""

    id: UUID
    conversation_id: UUID
    resolved_question: str | None = Field(
        default=None, description="Como a pergunta foi entendida, se dependia das anteriores."
    )
    answer: str
    abstained: bool
    courtesy: Courtesy | None = Field(
        default=None,
        description="O que foi dito em vez de uma pergunta, como um cumprimento: nada se procurou.",
    )
    sentences: list[AnswerSentenceReply]
    citations: list[CitationReply]
    closest: list[ClosestDocument]
    unknown_words: list[str]
    lacking: LackingReply | None = Field(
        default=None, description="O que faltou para responder, no todo ou em parte."
    )
    mode: AnswerMode
    notice: NoticeReply | None = Field(
        default=None,
        description="Por que a resposta não é a do modelo de linguagem, ou o que houve com ela.",
    )
    took_ms: int
