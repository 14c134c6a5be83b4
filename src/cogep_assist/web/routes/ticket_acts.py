"""What is done on a ticket from its page: each act as a form, and as what the form sends."""

import enum
from datetime import datetime, timedelta
from typing import Annotated, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Form, Request, Response
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    LinkKind,
    TicketLevel,
    TicketPriority,
    TicketStatus,
    WaitingOn,
)
from cogep_assist.core.pii.sensitive import SensitiveCategory
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_search import Filters, search_customers
from cogep_assist.crm_service.desk.macros import apply_macro
from cogep_assist.crm_service.tickets.ticket_assignment import assign_ticket, claim_ticket
from cogep_assist.crm_service.tickets.ticket_edit import edit_ticket
from cogep_assist.crm_service.tickets.ticket_events import database_now
from cogep_assist.crm_service.tickets.ticket_links import link_tickets, unlink_tickets
from cogep_assist.crm_service.tickets.ticket_merge import merge_tickets, undo_merge
from cogep_assist.crm_service.tickets.ticket_merge_preview import ticket_by_protocol
from cogep_assist.crm_service.tickets.ticket_move import Move, move_ticket, snooze_ticket
from cogep_assist.crm_service.tickets.ticket_rating import rate_ticket
from cogep_assist.crm_service.tickets.ticket_schemas import TicketChange
from cogep_assist.crm_service.tickets.ticket_sensitivity import decide_sensitivity
from cogep_assist.crm_service.tickets.ticket_split import split_ticket
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import as_app_error, invalid_field
from cogep_assist.web.desk_words import STATUS
from cogep_assist.web.outcome import done
from cogep_assist.web.routes.tickets import local_path

router = guarded_router(include_in_schema=False)
WORK = rule(Login.SESSION, Act.WORK_TICKETS)
OWN = rule(Login.SESSION, Act.OPEN_TICKETS)
Revision = Annotated[int | None, Form(ge=1)]
Short = Annotated[str, Form(max_length=500)]
Back = Annotated[str, Form(max_length=2000)]
MORNING = 8
Member = TypeVar("Member", bound=enum.Enum)


@router.post("/chamados/{ticket_id}/assumir", dependencies=[WORK])
async def claim(
    request: Request, ticket_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Take a ticket."""
    await claim_ticket(session, principal, ticket_id)
    return done(_page(ticket_id), "O chamado é seu.", request=request)


@router.post("/chamados/{ticket_id}/atribuir", dependencies=[WORK])
async def assign(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    pessoa: Short = "",
    revisao: Revision = None,
) -> Response:
    """Give a ticket to somebody, or back to the queue."""
    await assign_ticket(session, principal, ticket_id, _id(pessoa), revisao)
    told = "O chamado foi passado adiante." if pessoa else "O chamado voltou à fila."
    return done(_page(ticket_id), told, request=request)


@router.post("/chamados/{ticket_id}/estado", dependencies=[OWN])
async def move(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    para: Annotated[str, Form(max_length=20)] = "",
    motivo: Short = "",
    espera: Annotated[str, Form(max_length=20)] = "",
    ate: Annotated[str, Form(max_length=30)] = "",
    revisao: Revision = None,
    volta: Back = "",
) -> Response:
    """Move a ticket to another state: by its buttons, its form, or a card that was dragged."""
    status = _member(TicketStatus, para, "estado")
    wanted = Move(
        status,
        motivo.strip() or None,
        _member(WaitingOn, espera, "espera") if espera and status is TicketStatus.WAITING else None,
        _moment(request, ate) if status is TicketStatus.WAITING else None,
    )
    days = edge_state(request).settings.ticket_reopen_days
    moved = await move_ticket(
        session, principal, ticket_id, wanted, reopen_days=days, expected=revisao
    )
    told = f"O chamado {moved.protocol} está “{STATUS[status].text.lower()}”."
    return done(local_path(volta) if volta else _page(ticket_id), told, request=request)


@router.post("/chamados/{ticket_id}/adiar", dependencies=[WORK])
async def snooze(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    quando: Annotated[str, Form(max_length=20)] = "",
    ate: Annotated[str, Form(max_length=30)] = "",
) -> Response:
    """Put a ticket out of sight until a moment, or bring it back."""
    zone = ZoneInfo(edge_state(request).settings.timezone)
    until = _moment(request, ate) or await _until(session, quando, zone)
    if until is None and quando != "agora":
        raise invalid_field("quando", "deve ser um dos momentos da lista, ou uma data e hora")
    await snooze_ticket(session, principal, ticket_id, until)
    told = "O chamado voltou às listas." if until is None else "O chamado foi adiado."
    return done(_page(ticket_id) if until is None else "/chamados", told, request=request)


@router.post("/chamados/{ticket_id}/alterar", dependencies=[WORK])
async def change(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    revisao: Revision = None,
) -> Response:
    """Change what a ticket says about itself: only the fields that the form has."""
    form = await request.form()
    given = {name: str(value).strip() for name, value in form.items()}
    wanted = _change(given)
    if given.get("busca_cliente") is not None and given["busca_cliente"] != given.get(
        "era_cliente"
    ):
        customer = await _customer(session, principal, given["busca_cliente"])
        wanted = TicketChange.model_validate(
            {**wanted.model_dump(exclude_unset=True), "customer_id": customer}
        )
    await edit_ticket(session, principal, ticket_id, wanted, revisao)
    return done(_page(ticket_id), "As mudanças foram guardadas.", request=request)


@router.post("/chamados/{ticket_id}/sensivel", dependencies=[WORK])
async def judge_sensitivity(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    categoria: Short = "",
    confirma: bool = Form(default=False),
) -> Response:
    """Have the last word on what is flagged as sensitive."""
    category = _member(SensitiveCategory, categoria, "categoria")
    await decide_sensitivity(session, principal, ticket_id, category, upheld=confirma)
    return done(_page(ticket_id), "A sua decisão foi guardada.", request=request)


@router.post("/chamados/{ticket_id}/vincular", dependencies=[WORK])
async def link(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    protocolo: Short = "",
    relacao: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Relate a ticket to another."""
    other = await ticket_by_protocol(session, principal, protocolo)
    kind = _member(LinkKind, relacao, "relação")
    await link_tickets(session, principal, ticket_id, other, kind)
    return done(_page(ticket_id), "A relação foi guardada.", request=request)


@router.post("/chamados/{ticket_id}/desvincular", dependencies=[WORK])
async def unlink(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    outro: Annotated[UUID, Form()],
    relacao: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Take a relation back."""
    kind = _member(LinkKind, relacao, "relação")
    await unlink_tickets(session, principal, ticket_id, outro, kind)
    return done(_page(ticket_id), "A relação foi desfeita.", request=request)


@router.post("/chamados/{ticket_id}/dividir", dependencies=[WORK])
async def split(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    assunto: Short = "",
    mensagem: Annotated[list[UUID] | None, Form(max_length=100)] = None,
) -> Response:
    """Make a ticket out of a part of this one."""
    if not mensagem:
        raise invalid_field("mensagens", "deve ter ao menos uma mensagem marcada")
    timezone = edge_state(request).settings.timezone
    made = await split_ticket(session, principal, ticket_id, assunto, mensagem, timezone)
    told = f"O chamado {made.protocol} foi separado deste."
    return done(_page(made.id), told, request=request)


@router.post("/chamados/{ticket_id}/mesclar", dependencies=[WORK])
async def merge(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    outro: Annotated[UUID, Form()],
    revisao: Revision = None,
) -> Response:
    """Take another ticket into this one."""
    await merge_tickets(session, principal, ticket_id, outro, revisao)
    told = "Os chamados foram mesclados. A mescla pode ser desfeita na linha do tempo por 30 dias."
    return done(_page(ticket_id), told, request=request)


@router.post("/chamados/{ticket_id}/mesclas/{merge_id}/desfazer", dependencies=[WORK])
async def undo(
    request: Request,
    ticket_id: UUID,
    merge_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
) -> Response:
    """Take a merge back."""
    await undo_merge(session, principal, merge_id)
    return done(_page(ticket_id), "A mescla foi desfeita.", request=request)


@router.post("/chamados/{ticket_id}/macro", dependencies=[WORK])
async def macro(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    nome: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Do a macro's steps."""
    days = edge_state(request).settings.ticket_reopen_days
    await apply_macro(session, principal, ticket_id, nome, days)
    return done(_page(ticket_id), f"A macro “{nome}” foi feita.", request=request)


@router.post("/chamados/{ticket_id}/avaliar", dependencies=[OWN])
async def rate(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    nota: Annotated[int, Form(ge=1, le=5)],
    comentario: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Say how a ticket was attended to."""
    await rate_ticket(session, principal, ticket_id, nota, comentario)
    return done(_page(ticket_id), "Obrigado pela avaliação.", request=request)


def _change(given: dict[str, str]) -> TicketChange:
    """Return what a form names; an empty priority is drawn from impact and urgency again."""
    values: dict[str, object] = {}
    if "assunto" in given:
        values["subject"] = given["assunto"]
    if given.get("fila"):
        values["queue"] = given["fila"]
    for name, field in (("impacto", "impact"), ("urgencia", "urgency")):
        if given.get(name):
            values[field] = _member(TicketLevel, given[name], name)
    if "prioridade" in given:
        wanted = given["prioridade"]
        values["priority"] = _member(TicketPriority, wanted, "prioridade") if wanted else None
    if "etiquetas" in given:
        values["tags"] = [tag for one in given["etiquetas"].split(",") if (tag := one.strip())]
    try:
        return TicketChange.model_validate(values)
    except ValidationError as error:
        raise as_app_error(error.errors()) from None


async def _customer(session: AsyncSession, principal: Principal, words: str) -> UUID | None:
    """Return the one customer who is meant. Raises AppError("request_invalid")."""
    if not words:
        return None
    found = await search_customers(session, principal, words, Filters(), limit=2)
    if len(found.items) != 1:
        how_many = (
            "corresponde a mais de um cadastro"
            if found.items
            else "não corresponde a nenhum cadastro"
        )
        raise invalid_field("cliente", f"{how_many}; use o CPF, o e-mail ou o telefone")
    return found.items[0][0].id


def _page(ticket_id: UUID) -> str:
    return f"/chamados/{ticket_id}"


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise AppError("assignee_not_found") from None


def _member(kind: type[Member], value: str, name: str) -> Member:
    try:
        return kind(value)
    except ValueError:
        raise invalid_field(name, "deve ser uma das escolhas da lista") from None


async def _until(session: AsyncSession, when: str, zone: ZoneInfo) -> datetime | None:
    """Return a moment that a word names, by the database's clock."""
    now = (await database_now(session)).astimezone(zone)
    morning = now.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    moments = {
        "1h": now + timedelta(hours=1),
        "3h": now + timedelta(hours=3),
        "amanha": morning + timedelta(days=1),
        "segunda": morning + timedelta(days=7 - now.weekday()),
        "semana": morning + timedelta(days=7),
    }
    return moments.get(when)


def _moment(request: Request, text: str) -> datetime | None:
    """Read a browser's date and hour, which are of the organisation's time zone."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(
            tzinfo=ZoneInfo(edge_state(request).settings.timezone)
        )
    except ValueError:
        raise invalid_field("data e hora", "deve ser uma data e uma hora") from None
