"""Measure the duplicate suggestions on seeded people, through the real tables and look-ups.

    python bench/identity.py [--people 1000] [--seeds 1 2 3] [--misses]

Prints precision and recall of the suggested pairs; the bars are .98 and .90.
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from rich.table import Table

import search as bench
from cogep_assist.core import schema
from cogep_assist.core.db import Database
from cogep_assist.core.models import Customer, CustomerContact, CustomerDuplicate, CustomerKind
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.customers.customer_duplicates import suggest_for
from cogep_assist.crm_service.customers.customer_values import clean_values
from cogep_assist.crm_service.customers.customers import new_customer
from people import Record, generate

Pairs = set[tuple[UUID, UUID]]
SLICE = 200


async def main() -> None:
    """Store, suggest and score each seed in a base of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3, 4, 5])
    parser.add_argument("--misses", action="store_true", help="show what was wrong")
    options = parser.parse_args()
    table = Table("seed", "records", "true pairs", "suggested", "precision", "recall", "ms each")
    with bench.database_url() as url:
        schema.upgrade(url)
        database = Database(url)
        for seed in options.seeds:
            table.add_row(str(seed), *await _measure(database, options, seed))
        await database.close()
    bench.console.print(table)


async def _measure(database: Database, options: argparse.Namespace, seed: int) -> list[str]:
    records = generate(options.people, seed)
    async with database.begin() as session:
        await session.execute(sa.delete(Customer))
    ids = await _store(database, records)
    began = time.perf_counter()
    for start in range(0, len(ids), SLICE):
        async with database.begin() as session:
            await suggest_for(session, ids[start : start + SLICE])
    each = (time.perf_counter() - began) / len(ids) * 1000
    async with database.begin() as session:
        rows = await session.execute(
            sa.select(CustomerDuplicate.first_id, CustomerDuplicate.second_id)
        )
        suggested: Pairs = {(first, second) for first, second in rows}
    truth = _true_pairs(ids, records)
    if options.misses:
        _show(dict(zip(ids, records, strict=True)), truth, suggested)
    right = len(truth & suggested)
    return [
        str(len(records)),
        str(len(truth)),
        str(len(suggested)),
        f"{right / max(1, len(suggested)):.4f}",
        f"{right / max(1, len(truth)):.4f}",
        f"{each:.2f}",
    ]


async def _store(database: Database, records: Sequence[Record]) -> list[UUID]:
    ids: list[UUID] = []
    async with database.begin() as session:
        for record in records:
            cleaned = clean_values(_given(record), CustomerKind.PERSON)
            assert not cleaned.problems, cleaned.problems
            made = new_customer(CustomerKind.PERSON, cleaned, SYSTEM)
            # Any number will do: what counts is that two records never share one.
            made.cpf = record.cpf
            session.add(made)
            await session.flush()
            session.add_all(
                CustomerContact(
                    customer_id=made.id, kind=c.kind, canonical=c.canonical, typed=c.typed
                )
                for c in cleaned.contacts or []
            )
            ids.append(made.id)
    return ids


def _given(record: Record) -> dict[str, Any]:
    pairs = (("email", record.email), ("phone", record.phone))
    return {
        "name": record.name,
        "birth_date": record.birth_date.isoformat() if record.birth_date else None,
        "cep": record.cep,
        "street_number": record.street_number,
        "contacts": [{"kind": kind, "value": value} for kind, value in pairs if value],
    }


def _true_pairs(ids: Sequence[UUID], records: Sequence[Record]) -> Pairs:
    people: dict[int, list[UUID]] = {}
    for customer_id, record in zip(ids, records, strict=True):
        people.setdefault(record.person, []).append(customer_id)
    return {pair for same in people.values() for pair in combinations(sorted(same), 2)}


def _show(records: dict[UUID, Record], truth: Pairs, suggested: Pairs) -> None:
    missed: Counter[str] = Counter()
    for first, second in sorted(truth - suggested):
        missed.update({*records[first].noise, *records[second].noise})
        bench.console.print("missed", records[first], records[second], sep="\n  ")
    for first, second in sorted(suggested - truth):
        bench.console.print("wrong", records[first], records[second], sep="\n  ")
    bench.console.print(missed.most_common())


if __name__ == "__main__":
    asyncio.run(main())
