"""Accountability under the LGPD: the audit of every act."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import ACTOR, NOT_PERSONAL, Base, uuid_key


class AuditEvent(Base):
    """One act, written in the act's own transaction and sealed by a keyed MAC.

    The application role may insert and read, never update or delete. Rows hold
    pseudonyms and ids, no personal data in clear, so that an erasure leaves them valid.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        sa.Index("ix_audit_event_object", "object_type", "object_id"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    occurred_at: Mapped[datetime] = mapped_column(index=True, info=NOT_PERSONAL)
    actor_kind: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    actor: Mapped[str] = mapped_column(sa.Text, index=True, info=ACTOR)
    act: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    object_type: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    object_id: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    details: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    request_id: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    mac: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
