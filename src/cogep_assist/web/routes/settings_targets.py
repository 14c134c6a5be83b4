"""Ajustes, Prazos: which tickets are promised what, by which calendar."""

from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import TicketPriority
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.desk.queues import list_queues
from cogep_assist.crm_service.sla.business_calendars import list_calendars
from cogep_assist.crm_service.sla.sla_policies import list_policies, remove_policy, set_policy
from cogep_assist.crm_service.sla.sla_schemas import PolicyBody, TargetBody
from cogep_assist.crm_service.tickets.ticket_labels import label
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.web.section_frame import Work, answer_form, settings_page, shaped

HREF = "/ajustes/prazos"
PRIORITIES = (
    TicketPriority.URGENT,
    TicketPriority.HIGH,
    TicketPriority.NORMAL,
    TicketPriority.LOW,
)
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_DESK)
Name = Annotated[str, Form(max_length=60)]
Spans = Annotated[list[str] | None, Form(max_length=4)]


@router.get(HREF, dependencies=[MANAGE])
async def targets(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show every policy, in the order in which they are tried."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[MANAGE])
async def put(
    request: Request,
    principal: PrincipalDep,
    nome: Name = "",
    expediente: Name = "",
    fila: Name = "",
    classe: Name = "",
    ordem: Annotated[int, Form()] = 100,
    avisar: Annotated[int, Form()] = 80,
    escalar: Annotated[bool, Form()] = False,
    resposta: Spans = None,
    solucao: Spans = None,
) -> Response:
    """Make a policy or replace it."""

    async def work(session: AsyncSession) -> None:
        body = shaped(
            PolicyBody,
            calendar=expediente,
            position=ordem,
            queue=fila or None,
            customer_class=classe.strip() or None,
            warn_percent=avisar,
            escalates=escalar,
            targets=_read_targets(resposta or [], solucao or []),
        )
        await set_policy(session, principal, nome, body)

    notice = f"Os prazos de {nome.strip()} estão salvos e são recalculados em instantes."
    return await _done(request, principal, work, notice)


@router.post(f"{HREF}/excluir", dependencies=[MANAGE])
async def remove(request: Request, principal: PrincipalDep, nome: Name = "") -> Response:
    """Promise no more."""

    async def work(session: AsyncSession) -> None:
        await remove_policy(session, principal, nome)

    return await _done(request, principal, work, "A regra foi excluída.")


def read_span(field: str, typed: str) -> int | None:
    """Read hours and minutes as a person types them ("4", "4:30", "0:45"), in minutes.

    Raises AppError("request_invalid").
    """
    typed = typed.strip().lower().removesuffix("h")
    if not typed:
        return None
    hours, _, minutes = typed.replace("h", ":").partition(":")
    written = hours.isdecimal() and (minutes or "0").isdecimal() and len(hours + minutes) <= 9
    if not (written and int(minutes or 0) < 60):
        raise invalid_field(field, "vem em horas de expediente, como 4 ou 4:30")
    return int(hours) * 60 + int(minutes or 0)


def write_span(minutes: int | None) -> str:
    """Write minutes as hours and minutes."""
    return "" if minutes is None else f"{minutes // 60}:{minutes % 60:02d}"


def _read_targets(replies: list[str], resolutions: list[str]) -> dict[TicketPriority, TargetBody]:
    padding = [""] * len(PRIORITIES)
    rows = zip(PRIORITIES, replies + padding, resolutions + padding, strict=False)
    return {
        priority: shaped(
            TargetBody,
            first_reply_minutes=read_span("primeira resposta", reply),
            resolution_minutes=read_span("solução", resolution),
        )
        for priority, reply, resolution in rows
    }


async def _done(request: Request, principal: Principal, work: Work, notice: str) -> Response:
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
) -> Response:
    queues = await list_queues(session, principal)
    return settings_page(
        request,
        "targets.html",
        problem,
        policies=await list_policies(session, principal),
        calendar_options=[(c.name, c.name) for c in await list_calendars(session, principal)],
        queue_options=[("", "qualquer fila"), *((q.name, q.name) for q in queues)],
        priorities=[(priority, label(priority)) for priority in PRIORITIES],
        nothing=TargetBody(),
        write_span=write_span,
    )
