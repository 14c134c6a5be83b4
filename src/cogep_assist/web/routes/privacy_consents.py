"""LGPD, Consentimentos: the purposes, the words that people read, and their versions."""

from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.consent.consent_purposes import (
    PurposeWords,
    archive_purpose,
    current_purposes,
    publish_purpose,
)
from cogep_assist.web.section_frame import Work, answer_form, privacy_page

HREF = "/protecao-de-dados/consentimentos"
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_PURPOSES)
Line = Annotated[str, Form(max_length=300)]
Text = Annotated[str, Form(max_length=20_000)]


@router.get(HREF, dependencies=[MANAGE])
async def purposes(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show every purpose with the words that hold now."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[MANAGE])
async def publish(
    request: Request,
    principal: PrincipalDep,
    identificador: Line = "",
    titulo: Line = "",
    texto: Text = "",
    consequencias: Text = "",
    mudancas: Text = "",
    renovar: Annotated[bool, Form()] = False,
    sensivel: Annotated[bool, Form()] = False,
) -> Response:
    """Publish a purpose, or new words of one."""

    async def work(session: AsyncSession) -> None:
        words = PurposeWords(
            title=titulo,
            text=texto,
            consequences=consequencias,
            changes=mudancas,
            renewal=renovar,
            sensitive=sensivel,
        )
        await publish_purpose(session, principal, identificador.strip(), words)

    return await _done(request, principal, work, "As palavras estão publicadas.")


@router.post(f"{HREF}/arquivar", dependencies=[MANAGE])
async def archive(request: Request, principal: PrincipalDep, identificador: Line = "") -> Response:
    """Let a purpose rest: what was granted holds no longer."""

    async def work(session: AsyncSession) -> None:
        await archive_purpose(session, principal, identificador)

    notice = "A finalidade foi arquivada; ninguém mais é consultado por ela."
    return await _done(request, principal, work, notice)


async def _done(request: Request, principal: Principal, work: Work, notice: str) -> Response:
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    _principal: Principal,
    problem: AppError | None = None,
) -> Response:
    purposes = await current_purposes(session)
    return privacy_page(request, "consents.html", problem, purposes=purposes)
