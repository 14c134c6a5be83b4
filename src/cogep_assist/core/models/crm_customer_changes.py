"""What changes customers in bulk and can be taken back: merges, imports; and suggestions."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
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
from cogep_assist.core.models.crm_customers import stays_on_merge

BEFORE_IMAGE = personal(
    "take a merge or an import back",
    legal_basis="as the data it is made of",
    retention="30 days",
)


class DuplicateStatus(enum.Enum):
    """What people made of a suggestion."""

    OPEN = "open"
    DISMISSED = "dismissed"


class ImportStatus(enum.Enum):
    """Where an import stands."""

    PENDING = "pending"
    RUNNING = "running"
    PREVIEWED = "previewed"
    COMPLETED = "completed"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"


class OnDuplicate(enum.Enum):
    """What an import does with a line whose customer is there already."""

    SKIP = "skip"
    UPDATE = "update"
    CREATE = "create"


class ImportOutcome(enum.Enum):
    """What became of a line of an import."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REFUSED = "refused"


class CustomerMerge(Base):
    """One customer that was merged into another, and whether that was undone."""

    __tablename__ = "customer_merge"
    __table_args__ = (
        sa.Index("ix_customer_merge_winner_id", "winner_id"),
        sa.Index("ix_customer_merge_loser_id", "loser_id"),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    winner_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="CASCADE"),
        info=stays_on_merge("tells who was merged into whom"),
    )
    loser_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="CASCADE"),
        info=stays_on_merge("tells who was merged into whom"),
    )
    merged_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    merged_at: Mapped[datetime] = created_at()
    undone_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    undone_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    # The journal's rows were removed: their time has passed.
    journal_removed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class MergeChange(Base):
    """One row that a merge of customers or of tickets changed: its columns before and after."""

    __tablename__ = "merge_change"
    __table_args__ = (
        sa.Index("ix_merge_change_merge_id_table_name", "merge_id", "table_name"),
        {"schema": "crm"},
    )

    id: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(always=True), primary_key=True, info=NOT_PERSONAL
    )
    # Of a customer's merge or a ticket's, each of which has a table of its own.
    merge_id: Mapped[UUID] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    table_name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    row_key: Mapped[dict[str, Any]] = mapped_column(JSONB, info=BEFORE_IMAGE)
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, info=BEFORE_IMAGE)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB, info=BEFORE_IMAGE)


class CustomerDuplicate(Base):
    """Two customers that may be one, with why; or that somebody said are not."""

    __tablename__ = "customer_duplicate"
    __table_args__ = (
        sa.Index("ix_customer_duplicate_second_id", "second_id"),
        sa.Index(
            "ix_customer_duplicate_open",
            sa.text("score DESC"),
            "first_id",
            "second_id",
            postgresql_where=sa.text("status = 'open'"),
        ),
        sa.CheckConstraint("first_id < second_id", name="ordered"),
        sa.CheckConstraint("score BETWEEN 0 AND 1000", name="score"),
        {"schema": "crm"},
    )

    first_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="CASCADE"),
        primary_key=True,
        info=stays_on_merge("speaks of these two rows; the winner is looked at anew"),
    )
    second_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="CASCADE"),
        primary_key=True,
        info=stays_on_merge("speaks of these two rows; the winner is looked at anew"),
    )
    # Thousandths.
    score: Mapped[int] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    reasons: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), info=NOT_PERSONAL)
    status: Mapped[DuplicateStatus] = mapped_column(
        native_enum(DuplicateStatus, "duplicate_status", "crm"),
        server_default=DuplicateStatus.OPEN.value,
        info=NOT_PERSONAL,
    )
    decided_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    decided_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class CustomerImport(Base):
    """A file of customers: what was asked for, how far it is, and whether it was taken back."""

    __tablename__ = "customer_import"
    __table_args__ = ({"schema": "crm"},)

    id: Mapped[UUID] = uuid_key()
    status: Mapped[ImportStatus] = mapped_column(
        native_enum(ImportStatus, "import_status", "crm"),
        server_default=ImportStatus.PENDING.value,
        info=NOT_PERSONAL,
    )
    file_name: Mapped[str] = mapped_column(sa.Text, info=BEFORE_IMAGE)
    # The rows, a JSON list each line; gone once the import is done.
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True, info=BEFORE_IMAGE)
    encoding: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    delimiter: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # Column of the file to field; a column that is not named is not read.
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB, info=NOT_PERSONAL)
    on_duplicate: Mapped[OnDuplicate] = mapped_column(
        native_enum(OnDuplicate, "on_duplicate", "crm"), info=NOT_PERSONAL
    )
    is_dry_run: Mapped[bool] = mapped_column(sa.Boolean, info=NOT_PERSONAL)
    lines_total: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    lines_done: Mapped[int] = mapped_column(sa.Integer, server_default="0", info=NOT_PERSONAL)
    # Where the next line begins, counted in bytes of the content.
    offset_done: Mapped[int] = mapped_column(sa.BigInteger, server_default="0", info=NOT_PERSONAL)
    counts: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    error_code: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # Why who was erased before is to come in all the same.
    readmit_reason: Mapped[str | None] = mapped_column(sa.Text, info=BEFORE_IMAGE)
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    finished_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    rolled_back_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    rolled_back_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class CustomerImportLine(Base):
    """What became of one line; for an updated customer, how it was before."""

    __tablename__ = "customer_import_line"
    __table_args__ = (
        sa.Index("ix_customer_import_line_customer_id", "customer_id"),
        {"schema": "crm"},
    )

    import_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.customer_import.id", ondelete="CASCADE"),
        primary_key=True,
        info=NOT_PERSONAL,
    )
    line: Mapped[int] = mapped_column(sa.Integer, primary_key=True, info=NOT_PERSONAL)
    outcome: Mapped[ImportOutcome] = mapped_column(
        native_enum(ImportOutcome, "import_outcome", "crm"), info=NOT_PERSONAL
    )
    # Codes and the columns they are about, never what the columns held.
    problems: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, server_default=sa.text("'[]'::jsonb"), info=NOT_PERSONAL
    )
    customer_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="SET NULL"),
        info=stays_on_merge("tells what the line did, which the rollback takes back"),
    )
    # The customer's revision that the line left behind: a later one was edited since.
    revision: Mapped[int | None] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=BEFORE_IMAGE)
