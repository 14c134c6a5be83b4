"""Copies of a data subject's data that were made for them: sealed, and kept for some days."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    NOT_PERSONAL,
    Base,
    created_at,
    personal,
    uuid_key,
)

COPY = personal(
    "hand a data subject the copy that they asked for",
    legal_basis="art. 7, II (Lei 13.709/2018, arts. 18, II and V, and 19)",
    retention="seven days",
)


class SubjectExport(Base):
    """One copy: a ZIP archive, encrypted under a key outside the database."""

    __tablename__ = "subject_export"
    __table_args__ = (
        sa.Index("ix_subject_export_customer_id", "customer_id"),
        sa.Index("ix_subject_export_expires_at", "expires_at"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    customer_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), info=COPY)
    request_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True, info=COPY)
    sha256: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    size_bytes: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    expires_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
