"""The intake queue: one row per piece of work, and the only truth about it."""

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


class JobStatus(enum.Enum):
    """Where a job stands. Warnings and duplicates are columns, never further states."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobStage(enum.Enum):
    """The station of the pipeline at which a job is."""

    FETCH = "fetch"
    PARSE = "parse"
    CHUNK = "chunk"
    EMBED = "embed"
    INDEX = "index"
    STORE = "store"


class SourceKind(enum.Enum):
    """How the bytes of a document reach us."""

    URL = "url"
    TEXT = "text"
    FILE = "file"


JOB_STATUS = native_enum(JobStatus, "job_status", "ai")
UNFINISHED = sa.text("status IN ('pending', 'processing')")


class JobColumns:
    """What a job is and became, the same while it waits or runs and long after."""

    id: Mapped[UUID] = uuid_key()
    status: Mapped[JobStatus] = mapped_column(
        JOB_STATUS, server_default=JobStatus.PENDING.value, info=NOT_PERSONAL
    )
    priority: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0", info=NOT_PERSONAL)
    # How often it was claimed: the fence that refuses a late worker's write.
    attempts: Mapped[int] = mapped_column(sa.Integer, server_default="0", info=NOT_PERSONAL)
    # How often it failed by its own fault, and how often its worker died under it.
    failures: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0", info=NOT_PERSONAL)
    crashes: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0", info=NOT_PERSONAL)
    max_attempts: Mapped[int] = mapped_column(
        sa.SmallInteger, server_default="3", info=NOT_PERSONAL
    )
    available_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
    worker_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    lease_until: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    cancel_requested: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL
    )

    source_kind: Mapped[SourceKind] = mapped_column(
        native_enum(SourceKind, "source_kind", "ai"), info=NOT_PERSONAL
    )
    collection_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.collection.id", ondelete="RESTRICT"), info=NOT_PERSONAL
    )
    source_key: Mapped[str] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    uri: Mapped[str | None] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    title: Mapped[str | None] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    file_name: Mapped[str | None] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    declared_type: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    blob_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("ai.blob.id", ondelete="SET NULL"), info=NOT_PERSONAL
    )
    attributes: Mapped[dict[str, Any]] = mapped_column(
        "metadata", JSONB, server_default=sa.text("'{}'::jsonb"), info=DOCUMENT_CONTENT
    )
    callback_url: Mapped[str | None] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    submitted_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    # The request that brought it: its reply, its log lines and its act carry the same.
    request_id: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)

    stage: Mapped[JobStage | None] = mapped_column(
        native_enum(JobStage, "job_stage", "ai"), info=NOT_PERSONAL
    )
    progress: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0", info=NOT_PERSONAL)
    timings_ms: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    error_code: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    error_details: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=DOCUMENT_CONTENT)
    warnings: Mapped[list[str]] = mapped_column(
        sa.ARRAY(sa.Text), server_default=sa.text("'{}'::text[]"), info=NOT_PERSONAL
    )
    # The job by which the same content was sent before; nothing was written for this one.
    duplicate_of: Mapped[UUID | None] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    document_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("ai.document.id", ondelete="SET NULL"), info=NOT_PERSONAL
    )
    chunks: Mapped[int | None] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()
    started_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    finished_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class IngestionJob(JobColumns, Base):
    """One submission: what to read, how far it is, and why it failed if it did."""

    __tablename__ = "ingestion_queue"
    __table_args__ = (
        # The claim walks this index alone, so finished rows cost it nothing.
        sa.Index(
            "ix_ingestion_queue_claim",
            sa.text("priority DESC"),
            "sequence",
            postgresql_where=sa.text("status = 'pending'"),
        ),
        # Jobs of one document run in the order in which they were submitted.
        sa.Index(
            "ix_ingestion_queue_order",
            "collection_id",
            "source_key",
            "sequence",
            postgresql_where=UNFINISHED,
        ),
        # By worker and not by lease: a renewed lease must touch no index. What runs is little.
        sa.Index(
            "ix_ingestion_queue_running",
            "worker_id",
            postgresql_where=sa.text("status = 'processing'"),
        ),
        # Jobs under which a worker died wait here to be run alone.
        sa.Index(
            "ix_ingestion_queue_suspect",
            "sequence",
            postgresql_where=sa.text("status = 'pending' AND crashes > 0"),
        ),
        # What is to be archived, oldest first.
        sa.Index(
            "ix_ingestion_queue_finished_at",
            "finished_at",
            postgresql_where=sa.text("finished_at IS NOT NULL"),
        ),
        sa.Index("ix_ingestion_queue_status_sequence", "status", "sequence"),
        sa.Index(
            "ix_ingestion_queue_document_id",
            "document_id",
            postgresql_where=sa.text("document_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_ingestion_queue_blob_id",
            "blob_id",
            postgresql_where=sa.text("blob_id IS NOT NULL"),
        ),
        # Whether the last reading of a document failed.
        sa.Index(
            "ix_ingestion_queue_failed",
            "collection_id",
            "source_key",
            "sequence",
            postgresql_where=sa.text("status = 'failed'"),
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        {"schema": "ai"},
    )

    sequence: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(always=True), unique=True, info=NOT_PERSONAL
    )


class ArchivedJob(JobColumns, Base):
    """A job that ended a while ago: out of the queue's way, and found by its id and in lists."""

    __tablename__ = "ingestion_archive"
    __table_args__ = (
        sa.Index("ix_ingestion_archive_status_sequence", "status", "sequence"),
        sa.Index(
            "ix_ingestion_archive_document_id",
            "document_id",
            postgresql_where=sa.text("document_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_ingestion_archive_blob_id",
            "blob_id",
            postgresql_where=sa.text("blob_id IS NOT NULL"),
        ),
        sa.Index("ix_ingestion_archive_collection_id", "collection_id"),
        {"schema": "ai"},
    )

    sequence: Mapped[int] = mapped_column(
        sa.BigInteger, autoincrement=False, unique=True, info=NOT_PERSONAL
    )
