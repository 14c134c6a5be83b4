"""Ajustes, Coleções: who may read each, and which teams look after it."""

from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_teams import list_teams
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Visibility
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.collections import list_collections, set_visibility
from cogep_assist.web.section_frame import answer_form, settings_page

HREF = "/ajustes/colecoes"
VISIBILITIES = {
    Visibility.PUBLIC: ("pública", "qualquer pessoa que entra pode ler"),
    Visibility.INTERNAL: ("interna", "só quem trabalha na organização"),
    Visibility.TEAMS: ("de equipes", "só as equipes marcadas"),
}
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_COLLECTIONS)
TeamNames = Annotated[list[str] | None, Form(max_length=200)]


@router.get(HREF, dependencies=[MANAGE])
async def collections(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """List the collections that somebody may see."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[MANAGE])
async def put(
    request: Request,
    principal: PrincipalDep,
    nome: Annotated[str, Form(max_length=64)] = "",
    visibilidade: Annotated[Visibility, Form()] = Visibility.INTERNAL,
    leem: TeamNames = None,
    cuidam: TeamNames = None,
) -> Response:
    """Make a collection, or say anew who reads it."""

    async def work(session: AsyncSession) -> None:
        await set_visibility(
            session,
            principal,
            nome.strip(),
            visibilidade,
            readers=leem or [],
            curators=cuidam or [],
        )

    notice = f"A coleção {nome.strip()} está como você pediu."
    return await answer_form(request, principal, work, _page, typed=nome, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    *,
    typed: str = "",
) -> Response:
    found = await list_collections(session, principal)
    return settings_page(
        request,
        "collections.html",
        problem,
        collections=[one for one in found if one.expires_at is None],
        teams=[team.name for team, _ in await list_teams(session, principal)],
        visibilities=[(kind.value, *words) for kind, words in VISIBILITIES.items()],
        typed=typed,
    )
