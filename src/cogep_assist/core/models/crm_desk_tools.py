"""What agents work with: saved views, macros, texts to reply with, who is at a ticket now."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import ACTOR, NOT_PERSONAL, Base, created_at, uuid_key
from cogep_assist.core.models.crm_customers import stays_on_merge


class SavedView(Base):
    """A list of tickets by name: somebody's own, or everybody's who attends."""

    __tablename__ = "saved_view"
    __table_args__ = (
        sa.UniqueConstraint("owner", "name"),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    owner: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    shared: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL)
    # What is asked for, as the list takes it.
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB, info=ACTOR)
    created_at: Mapped[datetime] = created_at()


class Macro(Base):
    """Several steps on a ticket, done together by one word."""

    __tablename__ = "macro"
    __table_args__ = (sa.UniqueConstraint("name"), {"schema": "crm"})

    id: Mapped[UUID] = uuid_key()
    name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class ReplyTemplate(Base):
    """A text to start a reply from, with places for the ticket's own words."""

    __tablename__ = "reply_template"
    __table_args__ = (sa.UniqueConstraint("name"), {"schema": "crm"})

    id: Mapped[UUID] = uuid_key()
    name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    body: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class TicketPresence(Base):
    """Who looks at a ticket or writes on it, and was seen there a moment ago."""

    __tablename__ = "ticket_presence"
    __table_args__ = (
        sa.Index("ix_ticket_presence_seen_at", "seen_at"),
        {"schema": "crm"},
    )

    ticket_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.ticket.id", ondelete="CASCADE"),
        primary_key=True,
        info=stays_on_merge("lasts for seconds"),
    )
    user_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("access.user.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=ACTOR,
    )
    writing: Mapped[bool] = mapped_column(sa.Boolean, info=NOT_PERSONAL)
    seen_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
