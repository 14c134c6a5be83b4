"""``cogep ticket``: the desk's tickets from a terminal."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli import ticket_acts
from cogep_assist.cli.console import out, print_json
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.ticket_lookup import TicketName, ticket_named, user_named
from cogep_assist.cli.ticket_report import print_ticket, print_tickets
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    EntryKind,
    TicketChannel,
    TicketLevel,
    TicketPriority,
    TicketStatus,
    WaitingOn,
)
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.crm_service.tickets.ticket_deadlines import TicketDeadline
from cogep_assist.crm_service.tickets.ticket_detail import describe_ticket
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter
from cogep_assist.crm_service.tickets.ticket_merge import merge_tickets, undo_merge
from cogep_assist.crm_service.tickets.ticket_move import Move, move_ticket
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket
from cogep_assist.crm_service.tickets.ticket_order import TicketOrder, list_in_order
from cogep_assist.crm_service.tickets.ticket_reply import ticket_reply
from cogep_assist.crm_service.tickets.ticket_schemas import TicketDetail, TicketReply
from cogep_assist.crm_service.tickets.ticket_write import write_entry

app = typer.Typer(help="Abre, mostra e conduz chamados.", no_args_is_help=True)
app.command()(ticket_acts.search)
app.command()(ticket_acts.assign)
app.command()(ticket_acts.snooze)
app.command()(ticket_acts.split)
app.command()(ticket_acts.rate)
app.command()(ticket_acts.report)


@app.command("list")
def list_(
    status: Annotated[
        list[TicketStatus] | None, typer.Option("--status", help="Só neste estado; repetível.")
    ] = None,
    queue: Annotated[
        str | None, typer.Option("--queue", metavar="NOME", help="Só desta fila.")
    ] = None,
    tag: Annotated[
        str | None, typer.Option("--tag", metavar="ETIQUETA", help="Só com esta etiqueta.")
    ] = None,
    priority: Annotated[
        list[TicketPriority] | None,
        typer.Option("--priority", help="Só com esta prioridade; repetível."),
    ] = None,
    assignee: Annotated[
        str | None,
        typer.Option("--assignee", metavar="EMAIL", help="Só de quem atende; “none”: de ninguém."),
    ] = None,
    deadline: Annotated[
        TicketDeadline | None,
        typer.Option("--deadline", help="Só com o prazo em risco (at_risk) ou vencido (missed)."),
    ] = None,
    order: Annotated[
        TicketOrder,
        typer.Option("--order", help="Os mais novos (newest) ou o prazo mais próximo (deadline)."),
    ] = "newest",
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=1000, metavar="N", help="Quantos mostrar.")
    ] = 50,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista chamados, do mais novo ao mais antigo ou por prazo."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> tuple[list[TicketReply], str | None]:
        async with database.begin() as session:
            named = assignee and assignee != "none"
            wanted = TicketFilter(
                statuses=status or [],
                priorities=priority or [],
                queue=queue,
                tag=tag,
                assignee_id=await user_named(session, assignee) if assignee and named else None,
                unassigned=assignee == "none",
                deadline=deadline,
                by_deadline=order == "deadline",
            )
            return await list_in_order(session, SYSTEM, wanted, limit=limit, cursor=None)

    found, more = on_database(settings, work)
    if json_:
        items = [ticket.model_dump(mode="json") for ticket in found]
        print_json({"items": items, "more": more is not None})
    elif not found:
        out().print("Nenhum chamado. Abra um com “cogep ticket open ASSUNTO --body TEXTO”.")
    else:
        print_tickets(found, ZoneInfo(settings.timezone))
        if more is not None:
            out().print(f"Há mais; veja com --limit {limit * 2}.", style="dim")


@app.command()
def show(ticket: TicketName, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra um chamado inteiro."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> TicketDetail:
        async with database.begin() as session:
            return await describe_ticket(session, SYSTEM, await ticket_named(session, ticket))

    detail = on_database(settings, work)
    if json_:
        print_json(detail.model_dump(mode="json"))
    else:
        print_ticket(detail, ZoneInfo(settings.timezone))


@app.command("open")
def open_(
    subject: Annotated[str, typer.Argument(metavar="ASSUNTO", help="Em uma linha.")],
    body: Annotated[str, typer.Option("--body", "-b", metavar="TEXTO", help="O que é preciso.")],
    queue: Annotated[
        str | None, typer.Option("--queue", metavar="NOME", help="Fila; sem ela, a padrão.")
    ] = None,
    impact: Annotated[
        TicketLevel, typer.Option("--impact", help="Alcance do problema.")
    ] = TicketLevel.MEDIUM,
    urgency: Annotated[TicketLevel, typer.Option("--urgency", help="Pressa.")] = TicketLevel.MEDIUM,
    priority: Annotated[
        TicketPriority | None,
        typer.Option("--priority", help="Fixa a prioridade, em vez da tirada dos dois."),
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="ETIQUETA", help="Repetível.")
    ] = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Abre um chamado, como quem o anota ao telefone."""
    settings = settings_for(data_dir)
    new = NewTicket(
        subject=subject,
        body=body,
        queue=queue,
        impact=impact,
        urgency=urgency,
        priority=priority,
        tags=tag or [],
        channel=TicketChannel.PHONE,
    )

    async def work(database: Database) -> TicketReply:
        async with database.begin() as session:
            made = await open_ticket(session, SYSTEM, new, settings.timezone)
            return await ticket_reply(session, made.id, SYSTEM)

    made = on_database(settings, work)
    proof = proof_of(made.protocol)
    if json_:
        print_json({**made.model_dump(mode="json"), "proof": proof})
        return
    out().print(
        f"Chamado {made.protocol} aberto na fila {made.queue}. "
        f"Código para acompanhar sem conta: {proof}",
        markup=False,
    )


@app.command()
def reply(
    ticket: TicketName,
    body: Annotated[str, typer.Argument(metavar="TEXTO", help="O que escrever.")],
    note: Annotated[
        bool, typer.Option("--note", help="Nota interna, que o solicitante não vê.")
    ] = False,
    mention: Annotated[
        list[str] | None,
        typer.Option("--mention", metavar="EMAIL", help="Chama um colega; repetível."),
    ] = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Escreve uma resposta ou uma nota interna."""
    settings = settings_for(data_dir)
    kind = EntryKind.NOTE if note else EntryKind.REPLY

    async def work(session: AsyncSession, ticket_id: UUID) -> None:
        await write_entry(
            session,
            SYSTEM,
            ticket_id,
            body,
            kind=kind,
            mentions=[await user_named(session, email) for email in mention or ()],
            reopen_days=settings.ticket_reopen_days,
        )

    ticket_acts.changed(settings, ticket, work, json_=json_, said="Escrito no chamado")


@app.command()
def move(
    ticket: TicketName,
    status: Annotated[TicketStatus, typer.Argument(metavar="ESTADO", help="O estado novo.")],
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="MOTIVO", help="Por quê.")
    ] = None,
    waiting_on: Annotated[
        WaitingOn | None, typer.Option("--waiting-on", help="Por quem espera.")
    ] = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Muda o estado: resolve, deixa aguardando, reabre, fecha."""
    settings = settings_for(data_dir)

    async def work(session: AsyncSession, ticket_id: UUID) -> None:
        await move_ticket(
            session,
            SYSTEM,
            ticket_id,
            Move(status, reason, waiting_on),
            reopen_days=settings.ticket_reopen_days,
        )

    ticket_acts.changed(settings, ticket, work, json_=json_, said="Estado mudado no chamado")


@app.command()
def merge(
    ticket: TicketName,
    other: Annotated[
        str, typer.Argument(metavar="OUTRO", help="O chamado que entra neste e se fecha.")
    ],
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Mescla outro chamado da mesma pessoa neste."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> UUID:
        async with database.begin() as session:
            kept, gone = await ticket_named(session, ticket), await ticket_named(session, other)
            return (await merge_tickets(session, SYSTEM, kept, gone)).id

    merged = on_database(settings, work)
    if json_:
        print_json({"id": str(merged)})
        return
    out().print(f"Mesclados. Para desfazer: cogep ticket unmerge {merged}", markup=False)


@app.command()
def unmerge(
    merge_id: Annotated[UUID, typer.Argument(metavar="MESCLA", help="O que “merge” mostrou.")],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Desfaz uma mescla: cada chamado volta a ser o que era."""

    async def work(database: Database) -> None:
        async with database.begin() as session:
            await undo_merge(session, SYSTEM, merge_id)

    on_database(settings_for(data_dir), work)
    if as_json:
        print_json({"undone": str(merge_id)})
        return
    out().print("Mescla desfeita: os dois chamados são de novo o que eram.")
