"""Vectors of passages, where an embedder is set."""

from uuid import UUID

import sqlalchemy as sa
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import DOCUMENT_CONTENT, NOT_PERSONAL, Base


class ChunkEmbedding(Base):
    """The vector of a passage by one embedder; vectors of two embedders never mix."""

    __tablename__ = "chunk_embedding"
    __table_args__ = ({"schema": "ai"},)

    chunk_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.chunk.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    embedder: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=NOT_PERSONAL)
    # No fixed length: each embedder has its own, and an index is made per embedder.
    embedding: Mapped[list[float]] = mapped_column(HALFVEC(), info=DOCUMENT_CONTENT)
