"""Tickets as a person reads them in a terminal."""

from zoneinfo import ZoneInfo

from cogep_assist.cli.console import out, table
from cogep_assist.cli.moments import moment
from cogep_assist.crm_service.tickets.ticket_labels import label
from cogep_assist.crm_service.tickets.ticket_schemas import TicketDetail, TicketReply

EVENTS = {
    "opened": "aberto",
    "claimed": "assumido",
    "assigned": "entregue",
    "moved": "mudou de estado",
    "edited": "alterado",
    "snoozed": "adiado",
    "woken": "voltou",
    "linked": "relacionado",
    "unlinked": "relação desfeita",
    "split": "separado",
    "merged": "mesclado",
    "merge_undone": "mescla desfeita",
    "rated": "avaliado",
    "sla_warned": "meta perto de vencer",
    "sla_missed": "meta perdida",
    "message_written": "mensagem",
    "reply_written": "resposta",
    "note_written": "nota interna",
}


def print_tickets(found: list[TicketReply], zone: ZoneInfo) -> None:
    """Print tickets as a table."""
    shown = table(
        "Protocolo", "Assunto", "Estado", "Prioridade", "Fila", "Com", "Aberto em", whole=1
    )
    for ticket in found:
        shown.add_row(
            ticket.protocol,
            ticket.subject,
            label(ticket.status),
            label(ticket.priority),
            ticket.queue,
            ticket.assignee.name if ticket.assignee else "",
            moment(ticket.created_at, zone),
        )
    out().print(shown)


def print_ticket(ticket: TicketDetail, zone: ZoneInfo) -> None:
    """Print one ticket: what it says, what was written, what happened."""
    console = out()
    state = label(ticket.status)
    if ticket.waiting_on is not None:
        state += f" {label(ticket.waiting_on)}"
    console.print(f"{ticket.protocol}  {ticket.subject}", markup=False, style="bold")
    console.print(
        f"{state}, prioridade {label(ticket.priority)}, fila {ticket.queue}, "
        f"{'com ' + ticket.assignee.name if ticket.assignee else 'sem responsável'}",
        markup=False,
    )
    if ticket.customer is not None:
        console.print(f"Cliente: {ticket.customer.name}", markup=False)
    if ticket.tags:
        console.print(f"Etiquetas: {', '.join(ticket.tags)}", markup=False)
    for entry in ticket.entries:
        console.print()
        console.print(
            f"{moment(entry.created_at, zone)}  {label(entry.kind)}", markup=False, style="dim"
        )
        console.print(entry.body, markup=False)
    console.print()
    for event in ticket.events:
        what = EVENTS.get(event.kind, event.kind)
        console.print(f"{moment(event.created_at, zone)}  {what}", markup=False, style="dim")
