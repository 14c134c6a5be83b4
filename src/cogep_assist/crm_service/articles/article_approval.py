"""An article's way into the base: written, looked over by other eyes, published, or discarded."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access import curated_collections
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.collection_name import DEFAULT_COLLECTION
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Article, ArticleStatus, Collection, Role
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.articles.article_access import (
    SOURCE_PREFIX,
    article_fields,
    collection_for,
    lock_article,
    named_articles,
    visible_articles,
)
from cogep_assist.crm_service.articles.article_schemas import ArticleChange, ArticleReply
from cogep_assist.crm_service.tickets.ticket_words import clean_body, clean_subject

PUBLISH = "publish_article"
NOW = sa.func.clock_timestamp()


async def list_articles(
    session: AsyncSession,
    principal: Principal,
    status: ArticleStatus | None,
    *,
    limit: int,
    before: UUID | None,
) -> tuple[list[ArticleReply], UUID | None]:
    """Return articles, newest first, and the id after which the list goes on."""
    principal.require(Act.DRAFT_ARTICLES)
    statement = named_articles().where(visible_articles(principal))
    if status is not None:
        statement = statement.where(Article.status == status)
    if before is not None:
        statement = statement.where(Article.id < before)
    rows = (await session.execute(statement.order_by(Article.id.desc()).limit(limit + 1))).all()
    more = rows[limit - 1][0].id if len(rows) > limit else None
    return [article_fields(*row) for row in rows[:limit]], more


async def read_article(
    session: AsyncSession, principal: Principal, article_id: UUID
) -> ArticleReply:
    """Return one article. Raises AppError("role_not_allowed"|"article_not_found")."""
    principal.require(Act.DRAFT_ARTICLES)
    row = (
        await session.execute(
            named_articles().where(Article.id == article_id, visible_articles(principal))
        )
    ).one_or_none()
    if row is None:
        raise AppError("article_not_found")
    return article_fields(*row)


async def edit_article(
    session: AsyncSession,
    principal: Principal,
    article_id: UUID,
    change: ArticleChange,
    expected: int | None = None,
) -> None:
    """Change an article; whatever was approved of it is to be approved again.

    Raises AppError("article_not_found"|"article_discarded"|"collection_not_found"|
    "changed_meanwhile"|"request_invalid").
    """
    article = await lock_article(session, principal, article_id, expected)
    if article.status is ArticleStatus.DISCARDED:
        raise AppError("article_discarded")
    if change.title is not None:
        article.title = clean_subject(change.title)
    for name in ("question", "answer"):
        text: str | None = getattr(change, name)
        if text is not None:
            setattr(article, name, clean_body(text, name) if text.strip() else "")
    if change.collection is not None:
        article.collection_id = await collection_for(session, principal, change.collection)
    article.edited_by = principal.label
    await _turn(session, principal, article, ArticleStatus.DRAFT, "article_edited")


async def needs_other_eyes(session: AsyncSession, principal: Principal, article_id: UUID) -> bool:
    """Say whether whoever asks wrote the article last, and so may not be who approves it."""
    edited_by = await session.scalar(sa.select(Article.edited_by).where(Article.id == article_id))
    return _is_own_draft(principal, edited_by)


async def review_article(session: AsyncSession, principal: Principal, article_id: UUID) -> None:
    """Say that an article is right and holds no personal data.

    Not by who wrote it last, unless that is an administrator: a desk of one has nobody else.
    Raises AppError("role_not_allowed"|"article_not_found"|"article_not_in_state"|
    "article_without_answer"|"article_needs_other_eyes"|"collection_not_curated").
    """
    article = await _reviewed(session, principal, article_id, ArticleStatus.DRAFT)
    if not article.answer.strip():
        raise AppError("article_without_answer")
    if _is_own_draft(principal, article.edited_by):
        raise AppError("article_needs_other_eyes")
    article.reviewed_by, article.reviewed_at = principal.label, NOW
    await _turn(session, principal, article, ArticleStatus.REVIEWED, "article_reviewed")


async def return_article(
    session: AsyncSession, principal: Principal, article_id: UUID, reason: str
) -> None:
    """Give a reviewed article back to be written on; the reason goes in front of its answer.

    Raises AppError("role_not_allowed"|"article_not_found"|"article_not_in_state").
    """
    article = await _reviewed(session, principal, article_id, ArticleStatus.REVIEWED)
    article.answer = f"[Devolvido: {clean_body(reason, 'reason')}]\n\n{article.answer}"
    article.edited_by = principal.label
    await _turn(session, principal, article, ArticleStatus.DRAFT, "article_returned")


async def publish_article(session: AsyncSession, principal: Principal, article_id: UUID) -> None:
    """Send a reviewed article into its collection, by the intake that every source takes.

    Raises AppError("role_not_allowed"|"article_not_found"|"article_not_in_state"|
    "collection_not_curated").
    """
    article = await _reviewed(session, principal, article_id, ArticleStatus.REVIEWED)
    article.published_by, article.published_at = principal.label, NOW
    await _turn(session, principal, article, ArticleStatus.PUBLISHED, "article_published")
    await enqueue_background(session, PUBLISH, str(article_id))


async def discard_article(session: AsyncSession, principal: Principal, article_id: UUID) -> None:
    """Set a draft aside. Raises AppError("article_not_found"|"article_not_in_state")."""
    article = await lock_article(session, principal, article_id)
    if article.status not in {ArticleStatus.DRAFT, ArticleStatus.REVIEWED}:
        raise AppError("article_not_in_state", status=article.status.value)
    await _turn(session, principal, article, ArticleStatus.DISCARDED, "article_discarded")


async def published_text(
    session: AsyncSession, article_id: UUID
) -> tuple[str, str, str, str] | None:
    """Return a published article's source key, collection, title and text; None for others."""
    row = (await session.execute(named_articles().where(Article.id == article_id))).one_or_none()
    if row is None or row[0].status is not ArticleStatus.PUBLISHED:
        return None
    article, collection, _ = row
    text = "\n\n".join(filter(None, (article.title, article.question, article.answer)))
    return f"{SOURCE_PREFIX}{article.id}", collection or DEFAULT_COLLECTION, article.title, text


async def _reviewed(
    session: AsyncSession, principal: Principal, article_id: UUID, wanted: ArticleStatus
) -> Article:
    principal.require(Act.REVIEW_ARTICLES)
    article = await lock_article(session, principal, article_id)
    if article.status is not wanted:
        raise AppError("article_not_in_state", status=article.status.value)
    await _require_curated(session, principal, article)
    return article


async def _require_curated(session: AsyncSession, principal: Principal, article: Article) -> None:
    goes_to = Collection.name == DEFAULT_COLLECTION
    if article.collection_id is not None:
        goes_to = Collection.id == article.collection_id
    closed = await session.scalar(
        sa.select(Collection.name).where(
            goes_to, Collection.id.not_in(curated_collections(principal))
        )
    )
    if closed is not None:
        raise AppError("collection_not_curated", name=closed)


async def _turn(
    session: AsyncSession, principal: Principal, article: Article, to: ArticleStatus, act: str
) -> None:
    article.status = to
    article.revision += 1
    article.updated_at = NOW
    await session.flush()
    await audit.record(session, principal, act, "article", article.id)


def _is_own_draft(principal: Principal, edited_by: str | None) -> bool:
    return edited_by == principal.label and principal.role is not Role.ADMIN
