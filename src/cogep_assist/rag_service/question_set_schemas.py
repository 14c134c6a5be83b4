"""The shapes of question sets and of what their measurements found."""

import enum
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from cogep_assist.core.described import DescribedBy
from cogep_assist.core.models.ai_evaluations import MOST_HOURS
from cogep_assist.edge.validation_words import FieldsError

MOST_QUESTIONS = 2_000
Figure = Literal[
    "ndcg@10",
    "mrr@10",
    "recall@5",
    "recall@20",
    "answers.containment",
    "answers.abstention",
    "answers.false_abstention",
]
Short = Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"\S")]
Name = Annotated[str, Field(min_length=1, max_length=120, pattern=r"\S")]
Hours = Annotated[int, Field(ge=1, le=MOST_HOURS)]


class SetQuestionBody(BaseModel):
    """A question, and what a right answer holds, where it stands, or that there is none."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=4_000, pattern=r"\S")]
    answers: Annotated[list[Short], Field(max_length=50)] = []
    documents: Annotated[list[Short], Field(max_length=50)] = []
    impossible: bool = False


class EmptySetBody(BaseModel):
    """A set about one collection that may be begun without questions, to be given them by hand.

    With ``every_hours`` they are asked again by themselves.
    """

    model_config = ConfigDict(extra="forbid")

    name: Name
    collection: Annotated[str, Field(max_length=64)] | None = None
    every_hours: Hours | None = None
    questions: Annotated[list[SetQuestionBody], Field(max_length=MOST_QUESTIONS)] = []


class QuestionSetBody(EmptySetBody):
    """A whole set: its questions about one collection."""

    questions: Annotated[list[SetQuestionBody], Field(min_length=1, max_length=MOST_QUESTIONS)]


class SetQuestionsBody(BaseModel):
    """Many questions for a set that is there."""

    model_config = ConfigDict(extra="forbid")

    questions: Annotated[list[SetQuestionBody], Field(min_length=1, max_length=MOST_QUESTIONS)]


class QuestionsTakenReply(BaseModel):
    """How many questions were new, replaced one of the same words, or stood already."""

    added: int
    changed: int
    same: int


class QuestionSetChange(BaseModel):
    """When the questions are asked, null stops that; and what each figure must come to."""

    model_config = ConfigDict(extra="forbid")

    every_hours: Hours | None = None
    gate: dict[Figure, Annotated[float, Field(ge=0, le=1)]] | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise FieldsError("every_hours", "ou gate deve vir: nada mudaria")
        return self


class MeasurementStatus(enum.Enum):
    """Where a measurement stands that a worker was asked for."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"


class MeasurementReply(BaseModel):
    """A measurement that is not done; ``code`` and ``message`` tell what went wrong, if it did."""

    status: MeasurementStatus
    code: str | None = None
    message: str | None = None


FigureValue = float | str | bool | None


class RunFigures(
    RootModel[dict[str, FigureValue | dict[str, FigureValue | dict[str, FigureValue]]]]
):
    """Figures by their names (``ndcg@10``, ``latency_ms.p50``, ``answers.containment``)."""


class RunReply(BaseModel):
    """One measurement: when, by which release, and its figures."""

    id: UUID
    created_at: datetime
    release: str
    figures: Annotated[dict[str, Any], DescribedBy(RunFigures)]


class RunDetail(RunReply):
    """One measurement with what each question came to, by the question's id."""

    questions: dict[str, dict[str, float]]


class RunPage(BaseModel):
    """Measurements, newest first."""

    items: list[RunReply]
    next_cursor: str | None


class QuestionSetReply(BaseModel):
    """A set, and its last measurement if there is one."""

    id: UUID
    name: str
    collection: str
    every_hours: int | None
    next_due_at: datetime | None
    gate: dict[str, float]
    questions: int
    created_at: datetime
    last_run: RunReply | None


class SetQuestionReply(SetQuestionBody):
    """A question with the id by which measurements name it."""

    id: UUID


class SetQuestionPage(BaseModel):
    """Questions of a set, in its order."""

    items: list[SetQuestionReply]
    next_cursor: str | None


class ThresholdReply(BaseModel):
    """From which confidence on a collection answers: as usual, or as its own questions show."""

    least_confidence: float = Field(
        description="A confiança, de 0 a 1, a partir da qual esta coleção responde."
    )
    usual: float = Field(description="A de uma coleção que não foi medida.")
    questions: int = Field(
        description="Quantas perguntas com resposta, nas últimas medições, a mudaram; 0, nenhuma."
    )


class QuestionSetDetail(QuestionSetReply):
    """A set with its questions, and the measurement that is under way or failed."""

    items: list[SetQuestionReply]
    threshold: ThresholdReply
    measurement: MeasurementReply | None = None


class QuestionSetPage(BaseModel):
    """Sets, newest first."""

    items: list[QuestionSetReply]
    next_cursor: str | None
