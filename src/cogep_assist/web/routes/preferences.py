"""Light or dark, and the command bar's list: what belongs to no page in particular."""

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from cogep_assist.core.access_tour import end_tour
from cogep_assist.core.principal import Act
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.navigation import commands_of
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import THEME_COOKIE, THEMES, render

router = guarded_router(include_in_schema=False)
YEAR_SECONDS = 365 * 24 * 3600


@router.post("/tema", dependencies=[rule(Login.OPEN, rate=Rate.READ)])
async def theme(
    request: Request,
    tema: Annotated[str, Form(max_length=10)] = "",
    pagina: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Keep the choice of light or dark in this browser; anything else follows the system."""
    # Only a way on this site: "//outro.example" would lead elsewhere.
    local = pagina.startswith("/") and not pagina.startswith(("//", "/\\"))
    reply = RedirectResponse(pagina if local else "/", status_code=303)
    if tema in THEMES:
        secure = request.url.scheme == "https"
        reply.set_cookie(THEME_COOKIE, tema, max_age=YEAR_SECONDS, samesite="lax", secure=secure)
    else:
        reply.delete_cookie(THEME_COOKIE, samesite="lax")
    return reply


@router.post("/passeio/fim", dependencies=[rule(Login.SESSION, Act.MANAGE_OWN_ACCOUNT)])
async def tour_ends(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Put the tour aside for this person, in whichever browser."""
    await end_tour(session, principal)
    notice = "Para rever o passeio, abra Minha conta."
    return done("/perguntar", notice, request=request)


@router.get("/comandos", dependencies=[rule(Login.SESSION, Act.ASK)])
async def commands(request: Request, principal: PrincipalDep) -> Response:
    """List where this person may go, for the command bar or as a page of its own."""
    part = "hx-request" in request.headers
    template = "_commands_list.html" if part else "commands.html"
    return render(request, template, commands=commands_of(principal))
