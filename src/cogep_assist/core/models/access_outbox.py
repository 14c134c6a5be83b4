"""What is to leave the house: mail, webhooks and calls back."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
    personal,
    uuid_key,
)


class OutboxStatus(enum.Enum):
    """Where a message stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"
    HELD = "held"


class OutboxMessage(Base):
    """One thing to deliver at least once, after all earlier ones of the same resource key."""

    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index(
            "ix_outbox_pending",
            "resource_key",
            "sequence",
            postgresql_where=sa.text("status = 'pending'"),
        ),
        sa.Index(
            "ix_outbox_pending_lane",
            "lane",
            "available_at",
            postgresql_where=sa.text("status = 'pending'"),
        ),
        sa.Index(
            "ix_outbox_webhook_id",
            "webhook_id",
            sa.text("sequence DESC"),
            postgresql_where=sa.text("webhook_id IS NOT NULL"),
        ),
        # What a person has to look at, for the figures.
        sa.Index(
            "ix_outbox_stuck",
            "topic",
            "status",
            postgresql_where=sa.text("status IN ('dead', 'held')"),
        ),
        sa.Index(
            "ix_outbox_finished_at",
            "finished_at",
            postgresql_where=sa.text("finished_at IS NOT NULL"),
        ),
        {"schema": "access"},
    )

    id: Mapped[UUID] = uuid_key()
    sequence: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(always=True), info=NOT_PERSONAL
    )
    topic: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # What shares a way out: a sink that stands still holds up its own lane and no other.
    lane: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # An id such as "user:<uuid>", never an address.
    resource_key: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # Sealed: it holds addresses, links that sign somebody in, and what was written to them.
    payload: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=personal(
            "tell the person what they asked for or must know",
            legal_basis="art. 7, V",
            retention="until delivered; where it failed, 30 days",
        ),
    )
    # Both or neither: the message leaves only while this customer's consent to this purpose
    # stands, looked up when it is delivered (``core.consent``).
    consent_customer_id: Mapped[UUID | None] = mapped_column(
        info=personal(
            "send only what somebody agreed to",
            legal_basis="art. 7, I",
            retention="30 days after the message ended",
        )
    )
    consent_purpose: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    status: Mapped[OutboxStatus] = mapped_column(
        native_enum(OutboxStatus, "outbox_status", "access"),
        server_default=OutboxStatus.PENDING.value,
        info=NOT_PERSONAL,
    )
    # Of a webhook's message: the event, and the subscription that it goes to.
    event: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    webhook_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("access.webhook.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    attempts: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0", info=NOT_PERSONAL)
    available_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
    created_at: Mapped[datetime] = created_at()
    finished_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class OutboxAttempt(Base):
    """One delivery that was tried, and what came of it."""

    __tablename__ = "outbox_attempt"
    __table_args__ = ({"schema": "access"},)

    outbox_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("access.outbox.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    attempt: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, info=NOT_PERSONAL)
    delivered: Mapped[bool] = mapped_column(sa.Boolean, info=NOT_PERSONAL)
    error_code: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # The other side's number and reason, without the addresses that servers repeat.
    reply: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    # {"target", "headers", "bytes"}: neither a path, which may hold a token, nor a signature.
    request: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=NOT_PERSONAL)
    status_code: Mapped[int | None] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    # Sealed: the other side may repeat what it was sent.
    reply_body: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=personal(
            "find out why a delivery failed", legal_basis="art. 7, V", retention="30 days"
        ),
    )
    duration_ms: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    occurred_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
