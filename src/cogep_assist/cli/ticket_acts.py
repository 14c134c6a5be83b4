"""``cogep ticket``: search, hand over, put off, split, rate, and report."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli.console import out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.ticket_lookup import TicketName, ticket_named, user_named
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.crm_service.reports.desk_report_schemas import DeskReport
from cogep_assist.crm_service.reports.desk_reports import as_csv, report_tickets
from cogep_assist.crm_service.reports.report_reading import GroupBy
from cogep_assist.crm_service.tickets.ticket_access import lock_ticket
from cogep_assist.crm_service.tickets.ticket_assignment import assign_ticket
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter
from cogep_assist.crm_service.tickets.ticket_move import snooze_ticket
from cogep_assist.crm_service.tickets.ticket_rating import keep_rating
from cogep_assist.crm_service.tickets.ticket_reply import ticket_reply
from cogep_assist.crm_service.tickets.ticket_schemas import FoundTicket, TicketReply
from cogep_assist.crm_service.tickets.ticket_search import search_tickets
from cogep_assist.crm_service.tickets.ticket_split import split_ticket

Work = Callable[[AsyncSession, UUID], Awaitable[Any]]
DAYS = {"formats": ["%Y-%m-%d"], "metavar": "AAAA-MM-DD"}


def search(
    words: Annotated[str, typer.Argument(metavar="PALAVRAS", help="Palavras ou protocolo.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Quantos mostrar.")] = 20,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Procura chamados pelo que se escreveu neles, com ou sem acentos."""

    async def work(database: Database) -> list[FoundTicket]:
        async with database.begin() as session:
            return await search_tickets(session, SYSTEM, words, TicketFilter(), k=k)

    found = on_database(settings_for(data_dir), work)
    if json_:
        print_json({"items": [one.model_dump(mode="json") for one in found]})
        return
    for one in found:
        out().print(f"{one.ticket.protocol}  {one.ticket.subject}", markup=False)
    if not found:
        out().print("Nenhum chamado fala disso.")


def assign(
    ticket: TicketName,
    email: Annotated[
        str | None, typer.Argument(metavar="EMAIL", help="A quem; sem ele, volta à fila.")
    ] = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Entrega o chamado a alguém da equipe, ou o devolve à fila."""

    async def work(session: AsyncSession, ticket_id: UUID) -> None:
        user_id = None if email is None else await user_named(session, email)
        await assign_ticket(session, SYSTEM, ticket_id, user_id)

    changed(settings_for(data_dir), ticket, work, json_=json_, said="Responsável mudado no chamado")


def snooze(
    ticket: TicketName,
    until: Annotated[
        datetime | None,
        typer.Option("--until", metavar="AAAA-MM-DDTHH:MM", help="Até quando; sem ele, volta já."),
    ] = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Tira o chamado da vista até um momento, ou o traz de volta."""
    settings = settings_for(data_dir)
    zone = ZoneInfo(settings.timezone)

    async def work(session: AsyncSession, ticket_id: UUID) -> None:
        moment = None if until is None else until.replace(tzinfo=zone)
        await snooze_ticket(session, SYSTEM, ticket_id, moment)

    changed(settings, ticket, work, json_=json_, said="Adiamento mudado no chamado")


def split(
    ticket: TicketName,
    subject: Annotated[str, typer.Option("--subject", metavar="ASSUNTO", help="Do chamado novo.")],
    entries: Annotated[
        list[UUID],
        typer.Option("--entry", metavar="ID", help="O que vai junto, de “show --json”; repetível."),
    ],
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Faz de algumas mensagens um chamado novo da mesma pessoa."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> TicketReply:
        async with database.begin() as session:
            ticket_id = await ticket_named(session, ticket)
            made = await split_ticket(
                session, SYSTEM, ticket_id, subject, entries, settings.timezone
            )
            return await ticket_reply(session, made.id, SYSTEM)

    _told(on_database(settings, work), json_=json_, said="Dividido: as mensagens foram ao chamado")


def rate(
    ticket: TicketName,
    score: Annotated[int, typer.Argument(metavar="NOTA", min=1, max=5, help="De 1 a 5.")],
    comment: Annotated[
        str | None, typer.Option("--comment", metavar="TEXTO", help="O que a pessoa disse.")
    ] = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Anota a nota que a pessoa deu ao atendimento, dita por telefone ou em papel."""

    async def work(session: AsyncSession, ticket_id: UUID) -> None:
        locked = await lock_ticket(session, SYSTEM, ticket_id)
        await keep_rating(session, SYSTEM, locked, score, comment)

    changed(settings_for(data_dir), ticket, work, json_=json_, said="Nota anotada no chamado")


def report(
    since: Annotated[datetime, typer.Option(help="Primeiro dia contado.", **DAYS)],
    until: Annotated[datetime, typer.Option(help="Dia em que a conta termina.", **DAYS)],
    by: Annotated[GroupBy, typer.Option("--by", help="Por que se separam as linhas.")] = (
        GroupBy.QUEUE
    ),
    csv: Annotated[bool, typer.Option("--csv", help="Como planilha.")] = False,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Mostra volume, prazos, atraso e notas, por fila, pessoa, etiqueta ou período."""
    settings = settings_for(data_dir)
    zone = ZoneInfo(settings.timezone)

    async def work(database: Database) -> DeskReport:
        async with database.begin() as session:
            first, last = since.replace(tzinfo=zone), until.replace(tzinfo=zone)
            return await report_tickets(session, SYSTEM, first, last, by, settings.timezone)

    found = on_database(settings, work)
    if json_:
        print_json(found.model_dump(mode="json"))
    elif csv:
        out().print(as_csv(found), markup=False, end="")
    else:
        _print_report(found)


def changed(settings: Settings, ticket: str, change: Work, *, json_: bool, said: str) -> None:
    """Change a ticket and say how it now stands."""

    async def work(database: Database) -> TicketReply:
        async with database.begin() as session:
            ticket_id = await ticket_named(session, ticket)
            await change(session, ticket_id)
            return await ticket_reply(session, ticket_id, SYSTEM)

    _told(on_database(settings, work), json_=json_, said=said)


def _told(ticket: TicketReply, *, json_: bool, said: str) -> None:
    if json_:
        print_json(ticket.model_dump(mode="json"))
    else:
        out().print(f"{said} {ticket.protocol}.", markup=False)


def _print_report(found: DeskReport) -> None:
    shown = table("", "Abertos", "Resolvidos", "Em aberto", "1ª resposta", "Solução", "Nota")
    for line in found.lines:
        shown.add_row(
            line.key,
            str(line.opened),
            str(line.resolved),
            str(line.unfinished),
            _share(line.first_reply_kept),
            _share(line.resolution_kept),
            "" if line.rating_mean is None else f"{line.rating_mean:.1f}".replace(".", ","),
        )
    out().print(shown)


def _share(kept: float | None) -> str:
    return "" if kept is None else f"{kept:.0%} no prazo"
