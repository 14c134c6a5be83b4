"""Models that an administrator chose on the page, one of each kind."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import ACTOR, CREDENTIAL, NOT_PERSONAL, Base, native_enum
from cogep_assist.core.models.lgpd_transfers import ModelKind, ModelProvider


class ModelChoice(Base):
    """The service of one kind that was chosen; its key is sealed (``core.model_choices``).

    Where the server's environment sets a model of the kind, that one counts and this row waits.
    """

    __tablename__ = "model_choice"
    __table_args__ = ({"schema": "access"},)

    kind: Mapped[ModelKind] = mapped_column(
        native_enum(ModelKind, "model_kind", "access"), primary_key=True, info=NOT_PERSONAL
    )
    url: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    model: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    provider: Mapped[ModelProvider] = mapped_column(
        native_enum(ModelProvider, "model_provider", "access"), info=NOT_PERSONAL
    )
    api_key: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=CREDENTIAL)
    # What an embedder expects before questions and before passages.
    query_prefix: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    passage_prefix: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    chosen_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
