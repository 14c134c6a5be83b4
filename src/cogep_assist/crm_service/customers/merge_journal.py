"""The journal of a merge: what it changed, column by column, and how that is taken back.

Generic over tables: what points to the one that goes is found in the models, so that a
table that is added later moves along without anybody thinking of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Base, MergeChange

MAX_CONFLICTS = 100
_DIALECT = PGDialect()  # type: ignore[no-untyped-call]
_QUOTE = _DIALECT.identifier_preparer.quote


@dataclass(slots=True)
class Moved:
    """How many rows of each table went along, and how many had to stay where they were."""

    moved: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)


def references_to(target: sa.Table) -> Iterator[sa.Column[Any]]:
    """Give every column that points to a table's key and moves when two of its rows merge.

    One that stays says why in its label: ``models.crm_customers.stays_on_merge``.
    """
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            points = any(key.column.table is target for key in column.foreign_keys)
            if points and "stays_on_merge" not in column.info:
                yield column


async def move_references(
    session: AsyncSession, merge_id: UUID, target: sa.Table, loser: UUID, winner: UUID
) -> Moved:
    """Point everything that points to the loser to the winner, and write it down.

    A row that may not move, because the winner has its like already, stays with the loser
    and comes back with it.
    """
    told = Moved()
    for column in references_to(target):
        name = _table(column).fullname
        try:
            async with session.begin_nested():
                moved = await _move(session, merge_id, column, loser, winner)
        except IntegrityError:
            moved, kept = await _move_one_by_one(session, merge_id, column, loser, winner)
            told.kept[name] = told.kept.get(name, 0) + kept
        if moved:
            told.moved[name] = told.moved.get(name, 0) + moved
    return told


async def change_row(
    session: AsyncSession,
    merge_id: UUID,
    table: sa.Table,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
) -> None:
    """Change one row's columns and write down how they were and are."""
    if not values:
        return
    condition = sa.and_(*(table.c[name] == value for name, value in key.items()))
    picture = sa.select(_object({name: table.c[name] for name in values})).where(condition)
    before = await session.scalar(picture)
    await session.execute(sa.update(table).where(condition).values(dict(values)))
    session.add(
        MergeChange(
            merge_id=merge_id,
            table_name=table.fullname,
            row_key={name: str(value) for name, value in key.items()},
            before=before or {},
            after=await session.scalar(picture) or {},
        )
    )
    await session.flush()


async def undo_changes(session: AsyncSession, merge_id: UUID) -> int:
    """Give every row that a merge changed its columns back; return how many rows.

    Raises AppError("undo_conflicts") with the tables, rows and columns that somebody
    changed since; nothing is changed then.
    """
    groups = await _groups(session, merge_id)
    conflicts = [c for table in _tables(groups) for c in await _edited(session, merge_id, table)]
    if conflicts:
        raise _refused(conflicts)
    restored = 0
    try:
        async with session.begin_nested():
            for table, columns in groups:
                restored += await _restore(session, merge_id, table, columns)
    except IntegrityError as error:
        raise _refused([_clash(error)]) from None
    return restored


async def _move(
    session: AsyncSession,
    merge_id: UUID,
    column: sa.Column[Any],
    loser: UUID,
    winner: UUID,
    row: sa.ColumnElement[bool] | None = None,
) -> int:
    """Move the rows of one reference in one statement that writes the journal as well."""
    table = _table(column)
    keys = list(table.primary_key.columns)
    moved = (
        sa.update(table)
        .where(column == loser, *([] if row is None else [row]))
        .values({column.name: winner})
        .returning(*keys)
        .cte("moved")
    )
    written = await session.execute(
        sa.insert(MergeChange).from_select(
            ["merge_id", "table_name", "row_key", "before", "after"],
            sa.select(
                sa.literal(merge_id),
                sa.literal(table.fullname),
                # The key as it is from now on: it may hold the very column that moved.
                _object({key.name: moved.c[key.name] for key in keys}),
                _object({column.name: sa.literal(str(loser))}),
                _object({column.name: sa.literal(str(winner))}),
            ),
        )
    )
    return int(getattr(written, "rowcount", 0))


async def _move_one_by_one(
    session: AsyncSession, merge_id: UUID, column: sa.Column[Any], loser: UUID, winner: UUID
) -> tuple[int, int]:
    keys = list(_table(column).primary_key.columns)
    rows = (await session.execute(sa.select(*keys).where(column == loser).order_by(*keys))).all()
    moved = kept = 0
    for row in rows:
        this = sa.and_(*(key == value for key, value in zip(keys, row, strict=True)))
        try:
            async with session.begin_nested():
                moved += await _move(session, merge_id, column, loser, winner, this)
        except IntegrityError:
            kept += 1
    return moved, kept


async def _groups(session: AsyncSession, merge_id: UUID) -> list[tuple[sa.Table, tuple[str, ...]]]:
    """Return tables with the columns that changed together, the last change first."""
    names = (
        sa.select(sa.func.array_agg(sa.column("name")))
        .select_from(sa.func.jsonb_object_keys(MergeChange.before).alias("name"))
        .scalar_subquery()
    )
    rows = await session.execute(
        sa.select(MergeChange.table_name, names.label("names"), sa.func.max(MergeChange.id))
        .where(MergeChange.merge_id == merge_id)
        .group_by(MergeChange.table_name, sa.text("names"))
        .order_by(sa.func.max(MergeChange.id).desc())
    )
    return [
        (Base.metadata.tables[name], tuple(sorted(columns))) for name, columns, _ in rows if columns
    ]


def _tables(groups: Sequence[tuple[sa.Table, tuple[str, ...]]]) -> list[sa.Table]:
    return list(dict.fromkeys(table for table, _ in groups))


async def _edited(session: AsyncSession, merge_id: UUID, table: sa.Table) -> list[dict[str, Any]]:
    """Return the journal's rows that are not as the merge left them, with the columns."""
    statement = sa.text(
        f"""
        SELECT j.row_key, t.row IS NULL AS gone, array(
            SELECT a.key FROM jsonb_each(j.after) AS a
            WHERE t.row -> a.key IS DISTINCT FROM a.value ORDER BY a.key
        ) AS columns
        FROM crm.merge_change AS j
        LEFT JOIN LATERAL (SELECT to_jsonb(r) AS row FROM {_name(table)} AS r WHERE {_join(table)})
            AS t ON true
        WHERE j.merge_id = :merge_id AND j.table_name = :table_name
          AND (t.row IS NULL OR NOT t.row @> j.after)
        ORDER BY j.id LIMIT {MAX_CONFLICTS}
        """  # noqa: S608 - names of our own models, quoted
    )
    rows = await session.execute(statement, {"merge_id": merge_id, "table_name": table.fullname})
    return [
        {
            "table": table.fullname,
            "row": row.row_key,
            "columns": list(row.columns),
            "removed": row.gone,
        }
        for row in rows
    ]


async def _restore(
    session: AsyncSession, merge_id: UUID, table: sa.Table, columns: Sequence[str]
) -> int:
    sets = ", ".join(f"{_QUOTE(name)} = was.{_QUOTE(name)}" for name in columns)
    done = await session.execute(
        sa.text(
            f"""
            UPDATE {_name(table)} AS r SET {sets}
            FROM crm.merge_change AS j,
                 LATERAL jsonb_populate_record(NULL::{_name(table)}, j.before) AS was
            WHERE j.merge_id = :merge_id AND j.table_name = :table_name AND {_join(table)}
              AND array(SELECT k FROM jsonb_object_keys(j.before) AS k ORDER BY k COLLATE "C")
                  = CAST(:columns AS text[])
            """  # noqa: S608 - names of our own models, quoted
        ),
        {"merge_id": merge_id, "table_name": table.fullname, "columns": list(columns)},
    )
    return int(getattr(done, "rowcount", 0))


def _refused(conflicts: Sequence[Mapping[str, Any]]) -> AppError:
    return AppError("undo_conflicts", count=len(conflicts), conflicts=list(conflicts))


def _clash(error: IntegrityError) -> dict[str, Any]:
    """Name the rule that a restored row broke: another row took its place since."""
    told = getattr(error.orig, "diag", None)
    table = f"{getattr(told, 'schema_name', '')}.{getattr(told, 'table_name', '')}"
    constraint = getattr(told, "constraint_name", None) or ""
    known = Base.metadata.tables.get(table)
    rules: list[sa.Index | sa.UniqueConstraint] = []
    if known is not None:
        rules += known.indexes
        rules += [rule for rule in known.constraints if isinstance(rule, sa.UniqueConstraint)]
    columns = [c.name for rule in rules if rule.name == constraint for c in rule.columns]
    return {"table": table, "row": {}, "columns": columns, "removed": False}


def _object(values: Mapping[str, sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
    pairs = [part for name, value in values.items() for part in (sa.literal(name), value)]
    return sa.func.jsonb_build_object(*pairs, type_=JSONB)


def _join(table: sa.Table) -> str:
    return " AND ".join(
        f"r.{_QUOTE(key.name)} = CAST(j.row_key ->> '{key.name}' AS {key.type.compile(_DIALECT)})"
        for key in table.primary_key.columns
    )


def _name(table: sa.Table) -> str:
    return f"{_QUOTE(table.schema or '')}.{_QUOTE(table.name)}"


def _table(column: sa.Column[Any]) -> sa.Table:
    table = column.table
    assert isinstance(table, sa.Table)
    return table
