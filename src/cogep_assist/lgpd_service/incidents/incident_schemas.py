"""The shapes of incidents and of automated decisions."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from cogep_assist.core.models import (
    DecisionKind,
    IncidentDecision,
    IncidentStatus,
    IncidentStepKind,
    ReviewOutcome,
)
from cogep_assist.lgpd_service.requests.request_schemas import Body, ClockReply, Line, Text, Words

Keys = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=20)]
Count = Annotated[int, Field(ge=0, le=2_000_000_000)]


class IncidentChange(Body):
    """What is known of an incident; what is left out stays as it is."""

    title: Line | None = None
    circumstances: Text | None = None
    occurred_at: AwareDatetime | None = None
    harmed: Keys | None = None
    data_kinds: Keys | None = None
    subject_kinds: Text | None = None
    subject_count: Count | None = None
    measures_before: Text | None = None
    measures_after: Text | None = None
    risks: Text | None = None
    delay_reason: Text | None = None


class IncidentBody(IncidentChange):
    """A new incident. ``known_at``: since when it is known that personal data were affected."""

    title: Line
    detected_at: AwareDatetime | None = None
    known_at: AwareDatetime | None = None


class KnownBody(Body):
    """Since when it is known; null: now."""

    known_at: AwareDatetime | None = None


class AssessBody(Body):
    """The questionnaire of art. 5, every question answered."""

    answers: dict[Annotated[str, Field(max_length=40)], bool]


class DecideBody(Body):
    """Whether the agency and the subjects are told, and why."""

    decision: IncidentDecision
    reason: Words


class WordsBody(Body):
    """What was done, in words."""

    words: Words


class AgencyBody(Body):
    """The agency's protocol, and when it was told; null: now."""

    protocol: Line
    told_at: AwareDatetime | None = None


class SubjectsBody(Body):
    """Which customers an incident reached; several queries add up."""

    customer_ids: Annotated[list[UUID], Field(max_length=10_000)] = Field(default_factory=list)
    tag: Line | None = None
    state: Annotated[str, Field(min_length=2, max_length=2)] | None = None
    queue: Line | None = None
    tickets_since: AwareDatetime | None = None
    tickets_until: AwareDatetime | None = None
    everybody: bool = False


class SubjectItem(BaseModel):
    """A data subject whom an incident reached."""

    customer_id: UUID
    name: str
    told_at: datetime | None
    unreachable: bool


class SubjectsPage(BaseModel):
    """A page of an incident's subjects."""

    items: list[SubjectItem]
    next_cursor: str | None


class IncidentStepReply(BaseModel):
    """One thing that happened."""

    kind: IncidentStepKind
    body: str | None
    details: dict[str, Any]
    occurred_at: datetime


class IncidentItem(BaseModel):
    """An incident in a list."""

    id: UUID
    number: str
    title: str
    status: IncidentStatus
    relevant_risk: bool | None
    decision: IncidentDecision | None
    detected_at: datetime
    known_at: datetime | None
    clocks: list[ClockReply]
    links: dict[str, str]


class IncidentPage(BaseModel):
    """A page of incidents."""

    items: list[IncidentItem]
    next_cursor: str | None


class IncidentReply(IncidentItem):
    """A whole incident. ``subjects`` counts those selected, told, unreachable and waiting."""

    circumstances: str
    occurred_at: datetime | None
    harmed: list[str]
    data_kinds: list[str]
    subject_kinds: str
    subject_count: int | None
    measures_before: str
    measures_after: str
    risks: str
    delay_reason: str
    answers: dict[str, bool]
    decision_reason: str
    agency_protocol: str | None
    agency_told_at: datetime | None
    subjects_told_at: datetime | None
    public_notice_until: datetime | None
    closed_at: datetime | None
    keep_until_day: date
    revision: int
    subjects: dict[str, int]
    steps: list[IncidentStepReply]


class QuestionsReply(BaseModel):
    """The questionnaire, and the keys of kinds of data and of what was harmed."""

    questions: dict[str, str]
    data_kinds: dict[str, str]
    harmed: dict[str, str]


class LetterReply(BaseModel):
    """The notice to a data subject, as it would be sent."""

    subject: str
    text: str


class ReviewReply(BaseModel):
    """A person's second look."""

    id: UUID
    request_id: UUID | None
    requested_at: datetime
    outcome: ReviewOutcome | None
    explanation: str | None
    reviewed_at: datetime | None


class DecisionReply(BaseModel):
    """The dossier of an automated decision."""

    id: UUID
    kind: DecisionKind
    kind_label: str
    criteria: str
    object_type: str
    object_id: UUID
    customer_id: UUID | None
    input_sha256: str
    model: str
    prompt_version: str | None
    sources: list[str]
    confidence_permille: int | None
    effect: dict[str, Any]
    made_at: datetime
    reviews: list[ReviewReply]
    links: dict[str, str]


class DecisionPage(BaseModel):
    """A page of decisions."""

    items: list[DecisionReply]
    next_cursor: str | None


class AskReviewBody(Body):
    """Why somebody wants a person to look again; may be empty."""

    reason: Text = ""


class ReviewBody(Body):
    """What a person found, and why."""

    outcome: ReviewOutcome
    explanation: Words
