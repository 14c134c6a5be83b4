"""Articles: draft, write, look over, publish; and tickets out of what nobody could answer."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import ArticleStatus
from cogep_assist.core.principal import Act
from cogep_assist.crm_service.articles.article_access import article_reply
from cogep_assist.crm_service.articles.article_approval import (
    discard_article,
    edit_article,
    list_articles,
    publish_article,
    read_article,
    return_article,
    review_article,
)
from cogep_assist.crm_service.articles.article_draft import draft_from_gap, draft_from_ticket
from cogep_assist.crm_service.articles.article_schemas import (
    ArticleChange,
    ArticlePage,
    ArticleReply,
    FromGapBody,
    FromTicketBody,
    ReturnBody,
)
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.entity_tags import IfMatchHeader, expected_revision, set_entity_tag
from cogep_assist.edge.once_door import Door, OnceDoor, raw
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["articles"])
READ = rule(Login.KEY_OR_SESSION, Act.DRAFT_ARTICLES)
DRAFT = rule(Login.KEY_OR_SESSION, Act.DRAFT_ARTICLES, idempotent=True)
REVIEW = rule(Login.KEY_OR_SESSION, Act.REVIEW_ARTICLES, idempotent=True)


@router.get(
    "/crm/articles",
    response_model=ArticlePage,
    summary="Lista os artigos em preparo e publicados",
    dependencies=[READ],
)
async def articles(
    session: SessionDep,
    principal: PrincipalDep,
    status: ArticleStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: IdCursor = None,
) -> ArticlePage:
    """List articles."""
    found, more = await list_articles(
        session, principal, status, limit=limit, before=decode_id_cursor(cursor)
    )
    return ArticlePage(items=found, next_cursor=encode_cursor(more))


@router.post(
    "/crm/articles/from-ticket",
    status_code=201,
    response_model=ArticleReply,
    summary="Faz o rascunho de um artigo de um chamado resolvido, sem dados pessoais",
    dependencies=[DRAFT],
)
async def from_ticket(door: Door, body: FromTicketBody) -> ArticleReply:
    """Draft an article of a ticket."""

    async def work() -> StoredReply:
        made = await draft_from_ticket(
            door.session, door.principal, body.ticket_id, body.collection
        )
        return StoredReply(201, {"id": str(made.id)})

    return await _made(door, await door.once(work, raw(body)))


@router.post(
    "/crm/articles/from-gap",
    status_code=201,
    response_model=ArticleReply,
    summary="Faz o rascunho de um artigo que responda a uma lacuna",
    dependencies=[DRAFT],
)
async def from_gap(door: Door, body: FromGapBody) -> ArticleReply:
    """Draft an article of a gap."""

    async def work() -> StoredReply:
        made = await draft_from_gap(door.session, door.principal, body.gap_id, body.collection)
        return StoredReply(201, {"id": str(made.id)})

    return await _made(door, await door.once(work, raw(body)))


@router.get(
    "/crm/articles/{article_id}",
    response_model=ArticleReply,
    summary="Mostra um artigo",
    dependencies=[READ],
)
async def article(
    article_id: UUID, response: Response, session: SessionDep, principal: PrincipalDep
) -> ArticleReply:
    """Look at one article."""
    shown = await read_article(session, principal, article_id)
    set_entity_tag(response, shown.revision)
    return shown


@router.patch(
    "/crm/articles/{article_id}",
    response_model=ArticleReply,
    summary="Muda um artigo, que volta a rascunho",
    dependencies=[DRAFT],
)
async def change(
    door: Door, article_id: UUID, body: ArticleChange, if_match: IfMatchHeader = None
) -> ArticleReply:
    """Write on an article."""
    expected = expected_revision(if_match)
    return await _turned(
        door,
        article_id,
        lambda: edit_article(door.session, door.principal, article_id, body, expected),
        raw(body),
    )


@router.post(
    "/crm/articles/{article_id}/review",
    response_model=ArticleReply,
    summary="Aprova um artigo que outra pessoa escreveu",
    dependencies=[REVIEW],
)
async def review(door: Door, article_id: UUID) -> ArticleReply:
    """Approve an article."""
    return await _turned(
        door, article_id, lambda: review_article(door.session, door.principal, article_id)
    )


@router.post(
    "/crm/articles/{article_id}/return",
    response_model=ArticleReply,
    summary="Devolve um artigo a rascunho, com o motivo",
    dependencies=[REVIEW],
)
async def give_back(door: Door, article_id: UUID, body: ReturnBody) -> ArticleReply:
    """Give an article back."""
    return await _turned(
        door,
        article_id,
        lambda: return_article(door.session, door.principal, article_id, body.reason),
        raw(body),
    )


@router.post(
    "/crm/articles/{article_id}/publish",
    response_model=ArticleReply,
    summary="Publica um artigo aprovado: ele entra na coleção pela fila de ingestão",
    dependencies=[REVIEW],
)
async def publish(door: Door, article_id: UUID) -> ArticleReply:
    """Publish an article."""
    return await _turned(
        door, article_id, lambda: publish_article(door.session, door.principal, article_id)
    )


@router.post(
    "/crm/articles/{article_id}/discard",
    response_model=ArticleReply,
    summary="Descarta um rascunho",
    dependencies=[DRAFT],
)
async def discard(door: Door, article_id: UUID) -> ArticleReply:
    """Set an article aside."""
    return await _turned(
        door, article_id, lambda: discard_article(door.session, door.principal, article_id)
    )


async def _made(door: OnceDoor, stored: StoredReply) -> ArticleReply:
    shown = await article_reply(door.session, UUID(stored.reply["id"]))
    set_entity_tag(door.response, shown.revision)
    door.response.headers["Location"] = shown.links["self"]
    return shown


async def _turned(
    door: OnceDoor, article_id: UUID, turn: Callable[[], Awaitable[None]], body: bytes = b""
) -> ArticleReply:
    async def work() -> StoredReply:
        await turn()
        return StoredReply(200, {})

    await door.once(work, body)
    shown = await read_article(door.session, door.principal, article_id)
    set_entity_tag(door.response, shown.revision)
    return shown
