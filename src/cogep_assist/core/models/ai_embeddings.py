"""Vectors of passages, where an embedder is set, one space per embedder."""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    DOCUMENT_CONTENT,
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
)


class VectorState(enum.Enum):
    """Whether the vectors of an embedder are being made, are searched, or are on their way out."""

    FILLING = "filling"
    READY = "ready"
    RETIRED = "retired"


class VectorSpace(Base):
    """The vectors that one embedder makes; those of two embedders are never compared.

    Each space has its own partial HNSW index, named ``hnsw_chunk_embedding_<number>``, which
    ``ai.make_vector_index`` makes once the number of dimensions is known.
    """

    __tablename__ = "vector_space"
    __table_args__ = (sa.UniqueConstraint("embedder", "dimensions"), {"schema": "ai"})

    number: Mapped[int] = mapped_column(
        sa.Integer, sa.Identity(always=True), primary_key=True, info=NOT_PERSONAL
    )
    embedder: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    dimensions: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    state: Mapped[VectorState] = mapped_column(
        native_enum(VectorState, "vector_state", "ai"),
        server_default=VectorState.FILLING.value,
        default=VectorState.FILLING,
        info=NOT_PERSONAL,
    )
    created_at: Mapped[datetime] = created_at()
    ready_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class ChunkEmbedding(Base):
    """The vector of a passage in one space."""

    __tablename__ = "chunk_embedding"
    __table_args__ = ({"schema": "ai"},)

    chunk_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.chunk.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    space_number: Mapped[int] = mapped_column(
        sa.ForeignKey("ai.vector_space.number", ondelete="RESTRICT"),
        primary_key=True,
        index=True,
        info=NOT_PERSONAL,
    )
    # No fixed length: each embedder has its own, and the index of a space says which.
    embedding: Mapped[list[float]] = mapped_column(HALFVEC(), info=DOCUMENT_CONTENT)


class VectorRefusal(Base):
    """A passage that an embedder refuses whatever stands beside it: found by its words alone."""

    __tablename__ = "vector_refusal"
    __table_args__ = ({"schema": "ai"},)

    chunk_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.chunk.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    space_number: Mapped[int] = mapped_column(
        sa.ForeignKey("ai.vector_space.number", ondelete="CASCADE"),
        primary_key=True,
        info=NOT_PERSONAL,
    )
    error_code: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()
