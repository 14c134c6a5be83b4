"""Records of accesses to the application (Lei 12.965/2014, art. 15), apart from everything else."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import ACTOR, NOT_PERSONAL, Base, created_at, personal, uuid_key

ACCESS_RECORD = personal(
    "keep the record of accesses that the law asks for",
    legal_basis="art. 7, II (Lei 12.965/2014, art. 15)",
    retention="6 months (Lei 12.965/2014, art. 15), longer by order",
)


class AccessRecord(Base):
    """One use of the application from one address: when, and sealed: by whom and from where.

    ``user_token`` and ``ip_token`` find rows again for who holds the key of these records. Rows are
    inserted and, after their term, deleted; never changed.
    """

    __tablename__ = "access_record"
    __table_args__ = (
        sa.Index("ix_access_record_user_token", "user_token", "accessed_at"),
        sa.Index("ix_access_record_ip_token", "ip_token", "accessed_at"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    accessed_at: Mapped[datetime] = mapped_column(index=True, info=ACCESS_RECORD)
    user_token: Mapped[bytes] = mapped_column(sa.LargeBinary, info=ACCESS_RECORD)
    ip_token: Mapped[bytes] = mapped_column(sa.LargeBinary, info=ACCESS_RECORD)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary, info=ACCESS_RECORD)


class PreservationOrder(Base):
    """An order to keep records beyond their term (art. 15, pars. 1 and 2); open until it is ended.

    It covers a period, and one user or address where a token is given.
    """

    __tablename__ = "preservation_order"
    __table_args__ = (
        sa.CheckConstraint("covers_until > covers_at", name="period_in_order"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    authority: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    reference: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    covers_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
    covers_until: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
    user_token: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=ACCESS_RECORD)
    ip_token: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=ACCESS_RECORD)
    made_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    ended_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    ended_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
