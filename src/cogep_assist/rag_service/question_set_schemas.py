"""The shapes of question sets and of what their measurements found."""

import enum
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cogep_assist.core.models.ai_evaluations import MOST_HOURS

MOST_QUESTIONS = 2_000
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


class QuestionSetBody(BaseModel):
    """Questions about one collection; with ``every_hours`` they are asked again by themselves."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    collection: Annotated[str, Field(max_length=64)] | None = None
    every_hours: Hours | None = None
    questions: Annotated[list[SetQuestionBody], Field(min_length=1, max_length=MOST_QUESTIONS)]


class QuestionSetChange(BaseModel):
    """When the questions are asked; null stops that."""

    model_config = ConfigDict(extra="forbid")

    every_hours: Hours | None


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


class RunReply(BaseModel):
    """One measurement: when, by which release, and its figures."""

    id: UUID
    created_at: datetime
    release: str
    figures: dict[str, Any]


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
    questions: int
    created_at: datetime
    last_run: RunReply | None


class SetQuestionReply(SetQuestionBody):
    """A question with the id by which measurements name it."""

    id: UUID


class QuestionSetDetail(QuestionSetReply):
    """A set with its questions, and the measurement that is under way or failed."""

    items: list[SetQuestionReply]
    measurement: MeasurementReply | None = None


class QuestionSetPage(BaseModel):
    """Sets, newest first."""

    items: list[QuestionSetReply]
    next_cursor: str | None
