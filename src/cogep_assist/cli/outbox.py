"""``cogep outbox``: what is to be delivered, what was, and what was given up."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.moments import duration, moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core import outbox
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import OutboxAttempt, OutboxMessage, OutboxStatus

app = typer.Typer(help="Mostra e reenvia as mensagens da caixa de saída.", no_args_is_help=True)

Id = Annotated[UUID, typer.Argument(metavar="ID", help="Identificador da mensagem.")]
STATUS = {
    OutboxStatus.PENDING: "na fila",
    OutboxStatus.DELIVERED: "entregue",
    OutboxStatus.DEAD: "não entregue",
    OutboxStatus.CANCELLED: "cancelada",
    OutboxStatus.HELD: "retida",
}


@app.command("list")
def list_(
    status: Annotated[
        OutboxStatus | None, typer.Option("--status", "-s", help="Só as deste estado.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Quantas mostrar.")] = 50,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista as mensagens, da mais nova à mais antiga, sem o conteúdo."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> Sequence[OutboxMessage]:
        async with database.begin() as session:
            return await outbox.list_messages(session, SYSTEM, status, limit)

    found = on_database(settings, work)
    if as_json:
        print_json({"messages": [_as_json(message) for message in found]})
        return
    if not found:
        out().print("Nenhuma mensagem.")
        return
    zone = ZoneInfo(settings.timezone)
    shown = table("ID", "Tipo", "De quem", "Estado", "Tentativas", "Criada em", whole=1)
    for message in found:
        shown.add_row(
            str(message.id),
            message.topic,
            one_line(message.resource_key),
            STATUS[message.status],
            str(message.attempts),
            moment(message.created_at, zone),
        )
    out().print(shown)


@app.command("show")
def show(message_id: Id, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra as tentativas de entrega de uma mensagem."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> Sequence[OutboxAttempt]:
        async with database.begin() as session:
            return await outbox.attempts_of(session, SYSTEM, message_id)

    found = on_database(settings, work)
    if as_json:
        print_json({"attempts": [_attempt_as_json(attempt) for attempt in found]})
        return
    zone = ZoneInfo(settings.timezone)
    shown = table("Tentativa", "Quando", "Resultado", "Resposta", "Tempo")
    for attempt in found:
        code = attempt.error_code
        words = AppError(code, reply=attempt.reply).text if code else "entregue"
        shown.add_row(
            str(attempt.attempt),
            moment(attempt.occurred_at, zone),
            words,
            one_line(attempt.reply),
            duration(attempt.duration_ms),
        )
    out().print(shown)


@app.command("resend")
def resend(message_id: Id, data_dir: DataDir = None) -> None:
    """Põe de novo na fila uma mensagem que não foi entregue."""

    async def work(database: Database) -> None:
        async with database.begin() as session:
            await outbox.resend(session, SYSTEM, message_id)

    on_database(settings_for(data_dir), work)
    out().print("A mensagem está de novo na fila; um trabalhador a entrega em instantes.")


def _attempt_as_json(attempt: OutboxAttempt) -> dict[str, object]:
    fields = ("attempt", "delivered", "error_code", "status_code", "request", "reply")
    times = ("duration_ms", "occurred_at")
    told = {name: getattr(attempt, name) for name in (*fields, *times)}
    return {**told, "reply_body": outbox.reply_body_of(attempt)}


def _as_json(message: OutboxMessage) -> dict[str, object]:
    return {
        "id": str(message.id),
        "topic": message.topic,
        "event": message.event,
        "resource_key": message.resource_key,
        "status": message.status.value,
        "attempts": message.attempts,
        "available_at": message.available_at.isoformat(),
        "created_at": message.created_at.isoformat(),
        "finished_at": message.finished_at.isoformat() if message.finished_at else None,
    }
