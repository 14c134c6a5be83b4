"""Articles: drafted from a gap or a ticket, written, looked over by other eyes, published."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ArticleStatus
from cogep_assist.core.pii.finding import LABELS
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.articles.article_approval import (
    discard_article,
    edit_article,
    list_articles,
    needs_other_eyes,
    publish_article,
    read_article,
    return_article,
    review_article,
)
from cogep_assist.crm_service.articles.article_draft import draft_from_gap, draft_from_ticket
from cogep_assist.crm_service.articles.article_schemas import ArticleChange
from cogep_assist.edge.cursors import decode_id_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.collections import list_collections
from cogep_assist.web.knowledge_tabs import knowledge_tabs
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render
from cogep_assist.web.section_frame import Work, answer_form, shaped

HREF = "/conhecimento/artigos"
PER_PAGE = 40
STATES = {
    ArticleStatus.DRAFT: ("rascunho", "warn"),
    ArticleStatus.REVIEWED: ("aprovado, por publicar", "info"),
    ArticleStatus.PUBLISHED: ("publicado", "good"),
    ArticleStatus.DISCARDED: ("descartado", ""),
}
REMOVED = {kind.value: label for kind, label in LABELS.items()}
Turn = Callable[[AsyncSession, Principal, UUID], Awaitable[None]]
TURNS: dict[str, tuple[Turn, str]] = {
    "aprovar": (review_article, "O artigo foi aprovado; falta publicar."),
    "publicar": (publish_article, "O artigo entra na base em instantes."),
    "descartar": (discard_article, "O rascunho foi descartado."),
}
Text = Annotated[str, Form(max_length=60_000)]
router = guarded_router(include_in_schema=False)
DRAFT = rule(Login.SESSION, Act.DRAFT_ARTICLES)
REVIEW = rule(Login.SESSION, Act.REVIEW_ARTICLES)


@router.get(HREF, dependencies=[DRAFT])
async def articles(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    estado: Annotated[str, Query(max_length=20)] = "",
    depois: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """List articles, the newest first."""
    chosen = next((one for one in STATES if one.value == estado), None)
    found, more = await list_articles(
        session, principal, chosen, limit=PER_PAGE, before=decode_id_cursor(depois)
    )
    kept = {"estado": chosen.value} if chosen else {}
    return render(
        request,
        "knowledge/articles.html",
        tabs=knowledge_tabs(principal, HREF),
        articles=found,
        states=STATES,
        chosen=chosen,
        next_href=f"{HREF}?{urlencode({**kept, 'depois': str(more)})}" if more else "",
        first_href=f"{HREF}?{urlencode(kept)}" if depois else "",
    )


@router.post("/conhecimento/lacunas/{gap_id}/artigo", dependencies=[DRAFT])
async def of_gap(
    request: Request, session: SessionDep, principal: PrincipalDep, gap_id: UUID
) -> Response:
    """Draft an article that answers a gap."""
    made = await draft_from_gap(session, principal, gap_id, None)
    return done(f"{HREF}/{made.id}", "O rascunho está pronto: escreva a resposta.", request=request)


@router.post("/chamados/{ticket_id}/artigo", dependencies=[DRAFT])
async def of_ticket(
    request: Request, session: SessionDep, principal: PrincipalDep, ticket_id: UUID
) -> Response:
    """Draft an article of what a resolved ticket asked and answered, without personal data."""
    made = await draft_from_ticket(session, principal, ticket_id, None)
    notice = "O rascunho está pronto, sem dados pessoais: confira o texto."
    return done(f"{HREF}/{made.id}", notice, request=request)


@router.get(f"{HREF}/{{article_id}}", dependencies=[DRAFT])
async def article(
    request: Request, session: SessionDep, principal: PrincipalDep, article_id: UUID
) -> Response:
    """Show an article to be written, approved or published."""
    return await _page(request, session, principal, article_id)


@router.post(f"{HREF}/{{article_id}}", dependencies=[DRAFT])
async def save(
    request: Request,
    principal: PrincipalDep,
    article_id: UUID,
    titulo: Text = "",
    pergunta: Text = "",
    resposta: Text = "",
    colecao: Annotated[str, Form(max_length=64)] = "",
    revisao: Annotated[int | None, Form()] = None,
) -> Response:
    """Keep what was written; what was approved of it is to be approved again."""
    typed = {"title": titulo, "question": pergunta, "answer": resposta}

    async def work(session: AsyncSession) -> None:
        change = shaped(ArticleChange, **typed, collection=colecao.strip() or None)
        await edit_article(session, principal, article_id, change, revisao)

    href = f"{HREF}/{article_id}"
    return await answer_form(
        request,
        principal,
        work,
        _page,
        article_id,
        typed=typed,
        href=href,
        notice="O artigo foi salvo.",
        draft=f"artigo-{article_id}",
    )


@router.post(f"{HREF}/{{article_id}}/devolver", dependencies=[REVIEW])
async def give_back(
    request: Request,
    principal: PrincipalDep,
    article_id: UUID,
    motivo: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Give an approved article back, with the reason."""

    async def work(session: AsyncSession) -> None:
        await return_article(session, principal, article_id, motivo)

    return await _turned(request, principal, article_id, work, "O artigo voltou a rascunho.")


@router.post(f"{HREF}/{{article_id}}/{{turn}}", dependencies=[DRAFT])
async def turn(request: Request, principal: PrincipalDep, article_id: UUID, turn: str) -> Response:
    """Approve, publish or discard an article; each asks for its own act besides."""
    found = TURNS.get(turn)
    if found is None:
        raise AppError("not_found")
    act, notice = found

    async def work(session: AsyncSession) -> None:
        await act(session, principal, article_id)

    return await _turned(request, principal, article_id, work, notice)


async def _turned(
    request: Request, principal: Principal, article_id: UUID, work: Work, notice: str
) -> Response:
    return await answer_form(
        request, principal, work, _page, article_id, href=f"{HREF}/{article_id}", notice=notice
    )


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    article_id: UUID,
    problem: AppError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    found = await read_article(session, principal, article_id)
    visible = await list_collections(session, principal)
    stored = {"title": found.title, "question": found.question, "answer": found.answer}
    return render(
        request,
        "knowledge/article.html",
        status=problem.status if problem else 200,
        article=found,
        state=STATES[found.status],
        typed=typed or stored,
        removed=[(REMOVED.get(kind, kind), n) for kind, n in found.removed.items()],
        collections=[one.name for one in visible if one.expires_at is None],
        may_review=principal.may(Act.REVIEW_ARTICLES),
        own_draft=await needs_other_eyes(session, principal, article_id),
        may_read_gap=principal.may(Act.READ_GAPS),
        may_read_ticket=principal.may(Act.WORK_TICKETS),
        problem=problem,
    )
