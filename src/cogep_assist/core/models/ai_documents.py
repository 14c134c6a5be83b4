"""Collections, documents, their versions and passages."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
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


class Visibility(enum.Enum):
    """Who may read a collection: anyone, the organisation's staff, or the teams it names."""

    PUBLIC = "public"
    INTERNAL = "internal"
    TEAMS = "teams"


class PersonalDataPolicy(enum.Enum):
    """What becomes of a document in which personal data are found."""

    ALLOW = "allow"
    WARN = "warn"
    REDACT = "redact"
    REFUSE = "refuse"


PERSONAL_DATA_POLICY = native_enum(PersonalDataPolicy, "personal_data_policy", "ai")


class Collection(Base):
    """A set of documents that share who may read them."""

    __tablename__ = "collection"
    __table_args__ = (sa.UniqueConstraint("name"), {"schema": "ai"})

    id: Mapped[UUID] = uuid_key()
    name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    visibility: Mapped[Visibility] = mapped_column(
        native_enum(Visibility, "visibility", "ai"),
        server_default=Visibility.INTERNAL.value,
        default=Visibility.INTERNAL,
        info=NOT_PERSONAL,
    )
    personal_data: Mapped[PersonalDataPolicy] = mapped_column(
        PERSONAL_DATA_POLICY,
        server_default=PersonalDataPolicy.ALLOW.value,
        default=PersonalDataPolicy.ALLOW,
        info=NOT_PERSONAL,
    )
    # Of the desk and not of the base: it holds what was written on a queue's tickets, and only
    # the desk's own search looks into it.
    queue_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.queue.id", ondelete="RESTRICT"), unique=True, info=NOT_PERSONAL
    )
    # A temporary collection, such as an evaluation's, is swept when this moment passes.
    expires_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    # A person's own files for a question: theirs alone, and always for a while.
    owner_user_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("access.user.id", ondelete="SET NULL"), info=NOT_PERSONAL
    )
    created_at: Mapped[datetime] = created_at()


class Blob(Base):
    """Bytes as they came in. A blob that nothing refers to any more is swept."""

    __tablename__ = "blob"
    __table_args__ = ({"schema": "ai"},)

    id: Mapped[UUID] = uuid_key()
    sha256: Mapped[bytes] = mapped_column(sa.LargeBinary, index=True, info=NOT_PERSONAL)
    size: Mapped[int] = mapped_column(sa.BigInteger, info=NOT_PERSONAL)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, info=DOCUMENT_CONTENT)
    created_at: Mapped[datetime] = created_at()


class Document(Base):
    """A source that answers may cite: (collection, source key), through its versions."""

    __tablename__ = "document"
    __table_args__ = (
        sa.Index(
            "uq_document_live_source",
            "collection_id",
            "source_key",
            unique=True,
            postgresql_where=sa.text("deleted_at IS NULL"),
        ),
        sa.Index("ix_document_collection_id_id", "collection_id", "id"),
        {"schema": "ai"},
    )

    id: Mapped[UUID] = uuid_key()
    collection_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.collection.id", ondelete="RESTRICT"), info=NOT_PERSONAL
    )
    source_key: Mapped[str] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    uri: Mapped[str | None] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    title: Mapped[str] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    media_type: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    attributes: Mapped[dict[str, Any]] = mapped_column(
        "metadata", JSONB, server_default=sa.text("'{}'::jsonb"), info=DOCUMENT_CONTENT
    )
    current_version_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("ai.document_version.id", use_alter=True, ondelete="SET NULL"),
        index=True,
        info=NOT_PERSONAL,
    )
    etag: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    last_modified: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # The submission that wrote the current version: an older one may not overwrite it.
    written_by_sequence: Mapped[int | None] = mapped_column(sa.BigInteger, info=NOT_PERSONAL)
    checked_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
    deleted_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    # Out of the answers as a whole, in later versions too: every passage of it is ``hidden``.
    hidden_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class DocumentVersion(Base):
    """What a document said at one time. Kept so that a citation opens what was quoted."""

    __tablename__ = "document_version"
    __table_args__ = (sa.UniqueConstraint("document_id", "number"), {"schema": "ai"})

    id: Mapped[UUID] = uuid_key()
    document_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.document.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    number: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    title: Mapped[str] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    text: Mapped[str] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    content_sha256: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    parser: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # Same bytes under a newer pipeline are read anew: a better parser must reach old sources.
    pipeline_release: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    media_type: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    page_count: Mapped[int | None] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    warnings: Mapped[list[str]] = mapped_column(
        sa.ARRAY(sa.Text), server_default=sa.text("'{}'::text[]"), info=NOT_PERSONAL
    )
    # Under which policy it was taken in: under another one the same source is read anew.
    personal_data: Mapped[PersonalDataPolicy] = mapped_column(
        PERSONAL_DATA_POLICY,
        server_default=PersonalDataPolicy.ALLOW.value,
        default=PersonalDataPolicy.ALLOW,
        info=NOT_PERSONAL,
    )
    blob_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("ai.blob.id", ondelete="SET NULL"), index=True, info=NOT_PERSONAL
    )
    created_at: Mapped[datetime] = created_at()
    retired_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class Chunk(Base):
    """A passage of the current version: ``text == version.text[start:end]``.

    Rows exist for current versions of live documents alone: a passage that is not
    there cannot be found, whatever an index still remembers.
    """

    __tablename__ = "chunk"
    __table_args__ = (
        sa.UniqueConstraint("version_id", "ordinal"),
        sa.Index("ix_chunk_document_id", "document_id"),
        {"schema": "ai"},
    )

    id: Mapped[UUID] = uuid_key()
    collection_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.collection.id", ondelete="RESTRICT"), index=True, info=NOT_PERSONAL
    )
    document_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.document.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    version_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.document_version.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    ordinal: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    start_offset: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    end_offset: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    page: Mapped[int | None] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    heading: Mapped[str] = mapped_column(sa.Text, server_default="", info=DOCUMENT_CONTENT)
    text: Mapped[str] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    # No search finds it: somebody took it (``HiddenPassage``) or its document out of the answers.
    hidden: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL)


class HiddenPassage(Base):
    """A passage that is kept out of the answers, by its text: later versions keep it out too."""

    __tablename__ = "hidden_passage"
    __table_args__ = ({"schema": "ai"},)

    document_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.document.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    text_sha256: Mapped[bytes] = mapped_column(sa.LargeBinary, primary_key=True, info=NOT_PERSONAL)
    hidden_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    hidden_at: Mapped[datetime] = created_at()
