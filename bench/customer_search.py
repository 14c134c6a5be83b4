"""Time lists and searches over many customers, each look-up as the API makes it.

    python bench/customer_search.py [--customers 200000] [--rounds 40]

The bar is 50 ms at the 95th percentile of each kind of look-up.
"""

import argparse
import asyncio
import random
import secrets
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence

import psycopg

import search as bench
from cogep_assist.core import schema, secret_key
from cogep_assist.core.brazil.names import name_words
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.customers.customer_replies import customer_items
from cogep_assist.crm_service.customers.customer_schemas import CustomerBody
from cogep_assist.crm_service.customers.customer_search import (
    Filters,
    list_customers,
    search_customers,
)
from cogep_assist.crm_service.customers.customers import create_customer
from customer_rows import copy_customers
from people import Record, generate

Ask = Callable[[], Awaitable[None]]


async def main() -> None:
    """Fill a base, then time each kind of look-up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    # Every act is audited, and the audit sealed: with a key of this run alone.
    secret_key.load(load_settings(secret_key=secrets.token_urlsafe(32)))
    with bench.database_url() as url:
        schema.upgrade(url)
        database = Database(url)
        records = generate(options.customers * 10 // 14, 7)[: options.customers]
        bench.console.print(f"{len(await copy_customers(database, records))} customers")
        # As autovacuum would, after so many rows.
        async with await psycopg.AsyncConnection.connect(conninfo(url), autocommit=True) as owner:
            await owner.execute("ANALYZE")
        await _report(database, records, options.rounds)
        await database.close()


async def _report(database: Database, records: Sequence[Record], rounds: int) -> None:
    chance = random.Random(11)
    bench.console.print("look-up: p50, p95, worst, in ms")

    def one() -> Record:
        return chance.choice(records)

    def words(record: Record) -> list[str]:
        return name_words(record.name)

    texts: dict[str, Callable[[], str]] = {
        "whole name": lambda: one().name,
        "first and last": lambda: " ".join((w := words(one()))[:1] + w[-1:]),
        "first name": lambda: words(one())[0],
        "two beginnings": lambda: " ".join(w[:3] for w in words(one())[:2]),
        "one letter": lambda: chance.choice("abcdefgjlmprstv"),
        "typo in a word": lambda: _slip(chance, words(one())),
        "phone": lambda: one().phone or "61 99999-9999",
        "end of a phone": lambda: (one().phone or "9999-9999")[-9:],
        "e-mail": lambda: one().email or "ninguem@exemplo.org",
        "beginning of an e-mail": lambda: (one().email or "ninguem")[:6] + "@",
        "CPF": lambda: "529.982.247-25",
        "nothing like it": lambda: "wxyzk qqqq",
    }
    for name, text in texts.items():
        times = [await _timed(_search(database, text())) for _ in range(rounds)]
        _tell(name, times)
    times = [await _timed(_page(database)) for _ in range(rounds)]
    _tell("first page of the list", times)
    times = [await _timed(_create(database, number)) for number in range(rounds)]
    _tell("create, duplicates looked for", times)


def _slip(chance: random.Random, words: Sequence[str]) -> str:
    word = max(words, key=len)
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _search(database: Database, text: str) -> Ask:
    async def ask() -> None:
        async with database.begin() as session:
            found = await search_customers(session, SYSTEM, text, Filters(), limit=50)
            await customer_items(session, found.items)

    return ask


def _page(database: Database) -> Ask:
    async def ask() -> None:
        async with database.begin() as session:
            rows, _ = await list_customers(session, SYSTEM, Filters(), limit=50, after=None)
            await customer_items(session, [(row, None) for row in rows])

    return ask


def _create(database: Database, number: int) -> Ask:
    async def ask() -> None:
        body = {
            "name": f"Maria Aparecida da Silva {number}",
            "birth_date": "1984-01-31",
            "contacts": [{"kind": "email", "value": f"maria{number}@exemplo.org"}],
        }
        async with database.begin() as session:
            await create_customer(session, SYSTEM, CustomerBody.model_validate(body))

    return ask


async def _timed(ask: Ask) -> float:
    began = time.perf_counter()
    await ask()
    return (time.perf_counter() - began) * 1000


def _tell(name: str, times: Sequence[float]) -> None:
    p95 = statistics.quantiles(times, n=20)[18]
    bench.console.print(f"{name}: {statistics.median(times):.1f}, {p95:.1f}, {max(times):.1f}")


if __name__ == "__main__":
    asyncio.run(main())
