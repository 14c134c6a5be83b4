"""Sources that are followed: visited on a schedule, with what each visit found."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    DOCUMENT_CONTENT,
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
    uuid_key,
)


class FollowedKind(enum.Enum):
    """What is followed: one address, a folder's files, or the addresses of a sitemap."""

    URL = "url"
    FOLDER = "folder"
    SITEMAP = "sitemap"


class FollowedSource(Base):
    """Something outside that documents come from, again and again."""

    __tablename__ = "source"
    __table_args__ = (
        sa.UniqueConstraint("collection_id", "kind", "target"),
        sa.Index("ix_source_due", "next_due_at", postgresql_where=sa.text("paused_at IS NULL")),
        sa.CheckConstraint("(every_seconds IS NULL) <> (cron IS NULL)", name="one_schedule"),
        sa.CheckConstraint("every_seconds >= 300", name="not_too_often"),
        sa.CheckConstraint("misses_allowed BETWEEN 1 AND 100", name="misses_allowed"),
        {"schema": "ai"},
    )

    id: Mapped[UUID] = uuid_key()
    collection_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.collection.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    kind: Mapped[FollowedKind] = mapped_column(
        native_enum(FollowedKind, "followed_kind", "ai"), info=NOT_PERSONAL
    )
    target: Mapped[str] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    every_seconds: Mapped[int | None] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    cron: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # Where the hours of the schedule are read, as it was when somebody wrote them.
    time_zone: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    next_due_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
    paused_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    # Visits in a row without a document until it is retired.
    misses_allowed: Mapped[int] = mapped_column(
        sa.SmallInteger, server_default="3", info=NOT_PERSONAL
    )
    visited_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    found: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    error_code: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    error_details: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=DOCUMENT_CONTENT)
    # So many documents went missing at once that a person must say whether they may go.
    held_retirements: Mapped[int] = mapped_column(sa.Integer, server_default="0", info=NOT_PERSONAL)
    retirement_confirmed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()


class SourceItem(Base):
    """One document of a source: as it was at the last visit, and how often it was missed."""

    __tablename__ = "source_item"
    __table_args__ = (
        sa.Index("ix_source_item_job_id", "job_id", postgresql_where=sa.text("job_id IS NOT NULL")),
        sa.Index("ix_source_item_document_id", "document_id"),
        {"schema": "ai"},
    )

    source_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.source.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    # The address, or the path below the folder.
    name: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=DOCUMENT_CONTENT)
    # What tells that it changed without reading it: size and time, or the sitemap's lastmod.
    mark: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # The submission whose end is not known yet.
    job_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    document_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("ai.document.id", ondelete="SET NULL"), info=NOT_PERSONAL
    )
    misses: Mapped[int] = mapped_column(sa.Integer, server_default="0", info=NOT_PERSONAL)
    # How the last submission failed; it is sent again at the next visit, changed or not.
    error_code: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    error_details: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=DOCUMENT_CONTENT)
    seen_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    retired_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    # Somebody removed the document by hand: it stays away.
    excluded_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
