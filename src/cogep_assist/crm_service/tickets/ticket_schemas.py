"""The shapes of what is said about tickets and queues."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, computed_field

from cogep_assist.core.models import (
    AnswerMode,
    AssignmentRule,
    EntryKind,
    LinkKind,
    TicketChannel,
    TicketLevel,
    TicketPriority,
    TicketStatus,
    WaitingOn,
)
from cogep_assist.core.pii.sensitive import SENSITIVE_LABELS, SensitiveCategory
from cogep_assist.crm_service.tickets.ticket_channel import SaidChannel
from cogep_assist.crm_service.tickets.ticket_documents import KeptCitation, KeptHandover

Line = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(min_length=1, max_length=50_000)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
Name = Annotated[str, Field(min_length=1, max_length=60)]
Tags = Annotated[list[str], Field(max_length=20)]


class Body(BaseModel):
    """A request's body: a field that nobody declared is refused."""

    model_config = ConfigDict(extra="forbid")


class TicketBody(Body):
    """A ticket to be opened. Requesters give subject, body and urgency alone."""

    subject: Line
    body: Text
    urgency: TicketLevel = TicketLevel.MEDIUM
    impact: TicketLevel = TicketLevel.MEDIUM
    priority: TicketPriority | None = None
    queue: Name | None = None
    customer_id: UUID | None = None
    channel: SaidChannel = TicketChannel.API
    tags: Tags = []


class HandoverState(Body):
    """Where a conversation stood when it was handed over to a person."""

    session_id: Annotated[str, Field(max_length=100)] | None = None
    last_step_completed: Annotated[str, Field(max_length=500)] | None = None
    current_objective: Annotated[str, Field(max_length=500)] | None = None
    decisions: Annotated[list[Reason], Field(max_length=20)] = []
    open_issues: Annotated[list[Reason], Field(max_length=20)] = []


class FromAnswerBody(Body):
    """A ticket out of an answer that did not help."""

    answer_id: UUID
    subject: Line | None = None
    body: Text | None = None
    urgency: TicketLevel = TicketLevel.MEDIUM
    state: HandoverState | None = None


class TicketChange(Body):
    """What is to be different; what is left out stays. ``priority`` null: as drawn again."""

    subject: Line | None = None
    queue: Name | None = None
    impact: TicketLevel | None = None
    urgency: TicketLevel | None = None
    priority: TicketPriority | None = None
    customer_id: UUID | None = None
    tags: Tags | None = None


class MoveBody(Body):
    """The state that a ticket is to have, and why."""

    status: TicketStatus
    reason: Reason | None = None
    waiting_on: WaitingOn | None = None
    until: AwareDatetime | None = None


class SnoozeBody(Body):
    """Until when a ticket is out of sight; null brings it back."""

    until: AwareDatetime | None


class AssignBody(Body):
    """Who is to attend to a ticket; null gives it back to the queue."""

    user_id: UUID | None


class EntryBody(Body):
    """Something to be written on a ticket."""

    body: Text
    kind: EntryKind | None = None
    mentions: Annotated[list[UUID], Field(max_length=20)] = []


class LinkBody(Body):
    """Another ticket, and how this one stands to it."""

    kind: LinkKind
    other_id: UUID


class SplitBody(Body):
    """Entries that become a ticket of their own."""

    subject: Line
    entry_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class MergeBody(Body):
    """The ticket that is taken into this one."""

    other_id: UUID


class RatingBody(Body):
    """What the person thought, from 1 (bad) to 5 (very good)."""

    score: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, Field(max_length=2000)] | None = None


class StatusQuery(Body):
    """A protocol, and the code that came with it."""

    protocol: Annotated[str, Field(max_length=30)]
    proof: Annotated[str, Field(max_length=30)]


class QueueChange(Body):
    """What is to be different about a queue; ``team`` null opens it to every agent."""

    team: Name | None = None
    assignment: AssignmentRule | None = None
    is_default: bool | None = None
    archived: bool | None = None


class QueueReply(BaseModel):
    """A queue, and how many tickets in it have not ended."""

    id: UUID
    name: str
    team: str | None
    assignment: AssignmentRule
    is_default: bool
    archived: bool
    unfinished: int


class PersonReply(BaseModel):
    """Somebody by name."""

    id: UUID
    name: str


class TicketReply(BaseModel):
    """A ticket as it stands; withheld: its text is not for this reader, as it is sensitive."""

    id: UUID
    protocol: str
    external_number: str | None = None
    external_system: str | None = None
    subject: str
    status: TicketStatus
    status_reason: str | None
    waiting_on: WaitingOn | None
    wake_at: datetime | None
    snoozed: bool
    impact: TicketLevel
    urgency: TicketLevel
    priority: TicketPriority
    channel: TicketChannel
    queue: str
    assignee: PersonReply | None
    customer: PersonReply | None
    tags: list[str]
    merged_into_id: UUID | None
    reopened: int
    revision: int
    created_at: datetime
    updated_at: datetime
    first_replied_at: datetime | None
    last_entry_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    is_sensitive: bool = False
    withheld: bool = False
    links: dict[str, str]


class OpenedTicket(TicketReply):
    """A ticket just opened; ``proof`` and the protocol show its state to who has no account."""

    proof: str


class TicketPage(BaseModel):
    """Tickets, newest first; ``next_cursor`` is null at the end."""

    items: list[TicketReply]
    next_cursor: str | None


class FoundTicket(BaseModel):
    """A ticket that a search found, and the words by which it did."""

    ticket: TicketReply
    score: float
    excerpt: str


class FoundTickets(BaseModel):
    """Tickets, best first."""

    items: list[FoundTicket]


class SuggestedPassage(BaseModel):
    """A passage of the base. ``public``: who asks may read it too."""

    n: int
    document_id: UUID
    version: int
    title: str
    uri: str | None
    heading: str
    page: int | None
    text: str
    start: int
    end: int
    public: bool


class DraftReply(BaseModel):
    """A reply to start from: what the base says, each sentence with the passages it leans on."""

    abstained: bool
    mode: AnswerMode
    notice: str | None = Field(description="Por que o modelo não escreveu, ou só em parte.")
    text: str
    citations: list[SuggestedPassage]
    passages: list[SuggestedPassage]


class Suggested(BaseModel):
    """A value for a field of a ticket, how much speaks for it, and which tickets do."""

    value: str
    share: float
    because: list[str]


class Classification(BaseModel):
    """Where tickets like this one went; a person has the last word."""

    queue: Suggested | None
    priority: Suggested | None
    tags: list[Suggested]


class ClassificationBody(Body):
    """Which of the suggestions a person accepts."""

    accept: Annotated[list[Literal["queue", "priority", "tags"]], Field(min_length=1, max_length=3)]


class AttachmentReply(BaseModel):
    """A file on an entry."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int


class EntryReply(BaseModel):
    """Something written on a ticket. ``mine``: by the one who reads it."""

    id: UUID
    kind: EntryKind
    author: str
    mine: bool
    body: str
    # What a mail quoted below its own words, and its signature.
    folded: str | None = None
    citations: list[KeptCitation]
    attachments: list[AttachmentReply]
    created_at: datetime
    # A reply that has not gone out yet: its author may still take it back.
    held_until: datetime | None = None


class EventReply(BaseModel):
    """Something that happened to a ticket."""

    id: UUID
    kind: str
    actor: str
    details: dict[str, Any]
    created_at: datetime


class LinkReply(BaseModel):
    """A relation: ``outgoing`` when it is told from this ticket's side."""

    kind: LinkKind
    outgoing: bool
    ticket_id: UUID
    protocol: str
    subject: str
    status: TicketStatus


class RatingReply(BaseModel):
    """What the person thought of it."""

    score: int
    comment: str | None


class SensitivityReply(BaseModel):
    """A category of sensitive data (LGPD, art. 5, II) that a ticket mentions, and by which words.

    ``upheld``: a person's last word on it; null before anybody said one.
    """

    category: SensitiveCategory
    words: list[str]
    found_at: datetime
    upheld: bool | None
    note: str | None
    decided_by: str | None
    decided_at: datetime | None

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own way of writing it
    @property
    def label(self) -> str:
        """The category as people read it."""
        return SENSITIVE_LABELS[self.category]


class SensitivityBody(Body):
    """Whether a ticket really holds sensitive data of a category."""

    upheld: bool
    note: Annotated[str, Field(max_length=1000)] = ""


class TicketDetail(TicketReply):
    """A ticket with all that was written; events, hand-over and flags are for who works on it."""

    entries: list[EntryReply]
    events: list[EventReply]
    related: list[LinkReply]
    handover: KeptHandover | None
    rating: RatingReply | None
    sensitive: list[SensitivityReply]


class PublicStatus(BaseModel):
    """What somebody with the protocol and its code may know."""

    protocol: str
    subject: str
    status: TicketStatus
    status_label: str
    queue: str
    created_at: datetime
    updated_at: datetime
    entries: list[EntryReply]


class MergeReply(BaseModel):
    """A merge: which ticket was kept, which was taken in."""

    id: UUID
    kept: TicketReply
    merged_id: UUID
    moved_entries: int
    undo_until: datetime
