"""``cogep customer import|rollback|export``: customers by the file."""

import sys
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
import typer
from rich.text import Text

from cogep_assist.cli.console import err, one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.job_lookup import id_range, only_one
from cogep_assist.cli.job_progress import bar
from cogep_assist.cli.options import AsJson, DataDir, ReadmitReason
from cogep_assist.cli.written_file import writing_bytes
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    CustomerImport,
    CustomerImportLine,
    ImportOutcome,
    OnDuplicate,
)
from cogep_assist.crm_service.customers.customer_duplicates import suggest_due
from cogep_assist.crm_service.customers.customer_export import (
    ExportOptions,
    export_customers,
    note_export,
)
from cogep_assist.crm_service.customers.customer_import import (
    ImportOptions,
    find_import,
    list_lines,
    run_import,
    start_import,
)
from cogep_assist.crm_service.customers.customer_import_file import MAX_BYTES
from cogep_assist.crm_service.customers.customer_import_rollback import roll_back_import
from cogep_assist.crm_service.customers.customer_labels import FIELDS, IMPORT_OUTCOME, problem_words

SHOWN_PROBLEMS = 50


def import_(
    path: Annotated[Path, typer.Argument(metavar="ARQUIVO", help="CSV com cabeçalho.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Só mostra o que faria, e não grava nada.")
    ] = False,
    on_duplicate: Annotated[
        OnDuplicate,
        typer.Option(
            "--on-duplicate", help="Quem já está: skip pula, update atualiza, create recusa."
        ),
    ] = OnDuplicate.SKIP,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="COLUNA=CAMPO", help="Mapeia uma coluna; sem nenhum, pelo nome."
        ),
    ] = None,
    readmit_reason: ReadmitReason = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Importa clientes de um CSV; o estado sai com 1 se alguma linha for recusada."""
    data, settings = _read(path), settings_for(data_dir)
    options = ImportOptions(
        path.name, _mapping(column), on_duplicate, dry_run, readmit_reason=readmit_reason
    )

    async def work(database: Database) -> tuple[CustomerImport, list[CustomerImportLine]]:
        async with database.begin() as session:
            made = await start_import(session, SYSTEM, data, options)
        with bar("Importação", made.lines_total, quiet=json_) as move:
            done = 0

            def tell(now: int, _total: int) -> None:
                nonlocal done
                move(now - done)
                done = now

            await run_import(database, settings, SYSTEM, made.id, tell)
        await suggest_due(database)
        async with database.begin() as session:
            told, _ = await list_lines(
                session, SYSTEM, made.id, outcome=None, limit=SHOWN_PROBLEMS, after=None, told=True
            )
            return await find_import(session, SYSTEM, made.id), list(told)

    done, told = on_database(settings, work)
    if json_:
        print_json(_as_json(done, told))
    else:
        _report(done, told)
    if done.counts.get(ImportOutcome.REFUSED.value):
        raise typer.Exit(1)


def rollback(
    import_id: Annotated[
        str, typer.Argument(metavar="ID", help="Identificador da importação, ou o começo dele.")
    ],
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Desfaz uma importação inteira; se alguém mexeu nos cadastros depois, não desfaz nada."""

    async def work(database: Database) -> CustomerImport:
        async with database.begin() as session:
            low, high = id_range(import_id)
            found = await session.scalars(
                sa.select(CustomerImport.id).where(CustomerImport.id.between(low, high)).limit(2)
            )
            chosen: UUID = only_one(import_id, list(found), "import_not_found")
            return await roll_back_import(session, SYSTEM, chosen)

    undone = on_database(settings_for(data_dir), work)
    if json_:
        print_json(_as_json(undone, []))
    else:
        out().print("Importação desfeita.")


def export(
    path: Annotated[
        Path | None,
        typer.Argument(metavar="ARQUIVO", help="Onde gravar; sem ele, na saída padrão."),
    ] = None,
    form: Annotated[
        Literal["csv", "json"], typer.Option("--format", help="csv, ou json: um por linha.")
    ] = "csv",
    whole_cpf: Annotated[
        bool, typer.Option("--whole-cpf", help="Escreve o CPF por inteiro; fica registrado.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Exporta os clientes."""
    options = ExportOptions(form, whole_cpf=whole_cpf)

    async def work(database: Database) -> None:
        async with database.begin() as session:
            await note_export(session, SYSTEM, options)
        if path is None:
            async for piece in export_customers(database, SYSTEM, options):
                sys.stdout.buffer.write(piece)
            return
        with writing_bytes(path) as file:
            async for piece in export_customers(database, SYSTEM, options):
                file.write(piece)

    on_database(settings_for(data_dir), work)
    if path is not None:
        err().print(f"Clientes exportados para {path}.", markup=False)


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise AppError("import_file_unreadable", reason="o arquivo não existe")
    if path.stat().st_size > MAX_BYTES:
        raise AppError("import_file_too_large", limit_mib=MAX_BYTES // 2**20)
    return path.read_bytes()


def _mapping(columns: list[str] | None) -> dict[str, str] | None:
    if not columns:
        return None
    pairs = [text.rpartition("=") for text in columns]
    if not all(name and field for name, _, field in pairs):
        raise AppError("import_mapping_invalid", reason="use --column COLUNA=CAMPO")
    return {name: field for name, _, field in pairs}


def _as_json(row: CustomerImport, told: list[CustomerImportLine]) -> dict[str, object]:
    refused = [line for line in told if line.outcome is ImportOutcome.REFUSED]
    noted = [line for line in told if line.outcome is not ImportOutcome.REFUSED]
    return {
        "id": str(row.id),
        "status": row.status.value,
        "dry_run": row.is_dry_run,
        "encoding": row.encoding,
        "delimiter": row.delimiter,
        "mapping": row.mapping,
        "lines": row.lines_total,
        "counts": row.counts,
        "refused": [{"line": line.line, "problems": line.problems} for line in refused],
        "noted": [{"line": line.line, "problems": line.problems} for line in noted],
    }


def _report(row: CustomerImport, told: list[CustomerImportLine]) -> None:
    mapped = ", ".join(f"{c} → {FIELDS.get(f, f)}" for c, f in row.mapping.items())
    out().print(Text(one_line(f"Colunas: {mapped}", 600)))
    counts = ", ".join(
        f"{IMPORT_OUTCOME[outcome]} {row.counts[outcome.value]}"
        for outcome in ImportOutcome
        if row.counts.get(outcome.value)
    )
    did = "Prévia (nada foi gravado)" if row.is_dry_run else "Importação concluída"
    out().print(f"{did}: {row.lines_total} linha(s): {counts}.", markup=False)
    if told:
        shown = table("Linha", "Campo", "Motivo")
        for line in told:
            for problem in line.problems:
                name = FIELDS.get(problem["field"], problem["field"])
                shown.add_row(str(line.line), name, problem_words(problem["code"]))
        out().print(shown)
    if not row.is_dry_run:
        out().print(f"Para desfazer: cogep customer rollback {row.id}", markup=False)
