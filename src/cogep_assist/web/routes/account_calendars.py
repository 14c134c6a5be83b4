"""My account, calendars: the addresses that a calendar program reads deadlines from."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.calendar_feeds import (
    ACTS,
    list_feeds,
    make_feed,
    revoke_feed,
    teams_to_follow,
)
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import FeedKind
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.public_address import link_base
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render

HREF = "/conta/agendas"
KINDS = {
    FeedKind.MY_TICKETS: "Prazos dos meus chamados",
    FeedKind.TEAM_TICKETS: "Prazos dos chamados de uma equipe",
    FeedKind.LEGAL_CLOCKS: "Prazos da LGPD",
}
router = guarded_router(include_in_schema=False)
OWN = rule(Login.SESSION, Act.MANAGE_OWN_ACCOUNT)


@router.get(HREF, dependencies=[OWN])
async def calendars(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """List one's own feeds."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[OWN])
async def add(
    request: Request,
    principal: PrincipalDep,
    tipo: Annotated[FeedKind, Form()],
    equipe: Annotated[UUID | None, Form()] = None,
) -> Response:
    """Make a feed and show its address, this once: the page that does is kept by nobody."""
    edge = edge_state(request)
    address, problem = "", None
    try:
        async with edge.database.begin() as session:
            _, path = await make_feed(session, principal, tipo, equipe)
        address = link_base(edge.settings) + path
    except AppError as refused:
        if refused.status >= 500:
            raise
        problem = refused
    async with edge.database.begin() as session:
        page = await _page(request, session, principal, problem, address)
    page.headers["Cache-Control"] = "no-store"
    return page


@router.post(f"{HREF}/{{feed_id}}/revogar", dependencies=[OWN])
async def revoke(
    request: Request, session: SessionDep, principal: PrincipalDep, feed_id: UUID
) -> Response:
    """Give up a feed at once."""
    await revoke_feed(session, principal, feed_id)
    return done(HREF, "O endereço foi revogado.", request=request)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    address: str = "",
) -> Response:
    teams = [("", "escolha")]
    if principal.may(Act.WORK_TICKETS):
        teams += [(str(team.id), team.name) for team in await teams_to_follow(session, principal)]
    kinds = [
        (kind.value, words)
        for kind, words in KINDS.items()
        if principal.may(ACTS[kind]) and (kind is not FeedKind.TEAM_TICKETS or len(teams) > 1)
    ]
    return render(
        request,
        "account_calendars.html",
        status=problem.status if problem else 200,
        feeds=await list_feeds(session, principal),
        words=KINDS,
        kinds=kinds,
        teams=teams,
        address=address,
        problem=problem,
    )
