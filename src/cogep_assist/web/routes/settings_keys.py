"""Ajustes, Chaves: the keys of integrations, shown whole only as they are made."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import access_keys
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.role_labels import ROLES, role_options
from cogep_assist.web.scope_words import SCOPES
from cogep_assist.web.section_frame import answer_form, settings_page

HREF = "/ajustes/chaves"
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_KEYS)
LIVES = (("", "sem prazo"), ("30", "30 dias"), ("90", "90 dias"), ("365", "1 ano"))


@router.get(HREF, dependencies=[MANAGE])
async def keys(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """List the keys that are not revoked."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[MANAGE])
async def add(
    request: Request,
    principal: PrincipalDep,
    nome: Annotated[str, Form(max_length=100)] = "",
    papel: Annotated[Role, Form()] = Role.AGENT,
    atos: Annotated[list[str] | None, Form(max_length=100)] = None,
    dias: Annotated[str, Form(pattern=r"^(|30|90|365)$")] = "",
) -> Response:
    """Make a key and show it, this once: the page that does is kept by nobody."""
    expires = datetime.now(UTC) + timedelta(days=int(dias)) if dias else None
    database = edge_state(request).database
    made, problem = "", None
    try:
        async with database.begin() as session:
            made = await access_keys.create_key(
                session, nome, papel, expires, scopes=atos or None, by=principal
            )
    except AppError as refused:
        problem = refused
    typed = {"nome": "" if made else nome, "papel": papel.value, "dias": dias}
    async with database.begin() as session:
        page = await _page(request, session, principal, problem, typed=typed, made=made)
    page.headers["Cache-Control"] = "no-store"
    return page


@router.post(f"{HREF}/{{key_id}}/revogar", dependencies=[MANAGE])
async def revoke(request: Request, principal: PrincipalDep, key_id: UUID) -> Response:
    """Revoke a key at once."""

    async def work(session: AsyncSession) -> None:
        await access_keys.revoke_key_by_id(session, key_id, by=principal)

    return await answer_form(
        request, principal, work, _page, href=HREF, notice="A chave foi revogada."
    )


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    *,
    typed: dict[str, str] | None = None,
    made: str = "",
) -> Response:
    return settings_page(
        request,
        "keys.html",
        problem,
        keys=await access_keys.list_keys(session, by=principal),
        roles=ROLES,
        role_options=role_options(),
        acts=[(act.value, words) for act, words in SCOPES.items()],
        words_of={act.value: words for act, words in SCOPES.items()},
        lives=LIVES,
        typed=typed or {"nome": "", "papel": Role.AGENT.value, "dias": ""},
        made=made,
    )
