"""Ajustes, Sites: where the question box may stand, what it says, and the line to copy."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.access_service import sites
from cogep_assist.access_service.site_schemas import (
    CONSENT,
    GREETING,
    SiteBody,
    SiteChange,
    SiteReply,
)
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.public_address import public_address
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.section_frame import Work, answer_form, settings_page, shaped

HREF = "/ajustes/sites"
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_SITES)
Line = Annotated[str, Form(max_length=300)]
Text = Annotated[str, Form(max_length=6000)]


@router.get(HREF, dependencies=[MANAGE])
async def list_(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show every site."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[MANAGE])
async def save(
    request: Request,
    principal: PrincipalDep,
    site: Annotated[UUID | None, Form()] = None,
    nome: Line = "",
    origens: Text = "",
    abertura: Text = "",
    consentimento: Text = "",
    chamados: Annotated[bool, Form()] = False,
    por_minuto: Annotated[int, Form()] = 60,
) -> Response:
    """Add a site, or change one."""
    typed: dict[str, Any] = {
        "name": nome,
        "origins": origens.split(),
        "greeting": abertura.strip(),
        "consent": consentimento.strip(),
        "opens_tickets": chamados,
        "asks_per_minute": por_minuto,
    }

    async def work(session: AsyncSession) -> None:
        if site is None:
            await sites.add_site(session, principal, shaped(SiteBody, **typed))
        else:
            await sites.change_site(session, principal, site, shaped(SiteChange, **typed))

    shown = {**typed, "origins": origens} if site is None else None
    return await _done(request, principal, work, f"O site {nome.strip()} está salvo.", shown)


@router.post(f"{HREF}/{{site_id}}/situacao", dependencies=[MANAGE])
async def switch(
    request: Request, principal: PrincipalDep, site_id: UUID, ligado: Annotated[bool, Form()]
) -> Response:
    """Switch a site off or on."""

    async def work(session: AsyncSession) -> None:
        await sites.change_site(session, principal, site_id, SiteChange(enabled=ligado))

    notice = "O site está ligado." if ligado else "O site está desligado."
    return await _done(request, principal, work, notice)


@router.post(f"{HREF}/{{site_id}}/excluir", dependencies=[MANAGE])
async def remove(request: Request, principal: PrincipalDep, site_id: UUID) -> Response:
    """Remove a site."""

    async def work(session: AsyncSession) -> None:
        await sites.remove_site(session, principal, site_id)

    return await _done(request, principal, work, "O site foi excluído.")


async def _done(
    request: Request,
    principal: Principal,
    work: Work,
    notice: str,
    typed: dict[str, Any] | None = None,
) -> Response:
    return await answer_form(request, principal, work, _page, typed=typed, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    typed: dict[str, Any] | None = None,
) -> Response:
    address = public_address(edge_state(request).settings) or str(request.base_url).rstrip("/")
    fresh = {
        "name": "",
        "origins": "",
        "greeting": GREETING,
        "consent": CONSENT,
        "opens_tickets": True,
        "asks_per_minute": 60,
    }
    return settings_page(
        request,
        "sites.html",
        problem,
        found=[
            SiteReply.of(site, consent, address)
            for site, consent in await sites.list_sites(session, principal)
        ],
        typed=typed or fresh,
        address=address,
    )
