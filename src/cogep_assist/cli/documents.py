"""``cogep documents``: what the base holds, what a document says, and its removal."""

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import typer
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli.console import one_line, out, print_json, safe, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.job_lookup import id_range, only_one
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, CollectionName, DataDir
from cogep_assist.core.access import SYSTEM, visible_collections
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Document
from cogep_assist.ingestion_service.document_hiding import hide_document
from cogep_assist.ingestion_service.document_queries import (
    find_document,
    list_documents,
    list_versions,
    version_text,
)
from cogep_assist.ingestion_service.document_removal import remove_document
from cogep_assist.ingestion_service.schemas import DocumentReply, VersionReply

app = typer.Typer(
    help="Lista, mostra e remove documentos; tira-os das respostas e os devolve.",
    no_args_is_help=True,
)

USE = {True: "fora", False: "em uso"}
DocumentId = Annotated[
    str, typer.Argument(metavar="ID", help="Identificador do documento, ou o começo dele.")
]


@app.command("list")
def list_(
    words: Annotated[
        str,
        typer.Argument(metavar="[PALAVRAS]", help="Só os que têm estas palavras no título."),
    ] = "",
    collection: CollectionName = None,
    hidden: Annotated[
        bool | None,
        typer.Option("--hidden/--used", help="Só os que estão fora das respostas, ou nelas."),
    ] = None,
    limit: Annotated[
        int,
        typer.Option("--limit", "-n", min=1, max=10_000, metavar="N", help="Quantos, no máximo."),
    ] = 50,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista os documentos, dos mais novos para os mais antigos."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> tuple[list[DocumentReply], UUID | None]:
        async with database.begin() as session:
            return await list_documents(
                session, SYSTEM, collection=collection, words=words, hidden=hidden, limit=limit
            )

    found, more = on_database(settings, work)
    if json_:
        items = [document.model_dump(mode="json") for document in found]
        print_json({"items": items, "more": more is not None})
        return
    if not found:
        narrowed = words or hidden is not None
        hint = (
            "Confira o que pediu." if narrowed else "Envie alguns com “cogep ingest ALVO --wait”."
        )
        out().print(f"Nenhum documento. {hint}")
        return
    zone = ZoneInfo(settings.timezone)
    shown = table(
        "Documento", "Título", "Coleção", "Versão", "Trechos", "Respostas", "Atualizado em", whole=1
    )
    for document in found:
        shown.add_row(
            str(document.id),
            Text(one_line(document.title, 70)),
            document.collection,
            str(document.version or "—"),
            str(document.chunks),
            USE[document.hidden],
            moment(document.updated_at, zone),
        )
    out().print(shown)
    if more is not None:
        out().print(f"Há mais; veja com --limit {limit * 2}.", style="dim")


@app.command()
def show(
    document_id: DocumentId,
    text: Annotated[
        bool, typer.Option("--text", "-t", help="Escreve o texto da versão, e nada mais.")
    ] = False,
    version: Annotated[
        int | None, typer.Option("--version", min=1, metavar="N", help="Versão (padrão: a atual).")
    ] = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Mostra um documento e suas versões, ou o texto de uma delas."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> tuple[DocumentReply, list[VersionReply], str | None]:
        async with database.begin() as session:
            found = await resolve_document(session, document_id)
            document = await find_document(session, SYSTEM, found)
            versions = await list_versions(session, SYSTEM, found)
            number = version or document.version
            if not text and version is None:
                return document, versions, None
            if number is None:
                raise AppError("version_not_found")
            content = await version_text(session, SYSTEM, found, number)
            return document, versions, content.text

    document, versions, content = on_database(settings, work)
    if json_:
        shown = document.model_dump(mode="json")
        shown["versions"] = [v.model_dump(mode="json") for v in versions]
        print_json(shown if content is None else {**shown, "text": content})
    elif content is not None:
        sys.stdout.write(safe(content) + "\n")
    else:
        _print_document(document, versions, ZoneInfo(settings.timezone))


@app.command()
def hide(document_id: DocumentId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Tira um documento das respostas, sem o remover: as citações dele continuam a abrir."""
    _switch(document_id, data_dir, hidden=True, as_json=json_)


@app.command()
def unhide(document_id: DocumentId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Devolve às respostas um documento que estava fora delas."""
    _switch(document_id, data_dir, hidden=False, as_json=json_)


@app.command()
def delete(
    document_id: DocumentId,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Não pede confirmação.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Remove um documento: a próxima resposta já não o usa, e as citações dele se apagam."""
    settings = settings_for(data_dir)

    async def look(database: Database) -> DocumentReply:
        async with database.begin() as session:
            return await find_document(
                session, SYSTEM, await resolve_document(session, document_id)
            )

    document = on_database(settings, look)
    title = one_line(document.title, 80)
    if not yes and not _confirmed(f"Remover “{title}”, sem volta? [s/N] "):
        out().print("Nada foi removido.")
        raise typer.Exit(1)

    async def remove(database: Database) -> None:
        async with database.begin() as session:
            await remove_document(session, SYSTEM, document.id)

    on_database(settings, remove)
    out().print(f"“{title}” foi removido.", markup=False)


def _switch(document_id: str, data_dir: Path | None, *, hidden: bool, as_json: bool) -> None:
    async def work(database: Database) -> tuple[DocumentReply, bool]:
        async with database.begin() as session:
            found = await resolve_document(session, document_id)
            changed = await hide_document(session, SYSTEM, found, hidden=hidden)
            return await find_document(session, SYSTEM, found), changed

    document, changed = on_database(settings_for(data_dir), work)
    if as_json:
        print_json(document.model_dump(mode="json"))
        return
    told = {
        (True, True): "saiu das respostas e continua na base.",
        (True, False): "já estava fora das respostas.",
        (False, True): "voltou às respostas.",
        (False, False): "já estava nas respostas.",
    }[hidden, changed]
    out().print(f"“{one_line(document.title, 80)}” {told}", markup=False)


async def resolve_document(session: AsyncSession, text: str) -> UUID:
    """Return the one document whose id begins like this, removed ones included.

    Raises AppError("id_invalid"|"document_not_found"|"id_ambiguous").
    """
    low, high = id_range(text)
    statement = (
        sa.select(Document.id)
        .where(
            Document.collection_id.in_(visible_collections(SYSTEM)),
            Document.id.between(low, high),
        )
        .limit(2)
    )
    return only_one(text, list(await session.scalars(statement)), "document_not_found")


def _confirmed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise AppError("confirmation_needed")
    return input(question).strip().lower() in {"s", "sim"}


def _print_document(document: DocumentReply, versions: list[VersionReply], zone: ZoneInfo) -> None:
    facts = table("", "")
    facts.show_header = False
    for name, value in {
        "Documento": str(document.id),
        "Título": one_line(document.title),
        "Coleção": document.collection,
        "Endereço": one_line(document.uri),
        "Tipo": document.media_type,
        "Trechos": str(document.chunks),
        "Respostas": USE[document.hidden],
        "Criado em": moment(document.created_at, zone),
    }.items():
        if value:
            facts.add_row(Text(name, style="bold"), Text(value))
    out().print(facts)
    out().print()
    shown = table("Versão", "De", "Até", "Páginas", "Caracteres")
    for version in versions:
        shown.add_row(
            f"{version.number}{' (atual)' if version.current else ''}",
            moment(version.created_at, zone),
            moment(version.retired_at, zone),
            str(version.page_count or ""),
            str(version.characters),
        )
    out().print(shown)
