"""What tickets say of a person's health, faith and the like: found at intake, judged by people."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    NOT_PERSONAL,
    Base,
    PersonalClass,
    created_at,
    native_enum,
    personal,
)
from cogep_assist.core.pii.sensitive import SensitiveCategory

SENSITIVE_MENTION = personal(
    "treat with care what a ticket says of health, faith and the like",
    legal_basis="art. 11, II, a (arts. 6, VII, and 46)",
    retention="ticket retention, from the day it was closed",
    personal_class=PersonalClass.SENSITIVE,
)


class TicketSensitivity(Base):
    """One category of art. 5, II, that a ticket mentions.

    ``words`` are the telling words of the ticket, the reason; empty where a person alone said so.
    ``upheld`` is a person's last word, which nothing found later changes; None before it.
    """

    __tablename__ = "ticket_sensitivity"
    __table_args__ = ({"schema": "crm"},)

    ticket_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.ticket.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    category: Mapped[SensitiveCategory] = mapped_column(
        native_enum(SensitiveCategory, "sensitive_category", "crm"),
        primary_key=True,
        info=SENSITIVE_MENTION,
    )
    words: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), info=SENSITIVE_MENTION)
    found_at: Mapped[datetime] = created_at()
    upheld: Mapped[bool | None] = mapped_column(sa.Boolean, info=SENSITIVE_MENTION)
    note: Mapped[str | None] = mapped_column(sa.Text, info=SENSITIVE_MENTION)
    decided_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    decided_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
