"""Search quality and speed through the real index, beside tantivy and bm25s, with their bars.

    python bench/search.py DATA [--scale FILE] [--questions SET] [--sizes N ...]

DATA holds sets in the BEIR layout (pira, squadpt, alchemy, ...); FILE is a corpus of passages
(``corpus.jsonl`` or ``.jsonl.gz``) to measure speed on. ``DATABASE_URL`` names an empty database;
without it an embedded server is started in a temporary folder and removed. All sides run in one
process on the same text and the same questions, one after the other, and are printed together.
"""

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import URL, make_url
from uuid_utils.compat import uuid7

import search_speed
from cogep_assist.core import embedded_postgres, schema
from cogep_assist.core.db import Database, driver_connection
from cogep_assist.pipeline.chunk import chunk
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.pipeline.parse.plain_text import parse
from cogep_assist.retrieval.merge import merge_collection
from cogep_assist.retrieval.search import search
from cogep_assist.retrieval.segments import IndexUnit, add_segment
from passages import read_passages
from questions import dcg, read_grades, read_questions, with_typo, without_accents

console = Console(width=110)
Search = Callable[[str, int], Awaitable[list[str]]]
_BATCH = 1_000
# Losses without accents and with one typo: at most .005 on each set and .025 on average.
BARS = {"pira": ">= .89", "squadpt": ">= .925", "alchemy": ">= .72"}


@dataclass(frozen=True)
class Corpus:
    """Passages as (id, text) and their collection in the database."""

    passages: list[tuple[str, str]]
    collection: UUID


async def main() -> None:
    """Load each set, ask its questions, and print quality and speed."""
    options = _options()
    with database_url() as url:
        schema.upgrade(url)
        database = Database(url)
        try:
            await _measure_quality(database, options.data, options.sets)
            if options.scale:
                await _measure_speed(database, options)
        finally:
            await database.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="*", default=["pira", "pira_para", "squadpt", "alchemy"])
    parser.add_argument("--scale", type=Path)
    parser.add_argument("--questions", default="alchemy", help="set that speed is measured with")
    parser.add_argument("--count", type=int, default=300, help="questions timed")
    parser.add_argument("--sizes", type=int, nargs="*", default=[44_758, 200_000, 1_000_000])
    parser.add_argument("--peers-up-to", type=int, default=1_000_000, help="largest size of peers")
    return parser.parse_args()


@contextmanager
def database_url() -> Iterator[URL]:
    """Give the address of ``DATABASE_URL``, or of an embedded server for the time of the block."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield make_url(given)
        return
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        embedded_postgres.running(Path(folder)) as server,
    ):
        yield make_url(server.url("owner"))


async def _measure_quality(database: Database, data: Path, names: Sequence[str]) -> None:
    table = Table(
        "set", "questions", "nDCG@10", "bar", "no accents", "one typo", "p50 ms", "p95 ms"
    )
    for name in names:
        corpus = await load(database, name, read_passages(data / name / "corpus.jsonl"))
        grades = read_grades(data / name / "qrels.tsv")
        questions = [q for q in read_questions(data / name) if q[0] in grades]
        ask = _product(database, corpus)
        plain, times = await _ndcg(ask, questions, grades)
        bare, _ = await _ndcg(ask, [(i, without_accents(q)) for i, q in questions], grades)
        wrong, _ = await _ndcg(ask, [(i, with_typo(q, i)) for i, q in questions], grades)
        table.add_row(
            name,
            str(len(questions)),
            f"{plain:.4f}",
            BARS.get(name, ""),
            *(f"{value:.4f}" for value in (bare, wrong)),
            *(f"{value:.1f}" for value in _percentiles(times)),
        )
    console.print(table)


async def _measure_speed(database: Database, options: argparse.Namespace) -> None:
    texts = [text for _, text in read_passages(options.scale)]
    questions = [q for _, q in read_questions(options.data / options.questions)]
    questions = random.Random(7).sample(questions, min(options.count, len(questions)))
    await search_speed.measure(
        database, console, texts, questions, options.sizes, peers_up_to=options.peers_up_to
    )


async def load(
    database: Database,
    name: str,
    passages: Sequence[tuple[str, str]],
    *,
    chars: int | None = None,
) -> Corpus:
    """Store passages as documents, index them and merge the index.

    Each is one passage, or cut as the pipeline does it into passages of about ``chars``.
    """
    corpus = Corpus(list(passages), uuid7())
    async with database.begin() as session:
        driver = await driver_connection(session)
        await driver.execute(
            "INSERT INTO ai.collection (id, name) VALUES (%s, %s)", (corpus.collection, name)
        )
    for begin in range(0, len(corpus.passages), _BATCH):
        await _load_batch(database, corpus, corpus.passages[begin : begin + _BATCH], chars)
    report = True
    while report:
        async with database.begin() as session:
            report = await merge_collection(session, corpus.collection) is not None
    return corpus


async def _load_batch(
    database: Database, corpus: Corpus, passages: Sequence[tuple[str, str]], chars: int | None
) -> None:
    rows, pieces = [], []
    for name, whole in passages:
        document, version = uuid7(), uuid7()
        text, cut = _cut(whole, chars)
        rows.append((document, version, name, text))
        pieces += [
            (uuid7(), corpus.collection, document, version, ordinal, *place, text[slice(*place)])
            for ordinal, place in enumerate(cut)
        ]
    async with database.begin() as session:
        driver = await driver_connection(session)
        async with driver.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO ai.document (id, collection_id, source_key, title, media_type)"
                " VALUES (%s, %s, %s, '', 'text/plain')",
                [(document, corpus.collection, name) for document, _, name, _ in rows],
            )
            await cursor.executemany(
                "INSERT INTO ai.document_version (id, document_id, number, title, text,"
                " content_sha256, parser, pipeline_release, media_type)"
                " VALUES (%s, %s, 1, '', %s, '', 'bench', 1, 'text/plain')",
                [(version, document, text) for document, version, _, text in rows],
            )
            await cursor.executemany(
                "INSERT INTO ai.chunk (id, collection_id, document_id, version_id, ordinal,"
                " start_offset, end_offset, text) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                pieces,
            )
        units = [IndexUnit(piece[0], piece[-1], "", "") for piece in pieces]
        await add_segment(session, corpus.collection, units)


def _cut(text: str, chars: int | None) -> tuple[str, list[tuple[int, int]]]:
    """Return a text as it is stored, and where its passages lie."""
    if chars is None:
        return text, [(0, len(text))]
    parsed = parse(text.encode(), ParseContext(limits=ParseLimits()))
    return parsed.text, [(one.start, one.end) for one in chunk(parsed, target_chars=chars)]


def _product(database: Database, corpus: Corpus) -> Search:
    names = {text: name for name, text in corpus.passages}

    async def ask(question: str, k: int) -> list[str]:
        async with database.sessions() as session:
            hits = await search(session, question, [corpus.collection], k=k)
        return [names[same.text] for hit in hits for same in (hit, *hit.also_in)]

    return ask


async def _ndcg(
    ask: Search, questions: Sequence[tuple[str, str]], grades: dict[str, dict[str, int]]
) -> tuple[float, list[float]]:
    total, times = 0.0, []
    for name, question in questions:
        started = time.perf_counter()
        found = await ask(question, 10)
        times.append(time.perf_counter() - started)
        gains = [grades[name].get(document, 0) for document in found]
        ideal = sorted(grades[name].values(), reverse=True)[:10]
        total += dcg(gains) / dcg(ideal)
    return total / len(questions), times


def _percentiles(times: Sequence[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(times, n=20)
    return cuts[9] * 1000, cuts[18] * 1000


if __name__ == "__main__":
    asyncio.run(main())
