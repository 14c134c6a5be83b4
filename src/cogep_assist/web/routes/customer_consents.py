"""A customer's consents at the desk: written down with their proof, taken back at one button."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ConsentChannel, Guardian
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customers import find_customer
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.consent.consents import (
    Consent,
    grant_consent,
    ledger_of,
    record_guardian,
    refuse_consent,
    revoke_consent,
)
from cogep_assist.lgpd_service.consent.minors import MINORITY_WORDS, guardians_of, minority_of
from cogep_assist.web.consent_rows import GRANT, REFUSE, REVOKE, consent_rows
from cogep_assist.web.privacy_words import CONSENT_ACT, CONSENT_CHANNEL
from cogep_assist.web.rendering import render
from cogep_assist.web.section_frame import Work, answer_form

HREF = "/clientes/{customer_id}/consentimentos"
router = guarded_router(include_in_schema=False)
SERVE = rule(Login.SESSION, Act.SEE_EVERY_CUSTOMER)
SAID = {GRANT: grant_consent, REFUSE: refuse_consent, REVOKE: revoke_consent}
MOST = 50
Line = Annotated[str, Form(max_length=200)]


@router.get(HREF, dependencies=[SERVE])
async def consents(
    request: Request, session: SessionDep, principal: PrincipalDep, customer_id: UUID
) -> Response:
    """Show what a customer said of every purpose."""
    return await _page(request, session, principal, customer_id)


@router.post(HREF, dependencies=[SERVE])
async def say(
    request: Request,
    principal: PrincipalDep,
    customer_id: UUID,
    finalidade: Annotated[str, Form(max_length=60)],
    decisao: Annotated[Literal["consentir", "recusar", "revogar"], Form()],
    versao: Annotated[int | None, Form(ge=1, le=32_000)] = None,
    canal: Annotated[ConsentChannel, Form()] = ConsentChannel.DESK,
    prova: Annotated[str, Form(max_length=500)] = "",
    responsavel: Annotated[UUID | Literal[""], Form()] = "",
    melhor_interesse: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Write down what a customer said, and where."""
    consent = Consent(
        customer_id,
        finalidade,
        canal,
        proof=prova,
        guardian_id=responsavel or None,
        best_interest=melhor_interesse.strip() or None,
        version=versao,
    )
    timezone = edge_state(request).settings.timezone

    async def work(session: AsyncSession) -> None:
        await SAID[decisao](session, principal, consent, timezone)

    return await _done(request, principal, customer_id, work, "Registrado, com comprovante.")


@router.post("/clientes/{customer_id}/responsaveis", dependencies=[SERVE])
async def write_guardian(
    request: Request,
    principal: PrincipalDep,
    customer_id: UUID,
    nome: Line = "",
    parentesco: Line = "",
    conferencia: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Write down who answers for a minor, and how that was made sure."""

    async def record(session: AsyncSession) -> None:
        await record_guardian(session, principal, customer_id, nome, parentesco, conferencia)

    return await _done(request, principal, customer_id, record, "O responsável está registrado.")


async def _done(
    request: Request, principal: Principal, customer_id: UUID, work: Work, notice: str
) -> Response:
    href = HREF.format(customer_id=customer_id)
    return await answer_form(request, principal, work, _page, customer_id, href=href, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    customer_id: UUID,
    problem: AppError | None = None,
) -> Response:
    customer = await find_customer(session, principal, customer_id)
    minority = await minority_of(session, customer, edge_state(request).settings.timezone)
    ledger, _ = await ledger_of(session, principal, customer_id, after=None, limit=MOST)
    guardians = await guardians_of(session, customer_id)
    return render(
        request,
        "customers/consents.html",
        status=problem.status if problem else 200,
        problem=problem,
        customer=customer,
        minority=MINORITY_WORDS[minority] if minority else "",
        guardians=guardians,
        guardian_options=[("", "a própria pessoa"), *map(_named, guardians)],
        rows=await consent_rows(session, principal, customer_id),
        ledger=ledger,
        acts=CONSENT_ACT,
        channels=[(one.value, words) for one, words in CONSENT_CHANNEL.items()],
    )


def _named(guardian: Guardian) -> tuple[str, str]:
    return str(guardian.id), f"{guardian.name} ({guardian.relation})"
