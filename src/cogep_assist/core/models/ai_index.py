"""The lexical index: segments of one collection each, and the postings of merged segments."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    DOCUMENT_CONTENT,
    NOT_PERSONAL,
    Base,
    created_at,
    uuid_key,
)


class LexicalSegment(Base):
    """An immutable piece of one collection's index, of at most 65,536 passages.

    A fresh segment holds all its postings in ``payload``; a merged one has a row per term in
    ``ai.lexical_posting`` and its words, for spelling, in ``vocabulary``. Packed columns are kept
    out of line and uncompressed, so that one piece can be read without the others.
    """

    __tablename__ = "lexical_segment"
    __table_args__ = (
        sa.UniqueConstraint("number"),
        sa.CheckConstraint("chunk_count BETWEEN 1 AND 65536", name="chunk_count"),
        {"schema": "ai"},
    )

    id: Mapped[UUID] = uuid_key()
    # A short key for the postings: a UUID in each of 100,000 rows would cost more than their bytes.
    number: Mapped[int] = mapped_column(sa.Integer, sa.Identity(always=True), info=NOT_PERSONAL)
    collection_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.collection.id", ondelete="CASCADE"), index=True, info=NOT_PERSONAL
    )
    chunk_count: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    token_total: Mapped[int] = mapped_column(sa.BigInteger, info=NOT_PERSONAL)
    chunk_ids: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    # Of a desk's index the ticket of each passage: tickets are sifted before any text is read.
    owner_ids: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    payload: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=DOCUMENT_CONTENT)
    vocabulary: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=DOCUMENT_CONTENT)
    created_at: Mapped[datetime] = created_at()


class LexicalPosting(Base):
    """Where one term occurs in one merged segment: offsets, and frequency and length in a byte."""

    __tablename__ = "lexical_posting"
    __table_args__ = ({"schema": "ai"},)

    segment_number: Mapped[int] = mapped_column(
        sa.ForeignKey("ai.lexical_segment.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=NOT_PERSONAL,
    )
    # Byte order, so that reading a segment by term needs no collation rules.
    term: Mapped[str] = mapped_column(
        sa.Text(collation="C"), primary_key=True, info=DOCUMENT_CONTENT
    )
    postings: Mapped[bytes] = mapped_column(sa.LargeBinary, info=DOCUMENT_CONTENT)
