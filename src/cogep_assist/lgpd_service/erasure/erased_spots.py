"""Spellings that somebody decided to be an erased person's, known again in a restored row."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row

from cogep_assist.core.brazil.names import fold_name
from cogep_assist.core.tombstones import digest
from cogep_assist.lgpd_service.subject_data.catalog import CatalogTable
from cogep_assist.lgpd_service.subject_data.identity import Doubt, Subject

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
Spot = Mapping[str, Any]


def spots_of(subject: Subject) -> list[dict[str, Any]]:
    """Return the digests of decided spellings: of their row, and of their words in it."""
    return [
        {
            "table": doubt.table,
            "column": doubt.column,
            "row": _row(doubt.key),
            "words": len(_WORD.findall(doubt.surface)),
            "whole": _whole(doubt.surface),
            "reason": doubt.reason,
        }
        for doubt in subject.doubts
        if doubt.erase
    ]


async def doubts_of(
    connection: AsyncConnection[Any], catalog: Sequence[CatalogTable], spots: Sequence[Spot]
) -> tuple[Doubt, ...]:
    """Return decided spellings that are in the database again, as they stand there."""
    found: list[Doubt] = []
    for table in catalog:
        wanted = {spot["row"]: spot for spot in spots if spot["table"] == table.name}
        keys = [sql.Identifier(name) for name in table.key]
        if not wanted or not keys:
            continue
        async with connection.cursor(row_factory=dict_row) as cursor:
            names = sql.SQL(", ").join(keys)
            await cursor.execute(sql.SQL("SELECT {} FROM {}").format(names, table.identifier))
            rows = await cursor.fetchall()
        there = [{name: str(value) for name, value in row.items()} for row in rows]
        for key in (key for key in there if _row(key) in wanted):
            mine = [spot for spot in spots if spot["row"] == _row(key)]
            found += await _in_row(connection, table, key, mine)
    return tuple(found)


async def _in_row(
    connection: AsyncConnection[Any],
    table: CatalogTable,
    key: dict[str, str],
    spots: Sequence[Spot],
) -> list[Doubt]:
    same = sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in key
    )
    found: list[Doubt] = []
    for spot in spots:
        if spot["column"] not in {column.name for column in table.columns}:
            continue
        cursor = await connection.execute(
            sql.SQL("SELECT CAST({} AS text) FROM {} WHERE {}").format(
                sql.Identifier(spot["column"]), table.identifier, same
            ),
            key,
        )
        row = await cursor.fetchone()
        for surface in _surfaces(row[0] if row else None, spot):
            found.append(
                Doubt(
                    number=len(found) + 1,
                    table=table.name,
                    key=key,
                    column=spot["column"],
                    surface=surface,
                    reason=spot["reason"],
                    context="",
                    beside=False,
                    erase=True,
                )
            )
    return found


def _surfaces(text: str | None, spot: Spot) -> Iterator[str]:
    """Yield each way in which a text has the words of a spot."""
    words = list(_WORD.finditer(text or ""))
    seen: set[str] = set()
    for first, last in zip(words, words[spot["words"] - 1 :], strict=False):
        surface = str(text)[first.start() : last.end()]
        if surface not in seen and _whole(surface) == spot["whole"]:
            seen.add(surface)
            yield surface


def _row(key: Mapping[str, str]) -> str:
    return digest("spot", json.dumps(dict(key), sort_keys=True))


def _whole(surface: str) -> str:
    return digest("name", fold_name(surface))
