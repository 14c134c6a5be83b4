"""How long a search takes at sizes from 45 thousand to a million passages, beside its peers.

Everything is loaded into one collection, step by step, through the real segment code; at each size
the same questions are asked of the product, of tantivy and of bm25s, one after the other, in one
process. The machine may be busy: CPU time (of this process and the database's backend) is printed
beside the clock's.
"""

import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.synchronize import Event
from uuid import UUID

import bm25s
import httpx2
import psutil
import tantivy
from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import make_url

import passages as stored
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database, driver_connection
from cogep_assist.main import create_app
from cogep_assist.retrieval import lexical
from cogep_assist.retrieval import search as product
from cogep_assist.retrieval.index_reader import open_index
from cogep_assist.retrieval.merge import merge_collection
from cogep_assist.retrieval.portuguese import tokenize

Ask = Callable[[str], Awaitable[int]]
CANDIDATES = 200
CLIENTS = 8
# Bars: whole search p95 in ms by size; healthz p95; the same while ingesting; throughput; size.
WHOLE_BARS = {45_000: 20, 200_000: 25, 1_000_000: 45}
CANDIDATE_BAR, HEALTHZ_BAR, INGESTING_BAR, THROUGHPUT_BAR, SIZE_BAR = 3.0, 20.0, 2.0, 60.0, 30.0


@dataclass
class Timing:
    """Seconds of each question, by the clock and of the processor."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    empty: int = 0

    def p(self, percent: int) -> float:
        """Return a percentile of the clock's milliseconds."""
        return statistics.quantiles(self.wall, n=100)[percent - 1] * 1000

    def cpu_p(self, percent: int) -> float:
        """Return a percentile of the processor's milliseconds."""
        return statistics.quantiles(self.processor, n=100)[percent - 1] * 1000


async def measure(
    database: Database,
    console: Console,
    texts: Sequence[str],
    questions: Sequence[str],
    sizes: Sequence[int],
    *,
    peers_up_to: int,
) -> None:
    """Load up to each size in turn, measure there, and print."""
    collection = await stored.new_collection(database, "scale")
    source, loaded = stored.perturbed(texts), 0
    kept: list[str] = []
    table = Table("passages", "side", "p50", "p95 ms", "CPU p50", "CPU p95 ms", "bar", "")
    notes: list[str] = []
    for size in sizes:
        fresh = list(islice(source, size - loaded))
        began = time.perf_counter()
        loaded += await stored.store(database, collection, fresh)
        await _merge_all(database, collection)
        notes.append(f"{len(fresh)} passages loaded in {time.perf_counter() - began:.0f} s")
        kept = kept + fresh if size <= peers_up_to else []
        await _measure_size(database, collection, questions, loaded, kept, table, notes)
    console.print(table)
    for note in notes:
        console.print(note)


async def _measure_size(
    database: Database,
    collection: UUID,
    questions: Sequence[str],
    size: int,
    kept: Sequence[str],
    table: Table,
    notes: list[str],
) -> None:
    whole = await _timed(_whole(database, collection), questions, database)
    bar = next((ms for limit, ms in WHOLE_BARS.items() if size <= limit * 1.05), None)
    _row(table, size, "whole search", whole, f"<= {bar} ms", whole.p(95) <= (bar or 0))
    stage = await _timed(_candidates(database, collection), questions, database)
    if kept:
        # Both peers take the product's own terms, which are made once.
        lines = [" ".join(tokenize(text)) for text in kept]
        beside = await _timed(_tantivy(lines), questions)
        ratio = stage.p(95) / beside.p(95)
        verdict = f"<= {CANDIDATE_BAR:.0f} x tantivy", ratio <= CANDIDATE_BAR
        _row(table, size, f"candidates, {ratio:.1f} x tantivy", stage, *verdict)
        _row(table, size, f"tantivy, top {CANDIDATES}", beside)
        _row(table, size, f"bm25s, top {CANDIDATES}", await _timed(_bm25s(lines), questions))
    else:
        _row(table, size, "candidates", stage)
    pings = await _while_asked_for_health(database, collection, questions)
    _row(table, size, "/healthz meanwhile", pings, "<= 20 ms", pings.p(95) <= HEALTHZ_BAR)
    rate = await _throughput(database, collection, questions)
    notes.append(f"{size}: {CLIENTS} clients, {rate:.0f} questions/s (bar at 200,000: >= 60)")
    loading = await _while_ingesting(database, collection, questions)
    ratio = loading.p(95) / whole.p(95)
    verdict = f"<= {INGESTING_BAR:.0f} x", ratio <= INGESTING_BAR
    _row(table, size, f"while ingesting, {ratio:.1f} x", loading, *verdict)
    per_100k = await index_bytes(database) / size * 100_000 / 1e6
    notes.append(f"{size}: lexical index {per_100k:.1f} MB per 100,000 (bar: <= {SIZE_BAR:.0f})")


def _row(
    table: Table, size: int, side: str, timing: Timing, bar: str = "", met: bool | None = None
) -> None:
    mark = "" if met is None else "yes" if met else "NO"
    clock = (f"{timing.p(50):.1f}", f"{timing.p(95):.1f}")
    processor = (f"{timing.cpu_p(50):.1f}", f"{timing.cpu_p(95):.1f}")
    table.add_row(str(size), side, *clock, *processor, bar, mark)


async def _timed(ask: Ask, questions: Sequence[str], database: Database | None = None) -> Timing:
    """Ask each question once, after some to warm up; count the backend's CPU where there is one."""
    for question in questions[:30]:
        await ask(question)
    timing = Timing()
    backends = await _backends(database) if database else []
    for question in questions:
        began, spent = time.perf_counter(), _spent(backends)
        timing.empty += not await ask(question)
        timing.wall.append(time.perf_counter() - began)
        timing.processor.append(_spent(backends) - spent)
    return timing


def _spent(backends: Sequence[psutil.Process]) -> float:
    return time.process_time() + sum(sum(one.cpu_times()[:2]) for one in backends)


async def _backends(database: Database) -> list[psutil.Process]:
    """Return the processes that serve this process's connections, where they run here."""
    async with database.sessions() as session:
        driver = await driver_connection(session)
        rows = await (
            await driver.execute("SELECT pid FROM pg_stat_activity WHERE usename = current_user")
        ).fetchall()
    return [psutil.Process(pid) for (pid,) in rows if psutil.pid_exists(pid)]


def _whole(database: Database, collection: UUID) -> Ask:
    async def ask(question: str) -> int:
        async with database.sessions() as session:
            return len(await product.search(session, question, [collection], k=10))

    return ask


def _candidates(database: Database, collection: UUID) -> Ask:
    """Segments, postings, scores and the best 200: what a search engine's top 200 is."""

    async def ask(question: str) -> int:
        async with database.sessions() as session:
            driver = await driver_connection(session)
            index = await open_index(driver, [collection])
            terms = dict.fromkeys(tokenize(question))
            postings = await index.postings(terms)
            weights = dict.fromkeys(postings, 1.0)
            scores = lexical.score_passages(
                postings, weights, chunk_count=index.chunk_count, token_total=index.token_total
            )
            best = lexical.best(scores, CANDIDATES)
            return len(index.chunk_ids(best.numbers))

    return ask


def _tantivy(lines: Sequence[str]) -> Ask:
    """tantivy in memory, on the product's own terms."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("number", stored=True)
    index = tantivy.Index(builder.build())
    writer = index.writer(heap_size=256_000_000, num_threads=1)
    for number, line in enumerate(lines):
        writer.add_document(tantivy.Document(body=line, number=number))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    async def ask(question: str) -> int:
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(index.schema, "body", term))
            for term in dict.fromkeys(tokenize(question))
        ]
        return len(searcher.search(tantivy.Query.boolean_query(terms), CANDIDATES).hits)

    return ask


def _bm25s(lines: Sequence[str]) -> Ask:
    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index([line.split() for line in lines], show_progress=False)

    async def ask(question: str) -> int:
        terms = [term for term in tokenize(question) if term in index.vocab_dict]
        if not terms:
            return 0
        found, _ = index.retrieve([terms], k=CANDIDATES, show_progress=False)
        return len(found[0])

    return ask


async def _while_asked_for_health(
    database: Database, collection: UUID, questions: Sequence[str]
) -> Timing:
    """Search in the process that answers /healthz, and time its answers."""
    pings, stop = Timing(), asyncio.Event()
    app = create_app(load_settings(), database=database, bell=_Mute())
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app), base_url="http://bench.test"
        ) as client,
    ):

        async def ping() -> None:
            while not stop.is_set():
                began, spent = time.perf_counter(), time.process_time()
                (await client.get("/healthz")).raise_for_status()
                pings.wall.append(time.perf_counter() - began)
                pings.processor.append(time.process_time() - spent)
                await asyncio.sleep(0.005)

        task = asyncio.create_task(ping())
        await _timed(_whole(database, collection), questions)
        stop.set()
        await task
    return pings


class _Mute:
    async def ring(self) -> None:
        return


async def _throughput(database: Database, collection: UUID, questions: Sequence[str]) -> float:
    ask = _whole(database, collection)
    waiting: Iterator[str] = iter(questions)

    async def client() -> None:
        for question in waiting:
            await ask(question)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return len(questions) / (time.perf_counter() - began)


async def _while_ingesting(
    database: Database, collection: UUID, questions: Sequence[str]
) -> Timing:
    """Search while another process adds documents of eight passages and merges them."""
    context = multiprocessing.get_context("spawn")
    stop, started = context.Event(), context.Event()
    address = database.url.render_as_string(hide_password=False)
    worker = context.Process(target=_ingest, args=(address, collection, stop, started))
    worker.start()
    try:
        await asyncio.to_thread(started.wait, 120)
        return await _timed(_whole(database, collection), questions)
    finally:
        stop.set()
        worker.join(60)


def _ingest(address: str, collection: UUID, stop: Event, started: Event) -> None:
    asyncio.run(_keep_ingesting(address, collection, stop, started))


async def _keep_ingesting(address: str, collection: UUID, stop: Event, started: Event) -> None:
    database = Database(make_url(address))
    added = 0
    while not stop.is_set():
        body = f"Documento {added} que chega durante a busca, com férias, ponto e chamados. " * 8
        await stored.store(database, collection, [body] * stored.PER_DOCUMENT, analyze=False)
        added += 1
        started.set()
        if added % 40 == 0:
            await _merge_all(database, collection)
        # A busy intake, not a flood: about twenty documents a second.
        await asyncio.sleep(0.03)
    await database.close()


async def _merge_all(database: Database, collection: UUID) -> None:
    report = True
    while report:
        async with database.begin() as session:
            report = await merge_collection(session, collection) is not None


async def index_bytes(database: Database) -> int:
    """Return the bytes of the index that are in use."""
    async with database.sessions() as session:
        driver = await driver_connection(session)
        found = await driver.execute(
            "SELECT pg_total_relation_size('ai.lexical_posting')"
            " + (SELECT sum(pg_column_size(chunk_ids) + coalesce(pg_column_size(vocabulary), 0)"
            "   + coalesce(pg_column_size(payload), 0)) FROM ai.lexical_segment)"
        )
        row = await found.fetchone()
    assert row is not None
    return int(row[0])
