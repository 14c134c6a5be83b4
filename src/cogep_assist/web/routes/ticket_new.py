"""A new ticket: from a blank form, from a customer's page, or from an answer that did not help."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID, uuid4

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import TicketChannel, TicketLevel
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.crm_service.customers.customer_replies import customer_items
from cogep_assist.crm_service.customers.customer_schemas import CustomerItem
from cogep_assist.crm_service.customers.customer_search import Filters, search_customers
from cogep_assist.crm_service.customers.customers import find_customer
from cogep_assist.crm_service.desk.desk_choices import desk_choices
from cogep_assist.crm_service.tickets.ticket_from_answer import asked_question, open_from_answer
from cogep_assist.crm_service.tickets.ticket_labels import label
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket
from cogep_assist.crm_service.tickets.ticket_reply import ticket_reply
from cogep_assist.crm_service.tickets.ticket_schemas import FromAnswerBody, TicketBody
from cogep_assist.edge.idempotent import once
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import as_app_error
from cogep_assist.web.desk_words import IMPACTS, PRIORITY, URGENCIES
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
OPEN = rule(Login.SESSION, Act.OPEN_TICKETS)
CANDIDATES = 8
Shape = TypeVar("Shape", bound=BaseModel)
# How a person of the desk says that a ticket came in.
CHANNELS = (TicketChannel.WEB, TicketChannel.PHONE)
FIELDS = ("assunto", "texto", "urgencia", "impacto", "prioridade", "fila", "canal", "etiquetas")


@router.get("/chamados/novo", dependencies=[OPEN])
async def new(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    cliente: UUID | None = None,
    resposta: UUID | None = None,
) -> Response:
    """Show the form."""
    values: dict[str, str] = {}
    if resposta is not None:
        question = await asked_question(session, principal, resposta)
        values = {"texto": question, "resposta": str(resposta)}
    if cliente is not None and principal.may(Act.WORK_TICKETS):
        values["cliente"] = str(cliente)
    return await _page(request, session, principal, values)


@router.post("/chamados/novo", dependencies=[OPEN])
async def open_(request: Request, principal: PrincipalDep) -> Response:
    """Open the ticket and lead to it; with its code, which opens it without an account."""
    form = await request.form()
    values = {name: str(value) for name, value in form.items()}
    database = edge_state(request).database
    try:
        async with database.begin() as session:
            candidates = await _candidates(session, principal, values)
            if candidates is not None:
                return await _page(request, session, principal, values, candidates=candidates)
            opened = await _opened(request, session, principal, values)
            protocol = (await ticket_reply(session, opened, principal)).protocol
    except AppError as problem:
        if "hx-request" in request.headers:
            raise
        async with database.begin() as session:
            return await _page(request, session, principal, values, problem=problem)
    told = f"Chamado {protocol} aberto. Código para acompanhar sem entrar: {proof_of(protocol)}."
    return done(f"/chamados/{opened}", told, draft="chamado-novo", request=request)


async def _opened(
    request: Request, session: AsyncSession, principal: Principal, values: Mapping[str, str]
) -> UUID:
    timezone = edge_state(request).settings.timezone

    async def work() -> StoredReply:
        if values.get("resposta"):
            asked = _read(FromAnswerBody, _of_answer(values))
            made = await open_from_answer(session, principal, asked, timezone)
        else:
            body = _read(TicketBody, _said(principal, values))
            made = await open_ticket(session, principal, NewTicket(**body.model_dump()), timezone)
        return StoredReply(201, {"id": str(made.id)})

    raw = repr(sorted(values.items())).encode()
    stored = await once(request, session, principal, values.get("chave") or None, raw, work)
    return UUID(stored.reply["id"])


async def _candidates(
    session: AsyncSession, principal: Principal, values: dict[str, str]
) -> list[CustomerItem] | None:
    """Find the customer who is named in words; several are for the person to choose among."""
    words = values.get("busca_cliente", "").strip()
    if not words or values.get("cliente") or not principal.may(Act.WORK_TICKETS):
        return None
    found = await search_customers(session, principal, words, Filters(), limit=CANDIDATES)
    items = await customer_items(session, found.items)
    if len(items) != 1:
        return items
    values["cliente"] = str(items[0].id)
    return None


def _said(principal: Principal, values: Mapping[str, str]) -> dict[str, Any]:
    """Return a ticket's fields; whoever does not attend says subject, text and urgency."""
    said: dict[str, Any] = {
        "subject": values.get("assunto", "").strip(),
        "body": values.get("texto", "").replace("\r\n", "\n"),
        "urgency": values.get("urgencia") or TicketLevel.MEDIUM.value,
        "channel": TicketChannel.WEB,
    }
    if not principal.may(Act.WORK_TICKETS):
        return said
    desk = {
        "impact": values.get("impacto"),
        "priority": values.get("prioridade"),
        "queue": values.get("fila"),
        "customer_id": values.get("cliente"),
        "channel": next((one for one in CHANNELS if one.value == values.get("canal")), None),
        "tags": [tag for one in values.get("etiquetas", "").split(",") if (tag := one.strip())],
    }
    return said | {name: value for name, value in desk.items() if value}


def _of_answer(values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "answer_id": values["resposta"],
        "subject": values.get("assunto", "").strip() or None,
        "body": values.get("texto", "").replace("\r\n", "\n") or None,
        "urgency": values.get("urgencia") or TicketLevel.MEDIUM.value,
    }


def _read(shape: type[Shape], values: Mapping[str, Any]) -> Shape:
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        raise as_app_error(error.errors()) from None


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    values: Mapping[str, str],
    *,
    candidates: list[CustomerItem] | None = None,
    problem: AppError | None = None,
) -> Response:
    staff = principal.may(Act.WORK_TICKETS)
    # A form that names nobody is refused by who reads it; here it is only shown again.
    named = _as_id(values.get("cliente", "")) if staff else None
    customer = await find_customer(session, principal, named) if named else None
    wrong = {
        one["field"]: one["reason"]
        for one in (problem.details.get("fields", []) if problem else [])
    }
    return render(
        request,
        "tickets/new.html",
        status=problem.status if problem else 200,
        values={name: values.get(name, "") for name in (*FIELDS, "busca_cliente", "resposta")},
        customer=customer,
        candidates=candidates,
        staff=staff,
        choices=await desk_choices(session, principal) if staff else None,
        impacts=list(IMPACTS.items()),
        urgencies=list(URGENCIES.items()),
        priorities=[(one.value, words.text) for one, words in PRIORITY.items()],
        channels=[(one.value, label(one).capitalize()) for one in CHANNELS],
        wrong=wrong,
        once=str(uuid4()),
        problem=problem,
    )


def _as_id(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None
