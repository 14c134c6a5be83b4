"""``cogep audit``: whether the record of acts is as it was written, and the proof of its end."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from cogep_assist.cli.audit_findings import tell_report
from cogep_assist.cli.console import out, print_json
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.audit_checkpoints import (
    kept_checkpoints,
    read_checkpoint,
    write_checkpoint,
)
from cogep_assist.core.audit_report import VerifyReport
from cogep_assist.core.audit_verify import verify_audit
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
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


def _kept(settings: Settings, given: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {**kept_checkpoints(settings.data_dir), **given}
