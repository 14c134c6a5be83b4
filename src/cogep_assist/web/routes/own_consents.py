"""Meus consentimentos: one button gives a consent, the same button takes it back."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ConsentChannel, ConsentEvent
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.sign_in import address_of
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.consent.consents import (
    Consent,
    grant_consent,
    ledger_of,
    refuse_consent,
    revoke_consent,
)
from cogep_assist.web.consent_rows import GRANT, REFUSE, REVOKE, consent_rows
from cogep_assist.web.privacy_words import CONSENT_ACT
from cogep_assist.web.rendering import render
from cogep_assist.web.section_frame import answer_form

HREF = "/meus-consentimentos"
router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_CONSENTS)
SAY = rule(Login.SESSION, Act.GIVE_CONSENTS)
SAID = {GRANT: grant_consent, REFUSE: refuse_consent, REVOKE: revoke_consent}
MOST = 50


@router.get(HREF, dependencies=[READ])
async def consents(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show every purpose, and what was said of it."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[SAY])
async def say(
    request: Request,
    principal: PrincipalDep,
    finalidade: Annotated[str, Form(max_length=60)],
    decisao: Annotated[Literal["consentir", "recusar", "revogar"], Form()],
    versao: Annotated[int | None, Form(ge=1, le=32_000)] = None,
) -> Response:
    """Give, refuse or take back one consent, to the words that were shown."""

    async def work(session: AsyncSession) -> None:
        if principal.customer_id is None:
            raise AppError("customer_not_found")
        consent = Consent(
            principal.customer_id,
            finalidade,
            ConsentChannel.PORTAL,
            address=address_of(request),
            version=versao,
        )
        timezone = edge_state(request).settings.timezone
        await SAID[decisao](session, principal, consent, timezone)

    notice = "Registrado, com comprovante. Você pode mudar de ideia quando quiser."
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
) -> Response:
    own = principal.customer_id
    ledger: Sequence[tuple[ConsentEvent, str]] = ()
    if own is not None:
        ledger, _ = await ledger_of(session, principal, own, after=None, limit=MOST)
    return render(
        request,
        "privacy/own_consents.html",
        status=problem.status if problem else 200,
        problem=problem,
        known=own is not None,
        rows=await consent_rows(session, principal, own) if own is not None else (),
        ledger=ledger,
        acts=CONSENT_ACT,
    )
