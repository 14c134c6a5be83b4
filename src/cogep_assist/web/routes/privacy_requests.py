"""LGPD, Pedidos: the encarregado's inbox, and one request from its arrival to its answer."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    AccessForm,
    AnswerDelivery,
    IdentityMethod,
    RepresentativeKind,
    RequestChannel,
    RequestOutcome,
    RequestRegime,
    RequestStatus,
    RequestStepKind,
    SubjectRight,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.requests.answer_drafts import draft_answer
from cogep_assist.lgpd_service.requests.refusal_grounds import GROUNDS
from cogep_assist.lgpd_service.requests.request_at_once import PURPOSES
from cogep_assist.lgpd_service.requests.request_ends import answer_request, refuse_request
from cogep_assist.lgpd_service.requests.request_identity import record_check
from cogep_assist.lgpd_service.requests.request_list import (
    RequestFilter,
    list_requests,
    pressing_requests,
)
from cogep_assist.lgpd_service.requests.request_notices import notices_of
from cogep_assist.lgpd_service.requests.request_open import NewRequest, open_request
from cogep_assist.lgpd_service.requests.request_replies import item_replies, request_reply
from cogep_assist.lgpd_service.requests.request_rights import RIGHTS, TOLD_TO_RECIPIENTS
from cogep_assist.lgpd_service.requests.request_schemas import RequestReply
from cogep_assist.lgpd_service.requests.request_words import label
from cogep_assist.lgpd_service.requests.request_work import (
    add_note,
    assign_request,
    extend_request,
    reopen_request,
    start_request,
)
from cogep_assist.web.privacy_words import (
    DELIVERY_OPTIONS,
    FORM_OPTIONS,
    REGIME_OPTIONS,
    REPRESENTATIVE,
    REQUEST_STATUS,
    STEP,
)
from cogep_assist.web.request_wanted import wanted_of
from cogep_assist.web.routes.privacy_erasures import BLOCKING
from cogep_assist.web.section_frame import answer_form, privacy_page

HREF = "/protecao-de-dados/pedidos"
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_SUBJECT_REQUESTS)
Line = Annotated[str, Form(max_length=200)]
Text = Annotated[str, Form(max_length=20_000)]
# What the house can find out by itself; the others are proven by who asks.
METHODS = (IdentityMethod.DOCUMENT_SHOWN, IdentityMethod.KNOWN_IN_PERSON)
ERASING = {SubjectRight.ERASURE, SubjectRight.EXCESS_ERASURE, SubjectRight.ANONYMIZATION}
# What a request wants is told by its own words; only this one is a program's.
WANTED = {PURPOSES: "Consentimentos a revogar"}
Work = Callable[[AsyncSession], Awaitable[Any]]


@router.get(HREF, dependencies=[MANAGE])
async def inbox(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    cursor: IdCursor = None,
    situacao: Annotated[RequestStatus | Literal["", "pressa"], Query()] = "pressa",
) -> Response:
    """List requests: those whose terms run, the most pressing first, or those of one state."""
    return await _inbox(request, session, principal, situacao, cursor)


@router.post(HREF, dependencies=[MANAGE])
async def register(
    request: Request,
    principal: PrincipalDep,
    direito: Annotated[SubjectRight, Form()] = SubjectRight.ACCESS,
    nome: Line = "",
    email: Annotated[str, Form(max_length=254)] = "",
    cpf: Annotated[str, Form(max_length=20)] = "",
    descricao: Text = "",
    forma: Annotated[AccessForm | Literal[""], Form()] = "",
    entrega: Annotated[AnswerDelivery, Form()] = AnswerDelivery.ELECTRONIC,
    regime: Annotated[RequestRegime, Form()] = RequestRegime.LGPD,
    identidade: Annotated[IdentityMethod | Literal[""], Form()] = "",
    dado: Line = "",
    valor: Annotated[str, Form(max_length=2000)] = "",
    representa: Annotated[RepresentativeKind | Literal[""], Form()] = "",
    representante: Line = "",
) -> Response:
    """Register a request that came by the counter, a letter or a call."""
    new = NewRequest(
        right=direito,
        name=nome,
        email=email.strip() or None,
        cpf=cpf.strip() or None,
        description=descricao,
        identity=identidade or None,
        form=forma or None,
        delivery=entrega,
        regime=regime,
        wanted=wanted_of(direito, None, dado, valor),
        representative_kind=representa or None,
        representative_name=representante.strip() or None,
    )

    async def work(session: AsyncSession) -> None:
        settings = edge_state(request).settings
        await open_request(session, principal, new, settings, RequestChannel.DESK)

    notice = "Pedido registrado. O prazo da lei começa a correr hoje."
    return await answer_form(
        request, principal, work, _inbox, "pressa", None, href=HREF, notice=notice
    )


@router.get(f"{HREF}/{{request_id}}", dependencies=[MANAGE])
async def one(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    request_id: UUID,
    modelo: RequestOutcome | None = None,
) -> Response:
    """Show a whole request; ``modelo`` begins an answer of that outcome."""
    return await _one(request, session, principal, request_id, draft_of=modelo)


@router.post(f"{HREF}/{{request_id}}/assumir", dependencies=[MANAGE])
async def take(request: Request, principal: PrincipalDep, request_id: UUID) -> Response:
    """Take a request oneself and begin to work on it."""

    async def work(session: AsyncSession) -> None:
        if principal.user_id is not None:
            await assign_request(session, principal, request_id, principal.user_id)
        await start_request(session, principal, request_id)

    return await answered_by_page(request, principal, request_id, work, "O pedido está em análise.")


@router.post(f"{HREF}/{{request_id}}/identidade", dependencies=[MANAGE])
async def identity(
    request: Request,
    principal: PrincipalDep,
    request_id: UUID,
    metodo: Annotated[IdentityMethod, Form()] = IdentityMethod.DOCUMENT_SHOWN,
    confere: Annotated[bool, Form()] = True,
    nota: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Write down that somebody looked at who asks; papers are deleted then."""

    async def work(session: AsyncSession) -> None:
        settings = edge_state(request).settings
        await record_check(
            session, principal, request_id, metodo, settings, passed=confere, note=nota
        )

    return await answered_by_page(
        request, principal, request_id, work, "A conferência foi registrada."
    )


@router.post(f"{HREF}/{{request_id}}/nota", dependencies=[MANAGE])
async def note(
    request: Request, principal: PrincipalDep, request_id: UUID, texto: Text = ""
) -> Response:
    """Write something that only those who attend to requests read."""

    async def work(session: AsyncSession) -> None:
        await add_note(session, principal, request_id, texto)

    return await answered_by_page(request, principal, request_id, work, "A nota foi registrada.")


@router.post(f"{HREF}/{{request_id}}/prorrogar", dependencies=[MANAGE])
async def extend(
    request: Request, principal: PrincipalDep, request_id: UUID, regra: Line = "", motivo: Text = ""
) -> Response:
    """Extend a term where its law knows an extension; who asked is told why."""

    async def work(session: AsyncSession) -> None:
        settings = edge_state(request).settings
        await extend_request(session, principal, request_id, regra, motivo, settings)

    return await answered_by_page(request, principal, request_id, work, "O prazo foi prorrogado.")


@router.post(f"{HREF}/{{request_id}}/responder", dependencies=[MANAGE])
async def answer(
    request: Request,
    principal: PrincipalDep,
    request_id: UUID,
    desfecho: Annotated[RequestOutcome, Form()] = RequestOutcome.GRANTED,
    resposta: Text = "",
) -> Response:
    """Answer a request, with a signed receipt."""

    async def work(session: AsyncSession) -> None:
        settings = edge_state(request).settings
        await answer_request(session, principal, request_id, desfecho, resposta, settings)

    notice = "A resposta foi enviada, com o comprovante assinado."
    return await answered_by_page(request, principal, request_id, work, notice)


@router.post(f"{HREF}/{{request_id}}/recusar", dependencies=[MANAGE])
async def refuse(
    request: Request,
    principal: PrincipalDep,
    request_id: UUID,
    fundamento: Line = "",
    razoes: Text = "",
) -> Response:
    """Refuse a request on a ground of the catalogue."""

    async def work(session: AsyncSession) -> None:
        settings = edge_state(request).settings
        await refuse_request(session, principal, request_id, fundamento, razoes, settings)

    notice = "A recusa foi enviada, com o artigo e as razões."
    return await answered_by_page(request, principal, request_id, work, notice)


@router.post(f"{HREF}/{{request_id}}/retomar", dependencies=[MANAGE])
async def reopen(
    request: Request, principal: PrincipalDep, request_id: UUID, motivo: Text = ""
) -> Response:
    """Take an ended request up again."""

    async def work(session: AsyncSession) -> None:
        await reopen_request(session, principal, request_id, motivo)

    return await answered_by_page(request, principal, request_id, work, "O pedido foi retomado.")


async def answered_by_page(
    request: Request, principal: Principal, request_id: UUID, work: Work, notice: str
) -> Response:
    """Do a form's work and show the request again."""
    return await answer_form(
        request, principal, work, _one, request_id, href=f"{HREF}/{request_id}", notice=notice
    )


async def _inbox(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    state: RequestStatus | str,
    cursor: str | None,
    problem: AppError | None = None,
) -> Response:
    more = None
    if state == "pressa":
        found = await pressing_requests(session, principal)
    else:
        statuses = (state,) if isinstance(state, RequestStatus) else ()
        found, more = await list_requests(
            session, principal, RequestFilter(statuses), after=decode_id_cursor(cursor)
        )
    return privacy_page(
        request,
        "requests.html",
        problem,
        items=await item_replies(session, found, _zone(request)),
        next_cursor=encode_cursor(more),
        first=cursor is None,
        chosen=state,
        states=REQUEST_STATUS,
        forms=FORM_OPTIONS,
        deliveries=DELIVERY_OPTIONS,
        regimes=REGIME_OPTIONS,
        right_options=[(right.value, facts.title) for right, facts in RIGHTS.items()],
        method_options=[("", "ainda não"), *((m.value, label(m)) for m in METHODS)],
        representatives=[("", "pede por si"), *REPRESENTATIVE.items()],
    )


async def _one(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    request_id: UUID,
    problem: AppError | None = None,
    draft_of: RequestOutcome | None = None,
) -> Response:
    facts = await request_reply(session, principal, request_id, _zone(request))
    return privacy_page(
        request,
        "request.html",
        problem,
        facts=facts,
        draft_of=draft_of.value if draft_of else "",
        draft=_draft(facts, draft_of, _zone(request)) if draft_of else "",
        states=REQUEST_STATUS,
        steps=STEP,
        proof=_proof(facts),
        forms=FORM_OPTIONS,
        deliveries=DELIVERY_OPTIONS,
        regimes=REGIME_OPTIONS,
        method_options=[(method.value, label(method)) for method in METHODS],
        outcome_options=[(outcome.value, label(outcome)) for outcome in RequestOutcome],
        ground_options=[
            (key, f"{ground.title} ({ground.article})") for key, ground in GROUNDS.items()
        ],
        erases=facts.right in ERASING,
        blocks=facts.right in BLOCKING,
        representative=REPRESENTATIVE.get(_value(facts.representative_kind), ""),
        wanted=[(WANTED.get(name, name), value) for name, value in facts.wanted.items()],
        notices=await notices_of(session, principal, request_id),
        told_to_recipients=facts.right in TOLD_TO_RECIPIENTS,
    )


def _draft(facts: RequestReply, outcome: RequestOutcome, zone: ZoneInfo) -> str:
    received = facts.received_at.astimezone(zone).date()
    return draft_answer(facts.requester_name, facts.right, facts.right_label, received, outcome)


def _proof(facts: RequestReply) -> str:
    """Say how it is known who asks: a mailbox proves less than a document that was shown."""
    methods = [
        step.details.get("method")
        for step in facts.steps
        if step.kind is RequestStepKind.IDENTITY_PASSED
    ]
    return label(IdentityMethod(methods[-1])) if methods and methods[-1] else ""


def _value(kind: RepresentativeKind | None) -> str:
    return kind.value if kind else ""


def _zone(request: Request) -> ZoneInfo:
    return ZoneInfo(edge_state(request).settings.timezone)
