"""The shapes of requests of data subjects."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from cogep_assist.core.described import DescribedBy
from cogep_assist.core.models import (
    AccessForm,
    AnswerDelivery,
    DeadlineUnit,
    IdentityMethod,
    RepresentativeKind,
    RequestChannel,
    RequestOutcome,
    RequestRegime,
    RequestStatus,
    RequestStepKind,
    SubjectRight,
)
from cogep_assist.lgpd_service.signed_schemas import ReceiptDocument

Line = Annotated[str, Field(min_length=1, max_length=200)]
Email = Annotated[str, Field(min_length=3, max_length=254)]
Text = Annotated[str, Field(max_length=20_000)]
Words = Annotated[str, Field(min_length=1, max_length=20_000)]
Code = Annotated[str, Field(min_length=1, max_length=200)]


class Body(BaseModel):
    """A request's body: a field that nobody declared is refused.

    NUL is left out of every text: PostgreSQL keeps none, and no person types one.
    """

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _without_nul(cls, value: Any) -> Any:
        return _plain(value)


class PublicRequestBody(Body):
    """What a data subject says on the public page."""

    right: SubjectRight
    name: Line
    email: Email
    cpf: Annotated[str, Field(max_length=20)] | None = None
    description: Text = ""
    form: AccessForm | None = None
    regime: RequestRegime = RequestRegime.LGPD
    wanted: dict[Line, Annotated[str, Field(min_length=1, max_length=2000)]] = Field(
        default_factory=dict, max_length=50
    )
    representative_kind: RepresentativeKind | None = None
    representative_name: Line | None = None


class RequestBody(PublicRequestBody):
    """What somebody with an account or the desk says.

    Only those who serve customers give ``customer_id`` and ``identity``.
    """

    email: Email | None = None  # type: ignore[assignment]
    delivery: AnswerDelivery = AnswerDelivery.ELECTRONIC
    decision_id: UUID | None = None
    customer_id: UUID | None = None
    identity: IdentityMethod | None = None
    identity_note: Annotated[str, Field(max_length=500)] = ""


class CodeQuery(Body):
    """A protocol and the code that came with it."""

    protocol: Line
    code: Code


class EmailProofBody(CodeQuery):
    """The code that went to the e-mail address."""

    email_code: Code


class TicketProofBody(CodeQuery):
    """The protocol and code of a ticket of the same person's."""

    ticket_protocol: Line
    ticket_code: Code


class CancelBody(CodeQuery):
    """Why a request is no longer wanted."""

    reason: Words


class AcknowledgeBody(Body):
    """The code of a notice, and what its recipient says."""

    code: Code
    words: Annotated[str, Field(max_length=1000)] = ""


class IdentityBody(Body):
    """What somebody of the house found out about who asks; the note names no number."""

    method: IdentityMethod
    passed: bool
    note: Annotated[str, Field(max_length=500)] = ""
    customer_id: UUID | None = None


class LinkBody(Body):
    """Whose data a request is about."""

    customer_id: UUID


class AssignBody(Body):
    """Who attends to a request; null: nobody."""

    user_id: UUID | None


class NoteBody(Body):
    """Words that only those who attend to requests read."""

    body: Words


class ReasonBody(Body):
    """Why."""

    reason: Words


class ExtendBody(ReasonBody):
    """Which term is extended, by its rule, and why."""

    rule: Line


class AnswerBody(Body):
    """How a request ends, in words for the data subject."""

    outcome: RequestOutcome
    answer: Words


class RefusalBody(Body):
    """On which ground of the catalogue a request is refused, and the reasons."""

    ground: Line
    answer: Words


class RecipientBody(Body):
    """Somebody who got the data."""

    name: Line
    email: Email


class NoticeBody(Body):
    """What recipients are asked to do as well."""

    recipients: Annotated[list[RecipientBody], Field(min_length=1, max_length=100)]
    asked: Words


class ClockReply(BaseModel):
    """A term that runs for a request or an incident. ``days_left`` counts whole local days."""

    rule: str
    name: str
    unit: DeadlineUnit
    amount: int
    reference: str
    confirm_with_counsel: bool
    starts_on: date
    due_on: date
    due_at: datetime
    days_left: int
    extended_by: int | None
    extension_reason: str | None
    met_at: datetime | None
    stopped_at: datetime | None
    late: bool


class StepReply(BaseModel):
    """One thing that happened."""

    kind: RequestStepKind
    status: RequestStatus
    body: str | None
    details: dict[str, Any]
    occurred_at: datetime


class ReceiptItem(BaseModel):
    """A receipt by its number."""

    number: str
    kind: str
    sha256: str
    issued_at: datetime
    links: dict[str, str]


class RequestItem(BaseModel):
    """A request in a list."""

    id: UUID
    protocol: str
    right: SubjectRight
    right_label: str
    article: str
    form: AccessForm | None
    regime: RequestRegime
    channel: RequestChannel
    status: RequestStatus
    status_label: str
    outcome: RequestOutcome | None
    requester_name: str
    customer_id: UUID | None
    assignee_id: UUID | None
    identity_proven: bool
    received_at: datetime
    closed_at: datetime | None
    clocks: list[ClockReply]
    links: dict[str, str]


class RequestPage(BaseModel):
    """A page of requests."""

    items: list[RequestItem]
    next_cursor: str | None


class DocumentItem(BaseModel):
    """A paper that came with a request."""

    id: UUID
    purpose: str
    name: str | None
    size: int
    sha256: str
    added_at: datetime
    deleted_at: datetime | None


class RequestReply(RequestItem):
    """A whole request. ``code`` opens its public page, and is shown to who asked alone."""

    code: str | None
    requester_email: str | None
    requester_cpf: str | None
    description: str
    wanted: dict[str, str]
    delivery: AnswerDelivery
    representative_kind: RepresentativeKind | None
    representative_name: str | None
    ticket_id: UUID | None
    decision_id: UUID | None
    answer: str | None
    refusal_ground: str | None
    refusal_article: str | None
    revision: int
    steps: list[StepReply]
    documents: list[DocumentItem]
    receipts: list[ReceiptItem]


class PublicRequestReply(BaseModel):
    """A request as its public page shows it."""

    protocol: str
    right: SubjectRight
    right_label: str
    article: str
    status: RequestStatus
    status_label: str
    outcome_label: str | None
    identity_proven: bool
    received_at: datetime
    closed_at: datetime | None
    clocks: list[ClockReply]
    answer: str | None
    refusal_article: str | None
    appeal: str | None
    steps: list[StepReply]
    receipts: list[ReceiptItem]
    # Until when the copy of the data that belongs to the answer can be had; None where none is.
    copy_until: datetime | None


class OpenedPublicRequest(PublicRequestReply):
    """A request that has just come in, and its signed receipt.

    The code that opens it again goes to the e-mail address alone: else whoever types somebody
    else's address would read the answer.
    """

    receipt: Annotated[dict[str, Any], DescribedBy(ReceiptDocument)]


class NoticeReply(BaseModel):
    """A notice to a recipient of data."""

    id: UUID
    recipient: str
    recipient_email: str
    asked: str
    sent_at: datetime
    acknowledged_at: datetime | None
    acknowledgement: str | None


class NoticePage(BaseModel):
    """The log of a request's notices."""

    items: list[NoticeReply]


class AcknowledgedReply(BaseModel):
    """That a notice was acknowledged."""

    acknowledged_at: datetime


class RightReply(BaseModel):
    """A right as the public page lists it, with its term and where that is written."""

    right: SubjectRight
    title: str
    article: str
    meaning: str
    term: str
    reference: str
    confirm_with_counsel: bool


class GroundReply(BaseModel):
    """A ground on which a request may be refused."""

    key: str
    title: str
    article: str
    told: str


class RightsReply(BaseModel):
    """The catalogue of rights and of grounds of refusal."""

    rights: list[RightReply]
    grounds: list[GroundReply]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, dict):
        return {_plain(key): _plain(inner) for key, inner in value.items()}
    return value
