"""Which articles somebody may see and change: where every look-up of one starts."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import curated_collections, visible_collections
from cogep_assist.core.collection_name import DEFAULT_COLLECTION, known_collection_name
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Article, Collection, Document, Ticket
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.articles.article_schemas import ArticleReply
from cogep_assist.crm_service.tickets.ticket_access import works_on
from cogep_assist.edge.entity_tags import check_revision

# By which an article's document is found again when it is published once more.
SOURCE_PREFIX = "artigo:"
SHOWN_AS_STORED = (
    *("id", "status", "title", "question", "answer", "removed", "ticket_id", "gap_id"),
    *("revision", "created_at", "updated_at", "reviewed_at", "published_at"),
)


def visible_articles(principal: Principal) -> sa.ColumnElement[bool]:
    """Return the condition that holds for the articles that somebody may see.

    Who looks after a collection sees what is meant for it; who drafted an article sees it for
    as long as they may see the ticket that it came from, if it came from one.
    """
    tickets = sa.select(Ticket.id).where(works_on(principal))
    mine = sa.and_(
        Article.created_by == principal.label,
        sa.or_(Article.ticket_id.is_(None), Article.ticket_id.in_(tickets)),
    )
    if not principal.may(Act.REVIEW_ARTICLES):
        return mine
    default = sa.select(Collection.id).where(Collection.name == DEFAULT_COLLECTION)
    goes_to = sa.func.coalesce(Article.collection_id, default.scalar_subquery())
    return sa.or_(mine, goes_to.is_(None), goes_to.in_(curated_collections(principal)))


async def lock_article(
    session: AsyncSession, principal: Principal, article_id: UUID, expected: int | None = None
) -> Article:
    """Return an article to be changed, locked until the commit.

    Raises AppError("role_not_allowed"|"article_not_found"|"changed_meanwhile").
    """
    principal.require(Act.DRAFT_ARTICLES)
    article = await session.scalar(
        sa.select(Article)
        .where(Article.id == article_id, visible_articles(principal))
        .with_for_update(of=Article)
        .execution_options(populate_existing=True)
    )
    if article is None:
        raise AppError("article_not_found")
    check_revision(expected, article.revision)
    return article


async def collection_for(
    session: AsyncSession, principal: Principal, name: str | None
) -> UUID | None:
    """Return the collection that an article is meant for; None for the default one.

    Raises AppError("collection_not_found") for one that the person may not read.
    """
    if name is None or name == DEFAULT_COLLECTION:
        return None
    found = await session.scalar(
        sa.select(Collection.id).where(
            Collection.name == known_collection_name(name),
            Collection.queue_id.is_(None),
            Collection.id.in_(readable_collections(principal)),
        )
    )
    if found is None:
        raise AppError("collection_not_found", name=name)
    return found


def readable_collections(principal: Principal) -> sa.Select[UUID]:
    """Select the lasting collections that somebody may read."""
    return sa.select(Collection.id).where(
        Collection.id.in_(visible_collections(principal)), Collection.expires_at.is_(None)
    )


async def article_reply(session: AsyncSession, article_id: UUID) -> ArticleReply:
    """Return an article that was looked up before, as it now stands."""
    row = (await session.execute(named_articles().where(Article.id == article_id))).one()
    return article_fields(*row)


def named_articles() -> sa.Select[Article, str, UUID]:
    """Select articles with the names of their collections and their documents."""
    return (
        sa.select(Article, Collection.name, Document.id)
        .outerjoin(Collection, Collection.id == Article.collection_id)
        .outerjoin(
            Document,
            sa.and_(
                Document.source_key == sa.func.concat(SOURCE_PREFIX, Article.id),
                Document.deleted_at.is_(None),
            ),
        )
        .execution_options(populate_existing=True)
    )


def article_fields(
    article: Article, collection: str | None, document_id: UUID | None
) -> ArticleReply:
    """Shape one row of ``named_articles``."""
    return ArticleReply(
        **{name: getattr(article, name) for name in SHOWN_AS_STORED},
        collection=collection or DEFAULT_COLLECTION,
        document_id=document_id,
        links={"self": f"/crm/articles/{article.id}"},
    )
