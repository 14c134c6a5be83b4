"""What erasures, grounds, holds, copies and retention take and answer over HTTP."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from cogep_assist.core.described import DescribedBy
from cogep_assist.core.models import (
    Erasure,
    ErasureOutcome,
    ErasureStatus,
    HeldType,
    HoldKind,
    KeepingGround,
    LegalHold,
    RetentionRun,
    RetentionRunStatus,
    SubjectExport,
    SubjectKeeping,
)
from cogep_assist.edge.validation_words import FieldsError
from cogep_assist.lgpd_service.erasure.erasure_documents import (
    ErasureCertificate,
    ErasurePlan,
    ErasureResult,
    RetentionReport,
)
from cogep_assist.lgpd_service.subject_data.doubtful_names import DoubtReason
from cogep_assist.lgpd_service.subject_data.identity import Doubt

Typed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=320)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
ObjectType = Annotated[str, StringConstraints(pattern="^(customer|ticket|document)$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Reply(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class SubjectBody(_Body):
    """Who it is about: a customer, or identifiers of somebody who is none."""

    customer_id: UUID | None = None
    cpf: Typed | None = None
    cnpj: Typed | None = None
    name: Typed | None = None
    email: Typed | None = None
    phone: Typed | None = None
    request_id: Annotated[
        UUID | None, Field(description="Pedido de titular que deu origem, se houver.")
    ] = None
    only_block: Annotated[
        bool, Field(description="Só bloqueia, sem eliminar (art. 18, IV). Só em eliminações.")
    ] = False

    @property
    def identifiers(self) -> dict[str, str | None]:
        """The identifiers that were given."""
        names = ("cpf", "cnpj", "name", "email", "phone")
        return {name: getattr(self, name) for name in names}


class ConfirmBody(_Body):
    """The protocol, typed anew: what is erased does not come back."""

    protocol: Typed


class ErasureReply(_Reply):
    """An erasure: its plan, where it stands, and in the end what was done."""

    id: UUID
    protocol: str
    status: ErasureStatus
    outcome: ErasureOutcome
    customer_id: UUID | None
    request_id: UUID | None
    plan: Annotated[dict[str, Any], DescribedBy(ErasurePlan)]
    result: Annotated[dict[str, Any], DescribedBy(ErasureResult)] | None
    certificate: Annotated[dict[str, Any], DescribedBy(ErasureCertificate)] | None
    created_at: datetime
    confirmed_at: datetime | None
    executed_at: datetime | None
    completed_at: datetime | None
    scrubbed_at: datetime | None

    @classmethod
    def of(cls, erasure: Erasure) -> Self:
        """Tell an erasure."""
        return cls.model_validate(erasure)


class ErasureList(BaseModel):
    """Erasures, the newest first."""

    erasures: list[ErasureReply]
    next_cursor: str | None = None


class DoubtReply(_Reply):
    """A spelling that may be the subject's, with what stands around it; for who decides alone."""

    number: int
    table: str
    surface: str
    reason: DoubtReason
    context: str
    beside: Annotated[bool, Field(description="O mesmo texto cita a pessoa com certeza.")]
    erase: bool | None


class DoubtList(BaseModel):
    """The doubtful spellings of an erasure, the surest first."""

    doubts: list[DoubtReply]

    @classmethod
    def of(cls, doubts: Sequence[Doubt]) -> Self:
        """Tell doubts."""
        return cls(doubts=[DoubtReply.model_validate(one) for one in doubts])


class DoubtsBody(_Body):
    """Which spellings are to go (true) and which stay (false), by their numbers."""

    decisions: Annotated[dict[int, bool], Field(min_length=1, max_length=300)]


class KeepingBody(_Body):
    """Why data are kept, and until which day; no day: permanent value."""

    object_type: ObjectType
    object_id: UUID
    ground: KeepingGround
    reference: Reason
    until: date | None = None


class KeepingReply(_Reply):
    """A ground of conservation."""

    id: UUID
    object_type: str
    object_id: UUID
    ground: KeepingGround
    reference: str
    until: date | None
    created_at: datetime

    @classmethod
    def of(cls, keeping: SubjectKeeping) -> Self:
        """Tell a ground."""
        return cls.model_validate(keeping)


class DisposalReply(_Reply):
    """A public record whose term is over: its code and its dates, no names."""

    id: UUID
    code: str
    object_type: str
    object_id: UUID
    protocol: str | None
    began_at: datetime
    ended_at: datetime | None
    until: date
    held: bool


class DisposalBody(_Body):
    """The number of the archive's term of elimination, and which records of the list it names."""

    term: Annotated[str, Field(min_length=1, max_length=60)]
    ids: Annotated[list[UUID], Field(min_length=1, max_length=1000)]


class DisposedReply(_Reply):
    """How many records a term of elimination let go."""

    term: str
    records: int


class DisposalTermReply(_Reply):
    """A term of elimination: its number, how many records, by which codes."""

    term: str
    records: int
    recorded_at: datetime
    codes: list[str]


class HoldBody(_Body):
    """What is held, one thing alone, and why."""

    reason: Reason
    customer_id: UUID | None = None
    ticket_id: UUID | None = None
    document_id: UUID | None = None
    held_type: HeldType | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        given = (self.customer_id, self.ticket_id, self.document_id, self.held_type)
        if sum(one is not None for one in given) != 1:
            raise FieldsError(
                "customer_id", "deve vir só, ou só ticket_id, document_id ou held_type"
            )
        return self


class ReleaseBody(_Body):
    """Why a hold may be released."""

    reason: Reason


class HoldMade(_Reply):
    """A hold, without the words that go with it."""

    id: UUID
    kind: HoldKind
    object_id: UUID | None
    held_type: HeldType | None
    placed_at: datetime
    release_asked_at: datetime | None
    released_at: datetime | None

    @classmethod
    def of(cls, hold: LegalHold) -> Self:
        """Tell a hold."""
        return cls.model_validate(hold)


class HoldReply(HoldMade):
    """A hold with its reasons."""

    reason: str
    release_reason: str | None


class RuleBody(_Body):
    """How long a class is kept, and whether the nightly duty acts on it."""

    days: Annotated[int, Field(ge=1, le=36500)]
    enabled: bool
    reference: Reason | None = None


class RuleReply(BaseModel):
    """A class of data and its term."""

    data_class: str
    title: str
    event: str
    days: int
    fate: str
    reference: str
    enabled: bool
    setting: str | None = Field(
        description="A configuração do servidor que elimina estes dados, com ou sem a regra."
    )
    setting_days: int | None = Field(description="Os dias dessa configuração.")
    in_force_days: int | None = Field(
        description="Depois de quantos dias os dados saem de fato; nulo, se nada os elimina."
    )


class SimulatedReply(RuleReply):
    """What would go, and what would stay and why."""

    before: date
    records: int
    stays: dict[str, int]


class RunReply(_Reply):
    """One run: what it proposed, who approved, what it did."""

    id: UUID
    data_class: str
    status: RetentionRunStatus
    before: date
    records: int
    held_back: dict[str, int]
    needs_second: bool
    report: Annotated[dict[str, Any], DescribedBy(RetentionReport)] | None
    proposed_at: datetime
    executed_at: datetime | None

    @classmethod
    def of(cls, run: RetentionRun) -> Self:
        """Tell a run."""
        return cls.model_validate(run)


class ExportReply(BaseModel):
    """A copy that is kept sealed until its days are over."""

    id: UUID
    sha256: str
    size_bytes: int
    expires_at: datetime
    links: dict[str, str]

    @classmethod
    def of(cls, kept: SubjectExport) -> Self:
        """Tell a copy."""
        return cls(
            id=kept.id,
            sha256=bytes(kept.sha256).hex(),
            size_bytes=kept.size_bytes,
            expires_at=kept.expires_at,
            links={"download": f"/lgpd/exports/{kept.id}"},
        )
