"""``cogep audit``: whether the record of acts is as it was written, and the proof of its end."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from cogep_assist.cli.audit_findings import tell_report
from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.written_file import writing
from cogep_assist.core.audit_checkpoints import (
    kept_checkpoints,
    read_checkpoint,
    write_checkpoint,
)
from cogep_assist.core.audit_commit import COLUMNS
from cogep_assist.core.audit_report import VerifyReport
from cogep_assist.core.audit_verify import verify_audit
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import AuditEvent
from cogep_assist.core.principal import SYSTEM
from cogep_assist.lgpd_service.audit.audit_acts import ActFilter, list_acts
from cogep_assist.lgpd_service.audit.audit_export import export_chain, note_audit_export
from cogep_assist.worker_service.sealer import Sealer

app = typer.Typer(help="Confere o registro dos atos.", no_args_is_help=True)

Checkpoints = Annotated[
    list[Path] | None,
    typer.Option(
        "--checkpoint",
        metavar="ARQUIVO",
        help="Confere também este ponto de controle guardado fora daqui; pode repetir.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="ARQUIVO", help="Grava neste arquivo."),
]


@app.callback()
def _group() -> None:
    """Confere o registro dos atos."""


@app.command()
def verify(
    checkpoint: Checkpoints = None, as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Confere cada ato e a corrente inteira; sai com 1 se algo não está como foi escrito.

    Encontra atos alterados, apagados, incluídos ou trocados de ordem, e cortes até o último
    ponto de controle da pasta de dados ou dos arquivos dados em --checkpoint.
    """
    settings = settings_for(data_dir)
    given = {str(path): read_checkpoint(path) for path in checkpoint or ()}

    async def work(database: Database) -> VerifyReport:
        return await asyncio.to_thread(verify_audit, database.url, _kept(settings, given))

    report = on_database(settings, work)
    if as_json:
        print_json(report.as_json())
    else:
        tell_report(report)
    if not report.intact:
        raise typer.Exit(1)


@app.command("checkpoint")
def checkpoint_(output: Output = None, data_dir: DataDir = None) -> None:
    """Sela o que espera e escreve o ponto de controle assinado, para guardar em outro lugar."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> dict[str, Any]:
        return await Sealer(database, settings.data_dir).newest()

    document = on_database(settings, work)
    if output is None:
        print_json(document)
        return
    try:
        write_checkpoint(output.expanduser().absolute(), document)
    except OSError as error:
        raise AppError("file_not_written", path=str(output), reason=error.strerror) from None
    out().print(
        f"Ponto de controle {document['number']}, até o ato {document['position']}: {output}",
        markup=False,
    )


@app.command("list")
def list_(
    actor: Annotated[
        str | None, typer.Option("--actor", metavar="QUEM", help="user:ID ou pseudônimo de quem.")
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option("--subject", metavar="TITULAR", help="ID do cadastro ou pseudônimo."),
    ] = None,
    act: Annotated[str | None, typer.Option("--act", metavar="ATO", help="Só este ato.")] = None,
    object_type: Annotated[
        str | None, typer.Option("--object-type", metavar="TIPO", help="Só neste tipo de objeto.")
    ] = None,
    object_id: Annotated[
        str | None, typer.Option("--object", metavar="ID", help="Só neste objeto.")
    ] = None,
    since: Annotated[datetime | None, typer.Option("--since", help="Desde este momento.")] = None,
    until: Annotated[datetime | None, typer.Option("--until", help="Até este momento.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Quantos.")] = 50,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista os atos, do mais novo ao mais antigo."""
    settings = settings_for(data_dir)
    zone = ZoneInfo(settings.timezone)
    moments = [when.replace(tzinfo=zone) if when else None for when in (since, until)]
    wanted = ActFilter(actor, subject, act, object_type, object_id, *moments)

    async def work(database: Database) -> Sequence[AuditEvent]:
        async with database.begin() as session:
            return await list_acts(session, SYSTEM, wanted, limit=limit)

    found = on_database(settings, work)
    if as_json:
        print_json({"acts": [{name: getattr(event, name) for name in COLUMNS} for event in found]})
        return
    shown = table("Quando", "Quem", "Ato", "Objeto", "Detalhes", whole=1)
    for event in found:
        shown.add_row(
            moment(event.occurred_at, zone),
            f"{event.actor_kind} {event.actor[:8]}",
            event.act,
            one_line(f"{event.object_type} {event.object_id}"),
            one_line(json.dumps(event.details, ensure_ascii=False)),
        )
    out().print(shown if found else "Nenhum ato.")


@app.command()
def export(output: Output = None, data_dir: DataDir = None) -> None:
    """Escreve a corrente inteira em JSON Lines, que se confere só com a chave pública."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> None:
        async with database.begin() as session:
            await note_audit_export(session, SYSTEM)
        with writing(output) as file:
            async for lines in export_chain(database):
                file.write(lines)

    on_database(settings, work)


def _kept(settings: Settings, given: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {**kept_checkpoints(settings.data_dir), **given}
