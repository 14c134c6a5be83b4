"""What the routes of the record of processing take and reply."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cogep_assist.core.described import DescribedBy
from cogep_assist.core.models import ImpactReport, PrivacyNotice, ProcessingRole, RopaVersion
from cogep_assist.lgpd_service.record.impact_measures import MeasureStanding, measures_of
from cogep_assist.lgpd_service.record.impact_reports import risk_level
from cogep_assist.lgpd_service.record.processing_activities import Activity
from cogep_assist.lgpd_service.record.record_documents import NoticeContent, ReportContent

Format = Literal["json", "csv", "pdf"]
Words = Annotated[str, Field(max_length=5000)]
Level = Annotated[int, Field(ge=1, le=5)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LiaBody(_Body):
    """The assessment of a legitimate interest (art. 10)."""

    purpose: Words
    necessity: Words
    balancing: Words
    safeguards: Words


class ActivityBody(_Body):
    """What is said of an activity; what is left out stays."""

    title: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    role: ProcessingRole | None = None
    legal_basis: Annotated[str | None, Field(max_length=20)] = None
    sensitive: bool | None = None
    subjects: Words | None = None
    data: Words | None = None
    retention: Words | None = None
    sharing: Words | None = None
    security: Words | None = None
    lia: LiaBody | None = None


class ColumnReply(BaseModel):
    """A column that can hold personal data."""

    table: str
    column: str
    table_title: str
    personal_class: str
    label_basis: str
    retention: str


class ActivityReply(BaseModel):
    """An activity; a draft of the schema until it is ``confirmed``."""

    key: str
    title: str
    role: ProcessingRole
    legal_basis: str
    sensitive: bool
    subjects: str
    data: str
    retention: str
    sharing: str
    security: str
    lia: Annotated[dict[str, Any], DescribedBy(LiaBody)] | None
    confirmed: bool
    revision: int
    columns: list[ColumnReply]

    @classmethod
    def of(cls, activity: Activity) -> Self:
        """Describe an activity."""
        return cls.model_validate(activity, from_attributes=True)


class ActivityList(BaseModel):
    """Every activity, by key."""

    items: list[ActivityReply]


class VersionBody(_Body):
    """Why a version is kept."""

    note: Annotated[str, Field(max_length=500)] = ""


class VersionReply(BaseModel):
    """A version of the record, or of the notice."""

    number: int
    sha256: str
    note: str
    created_at: datetime

    @classmethod
    def of(cls, version: RopaVersion | PrivacyNotice) -> Self:
        """Describe a version."""
        return cls(
            number=version.number,
            sha256=version.sha256.hex(),
            note=version.note if isinstance(version, RopaVersion) else "",
            created_at=version.created_at,
        )


class VersionList(BaseModel):
    """Versions, newest first."""

    items: list[VersionReply]


class NoticeReply(BaseModel):
    """The notice that is published, or its draft where none is yet."""

    published: VersionReply | None
    content: Annotated[dict[str, Any], DescribedBy(NoticeContent)]
    officers: list[dict[str, str | None]]


class Change(BaseModel):
    """One field that two versions differ in."""

    part: str
    key: str
    change: str
    before: Any
    after: Any


class Differences(BaseModel):
    """What changed from one version to another."""

    items: list[Change]


class MeasureBody(_Body):
    """A measure against a risk: whether it is there, who answers for it, since or by when.

    What is planned needs somebody and a day.
    """

    what: Annotated[str, Field(min_length=1, max_length=500)]
    standing: MeasureStanding | None = None
    responsible: Annotated[str, Field(max_length=200)] = ""
    on: date | None = None


class RiskBody(_Body):
    """A line of the matrix: levels from 1 (very low) to 5 (very high).

    Measures written as one text are taken apart at its semicolons.
    """

    threat: Annotated[str, Field(min_length=1, max_length=500)]
    probability: Level
    impact: Level
    measures: Words | Annotated[list[MeasureBody], Field(max_length=50)]
    residual_probability: Level
    residual_impact: Level


class ReportBody(_Body):
    """A report to be drafted; no activity named: all."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    activities: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=200)] = []


class ReportChangeBody(_Body):
    """What is to change; what is left out stays."""

    title: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    description: Words | None = None
    collection_and_security: Words | None = None
    necessity: Words | None = None
    analysis: Words | None = None
    risks: Annotated[list[RiskBody] | None, Field(max_length=200)] = None


class ReportReply(BaseModel):
    """A report with its matrix; each risk says how high it is before and after the measures."""

    id: UUID
    title: str
    content: Annotated[dict[str, Any], DescribedBy(ReportContent)]
    revision: int
    created_at: datetime
    approved_at: datetime | None
    sha256: str | None

    @classmethod
    def of(cls, report: ImpactReport) -> Self:
        """Describe a report."""
        risks = [
            {
                **risk,
                "measures": measures_of(risk),
                "level": risk_level(risk["probability"], risk["impact"]),
                "residual_level": risk_level(risk["residual_probability"], risk["residual_impact"]),
            }
            for risk in report.content.get("risks", [])
        ]
        return cls(
            id=report.id,
            title=report.title,
            content={**report.content, "risks": risks},
            revision=report.revision,
            created_at=report.created_at,
            approved_at=report.approved_at,
            sha256=report.sha256.hex() if report.sha256 else None,
        )


class ReportList(BaseModel):
    """Reports, newest first."""

    items: list[ReportReply]
