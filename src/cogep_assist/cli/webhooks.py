"""``cogep webhooks``: who is told of what happens, and how their addresses are doing."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.access_service import webhooks
from cogep_assist.access_service.webhook_schemas import (
    DeliveryReply,
    WebhookBody,
    WebhookChange,
    WebhookReply,
)
from cogep_assist.cli.console import err, one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.events import EVENTS
from cogep_assist.core.models import Webhook, WebhookStatus
from cogep_assist.core.outbox import list_messages
from cogep_assist.core.principal import SYSTEM
from cogep_assist.integrations.http import policy_from_settings

app = typer.Typer(
    help="Avisa outros sistemas do que acontece, com assinatura.", no_args_is_help=True
)
T = TypeVar("T")
Name = Annotated[str, typer.Argument(metavar="NOME", help="Nome do webhook.")]
Events = Annotated[
    list[str], typer.Option("--event", "-e", help="Evento que interessa (repetível).")
]
STATUS = {
    WebhookStatus.PENDING: "à espera da verificação",
    WebhookStatus.ACTIVE: "ativo",
    WebhookStatus.PAUSED: "pausado",
    WebhookStatus.DISABLED: "desligado",
}


@app.command("events")
def events(as_json: AsJson = False) -> None:
    """Lista os eventos e o que se pode pedir de cada um."""
    if as_json:
        print_json({"events": {name: kind.label for name, kind in EVENTS.items()}})
        return
    shown = table("Evento", "O que houve", "Sempre vai", "Pode ir (--field)", whole=1)
    for name, kind in EVENTS.items():
        shown.add_row(name, kind.label, ", ".join(kind.ids), ", ".join(kind.fields))
    out().print(shown)


@app.command("create")
def create(
    name: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help="Endereço que recebe os eventos.")],
    event: Events,
    field: Annotated[
        list[str] | None, typer.Option("--field", help="Campo a enviar além dos ids (repetível).")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="CAMPO=VALOR", help="Só com este valor (repetível)."),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Cria um webhook; o segredo é mostrado só desta vez."""
    body = WebhookBody(
        name=name, url=url, events=event, fields=field or [], filters=_filters(only or [])
    )

    async def work(session: AsyncSession, settings: Settings) -> tuple[Webhook, str]:
        policy = policy_from_settings(settings)
        return await webhooks.create_webhook(session, SYSTEM, body, policy)

    webhook, secret = _run(data_dir, work)
    _tell_secret(webhook, secret, as_json=as_json)


@app.command("list")
def list_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista os webhooks."""

    async def work(session: AsyncSession, _settings: Settings) -> list[Webhook]:
        return list(await webhooks.list_webhooks(session, SYSTEM))

    found = _run(data_dir, work)
    if as_json:
        print_json({"webhooks": [WebhookReply.of(w).model_dump(mode="json") for w in found]})
        return
    if not found:
        out().print("Nenhum webhook. Crie um com “cogep webhooks create NOME URL --event EVENTO”.")
        return
    shown = table("Nome", "Endereço", "Estado", "Falhas", "Eventos")
    for webhook in found:
        shown.add_row(
            one_line(webhook.name),
            webhook.target,
            STATUS[webhook.status],
            str(webhook.failures),
            ", ".join(webhook.events),
        )
    out().print(shown)


@app.command("deliveries")
def deliveries(
    name: Name,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Quantas mostrar.")] = 50,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista as entregas de um webhook; veja cada uma com “cogep outbox show ID”."""

    async def work(session: AsyncSession, _settings: Settings) -> list[DeliveryReply]:
        webhook = await webhooks.find_by_name(session, SYSTEM, name)
        found = await list_messages(session, SYSTEM, None, limit, webhook_id=webhook.id)
        return [DeliveryReply.of(message) for message in found]

    found = _run(data_dir, work)
    if as_json:
        print_json({"deliveries": [one.model_dump(mode="json") for one in found]})
        return
    shown = table("ID", "Evento", "Estado", "Tentativas", whole=1)
    for one in found:
        shown.add_row(str(one.id), one.event or "", one.status.value, str(one.attempts))
    out().print(shown)


@app.command("test")
def try_out(name: Name, data_dir: DataDir = None) -> None:
    """Envia um evento de teste."""
    _act(data_dir, name, webhooks.send_test)
    out().print("Evento de teste na fila; veja o resultado com “cogep webhooks deliveries”.")


@app.command("challenge")
def challenge(name: Name, data_dir: DataDir = None) -> None:
    """Verifica de novo o endereço."""
    _act(data_dir, name, webhooks.challenge_again)
    out().print("A verificação está na fila.")


@app.command("pause")
def pause(name: Name, data_dir: DataDir = None) -> None:
    """Pausa um webhook; os eventos esperam, na ordem, até ser retomado."""
    _act(data_dir, name, webhooks.pause_webhook)
    out().print("O webhook foi pausado.")


@app.command("resume")
def resume(name: Name, data_dir: DataDir = None) -> None:
    """Retoma um webhook pausado e entrega o que esperava."""
    _act(data_dir, name, webhooks.resume_webhook)
    out().print("O webhook foi retomado.")


@app.command("disable")
def disable(name: Name, data_dir: DataDir = None) -> None:
    """Desliga um webhook; o que esperava não será mais enviado."""
    _set_enabled(data_dir, name, enabled=False)
    out().print("O webhook foi desligado.")


@app.command("enable")
def enable(name: Name, data_dir: DataDir = None) -> None:
    """Religa um webhook, depois de verificar de novo o endereço."""
    _set_enabled(data_dir, name, enabled=True)
    out().print("O webhook volta a receber eventos assim que a verificação passar.")


@app.command("rotate")
def rotate(
    name: Name,
    keep: Annotated[
        int, typer.Option("--keep-hours", min=0, max=168, help="Horas em que o anterior vale.")
    ] = 24,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Troca o segredo; por algumas horas as mensagens levam as duas assinaturas."""

    async def work(session: AsyncSession, _settings: Settings) -> tuple[Webhook, str]:
        webhook = await webhooks.find_by_name(session, SYSTEM, name)
        return await webhooks.rotate_secret(session, SYSTEM, webhook.id, keep)

    webhook, secret = _run(data_dir, work)
    _tell_secret(webhook, secret, as_json=as_json)


@app.command("remove")
def remove(name: Name, data_dir: DataDir = None) -> None:
    """Remove um webhook, com o registro de suas entregas."""
    _act(data_dir, name, webhooks.remove_webhook)
    out().print("O webhook foi removido.")


def _run(data_dir: Any, work: Callable[[AsyncSession, Settings], Awaitable[T]]) -> T:
    settings = settings_for(data_dir)

    async def in_transaction(database: Database) -> T:
        async with database.begin() as session:
            return await work(session, settings)

    return on_database(settings, in_transaction)


def _act(data_dir: Any, name: str, act: Callable[..., Awaitable[Any]]) -> None:
    async def work(session: AsyncSession, _settings: Settings) -> None:
        webhook = await webhooks.find_by_name(session, SYSTEM, name)
        await act(session, SYSTEM, webhook.id)

    _run(data_dir, work)


def _set_enabled(data_dir: Any, name: str, *, enabled: bool) -> None:
    async def work(session: AsyncSession, settings: Settings) -> None:
        webhook = await webhooks.find_by_name(session, SYSTEM, name)
        change = WebhookChange(enabled=enabled)
        policy = policy_from_settings(settings)
        await webhooks.change_webhook(session, SYSTEM, webhook.id, change, policy)

    _run(data_dir, work)


def _filters(texts: list[str]) -> dict[str, list[str]]:
    filters: dict[str, list[str]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise AppError("webhook_field_unknown", name=text[:60])
        filters.setdefault(name.strip(), []).append(value.strip())
    return filters


def _tell_secret(webhook: Webhook, secret: str, *, as_json: bool) -> None:
    if as_json:
        print_json(WebhookReply.of(webhook, secret).model_dump(mode="json"))
        return
    err().print("Guarde o segredo agora: ele não será mostrado de novo.", style="yellow")
    out().print(secret, markup=False, soft_wrap=True)
    out().print(f"Estado: {STATUS[webhook.status]}.")
