"""The shapes of terms, of the law's calendar, of the organisation and of its encarregado."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from cogep_assist.core.models import DeadlineUnit, OfficerKind
from cogep_assist.lgpd_service.legal.deadline_rules import MAX_AMOUNT
from cogep_assist.lgpd_service.requests.request_schemas import Body, Email, Line

Amount = Annotated[int, Field(ge=0, le=MAX_AMOUNT)]
More = Annotated[int, Field(ge=1, le=MAX_AMOUNT)]
Words = Annotated[str, Field(max_length=1000)]
State = Annotated[str, Field(max_length=2)]


class RuleBody(Body):
    """What a term says; the reference is where it is written."""

    amount: Amount
    unit: DeadlineUnit
    small_amount: Amount | None = None
    extension: More | None = None
    small_extension: More | None = None
    ends_on_business_day: bool = True
    starts_on_business_day: bool = False
    reference: Annotated[str, Field(min_length=1, max_length=1000)]
    note: Words = ""
    confirm_with_counsel: bool = True


class RuleReply(RuleBody):
    """A term. ``in_force`` is what holds for this organisation, small agent or not."""

    key: str
    name: str
    in_force: int
    term: str
    revision: int
    updated_at: datetime


class RulesReply(BaseModel):
    """Every term."""

    items: list[RuleReply]


class TermQuery(BaseModel):
    """When a term ends that starts on a day."""

    rule: str
    starts_on: date
    due_on: date
    extended_due_on: date | None
    term: str
    reference: str
    confirm_with_counsel: bool


class LegalDayBody(Body):
    """A day unlike what the law's calendar says."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    is_business_day: bool = False


class LegalDayReply(LegalDayBody):
    """One of the organisation's own days."""

    day: date


class CalendarReply(BaseModel):
    """The organisation's own days, and those of a year that the law takes out."""

    state: str | None
    optional_holidays: bool
    year: int
    own: list[LegalDayReply]
    legal: dict[date, str]


class OrganizationBody(Body):
    """What is to hold from now on; what is left out stays as it is. An empty state: none."""

    name: Annotated[str, Field(max_length=200)] | None = None
    state: State | None = None
    public_body: bool | None = None
    optional_holidays: bool | None = None
    small_agent: bool | None = None
    high_risk_answers: dict[Annotated[str, Field(max_length=60)], bool] | None = None


class OrganizationReply(BaseModel):
    """The organisation as the law sees it. ``questions`` are those of the high-risk test."""

    name: str
    state: str | None
    public_body: bool
    optional_holidays: bool
    small_agent: bool
    small_terms_hold: bool
    high_risk_answers: dict[str, bool]
    questions: dict[str, str]
    revision: int
    updated_at: datetime


class AppointmentBody(Body):
    """An act of appointment."""

    kind: OfficerKind
    name: Line
    email: Email
    act_reference: Line
    signed_on: date
    starts_on: date
    ends_on: date | None = None
    responsible_name: Line | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    publication: Line | None = None
    published_on: date | None = None
    no_conflict_statement: Words = ""


class AppointmentReply(AppointmentBody):
    """An act of appointment as it is registered."""

    id: UUID
    act_name: str | None
    act_sha256: str | None
    missing: list[str] = Field(description="O que a Res. CD/ANPD 18/2024 pede e ainda falta.")
    created_at: datetime


class AppointmentsReply(BaseModel):
    """Every act of appointment, the newest first."""

    items: list[AppointmentReply]


class PublicationBody(Body):
    """Where and when an act came out."""

    publication: Line
    published_on: date


class EndBody(Body):
    """An appointment's last day."""

    ends_on: date


class PublicOfficer(BaseModel):
    """Who answers for data protection, as everybody may know."""

    kind: OfficerKind
    name: str
    responsible_name: str | None
    email: str
    phone: str | None
    since: date


class PublicOfficersReply(BaseModel):
    """Whom data subjects turn to. ``vacant``: nobody is appointed."""

    organization: str
    vacant: bool
    acting: PublicOfficer | None
    substitute: PublicOfficer | None
