"""``cogep lgpd ropa`` and its versions, and the notice made of it."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.written_file import write_bytes
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import RopaVersion
from cogep_assist.core.principal import SYSTEM
from cogep_assist.lgpd_service.legal import privacy_notice
from cogep_assist.lgpd_service.record import ropa
from cogep_assist.lgpd_service.record.ropa_files import ropa_csv, ropa_pdf

app = typer.Typer(
    help="Mostra, guarda e exporta o registro das operações de tratamento (art. 37).",
    invoke_without_command=True,
)
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="ARQUIVO", help="Grava neste arquivo.")
]
Number = Annotated[int, typer.Argument(metavar="VERSÃO", min=1, help="Número da versão.")]


@app.callback()
def ropa_(
    context: typer.Context,
    format_: Annotated[
        Literal["table", "json", "csv", "pdf"],
        typer.Option("--format", "-f", help="Forma: table, json, csv ou pdf."),
    ] = "table",
    simplified: Annotated[
        bool, typer.Option("--simplified", help="Modelo de agentes de pequeno porte (só PDF).")
    ] = False,
    output: Output = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Mostra, guarda e exporta o registro das operações de tratamento (art. 37)."""
    if context.invoked_subcommand is not None:
        return

    async def work(database: Database) -> dict[str, Any]:
        async with database.begin() as session:
            return await ropa.compose_ropa(session, SYSTEM)

    record = on_database(settings_for(data_dir), work)
    form = "json" if json_ else format_
    if form == "table":
        _show(record)
    elif form == "json" and output is None:
        print_json(record)
    else:
        write_out(output, _content(record, form, simplified=simplified))


@app.command("publish")
def publish(
    note: Annotated[str, typer.Option("--note", metavar="TEXTO", help="Por que se guarda.")] = "",
    notice: Annotated[
        bool, typer.Option("--notice", help="Publica também o aviso de privacidade.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Guarda o registro como versão, se algo mudou desde a última."""

    async def work(database: Database) -> tuple[RopaVersion, bool, int | None]:
        async with database.begin() as session:
            version, new = await ropa.publish_version(session, SYSTEM, note)
            made = (await privacy_notice.publish_notice(session, SYSTEM))[0] if notice else None
            return version, new, made.number if made else None

    version, new, number = on_database(settings_for(data_dir), work)
    said = "guardada" if new else "já era a atual; nada mudou"
    out().print(f"Versão {version.number} {said}: sha256 {version.sha256.hex()}", markup=False)
    if number is not None:
        out().print(f"Aviso de privacidade publicado: versão {number}.", markup=False)


@app.command("changes")
def changes(number: Number, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Diz o que mudou no registro desde uma versão."""

    async def work(database: Database) -> list[dict[str, Any]]:
        async with database.begin() as session:
            before = await ropa.find_version(session, SYSTEM, number)
            return ropa.differences(before.content, await ropa.record_now(session))

    found = on_database(settings_for(data_dir), work)
    if as_json:
        print_json({"changes": found})
        return
    shown = table("Onde", "O quê", "Mudança", "Antes", "Agora")
    for change in found:
        before, after = (one_line(str(change[side] or ""), 60) for side in ("before", "after"))
        shown.add_row(change["part"], change["key"], change["change"], before, after)
    out().print(shown if found else "Nada mudou.")


def write_out(output: Path | None, content: bytes) -> None:
    """Write a file, or to standard output where it is piped somewhere."""
    if output is not None:
        write_bytes(output, content)
        out().print(f"Gravado: {output}", markup=False)
        return
    stream = typer.get_binary_stream("stdout")
    if stream.isatty() and content.startswith(b"%PDF"):
        raise AppError("output_needed")
    stream.write(content)


def _content(record: dict[str, Any], format_: str, *, simplified: bool) -> bytes:
    if format_ == "pdf":
        return ropa_pdf(record, simplified=simplified)
    if format_ == "csv":
        return ropa_csv(record).encode()
    import json  # noqa: PLC0415 - only this branch

    return json.dumps(record, ensure_ascii=False, indent=2).encode() + b"\n"


def _show(record: dict[str, Any]) -> None:
    shown = table("Atividade", "Base legal", "Confirmada", "Colunas", "Conservação")
    for activity in record["activities"]:
        shown.add_row(
            activity["title"],
            activity["legal_basis_text"],
            "sim" if activity["confirmed"] else "não",
            str(len(activity["columns"])),
            one_line(activity["retention"], 80),
        )
    out().print(shown)
    counts = record["schema"]
    out().print(
        f"{counts['personal_columns']} colunas pessoais de {counts['columns']}; "
        f"{counts['unlabelled_columns']} sem rótulo.",
        markup=False,
    )
