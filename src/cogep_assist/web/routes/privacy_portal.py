"""The public pages of data protection: who answers, which rights there are, ask, follow, prove."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.letter import Letter
from cogep_assist.core.models import (
    AccessForm,
    AnswerDelivery,
    OfficerAppointment,
    RepresentativeKind,
    RequestChannel,
    SubjectRequest,
    SubjectRight,
)
from cogep_assist.core.principal import ANONYMOUS
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.consent.consent_purposes import current_purposes
from cogep_assist.lgpd_service.consent.consent_schemas import PurposeKey
from cogep_assist.lgpd_service.export.subject_exports import open_own_copy
from cogep_assist.lgpd_service.incidents.incident_documents import subject_letter
from cogep_assist.lgpd_service.incidents.incident_notices import public_notices
from cogep_assist.lgpd_service.legal.officers import current_officers
from cogep_assist.lgpd_service.legal.organization_profile import find_profile
from cogep_assist.lgpd_service.legal.privacy_notice import newest_notice
from cogep_assist.lgpd_service.requests.numbering import paper_code_of
from cogep_assist.lgpd_service.requests.receipt_document import receipt_pdf
from cogep_assist.lgpd_service.requests.receipts import content_of
from cogep_assist.lgpd_service.requests.request_access import request_by_code
from cogep_assist.lgpd_service.requests.request_ends import cancel_request
from cogep_assist.lgpd_service.requests.request_identity import (
    send_code_again,
    try_email_code,
    try_ticket_code,
)
from cogep_assist.lgpd_service.requests.request_notices import acknowledge
from cogep_assist.lgpd_service.requests.request_open import NewRequest, open_request
from cogep_assist.lgpd_service.requests.request_public_endpoints import zip_response
from cogep_assist.lgpd_service.requests.request_receipts import receipt_of
from cogep_assist.lgpd_service.requests.request_replies import public_facts
from cogep_assist.lgpd_service.requests.request_rights import RIGHTS
from cogep_assist.web.privacy_words import (
    DELIVERY_OPTIONS,
    FORM_OPTIONS,
    MECHANISMS,
    REPRESENTATIVE,
    REQUEST_STATUS,
    STEP,
)
from cogep_assist.web.rendering import render
from cogep_assist.web.request_wanted import wanted_of

HREF = "/privacidade"
router = guarded_router(include_in_schema=False)
READ = rule(Login.OPEN)
# Whoever tries codes, or floods the inbox, is held up as one who tries passwords is.
TRY = rule(Login.OPEN, rate=Rate.SIGN_IN)
Line = Annotated[str, Form(max_length=200)]
Text = Annotated[str, Form(max_length=20_000)]
BLANK: Mapping[str, Any] = {
    "direito": SubjectRight.ACCESS.value,
    "forma": "",
    "entrega": AnswerDelivery.ELECTRONIC.value,
    "nome": "",
    "email": "",
    "descricao": "",
    "finalidades": [],
    "dado": "",
    "valor": "",
    "representa": "",
    "representante": "",
}
Proof = Callable[[AsyncSession, SubjectRequest], Awaitable[bool]]


@router.get(HREF, dependencies=[READ])
async def portal(
    request: Request,
    session: SessionDep,
    revogar: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """Say who answers for personal data, which rights there are, and take a request.

    ``revogar`` chooses the revocation of one purpose in the form.
    """
    if not revogar:
        return await _portal(request, session)
    chosen = {**BLANK, "direito": SubjectRight.CONSENT_REVOCATION.value, "finalidades": [revogar]}
    return await _portal(request, session, typed=chosen)


@router.post(f"{HREF}/pedidos", dependencies=[TRY])
async def ask(
    request: Request,
    direito: Annotated[SubjectRight, Form()] = SubjectRight.ACCESS,
    nome: Line = "",
    email: Annotated[str, Form(max_length=254)] = "",
    cpf: Annotated[str, Form(max_length=20)] = "",
    descricao: Text = "",
    finalidades: Annotated[list[PurposeKey] | None, Form(max_length=50)] = None,
    dado: Annotated[str, Form(max_length=200)] = "",
    valor: Annotated[str, Form(max_length=2000)] = "",
    representa: Annotated[RepresentativeKind | Literal[""], Form()] = "",
    representante: Line = "",
    forma: Annotated[AccessForm | Literal[""], Form()] = "",
    entrega: Annotated[AnswerDelivery, Form()] = AnswerDelivery.ELECTRONIC,
) -> Response:
    """Take in a request; the codes go to the address alone."""
    edge = edge_state(request)
    new = NewRequest(
        right=direito,
        name=nome,
        email=email,
        cpf=cpf.strip() or None,
        description=descricao,
        wanted=wanted_of(direito, finalidades, dado, valor),
        representative_kind=representa or None,
        representative_name=representante.strip() or None,
        form=forma or None,
        delivery=entrega,
    )
    try:
        async with edge.database.begin() as session:
            made = await open_request(session, ANONYMOUS, new, edge.settings, RequestChannel.PORTAL)
            facts = await public_facts(session, made, _zone(request))
    except AppError as problem:
        typed = {
            "direito": direito.value,
            "nome": nome,
            "forma": forma.value if forma else "",
            "entrega": entrega.value,
            "email": email,
            "descricao": descricao,
            "finalidades": finalidades or [],
            "dado": dado,
            "valor": valor,
            "representa": representa,
            "representante": representante,
        }
        async with edge.database.begin() as session:
            return await _portal(request, session, problem, typed)
    return render(request, "privacy/received.html", facts=facts, email=email)


@router.get(f"{HREF}/acompanhar", dependencies=[READ])
async def follow(request: Request) -> Response:
    """Ask for a protocol and its code."""
    return _follow(request)


@router.post(f"{HREF}/acompanhar", dependencies=[TRY])
async def status(
    request: Request, session: SessionDep, protocolo: Line = "", codigo: Line = ""
) -> Response:
    """Show a request to who has its protocol and code."""
    try:
        found = await request_by_code(session, protocolo, codigo)
    except AppError as problem:
        return _follow(request, problem, protocolo)
    return await _status(request, session, found, codigo)


@router.post(f"{HREF}/acompanhar/email", dependencies=[TRY])
async def prove_email(
    request: Request, protocolo: Line = "", codigo: Line = "", codigo_email: Line = ""
) -> Response:
    """Check the code that went to the address."""
    settings = edge_state(request).settings

    async def check(session: AsyncSession, found: SubjectRequest) -> bool:
        return await try_email_code(session, ANONYMOUS, found, codigo_email, settings)

    return await _proven(request, protocolo, codigo, check, "identity_code_wrong")


@router.post(f"{HREF}/acompanhar/chamado", dependencies=[TRY])
async def prove_ticket(
    request: Request,
    protocolo: Line = "",
    codigo: Line = "",
    chamado: Line = "",
    codigo_chamado: Line = "",
) -> Response:
    """Check the protocol and code of a ticket of the same person's."""
    settings = edge_state(request).settings

    async def check(session: AsyncSession, found: SubjectRequest) -> bool:
        return await try_ticket_code(session, ANONYMOUS, found, chamado, codigo_chamado, settings)

    return await _proven(request, protocolo, codigo, check, "ticket_code_wrong")


@router.post(f"{HREF}/acompanhar/outro-codigo", dependencies=[TRY])
async def another_code(request: Request, protocolo: Line = "", codigo: Line = "") -> Response:
    """Send another code to the request's address."""

    async def send(session: AsyncSession, found: SubjectRequest) -> bool:
        await send_code_again(session, ANONYMOUS, found, edge_state(request).settings)
        return True

    return await _proven(request, protocolo, codigo, send, "identity_code_wrong")


@router.post(f"{HREF}/acompanhar/cancelar", dependencies=[TRY])
async def cancel(
    request: Request, protocolo: Line = "", codigo: Line = "", motivo: Text = ""
) -> Response:
    """Cancel one's own request."""

    async def end(session: AsyncSession, found: SubjectRequest) -> bool:
        await cancel_request(session, ANONYMOUS, found, motivo, edge_state(request).settings)
        return True

    return await _proven(request, protocolo, codigo, end, "identity_code_wrong")


@router.post(f"{HREF}/comprovante", dependencies=[TRY])
async def receipt(
    request: Request,
    session: SessionDep,
    protocolo: Line = "",
    codigo: Line = "",
    numero: Line = "",
) -> Response:
    """Hand out a receipt to be printed."""
    try:
        found = await request_by_code(session, protocolo, codigo)
        signed = content_of(await receipt_of(session, numero, found))
    except AppError as problem:
        return _follow(request, problem, protocolo)
    content = await asyncio.to_thread(receipt_pdf, signed)
    disposition = f'attachment; filename="{signed["number"]}.pdf"'
    return Response(
        content, media_type="application/pdf", headers={"Content-Disposition": disposition}
    )


@router.post(f"{HREF}/copia", dependencies=[TRY])
async def copy(
    request: Request, session: SessionDep, protocolo: Line = "", codigo: Line = ""
) -> Response:
    """Hand out the copy of the data that belongs to an answer."""
    try:
        found = await request_by_code(session, protocolo, codigo)
        _, content = await open_own_copy(session, ANONYMOUS, found)
    except AppError as problem:
        return _follow(request, problem, protocolo)
    return zip_response(content, found.protocol)


@router.get(f"{HREF}/aviso", dependencies=[READ])
async def notice(request: Request) -> Response:
    """Ask a recipient of shared data for the code of a notice."""
    return render(request, "privacy/notice_code.html", problem=None, noted=False)


@router.post(f"{HREF}/aviso", dependencies=[TRY])
async def confirm_notice(
    request: Request, codigo: Line = "", palavras: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Note that a recipient did what was asked."""
    try:
        async with edge_state(request).database.begin() as session:
            await acknowledge(session, ANONYMOUS, codigo, palavras)
    except AppError as problem:
        return render(
            request,
            "privacy/notice_code.html",
            status=problem.status,
            problem=problem,
            noted=False,
        )
    return render(request, "privacy/notice_code.html", problem=None, noted=True)


async def _proven(request: Request, protocol: str, code: str, check: Proof, wrong: str) -> Response:
    """Do something to one's own request and show it; that a wrong code was tried is kept."""
    database = edge_state(request).database
    problem: AppError | None = None
    try:
        async with database.begin() as session:
            found = await request_by_code(session, protocol, code, lock=True)
            if not await check(session, found):
                problem = AppError(wrong)
    except AppError as refused:
        problem = refused
    async with database.begin() as session:
        try:
            found = await request_by_code(session, protocol, code)
        except AppError as unknown:
            return _follow(request, unknown, protocol)
        return await _status(request, session, found, code, problem)


async def _portal(
    request: Request,
    session: AsyncSession,
    problem: AppError | None = None,
    typed: Mapping[str, Any] = BLANK,
) -> Response:
    settings = edge_state(request).settings
    officers = await current_officers(session, _zone(request))
    return render(
        request,
        "privacy/portal.html",
        status=problem.status if problem else 200,
        problem=problem,
        officer=officers.acting,
        organization=settings.organization,
        notice=await newest_notice(session),
        incidents=await _told_to_all(session, officers.acting, _zone(request)),
        rights=RIGHTS,
        right_options=[(right.value, facts.title) for right, facts in RIGHTS.items()],
        purposes=await current_purposes(session),
        representatives=[("", "peço por mim"), *REPRESENTATIVE.items()],
        typed=typed,
        forms=FORM_OPTIONS,
        deliveries=DELIVERY_OPTIONS,
        mechanisms={one.value: words for one, words in MECHANISMS.items()},
    )


async def _told_to_all(
    session: AsyncSession, officer: OfficerAppointment | None, zone: ZoneInfo
) -> list[Letter]:
    """Return the notices that stand in for letters which reach nobody (Res. 15/2024, art. 9)."""
    found = await public_notices(session)
    if not found:
        return []
    profile = await find_profile(session)
    return [subject_letter(one, "", profile, officer, zone) for one in found]


def _follow(request: Request, problem: AppError | None = None, protocol: str = "") -> Response:
    return render(
        request,
        "privacy/follow.html",
        status=problem.status if problem else 200,
        problem=problem,
        protocol=protocol,
    )


async def _status(
    request: Request,
    session: AsyncSession,
    found: SubjectRequest,
    code: str,
    problem: AppError | None = None,
) -> Response:
    reply = render(
        request,
        "privacy/status.html",
        status=problem.status if problem else 200,
        problem=problem,
        facts=await public_facts(session, found, _zone(request)),
        code=code,
        paper_code=paper_code_of(found.protocol),
        states=REQUEST_STATUS,
        steps=STEP,
    )
    reply.headers["Cache-Control"] = "no-store"
    return reply


def _zone(request: Request) -> ZoneInfo:
    return ZoneInfo(edge_state(request).settings.timezone)
