"""After a restore: erase again, before anybody sees it, whoever was erased since the backup.

A tombstone knows nobody's name. The rows of a backup are compared with it by their ids, and its
texts a word at a time; what fits is the value that is looked for from there on.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.db import Database, driver_connection
from cogep_assist.core.models import (
    Customer,
    Erasure,
    ErasureOutcome,
    ErasureStatus,
    ErasureTombstone,
    User,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.core.tombstones import digest
from cogep_assist.lgpd_service.erasure.erased_spots import Spot, doubts_of
from cogep_assist.lgpd_service.erasure.erased_values import ErasedValues, Tombstones
from cogep_assist.lgpd_service.erasure.erasure_run import run_erasure
from cogep_assist.lgpd_service.erasure.erasures import seal_subject
from cogep_assist.lgpd_service.subject_data.catalog import CatalogTable, read_catalog
from cogep_assist.lgpd_service.subject_data.identity import (
    Doubt,
    Subject,
    subject_of_customer,
    subject_of_values,
)
from cogep_assist.lgpd_service.subject_data.known_values import KnownValue


async def replay_tombstones(address: URL, data_dir: Path, tombstones: Tombstones) -> int:
    """Erase again, in the database at an address, all whom tombstones fit; return how many.

    A tombstone whose erasure is in the database as completed is passed over.
    """
    if not tombstones:
        return 0
    database = Database(address, pool_size=2)
    try:
        async with database.begin() as session:
            done = set(
                await session.scalars(
                    sa.select(Erasure.id).where(Erasure.status == ErasureStatus.COMPLETED)
                )
            )
            due = {one: told for one, told in tombstones.items() if one not in done}
            found = await _whom_they_fit(session, due)
        for erasure_id, subject in found.items():
            async with database.begin() as session:
                await _take_up(session, erasure_id, subject)
            await run_erasure(database, data_dir, erasure_id)
        return len(found)
    finally:
        await database.close()


async def tombstones_in(session: AsyncSession) -> dict[UUID, dict[str, Any]]:
    """Return the tombstones that a database itself keeps."""
    rows = await session.execute(sa.select(ErasureTombstone.erasure_id, ErasureTombstone.digests))
    return {row.erasure_id: row.digests for row in rows}


async def _whom_they_fit(session: AsyncSession, due: Tombstones) -> dict[UUID, Subject]:
    if not due:
        return {}
    values = await _values_in_texts(session, due)
    found: dict[UUID, Subject] = {}
    for erasure_id, told in due.items():
        rows = set(told["rows"])
        subject = await _subject(session, rows, sorted(values[erasure_id], key=repr))
        doubts = await _decided(session, told.get("spots", ()))
        if subject is not None or doubts:
            found[erasure_id] = replace(subject or Subject(), doubts=doubts)
    return found


async def _decided(session: AsyncSession, spots: Sequence[Spot]) -> tuple[Doubt, ...]:
    if not spots:
        return ()
    connection = await driver_connection(session)
    return await doubts_of(connection, await read_catalog(connection), spots)


async def _subject(
    session: AsyncSession, rows: set[str], values: list[KnownValue]
) -> Subject | None:
    customers = [
        one
        for one in await session.scalars(sa.select(Customer.id))
        if digest("row", str(one)) in rows
    ]
    users = [
        one for one in await session.scalars(sa.select(User.id)) if digest("row", str(one)) in rows
    ]
    if not customers and not users and not values:
        return None
    base = (
        await subject_of_customer(session, customers[0])
        if customers
        else await subject_of_values(session, values)
    )
    return Subject(
        tuple(dict.fromkeys((*base.customer_ids, *customers))),
        tuple(dict.fromkeys((*base.user_ids, *users))),
        base.staff_ids,
        tuple(dict.fromkeys((*base.values, *values))),
        base.shared,
    )


async def _take_up(session: AsyncSession, erasure_id: UUID, subject: Subject) -> None:
    """Write the erasure into the restored database as one that was confirmed."""
    sealed = seal_subject(erasure_id, subject)
    known = await session.get(Erasure, erasure_id)
    if known is None:
        session.add(
            Erasure(
                id=erasure_id,
                protocol=f"REPLAY-{erasure_id}",
                status=ErasureStatus.CONFIRMED,
                outcome=ErasureOutcome.ELIMINATE,
                subject=sealed,
                plan={"ground": "art. 18, VI", "replayed": True},
                created_by=SYSTEM.label,
            )
        )
    else:
        known.status, known.subject = ErasureStatus.CONFIRMED, sealed
        known.outcome = ErasureOutcome.ELIMINATE
    await session.flush()
    await audit.record(session, SYSTEM, "erasure_replayed", "erasure", erasure_id)


async def _values_in_texts(session: AsyncSession, due: Tombstones) -> dict[UUID, set[KnownValue]]:
    """Go through every text once and return, for each tombstone, the values that fit it."""
    told = ErasedValues(due)
    found: dict[UUID, set[KnownValue]] = {erasure_id: set() for erasure_id in due}
    async for text in _texts(session):
        for erasure_id, value in told.in_text(text):
            found[erasure_id].add(value)
    return found


async def _texts(session: AsyncSession) -> AsyncIterator[str]:
    connection = await driver_connection(session)
    for table in await read_catalog(connection):
        columns = _columns(table)
        if not columns:
            continue
        query = sql.SQL("SELECT concat_ws(E'\\n', {}) FROM {}").format(
            sql.SQL(", ").join(columns), table.identifier
        )
        async with connection.cursor() as cursor:
            await cursor.execute(query)
            async for row in cursor:
                yield row[0]


def _columns(table: CatalogTable) -> list[sql.Composable]:
    texts: list[sql.Composable] = [
        sql.SQL("CAST({} AS text)").format(column.identifier) for column in table.texts
    ]
    if table.name == "ai.blob":
        texts.append(sql.SQL("encode({}, 'escape')").format(sql.Identifier("content")))
    return texts
