"""How well the desk finds a ticket again: by questions about it, and by some words of it.

    python bench/desk_findings.py DATA [--sets squadpt alchemy] [--items 500] [--first 40 200]

DATA holds sets in the BEIR layout. Each passage of a set is a ticket: its title, or else its first
words, the subject, the rest what was written; all are indexed by the desk's own code and merged.
"Questions" are the set's own; "words" are four words of a ticket, as somebody remembers it. Each
query is asked as it is, without accents, and with one slip of the keyboard. ``--first`` is how many
passages get the second look for 20 tickets; of several, each is tried.
"""

import argparse
import asyncio
import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7

from cogep_assist.core import embedded_postgres, schema, secret_key
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import EntryKind, Ticket, TicketChannel, TicketEntry
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.desk.queues import default_queue
from cogep_assist.crm_service.tickets import ticket_passages
from cogep_assist.crm_service.tickets.ticket_index import index_ticket
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter
from cogep_assist.crm_service.tickets.ticket_search import search_tickets
from cogep_assist.retrieval.merge import merge_collection
from cogep_assist.retrieval.portuguese import words
from questions import dcg, read_grades, read_questions, with_typo, without_accents

SUBJECT_WORDS = 6
WORDS_ASKED = 4
BATCH = 200
COLUMNS = ("set", "asked by", "looked at", "queries", "first", "in 10", "nDCG@10", "no accents")
COLUMNS += ("typo",)
# From all over the table, without reading it whole.
_SOME = """
    SELECT substr(d.source_key, 8)::uuid, d.title, c.text
      FROM ai.chunk c TABLESAMPLE system(0.1) REPEATABLE (5)
      JOIN ai.document d ON d.id = c.document_id
     WHERE d.source_key LIKE 'ticket:%' ORDER BY right(c.id::text, 12) LIMIT :wanted
"""


@dataclass(frozen=True)
class Query:
    """What is asked, and which tickets it is about, each by how much."""

    text: str
    about: dict[UUID, int]


async def main() -> None:
    """Index each set as tickets and tell how they are found."""
    chosen = _arguments()
    table = Table(*COLUMNS)
    for name in chosen.sets:
        with (
            tempfile.TemporaryDirectory(prefix="cogep-find-") as folder,
            embedded_postgres.running(Path(folder) / "pg") as server,
        ):
            Path(folder).chmod(0o755)
            secret_key.load(load_settings(data_dir=Path(folder), secret_key="x" * 40))
            schema.upgrade(make_url(server.url("owner")))
            database = Database(make_url(server.url("app")))
            texts = _read_texts(chosen.data / name)
            tickets = await _open(database, texts)
            for kind, queries in (
                ("questions", _questions(chosen.data / name, tickets, chosen.items)),
                ("words", _known_items(texts, tickets, chosen.items)),
            ):
                for looked_at in chosen.first:
                    ticket_passages.FIRST_PASSAGES = looked_at
                    told = await _asked(database, queries)
                    table.add_row(name, kind, str(looked_at), *told)
            await database.close()
    Console(width=110).print(table)


async def find_known(database: Database, wanted: int) -> Table:
    """Ask for tickets of a base that is there by some words of each."""
    async with database.reading() as session:
        rows = (await session.execute(sa.text(_SOME), {"wanted": wanted})).all()
    texts = {str(ticket): (subject, body) for ticket, subject, body in rows}
    tickets = {name: UUID(name) for name in texts}
    title = "Tickets found again by four of their words"
    table = Table(*COLUMNS[3:], title=title)
    table.add_row(*await _asked(database, _known_items(texts, tickets, wanted)))
    return table


def _read_texts(folder: Path) -> dict[str, tuple[str, str]]:
    """Return the subject and the body of each passage by its name in the set."""
    texts = {}
    with (folder / "corpus.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            title, text = (row.get("title") or "").strip(), row["text"].strip()
            if not title:
                begin = text.split(maxsplit=SUBJECT_WORDS)
                title, text = " ".join(begin[:SUBJECT_WORDS]), " ".join(begin[SUBJECT_WORDS:])
            texts[str(row["id"])] = (title[:200], text or title)
    return texts


async def _open(database: Database, texts: dict[str, tuple[str, str]]) -> dict[str, UUID]:
    tickets = {name: uuid7() for name in texts}
    items = list(texts.items())
    async with database.begin() as session:
        queue = await default_queue(session)
    for begin in range(0, len(items), BATCH):
        part = items[begin : begin + BATCH]
        async with database.begin() as session:
            session.add_all(
                Ticket(
                    id=tickets[name],
                    protocol=f"1999.{begin + n:06d}-0",
                    subject=subject,
                    channel=TicketChannel.WEB,
                    queue_id=queue.id,
                    opened_by="system",
                )
                for n, (name, (subject, _)) in enumerate(part)
            )
            await session.flush()
            session.add_all(
                TicketEntry(
                    ticket_id=tickets[name], kind=EntryKind.MESSAGE, author="system", body=body
                )
                for name, (_, body) in part
            )
            await session.flush()
            for name, _ in part:
                await index_ticket(session, str(tickets[name]))
    await _merge(database)
    return tickets


async def _merge(database: Database) -> None:
    async with database.begin() as session:
        desks = (
            await session.scalars(
                sa.text("SELECT id FROM ai.collection WHERE queue_id IS NOT NULL")
            )
        ).all()
    for desk in desks:
        report = True
        while report:
            async with database.begin() as session:
                report = await merge_collection(session, desk) is not None


def _questions(folder: Path, tickets: dict[str, UUID], most: int) -> list[Query]:
    grades = read_grades(folder / "qrels.tsv")
    asked = [
        Query(text, {tickets[one]: grade for one, grade in grades[name].items() if one in tickets})
        for name, text in read_questions(folder)
        if name in grades
    ]
    return random.Random(5).sample(asked, min(most, len(asked)))


def _known_items(
    texts: dict[str, tuple[str, str]], tickets: dict[str, UUID], wanted: int
) -> list[Query]:
    """Return queries of a few different words of a ticket each, stopwords left out."""
    chance = random.Random(5)
    queries = []
    for name in chance.sample(sorted(texts), min(wanted, len(texts))):
        known = sorted({word for word in words(" ".join(texts[name])) if len(word) > 3})
        if len(known) >= WORDS_ASKED:
            asked = " ".join(chance.sample(known, WORDS_ASKED))
            queries.append(Query(asked, {tickets[name]: 1}))
    return queries


async def _asked(database: Database, queries: Sequence[Query]) -> list[str]:
    first = within = gain = 0.0
    for query in queries:
        found = await _found(database, query.text)
        first += any(one in query.about for one in found[:1])
        within += any(one in query.about for one in found)
        gain += _ndcg(found, query.about)
    without = [Query(without_accents(query.text), query.about) for query in queries]
    slips = [Query(with_typo(q.text, str(n)), q.about) for n, q in enumerate(queries)]
    others = [
        sum([_ndcg(await _found(database, q.text), q.about) for q in some])
        for some in (without, slips)
    ]
    shares = [total / len(queries) for total in (first, within, gain, *others)]
    return [str(len(queries)), *(f"{share:.4f}" for share in shares)]


async def _found(database: Database, text: str) -> list[UUID]:
    async with database.reading() as session:
        found = await search_tickets(session, SYSTEM, text, TicketFilter())
    return [one.ticket.id for one in found[:10]]


def _ndcg(found: Sequence[UUID], about: dict[UUID, int]) -> float:
    best = dcg(sorted(about.values(), reverse=True)[:10])
    return dcg([about.get(one, 0) for one in found]) / best


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="+", default=["squadpt", "alchemy"])
    parser.add_argument("--items", type=int, default=500, help="queries of each kind, at most")
    parser.add_argument("--first", type=int, nargs="+", default=[ticket_passages.FIRST_PASSAGES])
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
