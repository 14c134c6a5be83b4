"""``cogep import``: customers and tickets from other systems, tried out, resumed, taken back."""

import dataclasses
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli.console import out, print_json
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.import_documents import (
    DocumentsDone,
    WantedDocuments,
    import_documents,
)
from cogep_assist.cli.import_exports import Done, Wanted, import_export
from cogep_assist.cli.import_report import (
    batch_json,
    documents_json,
    done_json,
    print_batches,
    print_documents,
    print_done,
    print_taken_back,
)
from cogep_assist.cli.job_lookup import id_range, only_one
from cogep_assist.cli.options import AsJson, DataDir, ReadmitReason
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.models import ImportBatch, PastSystem, RecordOutcome
from cogep_assist.crm_service.importers.batches import list_batches
from cogep_assist.crm_service.importers.rollback import TakenBack
from cogep_assist.crm_service.importers.rollback_documents import roll_back_any
from cogep_assist.ingestion_service.document_batches import take_back

app = typer.Typer(
    help="Traz clientes e chamados de outros sistemas, com prévia e volta.", no_args_is_help=True
)

Export = Annotated[
    Path, typer.Argument(metavar="CAMINHO", help="Arquivo ou pasta com a exportação.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Só mostra o que faria, e não grava nada.")]
MapFile = Annotated[
    Path | None,
    typer.Option(
        "--map",
        metavar="ARQUIVO",
        help="Mapeamento em JSON; com --dry-run, grava o modelo se não existir.",
    ),
]
Origin = Annotated[
    str | None,
    typer.Option(
        "--origin", metavar="NOME", help="Nome da instalação de origem, se houver mais de uma."
    ),
]
Resume = Annotated[
    str | None,
    typer.Option("--resume", metavar="ID", help="Continua o lote que foi interrompido."),
]
Collection = Annotated[
    str | None, typer.Option("--collection", "-c", metavar="NOME", help="Coleção de destino.")
]
BatchId = Annotated[
    str, typer.Argument(metavar="ID", help="Identificador do lote, ou o começo dele.")
]


# Each is a command; what it reads stands in its help.
_EXPORTS = {
    PastSystem.ZAMMAD: "do Zammad: o JSON da API REST (tickets, ticket_articles, users…).",
    PastSystem.GLPI: "do GLPI: cópia do banco em SQL, JSON da API REST ou a lista em CSV.",
    PastSystem.CHATWOOT: "do Chatwoot: contatos em CSV e conversas e mensagens em JSON.",
    PastSystem.OSTICKET: "do osTicket: cópia do banco em SQL ou a lista de chamados em CSV.",
    PastSystem.MAIL: (
        "um arquivo de e-mail: mbox, Maildir ou pasta de .eml; cada conversa, um chamado."
    ),
}


def _import_command(system: PastSystem, what: str) -> None:
    @app.command(system.value, help=f"Importa {what}")
    def command(
        path: Export,
        dry_run: DryRun = False,
        map_file: MapFile = None,
        origin: Origin = None,
        resume: Resume = None,
        readmit_reason: ReadmitReason = None,
        json_: AsJson = False,
        data_dir: DataDir = None,
    ) -> None:
        how = How(dry_run, map_file, origin, resume, readmit_reason, json_)
        _import(system, path, how, data_dir)


for _system, _what in _EXPORTS.items():
    _import_command(_system, _what)


@app.command()
def folder(
    path: Annotated[str, typer.Argument(metavar="PASTA", help="Pasta com documentos.")],
    collection: Collection = None,
    dry_run: DryRun = False,
    resume: Resume = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Traz os documentos de uma pasta para a base, em um lote que se pode desfazer."""
    _documents(PastSystem.FOLDER, path, collection, dry_run, resume, json_, data_dir)


@app.command()
def sitemap(
    url: Annotated[str, typer.Argument(metavar="ENDEREÇO", help="Endereço do sitemap.")],
    collection: Collection = None,
    dry_run: DryRun = False,
    resume: Resume = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Traz as páginas de um sitemap para a base, em um lote que se pode desfazer."""
    _documents(PastSystem.SITEMAP, url, collection, dry_run, resume, json_, data_dir)


@app.command("list")
def list_(
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=200, metavar="N", help="Quantos, no máximo.")
    ] = 20,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista os lotes, do mais novo ao mais antigo."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[ImportBatch]:
        async with database.begin() as session:
            return list(await list_batches(session, SYSTEM, limit=limit))

    batches = on_database(settings, work)
    if json_:
        print_json({"items": [batch_json(batch) for batch in batches]})
    elif not batches:
        out().print("Nenhum lote. Comece com “cogep import SISTEMA CAMINHO --dry-run”.")
    else:
        print_batches(batches, ZoneInfo(settings.timezone))


@app.command()
def rollback(
    batch_id: BatchId,
    keep_edited: Annotated[
        bool,
        typer.Option("--keep-edited", help="Deixa o que alguém mudou depois e desfaz o resto."),
    ] = False,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Desfaz um lote; se alguém mexeu em algo dele depois, diz em quê e não desfaz nada."""

    async def work(database: Database) -> TakenBack:
        async with database.begin() as session:
            found = await _resolve(session, batch_id)
            return await roll_back_any(session, SYSTEM, found, take_back, keep_edited=keep_edited)

    taken = on_database(settings_for(data_dir), work)
    if json_:
        print_json(dataclasses.asdict(taken))
    else:
        print_taken_back(taken)


@dataclasses.dataclass(frozen=True, slots=True)
class How:
    """How an export is to be imported, as the command line says it."""

    dry_run: bool
    map_file: Path | None
    origin: str | None
    resume: str | None
    readmit_reason: str | None
    json: bool


def _import(system: PastSystem, path: Path, how: How, data_dir: Path | None) -> None:
    settings = settings_for(data_dir)

    async def work(database: Database) -> Done:
        going_on = None
        if how.resume is not None:
            async with database.begin() as session:
                going_on = await _resolve(session, how.resume)
        wanted = Wanted(
            system,
            path,
            how.origin,
            how.map_file,
            how.dry_run,
            going_on,
            how.json,
            how.readmit_reason,
        )
        return await import_export(settings, database, wanted)

    done = on_database(settings, work)
    if how.json:
        print_json(done_json(done))
    else:
        print_done(done)
    refused = any(one.outcome == RecordOutcome.REFUSED.value for one in done.report.told)
    if refused or done.broken or done.report.unmapped:
        raise typer.Exit(1)


def _documents(
    system: PastSystem,
    target: str,
    collection: str | None,
    dry_run: bool,
    resume: str | None,
    json_: bool,
    data_dir: Path | None,
) -> None:
    settings = settings_for(data_dir)

    async def work(database: Database) -> DocumentsDone:
        going_on = None
        if resume is not None:
            async with database.begin() as session:
                going_on = await _resolve(session, resume)
        wanted = WantedDocuments(system, target, collection, dry_run, going_on, json_)
        return await import_documents(settings, database, wanted)

    done = on_database(settings, work)
    if json_:
        print_json(documents_json(done))
    else:
        print_documents(done)
    if done.refused:
        raise typer.Exit(1)


async def _resolve(session: AsyncSession, text: str) -> UUID:
    low, high = id_range(text)
    found = await session.scalars(
        sa.select(ImportBatch.id).where(ImportBatch.id.between(low, high)).limit(2)
    )
    return only_one(text, list(found), "import_not_found")
