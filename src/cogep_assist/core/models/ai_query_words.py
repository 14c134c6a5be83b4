"""Words that stand for others when a question is asked: mined acronyms, edited synonyms."""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    DOCUMENT_CONTENT,
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
    uuid_key,
)


class AcronymUse(Base):
    """An acronym that a passage explains. It goes with the passage, whatever removes that."""

    __tablename__ = "acronym_use"
    __table_args__ = (
        sa.Index("ix_acronym_use_short_key_collection_id", "short_key", "collection_id"),
        sa.Index("ix_acronym_use_long_key_collection_id", "long_key", "collection_id"),
        {"schema": "ai"},
    )

    chunk_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.chunk.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    short_key: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=DOCUMENT_CONTENT)
    long_key: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=DOCUMENT_CONTENT)
    # As in the passage's own row; here, so that a look-up needs no join.
    collection_id: Mapped[UUID] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    short: Mapped[str] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    long: Mapped[str] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)


class SynonymDirection(enum.Enum):
    """Whether all phrases stand for one another, or the first is also looked for by the others."""

    BOTH = "both"
    ONE_WAY = "one_way"


class Synonym(Base):
    """What a curator says means the same; the keys are the phrases as the index knows them."""

    __tablename__ = "synonym"
    __table_args__ = (
        sa.UniqueConstraint("phrase_key"),
        sa.Index("ix_synonym_asked_keys", "asked_keys", postgresql_using="gin"),
        {"schema": "ai"},
    )

    id: Mapped[UUID] = uuid_key()
    phrase: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    phrase_key: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    alternatives: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), info=NOT_PERSONAL)
    direction: Mapped[SynonymDirection] = mapped_column(
        native_enum(SynonymDirection, "synonym_direction", "ai"),
        server_default=SynonymDirection.BOTH.value,
        info=NOT_PERSONAL,
    )
    # Which keys in a question call this entry, and which terms it then adds.
    asked_keys: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), info=NOT_PERSONAL)
    added_keys: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), info=NOT_PERSONAL)
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
