"""Where a person's values stand, in every table that the database has."""

import io
import zipfile
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row

from cogep_assist.lgpd_service.subject_data.catalog import CatalogTable, Column
from cogep_assist.lgpd_service.subject_data.registry import REGISTRY
from cogep_assist.lgpd_service.subject_data.rules import Fate
from cogep_assist.lgpd_service.subject_data.search_patterns import (
    SubjectPatterns,
    bytes_may_name,
    may_name,
)

PLACE = "ctid"
# Archives (DOCX, ODT, ZIP), PDF, gzip: nothing can be read in their bytes as they lie.
_PACKED = "substring({} FROM 1 FOR 2) IN ('PK', '%%P', '\\x1f8b'::bytea)"
MAX_MEMBER_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row that holds values of the person, and in which columns."""

    table: CatalogTable
    key: Mapping[str, Any]
    values: Mapping[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that hold values."""
        return tuple(self.values)


async def find_rows(
    connection: AsyncConnection[Any],
    catalog: Sequence[CatalogTable],
    patterns: SubjectPatterns,
) -> AsyncIterator[FoundRow]:
    """Yield every row in which a value stands, table by table.

    Columns that the inventory declares opaque are passed over: sealed values and digests.
    """
    if patterns.empty:
        return
    for table in catalog:
        opaque = REGISTRY[table.name].opaque if table.name in REGISTRY else {}
        columns = [c for c in (*table.texts, *table.bytes) if c.name not in opaque]
        if columns:
            async for found in _find_in(connection, table, columns, patterns):
                yield found


async def _find_in(
    connection: AsyncConnection[Any],
    table: CatalogTable,
    columns: Sequence[Column],
    patterns: SubjectPatterns,
) -> AsyncIterator[FoundRow]:
    texts = [column.identifier for column in columns if column.holds_text]
    raw = [column.identifier for column in columns if not column.holds_text]
    conditions = []
    if texts:
        row = sql.SQL("ROW({})::text").format(sql.SQL(", ").join(texts))
        conditions.append(_with(may_name("{0}"), row))
    for column in raw:
        conditions.append(_with(bytes_may_name("{0}"), column))
        conditions.append(_with(_PACKED, column))
    names = [*table.key, *(c.name for c in columns if c.name not in table.key)]
    query = sql.SQL("SELECT {}, ctid::text AS ctid FROM {} WHERE {}").format(
        sql.SQL(", ").join(map(sql.Identifier, names)),
        table.identifier,
        sql.SQL(" OR ").join(conditions),
    )
    # Read whole before anything is written: the caller changes what it is given.
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, patterns.parameters)
        rows = await cursor.fetchall()
    for found in rows:
        values = {c.name: found[c.name] for c in columns if _names(patterns, found[c.name])}
        if values:
            key = {name: found[name] for name in (table.key or (PLACE,))}
            yield FoundRow(table, key, values)


def _with(template: str, part: sql.Composable) -> sql.Composable:
    """Put an expression in the places of a template that has braces of its own."""
    pieces = template.split("{0}") if "{0}" in template else template.split("{}")
    return sql.Composed([x for piece in pieces for x in (sql.SQL(piece), part)][:-1])


def _names(patterns: SubjectPatterns, value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return False
    if isinstance(value, bytes | memoryview):
        data = bytes(value)
        return patterns.names_bytes(data) or any(map(patterns.names_bytes, members(data)))
    if isinstance(value, str):
        return patterns.names(value)
    if isinstance(value, dict):
        return any(_names(patterns, inner) for pair in value.items() for inner in pair)
    if isinstance(value, list | tuple):
        return any(_names(patterns, inner) for inner in value)
    return patterns.names(str(value))


def members(data: bytes) -> list[bytes]:
    """Return the files in an archive, as far as they can be unpacked within bounds."""
    if data.startswith(b"\x1f\x8b"):
        return _unzipped(data)
    if not data.startswith(b"PK"):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [
                archive.read(info)
                for info in archive.infolist()
                if info.file_size <= MAX_MEMBER_BYTES
            ]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        return []


def _unzipped(data: bytes) -> list[bytes]:
    """Return what gzip holds, as far as it can be read; a broken end leaves what is before it."""
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        return [reader.decompress(data, MAX_MEMBER_BYTES)]
    except zlib.error:
        return []


def fate_of(table: CatalogTable) -> Fate:
    """Return what an erasure does where the table names somebody; unknown tables are redacted."""
    rule = REGISTRY.get(table.name)
    return rule.fate if rule is not None else Fate.REDACT
