"""The shapes of views, macros, texts and of who is at a ticket."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from cogep_assist.core.models import TicketPriority, TicketStatus, WaitingOn
from cogep_assist.crm_service.tickets.ticket_deadlines import TicketDeadline
from cogep_assist.crm_service.tickets.ticket_schemas import (
    AssignBody,
    Body,
    MoveBody,
    Name,
    Reason,
    Tags,
    Text,
    TicketChange,
)
from cogep_assist.edge.validation_words import FieldsError


class TicketQuery(Body):
    """What a list asks for. ``assignee``: me, none or a person's id.

    ``deadline``: "at_risk" for what is near the end of a promised time or past it and still
    owed, "missed" for what is past it. ``order``: "deadline" for what was missed longest or is
    due next first, and what has no deadline last.
    """

    status: list[TicketStatus] = Field(default_factory=list, max_length=5)
    priority: list[TicketPriority] = Field(default_factory=list, max_length=4)
    queue: Name | None = None
    assignee: Annotated[str, Field(max_length=40)] | None = None
    customer_id: UUID | None = None
    tag: Annotated[str, Field(max_length=40)] | None = None
    protocol: Annotated[str, Field(max_length=30)] | None = None
    created_from: AwareDatetime | None = None
    created_until: AwareDatetime | None = None
    snoozed: bool | None = None
    deadline: TicketDeadline | None = None
    order: Literal["newest", "deadline"] = "newest"
    merged: bool = False


class TicketListQuery(TicketQuery):
    """What a list asks for, by itself or on top of a view, page by page."""

    view: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[
        str | None,
        Field(
            description="O next_cursor da página anterior, tal como veio.",
            json_schema_extra={"pattern": r"^([0-9]{0,17}\.)?[0-9a-fA-F-]{32,36}$"},
        ),
    ] = None


class ViewBody(Body):
    """A list by name; a shared one is everybody's who attends."""

    name: Name
    shared: bool = False
    asked: TicketQuery


class ViewReply(ViewBody):
    """A view. ``mine``: its owner asks."""

    id: UUID
    mine: bool


class ReplyStep(Body):
    """Write a reply or a note."""

    do: Literal["reply", "note"]
    text: Text


class ChangeStep(Body):
    """Change what a ticket says about itself."""

    do: Literal["change"]
    change: TicketChange


class MoveStep(Body):
    """Move a ticket to a state."""

    do: Literal["move"]
    status: TicketStatus
    reason: Reason | None = None
    waiting_on: WaitingOn | None = None


class AssignStep(Body):
    """Take a ticket oneself, hand it to somebody, or give it back to the queue."""

    do: Literal["assign"]
    to: Literal["me"] | UUID | None


class TagStep(Body):
    """Add tags and take tags away."""

    do: Literal["tag"]
    add: Tags = Field(default_factory=list)
    remove: Tags = Field(default_factory=list)


Step = Annotated[
    ReplyStep | ChangeStep | MoveStep | AssignStep | TagStep, Field(discriminator="do")
]


class MacroBody(Body):
    """Steps that are done in order, all or none."""

    steps: Annotated[list[Step], Field(min_length=1, max_length=10)]


class MacroReply(MacroBody):
    """A macro."""

    id: UUID
    name: str


class TemplateBody(Body):
    """A text with places such as {{protocolo}}."""

    body: Text


class TemplateReply(TemplateBody):
    """A text to start a reply from."""

    id: UUID
    name: str


class FilledTemplate(BaseModel):
    """A text with the ticket's own words in its places."""

    name: str
    text: str


class BulkBody(Body):
    """One act on many tickets. Exactly one of the acts is given."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    change: TicketChange | None = None
    move: MoveBody | None = None
    assign: AssignBody | None = None
    macro: Name | None = None

    @model_validator(mode="after")
    def one_act(self) -> "BulkBody":
        """Refuse none and several."""
        if sum(act is not None for act in (self.change, self.move, self.assign, self.macro)) != 1:
            raise FieldsError("change", "deve vir só, ou só move, assign ou macro: um ato por vez")
        return self


class BulkItem(BaseModel):
    """What became of one ticket; ``code`` and ``message`` say why nothing did."""

    id: UUID
    done: bool
    code: str | None = None
    message: str | None = None


class BulkReply(BaseModel):
    """What became of each, in the order asked."""

    items: list[BulkItem]


class PresenceBody(Body):
    """Whether somebody who looks at a ticket writes on it as well."""

    writing: bool = False


class PresenceReply(BaseModel):
    """Who else is at a ticket now."""

    user_id: UUID
    name: str
    writing: bool
