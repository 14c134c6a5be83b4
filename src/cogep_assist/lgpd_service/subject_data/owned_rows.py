"""Which rows are a subject's own, found by the inventory's links from table to table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Base
from cogep_assist.lgpd_service.subject_data.identity import Subject
from cogep_assist.lgpd_service.subject_data.registry import REGISTRY
from cogep_assist.lgpd_service.subject_data.rules import ACTOR, Fate, Link, TableRule

# Erasing a person must never turn into emptying a table.
_NOTHING = sa.false()


@dataclass(frozen=True, slots=True)
class OwnRows:
    """A table's rows that are the subject's: how many, and the condition that holds for them."""

    table: sa.Table
    rule: TableRule
    condition: sa.ColumnElement[bool]
    count: int


async def own_rows(session: AsyncSession, subject: Subject) -> list[OwnRows]:
    """Return a subject's own rows, tables that others refer to before those that refer to them."""
    first = {"crm.customer": subject.customer_ids, "access.user": subject.user_ids}
    return await rows_from(session, first, subject.actors)


async def rows_from(
    session: AsyncSession, first: Mapping[str, Sequence[Any]], actors: Sequence[str] = ()
) -> list[OwnRows]:
    """Return given rows, by table and id, and all that belongs to them."""
    ids: dict[str, Sequence[Any]] = dict(first)
    found: list[OwnRows] = []
    for table in _in_order():
        rule = REGISTRY[table.fullname]
        condition = _condition(table, rule, first, actors, ids)
        if condition is _NOTHING:
            continue
        key = list(table.primary_key.columns)
        if len(key) == 1:
            own = (await session.scalars(sa.select(key[0]).where(condition))).all()
            ids[table.fullname] = list(own)
            condition, count = key[0].in_(own) if own else _NOTHING, len(own)
        else:
            counting = sa.select(sa.func.count()).select_from(table).where(condition)
            count = await session.scalar(counting) or 0
        if count:
            found.append(OwnRows(table, rule, condition, count))
    return found


def _in_order() -> Sequence[sa.Table]:
    """Return the inventory's tables, each after those that its links lead through."""
    ordered: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in ordered:
            return
        for link in REGISTRY[name].links:
            if link.of != ACTOR and link.of != name:
                visit(link.of)
        ordered[name] = None

    for name in REGISTRY:
        visit(name)
    return [Base.metadata.tables[name] for name in ordered]


def _condition(
    table: sa.Table,
    rule: TableRule,
    first: Mapping[str, Sequence[Any]],
    actors: Sequence[str],
    ids: Mapping[str, Sequence[Any]],
) -> sa.ColumnElement[bool]:
    if table.fullname in first:
        own = first[table.fullname]
        return next(iter(table.primary_key.columns)).in_(own) if own else _NOTHING
    parts = [part for link in rule.links if (part := _linked(table, link, actors, ids)) is not None]
    return sa.or_(*parts) if parts else _NOTHING


def _linked(
    table: sa.Table, link: Link, actors: Sequence[str], ids: Mapping[str, Sequence[Any]]
) -> sa.ColumnElement[bool] | None:
    if link.of == ACTOR:
        if not actors:
            return None
        acted = table.c[link.column].in_(actors)
        if link.unless is None:
            return acted
        # Whoever wrote it down for somebody else did not make it theirs.
        return sa.and_(acted, table.c[link.unless].is_(None))
    own = ids.get(link.of)
    if not own:
        return None
    if not link.backwards:
        return table.c[link.column].in_(own)
    other = Base.metadata.tables[link.of]
    key = next(iter(other.primary_key.columns))
    named = sa.select(other.c[link.column]).where(key.in_(own))
    mine = next(iter(table.primary_key.columns))
    # What somebody else's row names as well stays theirs.
    shared = sa.exists().where(other.c[link.column] == mine, key.not_in(own))
    return sa.and_(mine.in_(named), ~shared, *_unreferenced(table, other, mine))


def _unreferenced(
    table: sa.Table, but: sa.Table, key: "sa.Column[Any]"
) -> list[sa.ColumnElement[bool]]:
    return [
        ~sa.exists().where(column == key)
        for other in Base.metadata.tables.values()
        if other is not but
        for column in other.columns
        for reference in column.foreign_keys
        if reference.column.table is table
    ]


def of_fate(rows: Sequence[OwnRows], fate: Fate) -> list[OwnRows]:
    """Return those of some rows that meet one fate."""
    return [row for row in rows if row.rule.fate is fate]
