"""Webhooks: which events go to which address, and how that address has been doing."""

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
    uuid_key,
)


class WebhookStatus(enum.Enum):
    """Whether events go out: not before the challenge is met, nor while it is paused."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class Webhook(Base):
    """One subscription: an address that is told of some events, signed with its secret."""

    __tablename__ = "webhook"
    __table_args__ = (
        sa.UniqueConstraint("name"),
        sa.Index("ix_webhook_events", "events", postgresql_using="gin"),
        {"schema": "access"},
    )

    id: Mapped[UUID] = uuid_key()
    name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # Sealed: many a receiver's path is its password. ``target`` is what may be shown of it.
    url_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    target: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    events: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), info=NOT_PERSONAL)
    # {"priority": ["high", "urgent"]}: all must hold, each by any of its values.
    filters: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    # What is sent beside ids, because somebody asked for it.
    fields: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text), server_default=sa.text("'{}'::text[]"), info=NOT_PERSONAL
    )
    secret_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    previous_secret_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    previous_secret_until: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    status: Mapped[WebhookStatus] = mapped_column(
        native_enum(WebhookStatus, "webhook_status", "access"),
        server_default=WebhookStatus.PENDING.value,
        info=NOT_PERSONAL,
    )
    # Tries that failed since the last that did not.
    failures: Mapped[int] = mapped_column(sa.Integer, server_default="0", info=NOT_PERSONAL)
    last_error: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    verified_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    paused_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
