"""What came over from another system: a batch, and what became of each of its records."""

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

# The other system's own number for a person or a ticket.
CAME_FROM = personal(
    "know what came over already, go on after a stop, and take a batch back",
    legal_basis="as the data it is made of",
    retention="as the customers and tickets that came over",
)


class PastSystem(enum.Enum):
    """Where a batch comes from."""

    ZAMMAD = "zammad"
    GLPI = "glpi"
    CHATWOOT = "chatwoot"
    OSTICKET = "osticket"
    MAIL = "mail"
    FOLDER = "folder"
    SITEMAP = "sitemap"


class BatchStatus(enum.Enum):
    """Where a batch stands; one that runs and has no process was stopped, and can go on."""

    RUNNING = "running"
    COMPLETED = "completed"
    ROLLED_BACK = "rolled_back"


class RecordKind(enum.Enum):
    """What a record of a batch is."""

    CUSTOMER = "customer"
    TICKET = "ticket"
    DOCUMENT = "document"


class RecordOutcome(enum.Enum):
    """What became of a record."""

    CREATED = "created"
    MATCHED = "matched"
    REFUSED = "refused"


class ImportBatch(Base):
    """One run over one export. ``origin`` tells two installations of one system apart."""

    __tablename__ = "import_batch"
    __table_args__ = ({"schema": "crm"},)

    id: Mapped[UUID] = uuid_key()
    system: Mapped[PastSystem] = mapped_column(
        native_enum(PastSystem, "past_system", "crm"), info=NOT_PERSONAL
    )
    origin: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    status: Mapped[BatchStatus] = mapped_column(
        native_enum(BatchStatus, "batch_status", "crm"),
        server_default=BatchStatus.RUNNING.value,
        info=NOT_PERSONAL,
    )
    # The export's name, as whoever began the batch gave it.
    source: Mapped[str] = mapped_column(sa.Text, info=CAME_FROM)
    # What the states, priorities, queues and fields over there are called here.
    mapping: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=ACTOR
    )
    counts: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    # Why who was erased before is to come in all the same.
    readmit_reason: Mapped[str | None] = mapped_column(sa.Text, info=CAME_FROM)
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    finished_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    rolled_back_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    rolled_back_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class ImportRecord(Base):
    """One record of a batch and what was made of it.

    It outlives the customer or the ticket: what an erasure or the retention took away does not
    come back by a second run.
    """

    __tablename__ = "import_record"
    __table_args__ = (
        sa.Index("ix_import_record_external_id", "external_id", "kind"),
        sa.Index("ix_import_record_customer_id", "customer_id"),
        sa.Index("ix_import_record_ticket_id", "ticket_id"),
        sa.Index("ix_import_record_document_id", "document_id"),
        {"schema": "crm"},
    )

    batch_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.import_batch.id", ondelete="CASCADE"),
        primary_key=True,
        info=NOT_PERSONAL,
    )
    kind: Mapped[RecordKind] = mapped_column(
        native_enum(RecordKind, "record_kind", "crm"), primary_key=True, info=NOT_PERSONAL
    )
    external_id: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=CAME_FROM)
    outcome: Mapped[RecordOutcome] = mapped_column(
        native_enum(RecordOutcome, "record_outcome", "crm"), info=NOT_PERSONAL
    )
    # Codes of what was wrong or left out, never what was found there.
    problems: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text), server_default=sa.text("'{}'::text[]"), info=NOT_PERSONAL
    )
    customer_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="SET NULL"),
        info=stays_on_merge("tells what the batch made, which the rollback takes back"),
    )
    ticket_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.ticket.id", ondelete="SET NULL"),
        info=stays_on_merge("tells what the batch made, which the rollback takes back"),
    )
    document_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("ai.document.id", ondelete="SET NULL"), info=NOT_PERSONAL
    )
