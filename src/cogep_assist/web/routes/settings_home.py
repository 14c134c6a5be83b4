"""Ajustes: the first section that somebody may open."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from cogep_assist.core.principal import Act
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.web.settings_frame import sections_of

router = guarded_router(include_in_schema=False)


@router.get("/ajustes", dependencies=[rule(Login.SESSION, Act.MANAGE_COLLECTIONS)])
async def home(_request: Request, principal: PrincipalDep) -> Response:
    """Lead to the first section."""
    return RedirectResponse(sections_of(principal)[0].href, status_code=303)
