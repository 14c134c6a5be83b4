"""The shapes of purposes and consents."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from cogep_assist.core.models import ConsentAct, ConsentChannel
from cogep_assist.lgpd_service.requests.request_schemas import Body, Line, Words

PurposeKey = Annotated[str, Field(min_length=2, max_length=60, pattern=r"^[a-z][a-z0-9_]{1,59}$")]
Proof = Annotated[str, Field(max_length=500)]


class PurposeBody(Body):
    """What people read before they consent. ``consequences``: what refusing brings."""

    title: Line
    text: Words
    consequences: Words
    changes: Annotated[str, Field(max_length=20_000)] = ""
    renewal: bool = False
    sensitive: bool = False


class PurposeReply(PurposeBody):
    """A purpose as it is asked for now, or as it was in one of its versions."""

    key: str
    version: int
    sha256: str
    published_at: datetime


class PurposesReply(BaseModel):
    """Every purpose that is asked for."""

    items: list[PurposeReply]


class RefuseBody(Body):
    """Who says it, of what, and where."""

    customer_id: UUID
    purpose: PurposeKey
    channel: ConsentChannel = ConsentChannel.API
    proof: Proof = ""


class GrantBody(RefuseBody):
    """A consent. ``version``: of the words that were shown; another one now is refused."""

    version: Annotated[int, Field(ge=1, le=32_000)] | None = None
    guardian_id: UUID | None = None
    best_interest: Annotated[str, Field(max_length=2000)] | None = None


class ConsentReply(BaseModel):
    """One word of one person, and the number of its receipt."""

    id: UUID
    customer_id: UUID
    purpose: str
    act: ConsentAct
    channel: ConsentChannel
    proof: str
    receipt_number: str | None
    occurred_at: datetime


class StandingReply(BaseModel):
    """What holds of one purpose."""

    purpose: str
    title: str
    stands: bool
    last_act: ConsentAct
    last_at: datetime
    version: int
    receipt_number: str | None


class StandingsReply(BaseModel):
    """What holds of every purpose that a person said something of."""

    items: list[StandingReply]


class LedgerReply(BaseModel):
    """A page of everything that a person said, the newest first."""

    items: list[ConsentReply]
    next_cursor: str | None


class GuardianBody(Body):
    """Who answers for a minor, and how that was made sure."""

    customer_id: UUID
    name: Line
    relation: Line
    verification: Words


class GuardianReply(GuardianBody):
    """A guardian as they are recorded."""

    id: UUID
    recorded_at: datetime


class GuardiansReply(BaseModel):
    """Who answers for a minor, as they were recorded."""

    items: list[GuardianReply]


class PurposeMessageBody(Body):
    """A message to everybody whose consent stands. ``after``: where the last page ended."""

    subject: Line
    body: Words
    after: UUID | None = None


class PurposeMessageReply(BaseModel):
    """How many messages were put in line, and where to go on."""

    posted: int
    next_after: UUID | None
