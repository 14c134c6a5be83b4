"""What an erasure leaves to somebody to decide: spellings that may be a namesake's.

They are found with the plan, shown with what stands around them, and kept sealed with the subject
until the erasure ends. What nobody decided stays.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import driver_connection
from cogep_assist.core.models import Document, DocumentVersion, TicketEntry
from cogep_assist.lgpd_service.erasure.erasure_mentions import Redacted, redact_row
from cogep_assist.lgpd_service.subject_data.catalog import CatalogTable, Column, read_catalog
from cogep_assist.lgpd_service.subject_data.doubtful_names import DoubtfulNames, DoubtReason
from cogep_assist.lgpd_service.subject_data.found_rows import FoundRow, fate_of
from cogep_assist.lgpd_service.subject_data.identity import Doubt, Subject
from cogep_assist.lgpd_service.subject_data.known_values import KnownValue, ValueKind
from cogep_assist.lgpd_service.subject_data.owned_rows import OwnRows
from cogep_assist.lgpd_service.subject_data.registry import REGISTRY
from cogep_assist.lgpd_service.subject_data.rules import Fate
from cogep_assist.lgpd_service.subject_data.search_patterns import SQL_TEXT, SubjectPatterns

# More cannot be looked through by a person; the surest come first.
MOST_DOUBTS = 300
MOST_OF_A_TEXT = 20
AROUND = 90
# Who is recorded under a name is that one; the others are made of what is decided elsewhere.
_PASSED = frozenset(
    {"crm.customer", "crm.customer_contact", "access.user", "crm.name_word"}
    | {"ai.chunk", "ai.citation", "ai.blob", "ai.gap_ask"}
)


async def find_doubts(
    session: AsyncSession, subject: Subject, own: Sequence[OwnRows]
) -> tuple[Doubt, ...]:
    """Return the doubtful spellings in rows that are not the subject's, the surest first."""
    names = DoubtfulNames(subject.values)
    if names.empty or not names.words:
        return ()
    connection = await driver_connection(session)
    passed = await _own_keys(session, own)
    desk = await _desk_versions(session)
    found: list[Doubt] = []
    for table in await read_catalog(connection):
        columns = _columns(table)
        if not columns:
            continue
        async for row in _rows(connection, table, columns, names):
            key = {name: str(row[name]) for name in table.key}
            alone = next(iter(key.values()))
            if alone in passed.get(table.name, ()) or alone in desk:
                continue
            found += [
                replace(doubt, key=key, table=table.name)
                for column in columns
                for doubt in _in_value(names, column.name, row[column.name])
            ]
    found.sort(key=lambda doubt: (not doubt.beside, doubt.reason, doubt.table))
    return tuple(replace(one, number=n) for n, one in enumerate(found[:MOST_DOUBTS], start=1))


def count_decided(doubts: Sequence[Doubt]) -> dict[str, int]:
    """Count doubts by what was decided of them."""
    return {
        "erase": sum(doubt.erase is True for doubt in doubts),
        "keep": sum(doubt.erase is False for doubt in doubts),
        "open": sum(doubt.erase is None for doubt in doubts),
    }


async def redact_decided(
    session: AsyncSession, catalog: Sequence[CatalogTable], subject: Subject, erasure_id: UUID
) -> Redacted:
    """Take the spellings that were decided to be the subject's out of their rows, and no others.

    What a ticket says is also in the desk's index: its document is cleaned with it.
    """
    done = Redacted()
    connection = await driver_connection(session)
    tables = {table.name: table for table in catalog}
    for doubt in subject.doubts:
        if not doubt.erase or doubt.table not in tables:
            continue
        patterns = _patterns_of(doubt, subject.values)
        await _redact_at(connection, tables[doubt.table], doubt.key, patterns, erasure_id, done)
        for version_id in await _indexed_of(session, doubt):
            table = tables["ai.document_version"]
            key = {"id": str(version_id)}
            await _redact_at(connection, table, key, patterns, erasure_id, done)
    return done


def rebuilding_patterns(subject: Subject) -> SubjectPatterns:
    """Return the patterns for the headings of documents in which a spelling was taken out."""
    alone = DoubtReason.GIVEN.value
    spelt = [
        KnownValue(ValueKind.SPELLING, doubt.surface)
        for doubt in subject.doubts
        if doubt.erase and doubt.reason != alone
    ]
    return SubjectPatterns([*subject.values, *spelt])


def _patterns_of(doubt: Doubt, values: Sequence[KnownValue]) -> SubjectPatterns:
    """Return the patterns of one spelling; after a restore the whole name may be known nowhere."""
    if any(value.kind is ValueKind.NAME and value.searchable for value in values):
        return _Spelling(values, doubt.surface)
    return SubjectPatterns([KnownValue(ValueKind.SPELLING, doubt.surface)])


class _Spelling(SubjectPatterns):
    """The places of a text where one spelling is doubtful: elsewhere it is part of other names."""

    def __init__(self, values: Sequence[KnownValue], surface: str) -> None:
        super().__init__(values)
        self._doubtful = DoubtfulNames(values)
        self._surface = surface

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where the spelling stands in a text, in order."""
        if self._surface not in text:
            return []
        places = [(place.start, place.end) for place in self._doubtful.places(text)]
        return [(start, end) for start, end in places if text[start:end] == self._surface]


async def _redact_at(
    connection: AsyncConnection[Any],
    table: CatalogTable,
    key: Mapping[str, str],
    patterns: SubjectPatterns,
    erasure_id: UUID,
    done: Redacted,
) -> None:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            sql.SQL("SELECT * FROM {} WHERE {}").format(
                table.identifier,
                sql.SQL(" AND ").join(
                    sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name))
                    for name in key
                ),
            ),
            dict(key),
        )
        row = await cursor.fetchone()
    if row is None:
        return
    values = {
        column.name: row[column.name]
        for column in _columns(table)
        if patterns.redact_value(row[column.name]) != row[column.name]
    }
    if values:
        found = FoundRow(table, {name: row[name] for name in table.key}, values)
        await redact_row(connection, found, patterns, erasure_id, done)


async def _indexed_of(session: AsyncSession, doubt: Doubt) -> list[UUID]:
    """Return the versions in the desk's index that hold what a ticket or its entry says."""
    if doubt.table == "crm.ticket":
        ticket = doubt.key["id"]
    elif doubt.table == "crm.ticket_entry":
        found = await session.scalar(
            sa.select(TicketEntry.ticket_id).where(TicketEntry.id == UUID(doubt.key["id"]))
        )
        ticket = str(found)
    else:
        return []
    rows = await session.scalars(
        sa.select(DocumentVersion.id)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(Document.source_key == f"ticket:{ticket}")
    )
    return list(rows)


def _columns(table: CatalogTable) -> list[Column]:
    """Return the columns in which other people's words stand, none where a table is passed over."""
    keeps = fate_of(table) in {Fate.KEEP, Fate.REBUILD}
    if keeps or table.name in _PASSED or table.schema not in {"ai", "crm", "lgpd"}:
        return []
    opaque = REGISTRY[table.name].opaque if table.name in REGISTRY else {}
    return [
        column
        for column in table.texts
        if column.type in {"text", "jsonb", "character varying", "text[]"}
        and not (column.in_key or column.unique or column.generated or column.name in opaque)
    ] * bool(table.key)


async def _rows(
    connection: AsyncConnection[Any],
    table: CatalogTable,
    columns: Sequence[Column],
    names: DoubtfulNames,
) -> AsyncIterator[dict[str, Any]]:
    """Yield the rows that hold a word of the names; what is decided is for Python to find."""
    text = sql.SQL("ROW({})::text").format(
        sql.SQL(", ").join(column.identifier for column in columns)
    )
    wanted = [*table.key, *(column.name for column in columns)]
    query = sql.SQL("SELECT {} FROM {} WHERE {} ~ %(words)s").format(
        sql.SQL(", ").join(map(sql.Identifier, wanted)), table.identifier, text
    )
    words = "|".join("".join(map(SQL_TEXT.character, word)) for word in names.words)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, {"words": words})
        for row in await cursor.fetchall():
            yield row


def _in_value(names: DoubtfulNames, column: str, value: Any) -> Iterator[Doubt]:
    """Yield each spelling of a value once, with what stands around its first place."""
    seen: set[str] = set()
    for text in _texts(value):
        for place in names.places(text):
            surface = text[place.start : place.end]
            if surface in seen or len(seen) == MOST_OF_A_TEXT:
                continue
            seen.add(surface)
            context = _around(text, place.start, place.end)
            yield Doubt(0, "", {}, column, surface, place.reason.value, context, place.beside)


def _around(text: str, start: int, end: int) -> str:
    """Return a place with the whole words that stand around it."""
    before = text[max(start - AROUND, 0) : start]
    after = text[end : end + AROUND]
    if start > AROUND:
        before = f"… {before.partition(' ')[2]}"
    if end + AROUND < len(text):
        after = f"{after.rpartition(' ')[0]} …"
    return " ".join(f"{before}{text[start:end]}{after}".split())


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


async def _own_keys(session: AsyncSession, own: Sequence[OwnRows]) -> dict[str, set[str]]:
    """Return the keys of the subject's own rows: they go, or lose the person, in any case."""
    found: dict[str, set[str]] = {}
    for rows in own:
        key = next(iter(rows.table.primary_key.columns))
        ids = await session.scalars(sa.select(key).where(rows.condition))
        found[rows.table.fullname] = set(map(str, ids))
    return found


async def _desk_versions(session: AsyncSession) -> set[str]:
    """Return the versions and documents of the desk's index: what is in them stands on tickets."""
    rows = await session.execute(
        sa.select(Document.id, DocumentVersion.id)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .where(Document.source_key.startswith("ticket:"))
    )
    return {str(one) for row in rows for one in row}
