"""What is done with personal data and why: activities, the records made of them, RIPDs, notices."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
    uuid_key,
)


class ProcessingRole(enum.Enum):
    """What the organisation is in an activity (art. 5, VI and VII)."""

    CONTROLLER = "controller"
    JOINT_CONTROLLER = "joint_controller"
    PROCESSOR = "processor"


class ProcessingActivity(Base):
    """What the DPO says of an activity; those found in the schema need no row until then.

    ``key`` is the activity's short name; ``lia`` the assessment that art. 10 asks for.
    """

    __tablename__ = "processing_activity"
    __table_args__ = ({"schema": "lgpd"},)

    key: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=NOT_PERSONAL)
    title: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    role: Mapped[ProcessingRole] = mapped_column(
        native_enum(ProcessingRole, "processing_role", "lgpd"), info=NOT_PERSONAL
    )
    legal_basis: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    sensitive: Mapped[bool] = mapped_column(sa.Boolean, info=NOT_PERSONAL)
    subjects: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    data: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    retention: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    sharing: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    security: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    lia: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=NOT_PERSONAL)
    edited_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    edited_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)


class RopaVersion(Base):
    """The record of processing as it stood (art. 37). Neither updated nor deleted."""

    __tablename__ = "ropa_version"
    __table_args__ = ({"schema": "lgpd"},)

    number: Mapped[int] = mapped_column(
        sa.Integer, primary_key=True, autoincrement=False, info=NOT_PERSONAL
    )
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, info=NOT_PERSONAL)
    sha256: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    note: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    made_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()


class PrivacyNotice(Base):
    """What people were told, and from when on (art. 9): the log of publication."""

    __tablename__ = "privacy_notice"
    __table_args__ = ({"schema": "lgpd"},)

    number: Mapped[int] = mapped_column(
        sa.Integer, primary_key=True, autoincrement=False, info=NOT_PERSONAL
    )
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, info=NOT_PERSONAL)
    sha256: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    published_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()


class ImpactReport(Base):
    """A RIPD (art. 38): drafted from the record of processing, then approved for good."""

    __tablename__ = "impact_report"
    __table_args__ = ({"schema": "lgpd"},)

    id: Mapped[UUID] = uuid_key()
    title: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, info=NOT_PERSONAL)
    made_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    approved_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    approved_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    sha256: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
