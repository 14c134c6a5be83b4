"""The shapes of calendars, policies, and of where a ticket stands."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from cogep_assist.core.models import TicketPriority
from cogep_assist.crm_service.tickets.ticket_schemas import Body, Name

Clock = Annotated[str, Field(max_length=5, pattern=r"^[0-2]\d:[0-5]\d$")]
Pair = Annotated[list[Clock], Field(min_length=2, max_length=2)]
Shifts = Annotated[list[Pair], Field(max_length=12)]
# A year of minutes is longer than any desk promises.
Minutes = Annotated[int, Field(ge=1, le=525_600)]


class CalendarBody(Body):
    """Shifts per weekday (Monday first) and which holidays are kept."""

    time_zone: Annotated[str, Field(max_length=60)] = "America/Sao_Paulo"
    week: Annotated[list[Shifts], Field(min_length=7, max_length=7)]
    state: Annotated[str, Field(max_length=2)] | None = None
    # False for those who work on every holiday, as a watch round the clock does.
    public_holidays: bool = True
    optional_holidays: bool = True


class DayBody(Body):
    """A day unlike its weekday; no shifts make it a holiday."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    shifts: Shifts = Field(default_factory=list)


class CalendarReply(BaseModel):
    """A calendar, and its own days beside the law's holidays."""

    id: UUID
    name: str
    time_zone: str
    week: list[list[list[str]]]
    state: str | None
    public_holidays: bool
    optional_holidays: bool
    days: dict[date, DayBody]


class TargetBody(Body):
    """Minutes that count until the first reply and until the resolution; null: not promised."""

    first_reply_minutes: Minutes | None = None
    resolution_minutes: Minutes | None = None


class PolicyBody(Body):
    """Which tickets are promised what, by which calendar."""

    calendar: Name
    position: Annotated[int, Field(ge=0, le=1000)] = 100
    queue: Name | None = None
    customer_class: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    warn_percent: Annotated[int, Field(ge=1, le=100)] = 80
    # Whether a missed target is told to who leads the team, or to the administrators.
    escalates: bool = True
    targets: dict[TicketPriority, TargetBody]


class PolicyReply(PolicyBody):
    """A policy."""

    id: UUID
    name: str


class CountedInterval(BaseModel):
    """A stretch in which time counted."""

    since: datetime
    until: datetime
    minutes: float


class TargetReading(BaseModel):
    """Where one target stands. ``state``: running, paused, met or missed."""

    state: str
    target_minutes: int
    spent_minutes: float
    due_at: datetime | None
    missed_at: datetime | None
    counted: list[CountedInterval]


class SlaReading(BaseModel):
    """Where a ticket stands, and every interval that was counted to say so."""

    ticket_id: UUID
    protocol: str
    policy: str | None
    calendar: str | None
    # Holidays, half days and worked Saturdays between the opening and the due moments.
    days_off: dict[date, str]
    read_at: datetime
    first_reply: TargetReading | None
    resolution: TargetReading | None
