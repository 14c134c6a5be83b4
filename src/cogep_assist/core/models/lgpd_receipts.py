"""Receipts that data subjects keep: numbered, signed, checked by anybody."""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import NOT_PERSONAL, Base, created_at, native_enum, uuid_key
from cogep_assist.core.models.lgpd_requests import REQUEST_DATA


class ReceiptKind(enum.Enum):
    """What a receipt proves."""

    REQUEST_RECEIVED = "request_received"
    REQUEST_ANSWERED = "request_answered"
    REQUEST_REFUSED = "request_refused"
    REQUEST_CANCELLED = "request_cancelled"
    CONSENT_GRANTED = "consent_granted"
    CONSENT_REFUSED = "consent_refused"
    CONSENT_REVOKED = "consent_revoked"
    ERASURE_DONE = "erasure_done"


class Receipt(Base):
    """One receipt as it was signed. After an erasure the content goes, the hash stays."""

    __tablename__ = "receipt"
    __table_args__ = (
        sa.UniqueConstraint("number"),
        sa.Index("ix_receipt_object", "object_type", "object_id"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    number: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    kind: Mapped[ReceiptKind] = mapped_column(
        native_enum(ReceiptKind, "receipt_kind", "lgpd"), info=NOT_PERSONAL
    )
    object_type: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    object_id: Mapped[UUID] = mapped_column(info=NOT_PERSONAL)
    # No foreign key: a receipt outlives the customer it was given to.
    customer_id: Mapped[UUID | None] = mapped_column(index=True, info=REQUEST_DATA)
    # The signed JSON document, as ``core.signing`` wrote it.
    content: Mapped[str | None] = mapped_column(sa.Text, deferred=True, info=REQUEST_DATA)
    sha256: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    key_id: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    issued_at: Mapped[datetime] = created_at()
