"""What the record of processing and its children hold, as the contract shows them.

Versions are kept as they were: what a later release added is not in an older one.
"""

from pydantic import BaseModel, Field


class RecordOrganization(BaseModel):
    """Whose record it is."""

    name: str
    public_body: bool
    small_agent: bool


class RecordColumn(BaseModel):
    """A column that can hold personal data."""

    table: str
    column: str
    table_title: str | None = None
    personal_class: str
    label_basis: str
    retention: str


class RecordAssessment(BaseModel):
    """The assessment of a legitimate interest (art. 10)."""

    purpose: str
    necessity: str
    balancing: str
    safeguards: str


class RecordActivity(BaseModel):
    """An activity of processing."""

    key: str
    title: str
    role: str
    legal_basis: str
    legal_basis_text: str
    sensitive: bool
    subjects: str
    data: str
    retention: str
    sharing: str
    security: str
    lia: RecordAssessment | None
    confirmed: bool
    classes: list[str]
    columns: list[RecordColumn]


class RecordProvider(BaseModel):
    """What was registered of a provider."""

    legal_entity: str | None = None
    region: str | None = None
    contract: str | None = None
    retention_terms: str | None = None
    training_terms: str | None = None
    ownership: str
    valid_until: str | None = None
    masked: bool | None = None
    sensitive_allowed: bool | None = None


class RecordProcessor(BaseModel):
    """A host that models are asked of."""

    host: str
    providers: list[str]
    kinds: list[str]
    models: list[str]
    countries: list[str]
    mechanisms: list[str]
    registered: RecordProvider | None = None


class RecordColumns(BaseModel):
    """How many columns of the schema are labelled."""

    personal_columns: int
    columns: int
    unlabelled_columns: int


class RopaDocument(BaseModel):
    """The record of processing (art. 37)."""

    organization: RecordOrganization
    columns: RecordColumns = Field(alias="schema")
    activities: list[RecordActivity]
    processors: list[RecordProcessor]


class ReportActivity(BaseModel):
    """An activity that an impact report is of."""

    key: str
    title: str
    legal_basis: str
    legal_basis_text: str
    subjects: str
    data: str
    classes: list[str]
    retention: str


class ReportMeasure(BaseModel):
    """A measure against a risk."""

    what: str
    standing: str | None = None
    responsible: str | None = None
    on: str | None = None


class ReportRisk(BaseModel):
    """A line of the matrix, with its levels before and after the measures.

    An older report has its measures as one text.
    """

    threat: str
    probability: int
    impact: int
    level: str | None = None
    measures: str | list[ReportMeasure]
    residual_probability: int
    residual_impact: int
    residual_level: str | None = None


class ReportContent(BaseModel):
    """The texts and the matrix of an impact report (art. 38)."""

    organization: RecordOrganization
    description: str
    collection_and_security: str
    necessity: str
    analysis: str
    activities: list[ReportActivity]
    processors: list[RecordProcessor]
    risks: list[ReportRisk]


class NoticeActivity(BaseModel):
    """What is published of an activity."""

    title: str
    role: str
    legal_basis: str
    subjects: str
    data: str
    retention: str
    sharing: str


class NoticeTransfer(BaseModel):
    """What is published of a transfer abroad (Res. CD/ANPD 19/2024)."""

    host: str
    countries: list[str]
    mechanisms: list[str]
    kinds: list[str]
    legal_entity: str
    region: str
    contract: str
    retention_terms: str
    training_terms: str
    valid_until: str | None


class NoticeTransfers(BaseModel):
    """Whom data go to, and under which clauses."""

    text: str
    providers: list[NoticeTransfer]
    clauses: str


class NoticeContent(BaseModel):
    """The privacy notice (art. 9)."""

    title: str
    law: str
    organization: str
    activities: list[NoticeActivity]
    transfers: NoticeTransfers | None = None
    rights: list[str]
