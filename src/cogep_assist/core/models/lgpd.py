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
        # What a key did in people's names.
        sa.Index(
            "ix_audit_event_by_key",
            sa.text("(details ->> 'by_key')"),
            postgresql_where=sa.text("(details ->> 'by_key') IS NOT NULL"),
        ),
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


# Acts that are committed and not chained yet. A trigger on the audit writes it, whoever inserts
# there, so that no act is ever skipped; the sealer takes rows away. A queue: no key, no index.
AUDIT_PENDING = sa.Table(
    "audit_pending",
    Base.metadata,
    sa.Column("event_id", sa.Uuid(), nullable=False, info=NOT_PERSONAL),
    schema="lgpd",
)


class AuditSeal(Base):
    """One link of the chain: the acts committed since the last one, in order, hashed and signed.

    ``events`` holds the acts' ids, 16 bytes each; ``body`` is the SHA-256 of their rows,
    ``link`` that of the seal's header, which names the previous link. ``refused`` are acts that
    were not as the product wrote them when they were to be sealed. Neither updated nor deleted.
    """

    __tablename__ = "audit_seal"
    __table_args__ = ({"schema": "lgpd"},)

    number: Mapped[int] = mapped_column(
        sa.BigInteger, primary_key=True, autoincrement=False, info=NOT_PERSONAL
    )
    position: Mapped[int] = mapped_column(sa.BigInteger, info=NOT_PERSONAL)
    events: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    refused: Mapped[list[UUID]] = mapped_column(sa.ARRAY(sa.Uuid()), info=NOT_PERSONAL)
    sealed_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
    body: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    link: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    signature: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    key_id: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
