"""``cogep ingest``: addresses, files and folders into the queue and, if waited for, the base."""

import asyncio
import hashlib
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from cogep_assist.cli.console import err, print_json
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.ingest_report import Refused, Report, as_json, print_report
from cogep_assist.cli.job_lookup import job_replies
from cogep_assist.cli.job_progress import job_progress
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.queue_room import QueueRoom
from cogep_assist.cli.targets import Target, find_targets
from cogep_assist.cli.waiting import has_worker, helper, wait_for_jobs
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.notify_bell import NotifyBell
from cogep_assist.ingestion_service.submission import (
    MAX_EXTERNAL_ID_CHARS,
    HeldContent,
    Options,
    Submission,
    check_collection_name,
    file_submission,
    url_submission,
)
from cogep_assist.ingestion_service.submissions import submit

app = typer.Typer(help="Envia endereços, arquivos e pastas para a base.")

BATCH_ITEMS = 200
BATCH_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Enqueued:
    target: Target
    job_id: UUID


@app.command()
def ingest(
    targets: Annotated[
        list[str],
        typer.Argument(metavar="ALVO...", help="Endereços http(s), arquivos ou pastas."),
    ],
    collection: Annotated[
        str | None,
        typer.Option("--collection", "-c", metavar="NOME", help="Coleção de destino."),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", "-w", help="Espera até que tudo esteja na base.")
    ] = False,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Envia documentos; com --wait, só volta quando todos estiverem na base.

    Pastas são lidas por inteiro; o que não pode ser lido aparece no fim. Enviar de novo um
    arquivo que mudou troca o texto dele na base. O estado sai com 1 se algo falhar.
    """
    name = check_collection_name(collection)
    settings = settings_for(data_dir)
    found = find_targets(targets)

    async def work(database: Database) -> Report:
        began = time.monotonic()
        async with helper(settings, database) as help_out:
            room = QueueRoom(database, settings.ingest_max_pending, help_out if wait else None)
            enqueued, refused = await _enqueue(settings, database, found.found, name, room)
        ids = [entry.job_id for entry in enqueued]
        alone = False
        if wait and ids:
            with job_progress(len(ids), quiet=json_) as tell:
                await wait_for_jobs(settings, database, ids, tell=tell)
        elif ids:
            alone = not await has_worker(database)
        rows = await job_replies(database, ids)
        return Report(
            jobs=[(entry.target.name, rows[entry.job_id]) for entry in enqueued],
            refused=refused,
            skipped=found.skipped,
            waited=wait,
            nobody_works=alone,
            seconds=time.monotonic() - began,
        )

    report = on_database(settings, work)
    if json_:
        print_json(as_json(report))
    else:
        print_report(report)
    if report.has_failures:
        raise typer.Exit(1)


async def _enqueue(
    settings: Settings,
    database: Database,
    targets: Sequence[Target],
    collection: str,
    room: QueueRoom,
) -> tuple[list[_Enqueued], list[Refused]]:
    bell = NotifyBell(database)
    enqueued: list[_Enqueued] = []
    refused: list[Refused] = []
    try:
        for batch in target_batches(targets, min(BATCH_ITEMS, settings.ingest_max_pending)):
            ready: list[tuple[Target, Submission]] = []
            for target in batch:
                try:
                    made = await asyncio.to_thread(target_submission, target, collection, settings)
                except (AppError, OSError) as error:
                    refused.append(Refused.of(target.name, error))
                else:
                    ready.append((target, made))
            try:
                await room.wait_for(len(ready))
            except AppError as error:
                refused += [Refused.of(target.name, error) for target, _ in ready]
                continue
            ids = await submit(
                database,
                SYSTEM,
                [made for _, made in ready],
                bell=bell,
                max_attempts=settings.job_max_attempts,
            )
            enqueued += [_Enqueued(target, i) for (target, _), i in zip(ready, ids, strict=True)]
            if len(targets) > BATCH_ITEMS:
                err().print(f"Enviados {len(enqueued)} de {len(targets)}.", style="dim")
    finally:
        await bell.close()
    return enqueued, refused


def target_batches(targets: Sequence[Target], most: int = BATCH_ITEMS) -> Iterator[list[Target]]:
    """Cut the targets so that no batch holds more items or bytes in memory than one of ours may."""
    batch: list[Target] = []
    size = 0
    for target in targets:
        weight = _size(target)
        if batch and (len(batch) >= most or size + weight > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(target)
        size += weight
    if batch:
        yield batch


def _size(target: Target) -> int:
    try:
        return target.path.stat().st_size if target.path else 0
    except OSError:
        return 0


def target_submission(target: Target, collection: str, settings: Settings) -> Submission:
    """Read a target into what is submitted. Raises AppError, OSError."""
    if target.url is not None:
        return url_submission(target.url, Options(collection=collection))
    assert target.path is not None
    size = target.path.stat().st_size
    if size > settings.ingest_max_file_bytes:
        # Not read first: the limit is there to keep such a file out of memory.
        limit = max(1, settings.ingest_max_file_bytes // (1024 * 1024))
        raise AppError("file_too_large", name=target.path.name, limit_mib=limit)
    options = Options(collection=collection, external_id=_file_key(target.path))
    content = HeldContent.of(target.path.read_bytes())
    return file_submission(target.path.name, None, content, options, settings)


def _file_key(path: Path) -> str:
    """Name a file by where it lies, so that sending it again replaces what it said before."""
    plain = unicodedata.normalize("NFC", path.as_posix())
    key = "file:" + plain.encode("utf-8", "backslashreplace").decode()
    if len(key) <= MAX_EXTERNAL_ID_CHARS:
        return key
    return "file:sha256:" + hashlib.sha256(key.encode()).hexdigest()
