"""Erasures of data subjects: plan, fence, proof; and what stands against one."""

import enum
from datetime import date, datetime
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
    personal,
    uuid_key,
)

SUBJECT = personal(
    "carry out what the data subject asked for",
    legal_basis="art. 7, II (Lei 13.709/2018, art. 18)",
    retention="until the erasure is proven",
)
# A keyed digest leads from a value to the erasure, never back.
TOMBSTONE = personal(
    "erase again what a restored backup brings back",
    legal_basis="art. 7, II (Lei 13.709/2018, art. 18, VI)",
    retention="as long as backups may be restored",
)
PRESERVED = personal(
    "keep evidence as it was while another person's data leave the text",
    legal_basis="art. 7, VI (legal hold), art. 7, II (public archives)",
    retention="until the hold is released",
)


class ErasureStatus(enum.Enum):
    """Where an erasure stands. ``executing`` is never committed: one transaction passes it."""

    PLANNED = "planned"
    CONFIRMED = "confirmed"
    EXECUTING = "executing"
    EXECUTED = "executed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ErasureOutcome(enum.Enum):
    """What the request comes to."""

    ELIMINATE = "eliminate"
    REFUSE = "refuse"
    BLOCK_HELD = "block_held"
    BLOCK_ARCHIVE = "block_archive"
    # The subject asked for no more than that (art. 18, IV).
    BLOCK_ASKED = "block_asked"


class FenceKind(enum.Enum):
    """Whether a subject is being erased, or only shut away (bloqueio, art. 5, XIII)."""

    ERASING = "erasing"
    BLOCKED = "blocked"


class KeepingGround(enum.Enum):
    """Why data must be kept although their subject asks for their elimination."""

    LEGAL_OBLIGATION = "legal_obligation"
    PUBLIC_POLICY = "public_policy"
    EXERCISE_OF_RIGHTS = "exercise_of_rights"
    RESEARCH = "research"
    PUBLIC_ARCHIVE = "public_archive"


class Erasure(Base):
    """One request to erase a subject. Plan and certificate hold counts, never a value."""

    __tablename__ = "erasure"
    __table_args__ = (
        sa.UniqueConstraint("protocol"),
        sa.Index(
            "ix_erasure_unfinished",
            "id",
            postgresql_where=sa.text("status IN ('confirmed', 'executing', 'executed')"),
        ),
        sa.Index("ix_erasure_customer_id", "customer_id"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    protocol: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    status: Mapped[ErasureStatus] = mapped_column(
        native_enum(ErasureStatus, "erasure_status", "lgpd"),
        server_default=ErasureStatus.PLANNED.value,
        info=NOT_PERSONAL,
    )
    outcome: Mapped[ErasureOutcome] = mapped_column(
        native_enum(ErasureOutcome, "erasure_outcome", "lgpd"), info=NOT_PERSONAL
    )
    # No foreign key: the row outlives the customer, whose id then leads to nobody.
    customer_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    # The request that asked for it, where there is one.
    request_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    # Ids and values that are looked for, sealed; gone once nothing is left to be found.
    subject: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=SUBJECT)
    plan: Mapped[dict[str, Any]] = mapped_column(JSONB, info=NOT_PERSONAL)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=NOT_PERSONAL)
    certificate: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=NOT_PERSONAL)
    signature: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    scrubbed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    confirmed_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    confirmed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    second_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    executed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    completed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class SubjectFence(Base):
    """A subject nobody sees and nothing is written about: by customer, or by actor's label."""

    __tablename__ = "fence"
    __table_args__ = (
        sa.Index("ix_fence_customer_id", "customer_id"),
        sa.Index("ix_fence_actor", "actor"),
        sa.CheckConstraint("(customer_id IS NULL) <> (actor IS NULL)", name="of_one"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    erasure_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("lgpd.erasure.id", ondelete="CASCADE"), index=True, info=NOT_PERSONAL
    )
    kind: Mapped[FenceKind] = mapped_column(
        native_enum(FenceKind, "fence_kind", "lgpd"), info=NOT_PERSONAL
    )
    customer_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), info=SUBJECT)
    actor: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    # The day on which a block ends by itself; none: until somebody lifts it.
    until: Mapped[date | None] = mapped_column(sa.Date, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class SubjectKeeping(Base):
    """Why a customer's, a ticket's or a document's data must be kept, and until when."""

    __tablename__ = "keeping"
    __table_args__ = (
        sa.Index("ix_keeping_object", "object_type", "object_id"),
        sa.Index(
            "ix_keeping_disposal_term",
            "disposal_term",
            postgresql_where=sa.text("disposal_term IS NOT NULL"),
        ),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    object_type: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    object_id: Mapped[UUID] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    ground: Mapped[KeepingGround] = mapped_column(
        native_enum(KeepingGround, "keeping_ground", "lgpd"), info=NOT_PERSONAL
    )
    # The law, the contract, or the code of the temporality table.
    reference: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # None: for good (permanent value).
    until: Mapped[date | None] = mapped_column(sa.Date, info=NOT_PERSONAL)
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    ended_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    ended_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    # The number of the archive's term of elimination by which a public record may go.
    disposal_term: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)


class ErasureTombstone(Base):
    """Keyed digests of an erased subject's ids and identifiers, to know them in old backups."""

    __tablename__ = "erasure_tombstone"
    __table_args__ = ({"schema": "lgpd"},)

    erasure_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("lgpd.erasure.id", ondelete="RESTRICT"), primary_key=True, info=NOT_PERSONAL
    )
    digests: Mapped[dict[str, Any]] = mapped_column(JSONB, info=TOMBSTONE)
    created_at: Mapped[datetime] = created_at()


class PreservedOriginal(Base):
    """A held field as it was before another person's data left it: sealed, and never changed."""

    __tablename__ = "preserved_original"
    __table_args__ = (
        sa.Index("ix_preserved_original_erasure_id", "erasure_id", "table_name"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    erasure_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("lgpd.erasure.id", ondelete="RESTRICT"), info=NOT_PERSONAL
    )
    table_name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    row_id: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    column_name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary, info=PRESERVED)
    sha256: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()
