"""Take a person out of rows that are not theirs: texts, JSON, lists, bytes, in every table."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid4, uuid7

from cogep_assist.core.sealing import seal
from cogep_assist.lgpd_service.subject_data.catalog import BYTES, CatalogTable, Column
from cogep_assist.lgpd_service.subject_data.found_rows import (
    PLACE,
    FoundRow,
    fate_of,
    find_rows,
    members,
)
from cogep_assist.lgpd_service.subject_data.rules import Fate
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns

PRESERVED = "preserved-original"


@dataclass(slots=True)
class Redacted:
    """What was redacted, by table, and which documents must be made anew from their texts."""

    rows: Counter[str] = field(default_factory=Counter)
    documents: set[UUID] = field(default_factory=set)
    versions: set[UUID] = field(default_factory=set)
    answers: set[UUID] = field(default_factory=set)
    packed_blobs: list[UUID] = field(default_factory=list)
    preserved: int = 0


async def redact_mentions(
    connection: AsyncConnection[Any],
    catalog: Sequence[CatalogTable],
    patterns: SubjectPatterns,
    erasure_id: UUID,
) -> Redacted:
    """Redact every row that names the person, but those that the inventory keeps.

    Where a hold or an archive's term covers a row, the field is kept sealed as it was.
    """
    done = Redacted()
    async for row in find_rows(connection, catalog, patterns):
        if fate_of(row.table) in {Fate.KEEP, Fate.REBUILD}:
            await _note(connection, done, row)
            continue
        if row.table.name == "ai.blob" and _is_packed(row):
            done.packed_blobs.append(row.key["id"])
            continue
        await redact_row(connection, row, patterns, erasure_id, done)
    return done


async def redact_row(
    connection: AsyncConnection[Any],
    row: FoundRow,
    patterns: SubjectPatterns,
    erasure_id: UUID,
    done: Redacted,
) -> None:
    """Redact one row, kept sealed first where it is evidence, and note it in ``done``.

    As it stands now: somebody may have written in it, or taken it away, since it was found.
    """
    now = await _locked(connection, row)
    if now is None:
        return
    row = now
    await _note(connection, done, row)
    done.preserved += await _preserve(connection, row, erasure_id)
    await _redact(connection, row, patterns)
    done.rows[row.table.name] += 1


async def _locked(connection: AsyncConnection[Any], row: FoundRow) -> FoundRow | None:
    """Return a row as it stands, kept so until the commit; None where it is gone."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            sql.SQL("SELECT {} FROM {} WHERE {} FOR UPDATE").format(
                sql.SQL(", ").join(map(sql.Identifier, row.columns)), row.table.identifier, _is(row)
            ),
            row.key,
        )
        values = await cursor.fetchone()
    return None if values is None else replace(row, values=values)


async def preserve_blob(
    connection: AsyncConnection[Any],
    catalog: Sequence[CatalogTable],
    blob_id: UUID,
    erasure_id: UUID,
) -> int:
    """Keep a file sealed as it was, where a hold or an archive's term covers it; return 1 if so."""
    table = next(table for table in catalog if table.name == "ai.blob")
    cursor = await connection.execute("SELECT content FROM ai.blob WHERE id = %s", [blob_id])
    found = await cursor.fetchone()
    if found is None:
        return 0
    row = FoundRow(table, {"id": blob_id}, {"content": found[0]})
    return await _preserve(connection, row, erasure_id)


async def _note(connection: AsyncConnection[Any], done: Redacted, row: FoundRow) -> None:
    """Remember what is made of a row and must be made anew."""
    name = row.table.name
    if name == "ai.document":
        done.documents.add(row.key["id"])
    elif name == "ai.answer":
        done.answers.add(row.key["id"])
    elif name in {"ai.chunk", "ai.document_version"}:
        cursor = await connection.execute(
            sql.SQL("SELECT document_id FROM {} WHERE id = %(id)s").format(row.table.identifier),
            row.key,
        )
        done.documents.update(found[0] for found in await cursor.fetchall())
        if name == "ai.document_version" and "text" in row.values:
            done.versions.add(row.key["id"])


def _is_packed(row: FoundRow) -> bool:
    data = bytes(row.values["content"])
    return bool(members(data)) or data.startswith((b"%PDF", b"\x1f\x8b"))


async def _redact(
    connection: AsyncConnection[Any], row: FoundRow, patterns: SubjectPatterns
) -> None:
    columns = [row.table.column(name) for name in row.columns]
    # A row whose very key names the person has no other use.
    if any(column.in_key or column.generated for column in columns):
        await connection.execute(
            sql.SQL("DELETE FROM {} WHERE {}").format(row.table.identifier, _is(row)), row.key
        )
        return
    values = {f"new_{c.name}": _clean(c, row.values[c.name], patterns) for c in columns}
    settings: list[sql.Composable] = [
        sql.SQL("{} = {}").format(c.identifier, sql.Placeholder(f"new_{c.name}")) for c in columns
    ]
    if row.table.name == "ai.blob":
        digest = hashlib.sha256(values["new_content"]).digest()
        settings.append(sql.SQL("sha256 = %(new_sha256)s"))
        values["new_sha256"] = digest
    if row.table.has_revision:
        # A form that was opened before would write the person back: it is told that it is late.
        settings.append(sql.SQL("revision = revision + 1"))
    await connection.execute(
        sql.SQL("UPDATE {} SET {} WHERE {}").format(
            row.table.identifier, sql.SQL(", ").join(settings), _is(row)
        ),
        {**row.key, **values},
    )


def _clean(column: Column, value: Any, patterns: SubjectPatterns) -> Any:
    if column.unique:
        # Two values of one length would become one.
        return f"erased:{uuid4().hex}"
    clean = patterns.redact_value(value)
    if column.type in {"jsonb", "json"}:
        return Jsonb(clean)
    if column.type == BYTES or isinstance(clean, str | list | type(None)):
        return clean
    return None


def _is(row: FoundRow) -> sql.Composable:
    if PLACE in row.key:
        return sql.SQL("ctid = CAST(%(ctid)s AS tid)")
    return sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in row.key
    )


_COVERED = """
    SELECT lgpd.is_held({name}, {row}) OR EXISTS (
        SELECT FROM lgpd.keeping k
         WHERE k.ended_at IS NULL AND k.ground = 'public_archive'
           AND (k.until IS NULL OR k.until >= current_date)
           AND ((k.object_type = 'ticket'
                 AND k.object_id::text IN ({row}->>'id', {row}->>'ticket_id'))
             OR (k.object_type = 'document'
                 AND k.object_id::text IN ({row}->>'id', {row}->>'document_id'))
             OR (k.object_type = 'customer'
                 AND k.object_id IN (
                     SELECT t.customer_id FROM crm.ticket t
                      WHERE t.id::text IN ({row}->>'id', {row}->>'ticket_id')))))
      FROM {table} t WHERE {key}
"""


async def _preserve(connection: AsyncConnection[Any], row: FoundRow, erasure_id: UUID) -> int:
    """Keep what is about to change, sealed, where it is evidence; return how many fields."""
    if row.table.schema not in {"ai", "crm"}:
        return 0
    bytes_alone = row.table.name == "ai.blob"
    as_json = sql.SQL("jsonb_build_object('id', t.id)" if bytes_alone else "to_jsonb(t)")
    cursor = await connection.execute(
        sql.SQL(_COVERED).format(
            name=row.table.name, row=as_json, table=row.table.identifier, key=_is(row)
        ),
        row.key,
    )
    covered = await cursor.fetchone()
    if covered is None or not covered[0]:
        return 0
    for name in row.columns:
        original = bytes(row.values[name]) if bytes_alone else await _as_text(connection, row, name)
        await _keep_sealed(connection, row, name, original, erasure_id)
    return len(row.columns)


async def _as_text(connection: AsyncConnection[Any], row: FoundRow, name: str) -> bytes:
    """Return a field as the guard reads it: the text of its JSON."""
    cursor = await connection.execute(
        sql.SQL("SELECT to_jsonb(t) ->> {} FROM {} t WHERE {}").format(
            name, row.table.identifier, _is(row)
        ),
        row.key,
    )
    found = await cursor.fetchone()
    assert found is not None
    return str(found[0]).encode()


async def _keep_sealed(
    connection: AsyncConnection[Any], row: FoundRow, name: str, original: bytes, erasure_id: UUID
) -> None:
    kept_id = uuid7()
    await connection.execute(
        """
        INSERT INTO lgpd.preserved_original
               (id, erasure_id, table_name, row_id, column_name, sealed, sha256)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        [
            kept_id,
            erasure_id,
            row.table.name,
            ",".join(str(value) for value in row.key.values()),
            name,
            seal(PRESERVED, original, str(kept_id)),
            hashlib.sha256(original).digest(),
        ],
    )
