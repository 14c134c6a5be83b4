"""Sources that are followed on a schedule: list, add with a preview, pause, visit, let go."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Form, Query, Request, Response
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import FollowedKind
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import decode_id_cursor
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.ingestion_service.collections import list_collections
from cogep_assist.ingestion_service.intake import intake_of
from cogep_assist.ingestion_service.source_preview import preview_source
from cogep_assist.ingestion_service.source_schemas import PreviewReply, SourceBody
from cogep_assist.ingestion_service.sources import (
    check_target,
    confirm_retirement,
    create_source,
    describe_source,
    list_sources,
    pause_source,
    request_visit,
    resume_source,
)
from cogep_assist.web.knowledge_tabs import knowledge_tabs
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_SOURCES)
PER_PAGE = 40
KINDS = (
    (FollowedKind.URL.value, "Um endereço"),
    (FollowedKind.SITEMAP.value, "Um sitemap"),
    (FollowedKind.FOLDER.value, "Uma pasta do servidor"),
)
NO_FORM = {"kind": "url", "target": "", "schedule": "todo dia às 03:00", "collection": ""}
Control = Callable[[AsyncSession, Principal, UUID], Awaitable[Any]]
_CONTROLS: dict[str, tuple[Control, str]] = {
    "pausar": (pause_source, "A fonte está em pausa."),
    "retomar": (resume_source, "A fonte é visitada de novo."),
    "visitar": (request_visit, "A visita foi pedida."),
    "confirmar-retirada": (confirm_retirement, "Os documentos que sumiram da origem vão sair."),
}


@router.get("/conhecimento/fontes", dependencies=[READ])
async def sources(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    depois: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """List what is followed, and a form for more."""
    return await _page(request, session, principal, after=depois)


@router.post(
    "/conhecimento/fontes",
    dependencies=[rule(Login.SESSION, Act.MANAGE_SOURCES, rate=Rate.ASK)],
)
async def add(
    request: Request,
    principal: PrincipalDep,
    tipo: Annotated[str, Form(max_length=20)] = "",
    alvo: Annotated[str, Form(max_length=4096)] = "",
    agenda: Annotated[str, Form(max_length=200)] = "",
    colecao: Annotated[str, Form(max_length=64)] = "",
    ver: Annotated[str, Form(max_length=1)] = "",
) -> Response:
    """Say what a visit would bring, or follow it from now on."""
    intake = intake_of(request)
    typed = {"kind": tipo, "target": alvo, "schedule": agenda, "collection": colecao}
    preview = None
    try:
        body = _body(tipo, alvo, agenda, colecao)
        if ver:
            target = check_target(body.kind, body.target, intake.settings)
            preview = await preview_source(
                intake.settings, intake.database, principal, body.kind, target
            )
        else:
            async with intake.database.begin() as session:
                await create_source(session, principal, body, intake.settings)
            await intake.writer.ring()
    except AppError as problem:
        if problem.status in {401, 403, 429, 500, 503}:
            raise
        async with intake.database.begin() as session:
            return await _page(request, session, principal, typed=typed, problem=problem)
    if preview is None:
        words = "A fonte é seguida; a primeira visita já foi pedida."
        return done("/conhecimento/fontes", words, draft="fonte", request=request)
    async with intake.database.begin() as session:
        return await _page(request, session, principal, typed=typed, preview=preview)


@router.get("/conhecimento/fontes/{source_id}", dependencies=[READ])
async def source(
    request: Request, session: SessionDep, principal: PrincipalDep, source_id: UUID
) -> Response:
    """Show a source with the documents that need a look."""
    found = await describe_source(session, principal, source_id)
    return render(
        request,
        "knowledge/source.html",
        source=found,
        items=found.items,
        kinds=dict(KINDS),
    )


@router.post(
    "/conhecimento/fontes/{source_id}/{act}", dependencies=[rule(Login.SESSION, Act.MANAGE_SOURCES)]
)
async def control(
    request: Request, session: SessionDep, principal: PrincipalDep, source_id: UUID, act: str
) -> Response:
    """Pause, resume, visit now, or let go what is held."""
    found = _CONTROLS.get(act)
    if found is None:
        raise AppError("not_found")
    work, words = found
    await work(session, principal, source_id)
    return done(f"/conhecimento/fontes/{source_id}", words, request=request)


def _body(kind: str, target: str, schedule: str, collection: str) -> SourceBody:
    try:
        return SourceBody(
            kind=FollowedKind(kind),
            target=target.strip(),
            schedule=schedule.strip() or "todo dia às 03:00",
            collection=collection or None,
        )
    except (ValueError, ValidationError):
        raise invalid_field("alvo", "diz o que seguir: um endereço, sitemap ou pasta") from None


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    *,
    after: str | None = None,
    typed: dict[str, str] | None = None,
    preview: PreviewReply | None = None,
    problem: AppError | None = None,
) -> Response:
    found, more = await list_sources(
        session, principal, limit=PER_PAGE, before=decode_id_cursor(after)
    )
    visible = await list_collections(session, principal)
    return render(
        request,
        "knowledge/sources.html",
        status=problem.status if problem else 200,
        tabs=knowledge_tabs(principal, "/conhecimento/fontes"),
        sources=found,
        kinds=KINDS,
        kind_words=dict(KINDS),
        collections=[("", "geral")] + [(c.name, c.name) for c in visible if c.expires_at is None],
        typed=typed or NO_FORM,
        preview=preview,
        next_href=f"/conhecimento/fontes?depois={more}" if more else "",
        first_href="/conhecimento/fontes" if after else "",
        problem=problem,
    )
