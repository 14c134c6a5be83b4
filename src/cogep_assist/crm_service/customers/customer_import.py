"""Import customers from a CSV: try out, apply, go on after a stop, take back as a whole."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    CustomerImport,
    CustomerImportLine,
    ImportOutcome,
    ImportStatus,
    OnDuplicate,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_fields import living_fields
from cogep_assist.crm_service.customers.customer_import_file import (
    ImportFile,
    check_mapping,
    detect_mapping,
    read_import_file,
)
from cogep_assist.crm_service.customers.customer_import_lines import ImportedLines, import_lines
from cogep_assist.crm_service.erased_people import checked_reason, reason_details

IMPORT = "import_customers"
SLICE_LINES = 500
SLICE_ATTEMPTS = 3
NOW = sa.func.clock_timestamp()
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is to be read and what happens to those who are there already."""

    file_name: str = "clientes.csv"
    mapping: dict[str, str] | None = None
    on_duplicate: OnDuplicate = OnDuplicate.SKIP
    dry_run: bool = False
    # A trial whose columns a person has yet to name may begin without names.
    names_needed: bool = True
    # Why who was erased before is to come in all the same; None: they do not.
    readmit_reason: str | None = None


@dataclass(slots=True)
class Seen:
    """What a trial has met so far: it writes nothing in which the next line could find it."""

    identifiers: set[str] = field(default_factory=set)


async def start_import(
    session: AsyncSession, principal: Principal, data: bytes, options: ImportOptions
) -> CustomerImport:
    """Read a file and write down its import; the lines are gone through afterwards.

    Raises AppError("role_not_allowed"|"import_file_...", "import_mapping_invalid").
    """
    principal.require(Act.IMPORT_CUSTOMERS)
    reason = checked_reason(principal, options.readmit_reason)
    # Beside the event loop: a large file takes seconds, which everybody else would wait.
    file = await asyncio.to_thread(read_import_file, data)
    fields = await living_fields(session)
    mapping = (
        options.mapping if options.mapping is not None else detect_mapping(file.header, fields)
    )
    checked = check_mapping(mapping, file.header, fields, names_needed=options.names_needed)
    made = CustomerImport(
        id=uuid7(),
        file_name=options.file_name[:200],
        content=_with_header(file),
        encoding=file.encoding,
        delimiter=file.delimiter,
        mapping=checked,
        on_duplicate=options.on_duplicate,
        is_dry_run=options.dry_run,
        lines_total=file.lines,
        readmit_reason=reason,
        created_by=principal.label,
    )
    session.add(made)
    await session.flush()
    details = {"lines": file.lines, "dry_run": options.dry_run, **reason_details(reason)}
    await audit.record(
        session, principal, "customer_import_started", "customer_import", made.id, details
    )
    await session.refresh(made)
    return made


async def apply_preview(
    session: AsyncSession,
    principal: Principal,
    import_id: UUID,
    *,
    readmit_reason: str | None = None,
) -> CustomerImport:
    """Make a trial whose lines were looked at the real thing.

    ``readmit_reason``: why who was erased before is to come in all the same.
    Raises AppError("import_not_found"|"import_not_previewed"|"readmission_without_reason").
    """
    principal.require(Act.IMPORT_CUSTOMERS)
    reason = checked_reason(principal, readmit_reason)
    row = await _lock(session, import_id)
    if row.status is not ImportStatus.PREVIEWED:
        raise AppError("import_not_previewed")
    if "name" not in row.mapping.values():
        raise AppError("import_mapping_invalid", reason="falta a coluna do nome (“name”)")
    row.is_dry_run = False
    row.readmit_reason = reason or row.readmit_reason
    await _start_over(session, row)
    await audit.record(
        session,
        principal,
        "customer_import_applied",
        "customer_import",
        import_id,
        reason_details(row.readmit_reason),
    )
    await session.refresh(row)
    return row


async def remap_preview(
    session: AsyncSession,
    principal: Principal,
    import_id: UUID,
    mapping: Mapping[str, str],
    on_duplicate: OnDuplicate,
) -> CustomerImport:
    """Try a trial again with other columns, or another way with those who are there already.

    Raises AppError("import_not_found"|"import_not_previewed"|"import_mapping_invalid").
    """
    principal.require(Act.IMPORT_CUSTOMERS)
    row = await _lock(session, import_id)
    if row.status is not ImportStatus.PREVIEWED:
        raise AppError("import_not_previewed")
    header = await import_header(session, row)
    row.mapping = check_mapping(mapping, header, await living_fields(session))
    row.on_duplicate = on_duplicate
    await _start_over(session, row)
    await audit.record(session, principal, "customer_import_remapped", "customer_import", import_id)
    await session.refresh(row)
    return row


async def import_header(session: AsyncSession, row: CustomerImport) -> list[str]:
    """Return the names of a file's columns; none once the file was let go of."""
    head = await session.scalar(
        sa.select(sa.func.substring(CustomerImport.content, 1, 64 * 1024)).where(
            CustomerImport.id == row.id
        )
    )
    first = bytes(head or b"").partition(b"\n")[0]
    return [str(name) for name in json.loads(first)] if first else []


async def run_import(
    database: Database,
    settings: Settings,
    principal: Principal,
    import_id: UUID,
    tell: Tell | None = None,
) -> None:
    """Go through an import's lines, a transaction each ``SLICE_LINES``, from where it stands.

    A stop in between loses nothing: the slice's lines and how far they go are one commit.
    ``tell`` is given the lines done and those there are.
    """
    seen = Seen()
    await _restart_trial(database, import_id)
    while True:
        done = await _slice(database, settings, principal, import_id, seen)
        if done is None:
            return
        if tell is not None:
            tell(*done)


async def find_import(
    session: AsyncSession, principal: Principal, import_id: UUID
) -> CustomerImport:
    """Return an import. Raises AppError("import_not_found")."""
    principal.require(Act.IMPORT_CUSTOMERS)
    row = await session.get(CustomerImport, import_id, populate_existing=True)
    if row is None:
        raise AppError("import_not_found")
    return row


async def list_imports(
    session: AsyncSession, principal: Principal, *, limit: int, before: UUID | None
) -> tuple[Sequence[CustomerImport], UUID | None]:
    """Return imports, newest first, and where the list goes on."""
    principal.require(Act.IMPORT_CUSTOMERS)
    statement = sa.select(CustomerImport).order_by(CustomerImport.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(CustomerImport.id < before)
    rows = (await session.scalars(statement)).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


async def list_lines(
    session: AsyncSession,
    principal: Principal,
    import_id: UUID,
    *,
    outcome: ImportOutcome | None,
    limit: int,
    after: int | None,
    told: bool = False,
) -> tuple[Sequence[CustomerImportLine], int | None]:
    """Return what became of the lines, in the order of the file.

    ``told``: those alone of which something is to be said.
    """
    await find_import(session, principal, import_id)
    statement = (
        sa.select(CustomerImportLine)
        .where(CustomerImportLine.import_id == import_id, CustomerImportLine.line > (after or 0))
        .order_by(CustomerImportLine.line)
        .limit(limit + 1)
    )
    if outcome is not None:
        statement = statement.where(CustomerImportLine.outcome == outcome)
    if told:
        statement = statement.where(sa.func.jsonb_array_length(CustomerImportLine.problems) > 0)
    rows = (await session.scalars(statement)).all()
    return rows[:limit], rows[limit - 1].line if len(rows) > limit else None


async def _start_over(session: AsyncSession, row: CustomerImport) -> None:
    await session.execute(
        sa.delete(CustomerImportLine).where(CustomerImportLine.import_id == row.id)
    )
    row.status = ImportStatus.PENDING
    row.lines_done, row.offset_done, row.counts = 0, 0, {}
    row.finished_at = None
    await session.flush()


async def _slice(
    database: Database, settings: Settings, principal: Principal, import_id: UUID, seen: Seen
) -> tuple[int, int] | None:
    """Do the next lines; return how far it is, or None when there are none left."""
    for attempt in range(1, SLICE_ATTEMPTS + 1):
        try:
            async with database.begin() as session:
                return await _next_lines(session, settings, principal, import_id, seen)
        except (IntegrityError, AppError) as error:
            # Somebody wrote the same customer meanwhile: the next try finds that one.
            if attempt == SLICE_ATTEMPTS or getattr(error, "code", "customer_exists") != (
                "customer_exists"
            ):
                raise
    raise AssertionError("unreachable")


async def _next_lines(
    session: AsyncSession, settings: Settings, principal: Principal, import_id: UUID, seen: Seen
) -> tuple[int, int] | None:
    row = await _lock(session, import_id)
    if row.status not in {ImportStatus.PENDING, ImportStatus.RUNNING}:
        return None
    row.status = ImportStatus.RUNNING
    header, lines, consumed = await _read(session, row)
    if not lines:
        await _finish(session, principal, row)
        return None
    imported = ImportedLines(
        row.id,
        header,
        row.mapping,
        row.on_duplicate,
        row.is_dry_run,
        seen.identifiers,
        readmits=row.readmit_reason is not None,
    )
    counts = await import_lines(session, settings, principal, imported, lines)
    row.counts = {
        name: row.counts.get(name, 0) + counts.get(name, 0) for name in {*row.counts, *counts}
    }
    row.lines_done += len(lines)
    row.offset_done += consumed
    await session.flush()
    return row.lines_done, row.lines_total


async def _read(
    session: AsyncSession, row: CustomerImport
) -> tuple[list[str], list[list[Any]], int]:
    """Return the header, the next rows and how many bytes they take."""
    content = CustomerImport.content
    wanted = 256 * 1024
    while True:
        head, piece = (
            await session.execute(
                sa.select(
                    sa.func.substring(content, 1, 64 * 1024),
                    sa.func.substring(content, row.offset_done + 1, wanted),
                ).where(CustomerImport.id == row.id)
            )
        ).one()
        first = bytes(head or b"").partition(b"\n")[0]
        data = bytes(piece or b"")
        if len(data) < wanted or data.count(b"\n") > SLICE_LINES:
            break
        wanted *= 4
    skipped = len(first) + 1 if row.offset_done == 0 else 0
    lines = data[skipped:].split(b"\n")[:SLICE_LINES]
    whole = [line for line in lines if line]
    consumed = skipped + sum(len(line) + 1 for line in whole)
    return json.loads(first), [json.loads(line) for line in whole], consumed


async def _finish(session: AsyncSession, principal: Principal, row: CustomerImport) -> None:
    row.status = ImportStatus.PREVIEWED if row.is_dry_run else ImportStatus.COMPLETED
    row.finished_at = NOW
    if not row.is_dry_run:
        row.content = None
    await session.flush()
    details = {name: int(count) for name, count in row.counts.items()}
    await audit.record(
        session, principal, "customer_import_finished", "customer_import", row.id, details
    )


async def _restart_trial(database: Database, import_id: UUID) -> None:
    """Begin a trial that was stopped anew: what it had met was in a memory that is gone."""
    async with database.begin() as session:
        row = await _lock(session, import_id)
        if row.is_dry_run and row.status is ImportStatus.RUNNING:
            await session.execute(
                sa.delete(CustomerImportLine).where(CustomerImportLine.import_id == import_id)
            )
            row.lines_done, row.offset_done, row.counts = 0, 0, {}


async def _lock(session: AsyncSession, import_id: UUID) -> CustomerImport:
    row = await session.scalar(
        sa.select(CustomerImport)
        .where(CustomerImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise AppError("import_not_found")
    return row


def _with_header(file: ImportFile) -> bytes:
    return json.dumps(file.header, ensure_ascii=False).encode() + b"\n" + file.content
