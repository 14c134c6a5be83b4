"""``cogep sla``: why a ticket's clock stands where it stands, and what is promised."""

from zoneinfo import ZoneInfo

import typer

from cogep_assist.cli.console import out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.ticket_lookup import TicketName, ticket_named
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.crm_service.sla.business_calendars import list_calendars
from cogep_assist.crm_service.sla.sla_explain import explain_sla
from cogep_assist.crm_service.sla.sla_policies import list_policies
from cogep_assist.crm_service.sla.sla_schemas import (
    CalendarReply,
    PolicyReply,
    SlaReading,
    TargetReading,
)
from cogep_assist.crm_service.tickets.ticket_labels import label

app = typer.Typer(
    help="Explica prazos de atendimento em horas de expediente.", no_args_is_help=True
)

STATES = {
    "running": "correndo",
    "paused": "parado, à espera",
    "met": "cumprida",
    "missed": "perdida",
}
WEEKDAYS = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")


@app.command()
def explain(ticket: TicketName, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra cada intervalo que contou para as metas de um chamado."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> SlaReading:
        async with database.begin() as session:
            return await explain_sla(session, SYSTEM, await ticket_named(session, ticket))

    reading = on_database(settings, work)
    if json_:
        print_json(reading.model_dump(mode="json"))
        return
    if reading.policy is None:
        out().print(f"Nada foi prometido ao chamado {reading.protocol}.", markup=False)
        return
    zone = ZoneInfo(settings.timezone)
    off = ", ".join(f"{day:%d/%m} {name}" for day, name in reading.days_off.items())
    out().print(
        f"{reading.protocol}: meta “{reading.policy}”, calendário “{reading.calendar}”."
        + (f" Dias especiais: {off}." if off else ""),
        markup=False,
    )
    _print_target("Primeira resposta", reading.first_reply, zone)
    _print_target("Solução", reading.resolution, zone)


@app.command()
def policies(json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista as metas, na ordem em que são tentadas."""

    async def work(database: Database) -> list[PolicyReply]:
        async with database.begin() as session:
            return await list_policies(session, SYSTEM)

    found = on_database(settings_for(data_dir), work)
    if json_:
        print_json({"items": [policy.model_dump(mode="json") for policy in found]})
        return
    if not found:
        out().print("Nenhuma meta. Crie uma com PUT /crm/sla-policies/NOME.")
        return
    shown = table("Meta", "Fila", "Calendário", "Prioridade", "1ª resposta", "Solução", whole=0)
    for policy in found:
        for priority, target in policy.targets.items():
            shown.add_row(
                policy.name,
                policy.queue or "todas",
                policy.calendar,
                label(priority),
                _hours(target.first_reply_minutes),
                _hours(target.resolution_minutes),
            )
    out().print(shown)


@app.command()
def calendars(json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista os calendários de expediente."""

    async def work(database: Database) -> list[CalendarReply]:
        async with database.begin() as session:
            return await list_calendars(session, SYSTEM)

    found = on_database(settings_for(data_dir), work)
    if json_:
        print_json({"items": [calendar.model_dump(mode="json") for calendar in found]})
        return
    if not found:
        out().print("Nenhum calendário. Crie um com PUT /crm/calendars/NOME.")
        return
    for calendar in found:
        where = f", feriados de {calendar.state}" if calendar.state else ""
        out().print(f"{calendar.name} ({calendar.time_zone}{where})", markup=False, style="bold")
        for day, shifts in zip(WEEKDAYS, calendar.week, strict=True):
            hours = ", ".join(f"{since}-{until}" for since, until in shifts)
            out().print(f"  {day}  {hours or 'fechado'}", markup=False)
        for date, special in calendar.days.items():
            hours = ", ".join(f"{since}-{until}" for since, until in special.shifts)
            out().print(f"  {date:%d/%m/%Y}  {special.name}: {hours or 'fechado'}", markup=False)


def _print_target(name: str, target: TargetReading | None, zone: ZoneInfo) -> None:
    if target is None:
        return
    due = f", vence em {moment(target.due_at, zone)}" if target.due_at else ""
    missed = f", perdida em {moment(target.missed_at, zone)}" if target.missed_at else ""
    out().print(
        f"\n{name}: {STATES[target.state]}; contaram {_hours(target.spent_minutes)} "
        f"de {_hours(target.target_minutes)}{due}{missed}",
        markup=False,
    )
    if not target.counted:
        return
    shown = table("De", "Até", "Contou", whole=0)
    for interval in target.counted:
        shown.add_row(
            moment(interval.since, zone), moment(interval.until, zone), _hours(interval.minutes)
        )
    out().print(shown)


def _hours(minutes: float | None) -> str:
    """Write minutes as hours and minutes; "" for none."""
    if minutes is None:
        return ""
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest:02d}" if hours else f"{rest} min"
