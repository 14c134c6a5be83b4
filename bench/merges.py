"""Merge seeded people and undo it: every business column is as it was, or the undo is refused.

    python bench/merges.py [--people 300] [--seed 11] [--pairs 100]

Every other pair is edited between the merge and its undo: then the undo must be refused, with the
rows and columns named that somebody edited since.
"""

import argparse
import asyncio
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

import search as bench
from cogep_assist.core import schema, secret_key
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Customer
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.customers.customer_merge import merge_customers, undo_merge
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket
from identity import Pairs, _store, _true_pairs
from people import generate

# What a merge and its undo may leave: who did it when, and what is made of the other columns.
BESIDE = {"revision", "updated_at", "search", "match_keys"}
HELD = {
    "customer": "id",
    "customer_contact": "customer_id",
    "customer_tag": "customer_id",
    "customer_relation": "customer_id",
    "ticket": "customer_id",
}


async def main() -> None:
    """Count merges that were undone exactly and undos that were refused as they must be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--pairs", type=int, default=100)
    options = parser.parse_args()
    secret_key.load(load_settings(secret_key="x" * 40))
    with bench.database_url() as url:
        schema.upgrade(url)
        database = Database(url)
        records = generate(options.people, options.seed)
        ids = await _store(database, records)
        counts = await _go_through(database, _true_pairs(ids, records), options.pairs)
        await database.close()
    table = Table("merged", "undone exactly", "edited since", "refused, rows named")
    table.add_row(*(str(count) for count in counts))
    bench.console.print(table)


async def _go_through(database: Database, pairs: Pairs, wanted: int) -> tuple[int, int, int, int]:
    exact = edited = refused = merged = 0
    for place, pair in enumerate(_apart(pairs)[:wanted]):
        async with database.begin() as session:
            new = NewTicket(subject="Um pedido", body="x", customer_id=pair[1])
            await open_ticket(session, SYSTEM, new, "America/Sao_Paulo")
            before = await _as_it_is(session, pair)
        async with database.begin() as session:
            merge = (await merge_customers(session, SYSTEM, *pair)).id
        merged += 1
        if place % 2:
            edited += 1
            refused += await _refused(database, merge, pair[0])
            continue
        async with database.begin() as session:
            await undo_merge(session, SYSTEM, merge)
        async with database.begin() as session:
            exact += await _as_it_is(session, pair) == before
    return merged, exact, edited, refused


def _apart(pairs: Pairs) -> list[tuple[UUID, UUID]]:
    """Return pairs of which no two share a customer: one merge must not meet another's."""
    met: set[UUID] = set()
    apart = []
    for pair in sorted(pairs):
        if not met & set(pair):
            apart.append(pair)
            met |= set(pair)
    return apart


async def _refused(database: Database, merge: UUID, winner: UUID) -> bool:
    """Edit a row that the merge moved, and see whether the undo names it."""
    async with database.begin() as session:
        await session.execute(
            sa.text("UPDATE crm.ticket SET customer_id = NULL WHERE customer_id = :winner"),
            {"winner": winner},
        )
        await session.execute(sa.update(Customer).where(Customer.id == winner).values(notes="x"))
    try:
        async with database.begin() as session:
            await undo_merge(session, SYSTEM, merge)
    except AppError as error:
        return error.code == "undo_conflicts" and "customer_id" in str(error.details)
    return False


async def _as_it_is(session: AsyncSession, pair: tuple[UUID, UUID]) -> dict[str, Any]:
    """Return every business column of two customers and of what is theirs."""
    found: dict[str, Any] = {}
    for table, column in HELD.items():
        rows = await session.scalars(
            sa.text(
                f"SELECT to_jsonb(t) FROM crm.{table} t WHERE {column} IN (:first, :second)"
            ).columns(sa.column("to_jsonb", sa.JSON)),
            {"first": pair[0], "second": pair[1]},
        )
        kept = [{k: v for k, v in row.items() if k not in BESIDE} for row in rows]
        found[table] = sorted(kept, key=str)
    return found


if __name__ == "__main__":
    asyncio.run(main())
