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
from uuid_utils.compat import uuid7

import search as bench
from cogep_assist.core import schema, secret_key
from cogep_assist.core.brazil.names import name_words
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database, conninfo, driver_connection
from cogep_assist.core.models import ContactKind, CustomerKind
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.customer_index import index_customer
from cogep_assist.crm_service.customer_replies import customer_items
from cogep_assist.crm_service.customer_schemas import CustomerBody
from cogep_assist.crm_service.customer_search import Filters, list_customers, search_customers
from cogep_assist.crm_service.customer_values import clean_values
from cogep_assist.crm_service.customer_vocabulary import learn_words
from cogep_assist.crm_service.customers import create_customer
from people import Record, generate

Ask = Callable[[], Awaitable[None]]
COPY_CUSTOMERS = (
    "COPY crm.customer (id, kind, name, sort_key, cpf, birth_date, search, match_keys,"
    " customer_class, custom, created_by) FROM STDIN"
)
COPY_CONTACTS = (
    "COPY crm.customer_contact (id, customer_id, kind, canonical, typed, is_primary) FROM STDIN"
)


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
        bench.console.print(f"{await _fill(database, records)} customers")
        # As autovacuum would, after so many rows.
        async with await psycopg.AsyncConnection.connect(conninfo(url), autocommit=True) as owner:
            await owner.execute("ANALYZE")
        await _report(database, records, options.rounds)
        await database.close()


async def _fill(database: Database, records: Sequence[Record]) -> int:
    words: set[str] = set()
    people = [(uuid7(), record, _contacts(record)) for record in records]
    async with database.begin() as session:
        raw = await driver_connection(session)
        async with raw.cursor() as cursor:
            async with cursor.copy(COPY_CUSTOMERS) as copy:
                for number, (customer_id, record, contacts) in enumerate(people):
                    columns = {"kind": CustomerKind.PERSON, "name": record.name}
                    columns["birth_date"] = record.birth_date  # type: ignore[assignment]
                    index = index_customer(columns, contacts)
                    words.update(index.words)
                    await copy.write_row(
                        (
                            customer_id,
                            "person",
                            record.name,
                            index.sort_key,
                            f"{number:011d}",
                            record.birth_date,
                            index.search,
                            index.match_keys,
                            "padrao",
                            "{}",
                            "bench",
                        )
                    )
            async with cursor.copy(COPY_CONTACTS) as copy:
                for customer_id, _, contacts in people:
                    for kind, canonical in contacts:
                        row = (uuid7(), customer_id, kind.value, canonical, canonical, True)
                        await copy.write_row(row)
        await learn_words(session, words)
    return len(people)


def _contacts(record: Record) -> list[tuple[ContactKind, str]]:
    pairs = (("email", record.email), ("phone", record.phone))
    given = [{"kind": kind, "value": value} for kind, value in pairs if value]
    cleaned = clean_values({"contacts": given}, CustomerKind.PERSON)
    return [(contact.kind, contact.canonical) for contact in cleaned.contacts or []]


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
