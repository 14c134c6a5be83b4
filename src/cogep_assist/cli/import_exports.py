"""What ``cogep import SYSTEM PATH`` does: read an export, survey it, try it out or write it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from cogep_assist.cli.job_progress import bar
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import PastSystem
from cogep_assist.crm_service.customers.customer_duplicates import suggest_due
from cogep_assist.crm_service.importers.batches import (
    begin_batch,
    find_batch,
    readmits_erased,
    run_batch,
)
from cogep_assist.crm_service.importers.chatwoot import ChatwootExport
from cogep_assist.crm_service.importers.glpi import GlpiExport
from cogep_assist.crm_service.importers.mail_archive import read_archive
from cogep_assist.crm_service.importers.mapping import WordMap, as_json, mapping_of, read_mapping
from cogep_assist.crm_service.importers.osticket import OsTicketExport
from cogep_assist.crm_service.importers.records import BrokenRecord, Export
from cogep_assist.crm_service.importers.report import Report
from cogep_assist.crm_service.importers.slices import Run
from cogep_assist.crm_service.importers.zammad import ZammadExport
from cogep_assist.lgpd_service.erasure.erased_values import without_erased
from cogep_assist.pipeline.parse.child import close_parser_pool, parser_pool
from cogep_assist.pipeline.parse.limits import ParseLimits

MAX_ORIGIN_CHARS = 60
READERS: dict[PastSystem, Callable[[Path, ZoneInfo], Export]] = {
    PastSystem.ZAMMAD: ZammadExport,
    PastSystem.GLPI: GlpiExport,
    PastSystem.CHATWOOT: ChatwootExport,
    PastSystem.OSTICKET: OsTicketExport,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line."""

    system: PastSystem
    path: Path
    origin: str | None
    map_file: Path | None
    dry_run: bool
    resume: UUID | None
    quiet: bool
    readmit_reason: str | None = None


@dataclass(slots=True)
class Done:
    """What came of it. ``template``: where the mapping's template was written."""

    wanted: Wanted
    origin: str
    batch_id: UUID | None
    mapping: WordMap
    report: Report
    broken: list[BrokenRecord]
    template: Path | None = None


async def import_export(settings: Settings, database: Database, wanted: Wanted) -> Done:
    """Import an export, or try that out. Raises AppError("import_...")."""
    origin, mapping = await _terms(database, wanted)
    try:
        export = await _read(settings, wanted, mapping)
        try:
            return await _import(settings, database, wanted, origin, mapping, export)
        finally:
            export.close()
    finally:
        close_parser_pool()


async def _terms(database: Database, wanted: Wanted) -> tuple[str, WordMap]:
    """Return the origin and the mapping: of the batch that goes on, or as they are asked for."""
    file = wanted.map_file
    if file is not None and (file.exists() or not wanted.dry_run):
        mapping = read_mapping(file, wanted.system)
    else:
        mapping = WordMap()
    if wanted.resume is None:
        origin = " ".join((wanted.origin or "").split())[:MAX_ORIGIN_CHARS]
        return origin or wanted.system.value, mapping
    async with database.begin() as session:
        batch = await find_batch(session, SYSTEM, wanted.resume)
        if batch.system is not wanted.system:
            raise AppError("import_other_system", system=batch.system.value)
        kept = mapping_of(batch.mapping, wanted.system)
        return batch.origin, mapping if file is not None else kept


async def _read(settings: Settings, wanted: Wanted, mapping: WordMap) -> Export:
    reader = READERS.get(wanted.system)
    if reader is not None:
        return reader(wanted.path, ZoneInfo(settings.timezone))
    with bar("Leitura", 0, quiet=wanted.quiet) as move:
        parsers, own = parser_pool(1), set(mapping.own_addresses)
        return await read_archive(wanted.path, own, settings, parsers, ParseLimits(), move)


async def _import(
    settings: Settings,
    database: Database,
    wanted: Wanted,
    origin: str,
    mapping: WordMap,
    export: Export,
) -> Done:
    report = Report()
    report.survey.count(export.people(), export.tickets())
    report.unmapped = report.survey.unmapped(mapping)
    done = Done(wanted, origin, wanted.resume, mapping, report, export.broken)
    if wanted.dry_run:
        done.template = _write_template(wanted, report, mapping)
    elif wanted.resume is None and not report.unmapped:
        async with database.begin() as session:
            source = wanted.path.name
            made = await begin_batch(
                session, SYSTEM, wanted.system, origin, source, as_json(mapping)
            )
            done.batch_id = made.id
    readmits = await _readmits(database, wanted, done.batch_id)
    batch_id = None if wanted.dry_run else done.batch_id or UUID(int=0)
    total = report.survey.people + report.survey.tickets
    with bar("Importação", total, quiet=wanted.quiet) as move:
        run = Run(
            database, SYSTEM, settings, parser_pool(1), ParseLimits(), export, mapping, origin,
            batch_id, report, move, readmits, partial(without_erased, data_dir=settings.data_dir),
        )  # fmt: skip
        await run_batch(run)
    if batch_id is not None:
        await suggest_due(database)
    return done


async def _readmits(database: Database, wanted: Wanted, batch_id: UUID | None) -> bool:
    """Tell whether who was erased before comes in: as is asked now, or as the batch began."""
    async with database.begin() as session:
        return await readmits_erased(
            session, SYSTEM, None if wanted.dry_run else batch_id, wanted.readmit_reason
        )


def _write_template(wanted: Wanted, report: Report, mapping: WordMap) -> Path | None:
    """Write what an export holds and what it is called here; never over a file that is there."""
    file = wanted.map_file
    if file is None or file.exists():
        return None
    made = report.survey.template(wanted.system, mapping)
    with file.open("x", encoding="utf-8") as opened:
        opened.write(json.dumps(made, ensure_ascii=False, indent=2) + "\n")
    return file
