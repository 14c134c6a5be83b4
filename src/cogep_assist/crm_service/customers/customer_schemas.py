"""The shapes of what is said about customers."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from cogep_assist.core.models import (
    ContactKind,
    CustomerKind,
    DuplicateStatus,
    FieldType,
    ImportOutcome,
    ImportStatus,
    OnDuplicate,
    RelationKind,
)
from cogep_assist.edge.validation_words import FieldsError

Text = Annotated[str, Field(max_length=1000)]
Notes = Annotated[str, Field(max_length=20_000)]
FieldKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
CustomValues = Annotated[dict[str, str | int | float | bool | None], Field(max_length=60)]


class ContactBody(BaseModel):
    """An e-mail address or a telephone, as it is typed."""

    model_config = ConfigDict(extra="forbid")

    kind: ContactKind
    value: Annotated[str, Field(min_length=1, max_length=320)]
    label: Annotated[str, Field(max_length=60)] | None = None
    is_primary: bool = False


class CustomerValues(BaseModel):
    """What may be said of a customer. A field that is left out is not touched."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = None
    social_name: Text | None = None
    cpf: Text | None = None
    cnpj: Text | None = None
    external_id: Text | None = None
    birth_date: Annotated[
        Text | None, Field(description="AAAA-MM-DD ou DD/MM/AAAA; só para pessoas.")
    ] = None
    language: Text | None = None
    customer_class: Text | None = None
    cep: Text | None = None
    street: Text | None = None
    street_number: Text | None = None
    complement: Text | None = None
    district: Text | None = None
    city: Text | None = None
    state: Text | None = None
    notes: Notes | None = None
    contacts: Annotated[list[ContactBody], Field(max_length=20)] | None = None
    tags: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=50)] | None = None
    custom: CustomValues | None = None


class CustomerBody(CustomerValues):
    """A new customer."""

    kind: CustomerKind = CustomerKind.PERSON
    name: Text


class ContactReply(BaseModel):
    """A contact: as typed, as compared, and as people write it."""

    id: UUID
    kind: ContactKind
    value: str
    canonical: str
    shown: str
    label: str | None
    is_primary: bool


class CustomerReply(BaseModel):
    """A customer. The CPF is masked; showing it whole is an act of its own."""

    id: UUID
    kind: CustomerKind
    name: str
    social_name: str | None
    cpf_masked: str | None
    cnpj: str | None
    external_id: str | None
    birth_date: date | None
    language: str
    cep: str | None
    street: str | None
    street_number: str | None
    complement: str | None
    district: str | None
    city: str | None
    state: str | None
    contacts: list[ContactReply]
    custom: dict[str, Any]
    # What the staff keeps for itself is null for the customer.
    customer_class: str | None
    notes: str | None
    tags: list[str]
    duplicates: int
    revision: int
    created_at: datetime
    updated_at: datetime
    links: dict[str, str]


class CustomerItem(BaseModel):
    """A customer in a list. ``match`` says how a search found it."""

    id: UUID
    kind: CustomerKind
    name: str
    social_name: str | None
    cpf_masked: str | None
    cnpj: str | None
    city: str | None
    state: str | None
    customer_class: str
    email: str | None
    phone: str | None
    tags: list[str]
    match: Literal["identifier", "contact", "protocol", "name", "similar"] | None = None
    revision: int


class CustomerPage(BaseModel):
    """Customers by name, or the best of a search; ``next_cursor`` is null at the end.

    ``more``: a search found more than it shows; say more of the name.
    """

    items: list[CustomerItem]
    next_cursor: str | None
    more: bool = False


class RevealBody(BaseModel):
    """Why somebody needs to see a CPF whole."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=300)]


class RevealReply(BaseModel):
    """A CPF, whole."""

    cpf: str


class FieldBody(BaseModel):
    """A new custom field. ``purpose``: why the organisation keeps it (LGPD, art. 6, I)."""

    model_config = ConfigDict(extra="forbid")

    key: FieldKey
    label: Line
    field_type: FieldType
    customer_kind: CustomerKind | None = None
    choices: Annotated[list[Line], Field(max_length=200)] = []
    is_required: bool = False
    purpose: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
    position: Annotated[int, Field(ge=0, le=10_000)] = 0

    @model_validator(mode="after")
    def _choices_belong_to_a_choice(self) -> "FieldBody":
        if (self.field_type is FieldType.CHOICE) is not bool(self.choices):
            raise FieldsError("choices", "acompanha o tipo choice, e só ele")
        return self


class FieldChange(BaseModel):
    """What changes of a custom field; its type and key stay."""

    model_config = ConfigDict(extra="forbid")

    # What is not sent stays as it is: the contract tells no defaults, which nobody could send.
    label: Line = Field(default_factory=str)
    choices: Annotated[list[Line], Field(min_length=1, max_length=200)] = Field(
        default_factory=list
    )
    is_required: bool = False
    purpose: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)
    ] = Field(default_factory=str)
    position: Annotated[int, Field(ge=0, le=10_000)] = 0
    archived: bool = False


class FieldReply(BaseModel):
    """A custom field."""

    model_config = ConfigDict(from_attributes=True)

    key: str
    label: str
    field_type: FieldType
    customer_kind: CustomerKind | None
    choices: list[str]
    is_required: bool
    purpose: str
    position: int
    archived_at: datetime | None


class FieldList(BaseModel):
    """The custom fields in use."""

    items: list[FieldReply]


class RelationBody(BaseModel):
    """What this customer is to another."""

    model_config = ConfigDict(extra="forbid")

    kind: RelationKind
    other_id: UUID
    note: Annotated[str, Field(max_length=300)] | None = None


class RelationReply(BaseModel):
    """A relation, seen from one side: in words, and with whom."""

    id: UUID
    kind: RelationKind
    outgoing: bool
    label: str
    other_id: UUID
    other_name: str
    note: str | None
    created_at: datetime


class RelationList(BaseModel):
    """Everybody whom a customer is related to."""

    items: list[RelationReply]


class EventReply(BaseModel):
    """One thing that happened with a customer: names of fields and ids, never values."""

    id: UUID
    kind: str
    label: str
    object_type: str | None
    object_id: str | None
    details: dict[str, Any]
    actor: str
    occurred_at: datetime


class EventPage(BaseModel):
    """What happened, newest first; ``next_cursor`` is null at the end."""

    items: list[EventReply]
    next_cursor: str | None


class DuplicateReply(BaseModel):
    """Two customers that may be one: how likely (0 to 1), and why."""

    first: CustomerItem
    second: CustomerItem
    score: float
    reasons: list[str]
    reason_labels: list[str]
    status: DuplicateStatus
    created_at: datetime


class DuplicatePage(BaseModel):
    """Suggestions, the likeliest first; ``next_cursor`` is null at the end."""

    items: list[DuplicateReply]
    next_cursor: str | None


class PairBody(BaseModel):
    """Two customers."""

    model_config = ConfigDict(extra="forbid")

    first_id: UUID
    second_id: UUID


class MergeBody(BaseModel):
    """Whom to merge into this customer, and whose value stays where somebody chose.

    ``fields``: a field, "address", "notes", "primary_contacts" or "custom.KEY" to "winner"
    or "loser"; "notes" may be "both".
    """

    model_config = ConfigDict(extra="forbid")

    loser_id: UUID
    fields: Annotated[
        dict[
            Annotated[str, Field(max_length=60)],
            Literal["winner", "loser", "both"],
        ],
        Field(max_length=100),
    ] = {}


class MergeReply(BaseModel):
    """A merge, and whether it was taken back."""

    id: UUID
    winner_id: UUID
    loser_id: UUID
    merged_at: datetime
    undone_at: datetime | None
    undo_until: datetime
    links: dict[str, str]


class FieldComparison(BaseModel):
    """One field of two customers side by side, and what stays if nobody chooses."""

    field: str
    label: str
    winner: Any
    loser: Any
    default: Literal["winner", "loser", "both", "choose"]


class MergePreview(BaseModel):
    """Two customers side by side: the fields that differ, and what would move."""

    winner: CustomerItem
    loser: CustomerItem
    fields: list[FieldComparison]
    moves: dict[str, int]


class ImportReply(BaseModel):
    """An import: what it reads, how far it is, and how its lines ended."""

    id: UUID
    status: ImportStatus
    status_label: str
    file_name: str
    encoding: str
    delimiter: str
    mapping: dict[str, str]
    on_duplicate: OnDuplicate
    dry_run: bool
    lines_total: int
    lines_done: int
    counts: dict[str, int]
    created_at: datetime
    finished_at: datetime | None
    rolled_back_at: datetime | None
    links: dict[str, str]


class ImportPage(BaseModel):
    """Imports, newest first; ``next_cursor`` is null at the end."""

    items: list[ImportReply]
    next_cursor: str | None


class LineProblem(BaseModel):
    """Why a line was refused: the field, a stable code, and the reason in words."""

    field: str
    code: str
    reason: str


class ImportLineReply(BaseModel):
    """What became of one line of the file."""

    line: int
    outcome: ImportOutcome
    problems: list[LineProblem]
    customer_id: UUID | None


class ImportLinePage(BaseModel):
    """Lines in the order of the file; ``next_cursor`` is null at the end."""

    items: list[ImportLineReply]
    next_cursor: str | None
