"""What people asked and nobody could answer, grouped by what they meant.

A gap keeps no copy of anybody's words: they are read from the conversations, and go with them.
"""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    NOT_PERSONAL,
    QUESTION_CONTENT,
    Base,
    created_at,
    native_enum,
    uuid_key,
)


class GapStatus(enum.Enum):
    """How a gap stands."""

    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class GapCause(enum.Enum):
    """Why a question counts as not answered."""

    ABSTAINED = "abstained"
    RATED_DOWN = "rated_down"


class Gap(Base):
    """Questions of one meaning, asked of the same collections, that found no good answer."""

    __tablename__ = "gap"
    __table_args__ = (sa.Index("ix_gap_status_id", "status", "id"), {"schema": "ai"})

    id: Mapped[UUID] = uuid_key()
    status: Mapped[GapStatus] = mapped_column(
        native_enum(GapStatus, "gap_status", "ai"),
        server_default=GapStatus.OPEN.value,
        info=NOT_PERSONAL,
    )
    created_at: Mapped[datetime] = created_at()
    last_asked_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
    # When its questions were last asked again of the collections as they then were.
    checked_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
    closed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    closed_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    answering_document_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("ai.document.id", ondelete="SET NULL"), index=True, info=NOT_PERSONAL
    )


class GapCollection(Base):
    """A collection that the questions of a gap were asked of."""

    __tablename__ = "gap_collection"
    __table_args__ = (
        sa.Index("ix_gap_collection_collection_id", "collection_id"),
        {"schema": "ai"},
    )

    gap_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.gap.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    collection_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.collection.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )


class GapAsk(Base):
    """One question of a gap, by the answer that it got; its terms find the next one like it."""

    __tablename__ = "gap_ask"
    __table_args__ = (
        sa.Index("ix_gap_ask_gap_id_answer_id", "gap_id", "answer_id"),
        sa.Index("ix_gap_ask_terms", "terms", postgresql_using="gin"),
        {"schema": "ai"},
    )

    answer_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.answer.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    # None: looked at, and it names nothing that could be missing ("?!").
    gap_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("ai.gap.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    cause: Mapped[GapCause] = mapped_column(
        native_enum(GapCause, "gap_cause", "ai"), info=NOT_PERSONAL
    )
    terms: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), info=QUESTION_CONTENT)


class AnswerNotice(Base):
    """That a question which found no answer has one now, for who asked it; goes with the answer."""

    __tablename__ = "answer_notice"
    __table_args__ = ({"schema": "ai"},)

    answer_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.answer.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    # Who asked wants a letter too: nobody gets one who did not ask for it, of this very question.
    by_mail: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL)
    told_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    closed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()
