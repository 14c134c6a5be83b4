"""``cogep sources``: what is followed, what each visit found, and what waits for a word."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli.console import err, out, print_json
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.job_lookup import id_range, only_one
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.source_report import (
    KINDS,
    print_preview,
    print_source,
    print_sources,
)
from cogep_assist.cli.waiting import has_worker
from cogep_assist.core.access import SYSTEM, visible_collections
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import FollowedKind, FollowedSource
from cogep_assist.core.notify_bell import NotifyBell
from cogep_assist.core.principal import Principal
from cogep_assist.ingestion_service.source_preview import preview_source
from cogep_assist.ingestion_service.source_retirement import settle_source
from cogep_assist.ingestion_service.source_schemas import (
    PreviewReply,
    SourceBody,
    SourceDetail,
    SourceReply,
)
from cogep_assist.ingestion_service.sources import (
    check_target,
    confirm_retirement,
    create_source,
    describe_source,
    list_sources,
    pause_source,
    remove_source,
    request_visit,
    resume_source,
)
from cogep_assist.worker_service.process import drain_once

app = typer.Typer(help="Segue endereços, pastas e sitemaps em horários.", no_args_is_help=True)

SourceId = Annotated[
    str, typer.Argument(metavar="ID", help="Identificador da fonte, ou o começo dele.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Só mostra o que uma visita faria, e não muda nada.")
]
Change = Callable[[AsyncSession, Principal, UUID], Awaitable[SourceReply]]


@app.command()
def add(
    target: Annotated[str, typer.Argument(metavar="ALVO", help="Endereço http(s) ou pasta.")],
    schedule: Annotated[
        str,
        typer.Option(
            "--schedule",
            "-s",
            metavar="QUANDO",
            help="“a cada 6 horas”, “toda segunda às 8h”, cron.",
        ),
    ] = "todo dia às 03:00",
    kind: Annotated[
        FollowedKind | None,
        typer.Option("--kind", help="Tipo; sem ele, o cogep o tira do alvo."),
    ] = None,
    collection: Annotated[
        str | None, typer.Option("--collection", "-c", metavar="NOME", help="Coleção de destino.")
    ] = None,
    misses: Annotated[
        int,
        typer.Option("--misses", min=1, max=100, metavar="N", help="Faltas seguidas até retirar."),
    ] = 3,
    dry_run: DryRun = False,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Passa a seguir um endereço, uma pasta ou um sitemap; a primeira visita é já."""
    settings = settings_for(data_dir)
    chosen = kind or _kind_of(target)
    if dry_run:
        _preview(settings, chosen, target, json_=json_)
        return
    body = SourceBody(
        kind=chosen, target=target, schedule=schedule, collection=collection, misses_allowed=misses
    )

    async def work(database: Database) -> tuple[SourceReply, bool]:
        async with database.begin() as session:
            made = await create_source(session, SYSTEM, body, settings)
        return made, await _ring(database)

    made, works = on_database(settings, work)
    if json_:
        print_json(made.model_dump(mode="json"))
        return
    out().print(
        f"Fonte {made.id}: {KINDS[made.kind]}, {made.schedule}, na coleção {made.collection}.",
        markup=False,
    )
    _tell_when(works=works)


@app.command("list")
def list_(json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista as fontes, com a próxima visita e o que a última encontrou."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[SourceReply]:
        found: list[SourceReply] = []
        before: UUID | None = None
        while True:
            async with database.begin() as session:
                page, before = await list_sources(session, SYSTEM, limit=200, before=before)
            found += page
            if before is None:
                return found

    found = on_database(settings, work)
    if json_:
        print_json({"items": [source.model_dump(mode="json") for source in found]})
    elif not found:
        out().print("Nenhuma fonte. Siga uma com “cogep sources add ALVO”.")
    else:
        print_sources(found, ZoneInfo(settings.timezone))


@app.command()
def show(source_id: SourceId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra uma fonte e os documentos dela que sumiram, falharam ou foram retirados."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> SourceDetail:
        async with database.begin() as session:
            found = await _resolve(session, source_id)
            return await describe_source(session, SYSTEM, found)

    detail = on_database(settings, work)
    if json_:
        print_json(detail.model_dump(mode="json"))
    else:
        print_source(detail, ZoneInfo(settings.timezone))


@app.command()
def run(
    source_id: SourceId,
    dry_run: DryRun = False,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Visita uma fonte agora, sem esperar a hora; sem trabalhador, a visita é feita aqui."""
    settings = settings_for(data_dir)

    async def look(database: Database) -> SourceDetail:
        async with database.begin() as session:
            return await describe_source(session, SYSTEM, await _resolve(session, source_id))

    if dry_run:
        source = on_database(settings, look)
        _preview(settings, source.kind, source.target, source.id, json_=json_)
        return
    _changed(settings, source_id, request_visit, json_=json_, said="Visita pedida.", visit=True)


@app.command()
def pause(source_id: SourceId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Põe uma fonte em pausa; os documentos dela ficam."""
    _changed(settings_for(data_dir), source_id, pause_source, json_=json_, said="Fonte em pausa.")


@app.command()
def resume(source_id: SourceId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Retoma uma fonte em pausa."""
    _changed(settings_for(data_dir), source_id, resume_source, json_=json_, said="Fonte retomada.")


@app.command()
def confirm(source_id: SourceId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Confirma que os documentos que sumiram de uma fonte podem sair da base."""
    said = "Confirmado: saem os que a visita de agora continuar sem encontrar."
    settings = settings_for(data_dir)
    _changed(settings, source_id, confirm_retirement, json_=json_, said=said, visit=True)


@app.command()
def remove(source_id: SourceId, data_dir: DataDir = None) -> None:
    """Deixa de seguir uma fonte; os documentos dela ficam na base."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> None:
        async with database.begin() as session:
            await remove_source(session, SYSTEM, await _resolve(session, source_id))

    on_database(settings, work)
    out().print("A fonte não é mais seguida; os documentos dela continuam na base.")


def _changed(
    settings: Settings,
    source_id: str,
    change: Change,
    *,
    json_: bool,
    said: str,
    visit: bool = False,
) -> None:
    async def work(database: Database) -> tuple[SourceReply, bool]:
        async with database.begin() as session:
            reply = await change(session, SYSTEM, await _resolve(session, source_id))
        if not visit:
            return reply, True
        works = await _ring(database)
        if not works:
            # Nobody else is there to do it: the visit first, then what it submitted.
            while await drain_once(settings, database):
                continue
            async with database.begin() as session:
                await settle_source(session, reply.id)
        return reply, works

    reply, works = on_database(settings, work)
    if json_:
        print_json(reply.model_dump(mode="json"))
        return
    out().print(said if works else "Visita feita por este comando.", markup=False)


def _preview(
    settings: Settings,
    kind: FollowedKind,
    target: str,
    source_id: UUID | None = None,
    *,
    json_: bool,
) -> None:
    checked = check_target(kind, target, settings)

    async def work(database: Database) -> PreviewReply:
        return await preview_source(settings, database, SYSTEM, kind, checked, source_id)

    preview = on_database(settings, work)
    if json_:
        print_json(preview.model_dump(mode="json"))
    else:
        print_preview(preview)


def _kind_of(target: str) -> FollowedKind:
    text = target.strip().lower()
    if not text.startswith(("http://", "https://")):
        return FollowedKind.FOLDER
    last = text.partition("?")[0].rpartition("/")[2]
    return FollowedKind.SITEMAP if "sitemap" in last else FollowedKind.URL


async def _ring(database: Database) -> bool:
    """Wake the workers; tell whether there are any."""
    bell = NotifyBell(database)
    try:
        await bell.ring()
    finally:
        await bell.close()
    return await has_worker(database)


def _tell_when(*, works: bool) -> None:
    if works:
        err().print("A primeira visita começa já; acompanhe com “cogep sources list”.", style="dim")
    else:
        err().print("Nenhum trabalhador em execução: as visitas começam com “cogep up”.")


async def _resolve(session: AsyncSession, text: str) -> UUID:
    low, high = id_range(text)
    statement = (
        sa.select(FollowedSource.id)
        .where(
            FollowedSource.collection_id.in_(visible_collections(SYSTEM)),
            FollowedSource.id.between(low, high),
        )
        .limit(2)
    )
    return only_one(text, list(await session.scalars(statement)), "source_not_found")
