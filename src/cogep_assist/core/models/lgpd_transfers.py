"""What left for a model: one row per call, without a word of what was sent."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import ACTOR, NOT_PERSONAL, Base, native_enum, uuid_key


class ModelKind(enum.Enum):
    """What a model is asked for."""

    CHAT = "chat"
    EMBEDDINGS = "embeddings"
    RERANK = "rerank"


class ModelProvider(enum.Enum):
    """Whether the organisation runs the model itself."""

    OWN = "own"
    EXTERNAL = "external"


class ModelTransfer(Base):
    """One call to a model, written before the first byte leaves.

    ``items`` counts texts or messages; ``replaced`` counts what was hidden in them, by type. The
    application role may insert and read, never update or delete.
    """

    __tablename__ = "model_transfer"
    __table_args__ = ({"schema": "lgpd"},)

    id: Mapped[UUID] = uuid_key()
    occurred_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), index=True, info=NOT_PERSONAL
    )
    kind: Mapped[ModelKind] = mapped_column(
        native_enum(ModelKind, "model_kind", "lgpd"), info=NOT_PERSONAL
    )
    provider: Mapped[ModelProvider] = mapped_column(
        native_enum(ModelProvider, "model_provider", "lgpd"), info=NOT_PERSONAL
    )
    host: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    model: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    country: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    mechanism: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    payload_sha256: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    payload_bytes: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    items: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    replaced: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    request_id: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # Who asked, where it was not the system: they are told with whom it was shared (art. 18, VII).
    actor: Mapped[str | None] = mapped_column(sa.Text, index=True, info=ACTOR)
