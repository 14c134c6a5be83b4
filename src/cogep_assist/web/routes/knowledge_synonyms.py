"""Synonyms: which words stand for each other in searches."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Form, Query, Request, Response
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import SynonymDirection
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import decode_id_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.rag_service.known_acronyms import known_acronyms
from cogep_assist.rag_service.synonym_schemas import (
    MAX_ALTERNATIVES,
    MAX_PHRASE_CHARS,
    SynonymBody,
)
from cogep_assist.rag_service.synonyms import (
    add_synonym,
    change_synonym,
    find_synonym,
    list_synonyms,
    remove_synonym,
)
from cogep_assist.web.knowledge_tabs import knowledge_tabs
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_SYNONYMS)
PER_PAGE = 60
LIST = "/conhecimento/sinonimos"


@router.get("/conhecimento/sinonimos", dependencies=[rule(Login.SESSION, Act.READ_SYNONYMS)])
async def synonyms(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    depois: Annotated[str | None, Query(max_length=40)] = None,
    sigla: Annotated[str, Query(max_length=40)] = "",
    busca: Annotated[str, Query(max_length=MAX_PHRASE_CHARS)] = "",
) -> Response:
    """List the entries, and a form for another; and the acronyms that documents explain."""
    return await _page(request, session, principal, after=depois, acronym=sigla, sought=busca)


@router.post("/conhecimento/sinonimos", dependencies=[MANAGE])
async def add(
    request: Request,
    principal: PrincipalDep,
    termo: Annotated[str, Form(max_length=500)] = "",
    outros: Annotated[str, Form(max_length=4000)] = "",
    sentido: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Add an entry, which searches use from the commit on."""
    database = edge_state(request).database
    try:
        body = _body(termo, outros, sentido)
        async with database.begin() as session:
            await add_synonym(session, principal, body)
    except AppError as problem:
        if problem.status not in {409, 422}:
            raise
        async with database.begin() as session:
            return await _page(request, session, principal, typed=(termo, outros), problem=problem)
    return done(
        "/conhecimento/sinonimos", "O sinônimo foi guardado.", draft="sinonimo", request=request
    )


@router.get("/conhecimento/sinonimos/{synonym_id}", dependencies=[MANAGE])
async def edit(
    request: Request, session: SessionDep, principal: PrincipalDep, synonym_id: UUID
) -> Response:
    """Show an entry in the fields of a form."""
    return render(
        request,
        "knowledge/synonym.html",
        entry=await find_synonym(session, principal, synonym_id),
        one_way=SynonymDirection.ONE_WAY,
    )


@router.post("/conhecimento/sinonimos/{synonym_id}", dependencies=[MANAGE])
async def change(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    synonym_id: UUID,
    visto: Annotated[datetime, Form()],
    termo: Annotated[str, Form(max_length=500)] = "",
    outros: Annotated[str, Form(max_length=4000)] = "",
    sentido: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Let an entry say something else, unless somebody changed it meanwhile."""
    body = _body(termo, outros, sentido)
    await change_synonym(session, principal, synonym_id, body, seen=visto)
    return done(LIST, "O sinônimo foi mudado: a busca já o usa.", request=request)


@router.post("/conhecimento/sinonimos/{entry_id}/remover", dependencies=[MANAGE])
async def remove(
    request: Request, session: SessionDep, principal: PrincipalDep, entry_id: UUID
) -> Response:
    """Remove an entry."""
    await remove_synonym(session, principal, entry_id)
    return done("/conhecimento/sinonimos", "O sinônimo foi removido.", request=request)


def _body(termo: str, outros: str, sentido: str) -> SynonymBody:
    """Read the fields of an entry's form; one too long or empty is named."""
    others = [one.strip() for one in outros.split(",") if one.strip()]
    one_way = sentido == SynonymDirection.ONE_WAY.value
    try:
        return SynonymBody(
            phrase=termo.strip(),
            alternatives=others,
            direction=SynonymDirection.ONE_WAY if one_way else SynonymDirection.BOTH,
        )
    except ValidationError as problem:
        if any(finding["loc"][0] == "phrase" for finding in problem.errors()):
            raise invalid_field("termo", f"deve ter de 1 a {MAX_PHRASE_CHARS} letras") from None
        most = f"deve ter de 1 a {MAX_ALTERNATIVES} palavras, cada uma com até "
        raise invalid_field("outros", f"{most}{MAX_PHRASE_CHARS} letras") from None


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    *,
    after: str | None = None,
    acronym: str = "",
    sought: str = "",
    typed: tuple[str, str] = ("", ""),
    problem: AppError | None = None,
) -> Response:
    found, more = await list_synonyms(
        session, principal, limit=PER_PAGE, before=decode_id_cursor(after), sought=sought
    )
    known, last = await known_acronyms(
        session, principal, limit=PER_PAGE, after=acronym, sought=sought
    )
    kept = f"&busca={quote(sought)}" if sought else ""
    first = f"{LIST}?{kept[1:]}" if sought else LIST
    return render(
        request,
        "knowledge/synonyms.html",
        status=problem.status if problem else 200,
        tabs=knowledge_tabs(principal, "/conhecimento/sinonimos"),
        entries=found,
        one_way=SynonymDirection.ONE_WAY,
        typed=typed,
        may_manage=principal.may(Act.MANAGE_SYNONYMS),
        sought=sought,
        next_href=f"{LIST}?depois={more}{kept}" if more else "",
        first_href=first if after else "",
        known=known,
        known_next=f"{LIST}?sigla={quote(last)}{kept}#siglas" if last else "",
        known_first=f"{first}#siglas" if acronym else "",
        problem=problem,
    )
