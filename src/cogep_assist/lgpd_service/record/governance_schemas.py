"""The shapes of the programme of governance."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cogep_assist.core.models import GovernanceKind

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=300)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9_]{1,60}$")]


class NewGovernance(BaseModel):
    """An instruction, a policy or a training."""

    model_config = ConfigDict(extra="forbid")

    kind: GovernanceKind
    title: Line
    reference: Line = Field(
        description="Quem instruiu e por qual instrumento; onde está a política; quem ensinou."
    )
    body: Annotated[str, Field(max_length=5000)] = ""
    activity: Key | None = Field(
        default=None, description="Chave da atividade do registro (GET /lgpd/ropa)."
    )
    people: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="Quantas pessoas um treinamento alcançou."
    )
    held_on: date
    review_on: date | None = None


class GovernanceReply(NewGovernance):
    """What is on record."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    created_at: datetime
    withdrawn_at: datetime | None


class GovernanceList(BaseModel):
    """Instructions, policies and trainings, the newest first."""

    items: list[GovernanceReply]


class ProgrammeReply(BaseModel):
    """The programme in figures, of the last twelve months where a period is meant."""

    requests_received: int
    requests_answered: int
    requests_answered_late: int
    requests_overdue: int
    incidents: int
    incidents_communicated: int
    reviews_waiting: int
    policies: int
    reviews_of_policies_overdue: int
    instructions: int
    people_trained: int
    staff: int
    impact_reports_approved: int
    record_version: int | None
    officer_vacant: bool
