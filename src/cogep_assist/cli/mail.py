"""``cogep mail``: what came in by mail, what became of it, and the mailbox itself."""

import sys
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from cogep_assist.cli.console import out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core import secret_key
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import InboundMail, MailStatus
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.mail.mail_collect import collect_mail
from cogep_assist.crm_service.mail.mail_endpoints import hook_secret
from cogep_assist.crm_service.mail.mail_queries import list_mail, process_again
from cogep_assist.crm_service.mail.mail_schemas import MailReply

app = typer.Typer(help="Mostra e recebe os e-mails do atendimento.", no_args_is_help=True)
STATUS = {
    MailStatus.RECEIVED: "na fila",
    MailStatus.ACCEPTED: "virou chamado",
    MailStatus.IGNORED: "ignorado",
    MailStatus.FAILED: "não pôde ser lido",
}
REASONS = {
    "auto_reply": "resposta automática",
    "automatic_after_end": "aviso automático a um chamado encerrado",
    "bounce": "devolução; o endereço foi marcado",
    "bounce_unknown": "devolução de outra mensagem",
    "duplicate": "já tinha chegado",
    "follows": "continua um chamado encerrado",
    "in_reply_to": "resposta",
    "mail_of_erased_person": "citava pessoa cujos dados foram eliminados",
    "mail_too_large": "grande demais; ficou na caixa",
    "no_sender": "sem remetente",
    "opened": "chamado novo",
    "own_mail": "é nosso",
    "protocol": "protocolo no assunto",
    "references": "resposta",
    "referred_to": "mesma conversa",
    "reply_address": "endereço de resposta",
    "sender_rate": "muitos do mesmo remetente; retido",
    "unsubscribed": "pediu para não receber avisos",
}


@app.command("list")
def list_(
    status: Annotated[
        MailStatus | None, typer.Option("--status", "-s", help="Só os deste estado.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Quantos mostrar.")] = 50,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista os e-mails recebidos, do mais novo ao mais antigo, sem o conteúdo."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> Sequence[InboundMail]:
        async with database.begin() as session:
            return await list_mail(session, SYSTEM, status, limit)

    found = on_database(settings, work)
    if as_json:
        print_json({"mail": [MailReply.of(mail).model_dump(mode="json") for mail in found]})
        return
    if not found:
        out().print("Nenhum e-mail recebido.")
        return
    zone = ZoneInfo(settings.timezone)
    shown = table("ID", "Chegou em", "Estado", "Por quê", whole=1)
    for mail in found:
        reason = mail.reason or ""
        words = REASONS.get(reason) or (AppError(reason).text if reason else "")
        shown.add_row(str(mail.id), moment(mail.received_at, zone), STATUS[mail.status], words)
    out().print(shown)


@app.command("collect")
def collect(data_dir: DataDir = None) -> None:
    """Lê a caixa de entrada agora, sem esperar o trabalhador."""
    settings = settings_for(data_dir)
    if settings.imap_host is None:
        raise AppError("settings_invalid", setting="COGEP_IMAP_HOST", reason="falta o servidor")

    async def work(database: Database) -> int:
        return await collect_mail(database, settings)

    kept = on_database(settings, work)
    out().print(f"E-mails novos: {kept}. Um trabalhador os lê em instantes.")


@app.command("retry")
def retry(
    mail_id: Annotated[UUID, typer.Argument(metavar="ID", help="Identificador do e-mail.")],
    data_dir: DataDir = None,
) -> None:
    """Lê de novo um e-mail ignorado ou que falhou."""

    async def work(database: Database) -> None:
        async with database.begin() as session:
            await process_again(session, SYSTEM, mail_id)

    on_database(settings_for(data_dir), work)
    out().print("O e-mail está de novo na fila.")


@app.command("hook-secret")
def show_hook_secret(data_dir: DataDir = None) -> None:
    """Mostra o segredo com que o servidor de e-mail assina o que entrega por HTTP."""
    secret_key.load(settings_for(data_dir))
    sys.stdout.write(f"{hook_secret()}\n")
