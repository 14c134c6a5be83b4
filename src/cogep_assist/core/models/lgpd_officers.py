"""The encarregado (art. 41, Res. CD/ANPD 18/2024): appointments, one act each."""

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
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

OFFICER_DATA = personal(
    "publish who answers for data protection",
    legal_basis="art. 7, II (art. 41, par. 1)",
    retention="as long as the register of acts of appointment",
)


class OfficerKind(enum.Enum):
    """Whom an act appoints."""

    HOLDER = "holder"
    SUBSTITUTE = "substitute"


class OfficerAppointment(Base):
    """One written, dated and signed act. It holds from its first day to its last, if it has one."""

    __tablename__ = "officer_appointment"
    __table_args__ = (
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="days_in_order"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    kind: Mapped[OfficerKind] = mapped_column(
        native_enum(OfficerKind, "officer_kind", "lgpd"), info=NOT_PERSONAL
    )
    name: Mapped[str] = mapped_column(sa.Text, info=OFFICER_DATA)
    # For a legal entity: the natural person who answers (Res. 18/2024).
    responsible_name: Mapped[str | None] = mapped_column(sa.Text, info=OFFICER_DATA)
    email: Mapped[str] = mapped_column(sa.Text, info=OFFICER_DATA)
    phone: Mapped[str | None] = mapped_column(sa.Text, info=OFFICER_DATA)
    act_reference: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    signed_on: Mapped[date] = mapped_column(sa.Date, info=NOT_PERSONAL)
    starts_on: Mapped[date] = mapped_column(sa.Date, info=NOT_PERSONAL)
    ends_on: Mapped[date | None] = mapped_column(sa.Date, info=NOT_PERSONAL)
    publication: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    published_on: Mapped[date | None] = mapped_column(sa.Date, info=NOT_PERSONAL)
    no_conflict_statement: Mapped[str] = mapped_column(
        sa.Text, server_default="", info=NOT_PERSONAL
    )
    act_name: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # The act itself, encrypted by the application.
    act_content: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary, deferred=True, info=OFFICER_DATA
    )
    act_sha256: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    recorded_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
