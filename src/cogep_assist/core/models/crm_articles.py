"""Articles for the base: drafted from a ticket or a gap, looked over, published."""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
    personal,
    uuid_key,
)
from cogep_assist.core.models.crm_customers import stays_on_merge

# Personal data is taken out as a draft is made; what a person writes into it may hold some.
ARTICLE_CONTENT = personal(
    "answer others who ask the same",
    legal_basis="art. 7, III or IX",
    retention="until the article is removed from the base",
)


class ArticleStatus(enum.Enum):
    """How far an article is."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class Article(Base):
    """A question and its answer, on their way into a collection.

    ``removed`` counts the personal data that was taken out, by kind. ``collection_id`` is None
    for the default collection, which the first document makes.
    """

    __tablename__ = "article"
    __table_args__ = (
        sa.Index("ix_article_status_id", "status", sa.text("id DESC")),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    status: Mapped[ArticleStatus] = mapped_column(
        native_enum(ArticleStatus, "article_status", "crm"),
        server_default=ArticleStatus.DRAFT.value,
        info=NOT_PERSONAL,
    )
    title: Mapped[str] = mapped_column(sa.Text, info=ARTICLE_CONTENT)
    question: Mapped[str] = mapped_column(sa.Text, info=ARTICLE_CONTENT)
    answer: Mapped[str] = mapped_column(sa.Text, info=ARTICLE_CONTENT)
    removed: Mapped[dict[str, int]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    collection_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("ai.collection.id", ondelete="SET NULL"), index=True, info=NOT_PERSONAL
    )
    ticket_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.ticket.id", ondelete="SET NULL"),
        index=True,
        info=stays_on_merge("was drawn from that one ticket's words"),
    )
    gap_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("ai.gap.id", ondelete="SET NULL"), index=True, info=NOT_PERSONAL
    )
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    edited_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    reviewed_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    published_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
    reviewed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    published_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
