"""Ajustes, Expediente: when the desk works, and the days unlike their weekday."""

from datetime import date
from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.brazil.cep import STATES
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.sla.business_calendars import list_calendars, set_calendar, set_day
from cogep_assist.crm_service.sla.calendar_holidays import holiday_name
from cogep_assist.crm_service.sla.sla_schemas import CalendarBody, DayBody
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.web.section_frame import Work, answer_form, settings_page, shaped

HREF = "/ajustes/expediente"
WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")
USUAL = ["08:00-12:00, 13:00-17:00"] * 5 + ["", ""]
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_DESK)
Name = Annotated[str, Form(max_length=60)]


@router.get(HREF, dependencies=[MANAGE])
async def hours(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show every calendar."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[MANAGE])
async def put(
    request: Request,
    principal: PrincipalDep,
    nome: Name = "",
    fuso: Annotated[str, Form(max_length=60)] = "America/Sao_Paulo",
    estado: Annotated[str, Form(max_length=2)] = "",
    feriados: Annotated[bool, Form()] = False,
    facultativos: Annotated[bool, Form()] = False,
    dia: Annotated[list[str] | None, Form(max_length=7)] = None,
) -> Response:
    """Make a calendar or replace what it says."""

    async def work(session: AsyncSession) -> None:
        body = shaped(
            CalendarBody,
            time_zone=fuso,
            week=[read_shifts(typed) for typed in dia or []],
            state=estado or None,
            public_holidays=feriados,
            optional_holidays=facultativos,
        )
        await set_calendar(session, principal, nome, body)

    notice = f"O expediente {nome.strip()} está salvo. Os prazos são recalculados em instantes."
    return await _done(request, principal, work, notice)


@router.post(f"{HREF}/dia", dependencies=[MANAGE])
async def put_day(
    request: Request,
    principal: PrincipalDep,
    nome: Name = "",
    data: Annotated[date | None, Form()] = None,
    motivo: Annotated[str, Form(max_length=100)] = "",
    turnos: Annotated[str, Form(max_length=200)] = "",
    retirar: Annotated[bool, Form()] = False,
) -> Response:
    """Say how a day differs from its weekday, or take that back."""

    async def work(session: AsyncSession) -> None:
        if data is None:
            raise invalid_field("data", "está faltando")
        body = None
        if not retirar:
            body = shaped(DayBody, name=motivo.strip(), shifts=read_shifts(turnos))
        await set_day(session, principal, nome, data, body)

    return await _done(request, principal, work, "O dia está salvo. Os prazos são recalculados.")


def read_shifts(typed: str) -> list[list[str]]:
    """Read "08:00-12:00, 13:00-17:00" as pairs of clocks; nothing is a day without work."""
    return [
        [clock.strip() for clock in shift.replace("às", "-").split("-")]
        for shift in typed.split(",")
        if shift.strip()
    ]


def write_shifts(shifts: list[list[str]]) -> str:
    """Write pairs of clocks as a person types them."""
    return ", ".join("-".join(pair) for pair in shifts)


async def _done(request: Request, principal: Principal, work: Work, notice: str) -> Response:
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
) -> Response:
    calendars = await list_calendars(session, principal)
    return settings_page(
        request,
        "hours.html",
        problem,
        calendars=calendars,
        weeks=[[write_shifts(day) for day in one.week] for one in calendars],
        legal={
            day: name
            for one in calendars
            for day in one.days
            if (name := holiday_name(one.state, day, optional=True))
        },
        write_shifts=write_shifts,
        usual=USUAL,
        weekdays=WEEKDAYS,
        state_options=[("", "só os nacionais"), *((state, state) for state in sorted(STATES))],
    )
