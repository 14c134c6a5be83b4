"""How fast the pages are: server time of each, statements, and what Perguntar weighs and paints.

    make bench-web
    make bench-web ARGS="--url postgresql://… --rounds 50"

The columns API and database are processor time per page, in ms, the browser's part included: what
to look at where the machine is busy. Without --url it measures the tests' samples on a database of
its own; with it, the base that is there. Exits 1 when a bar is missed: server time p95 <= 80 ms,
statements <= 10, transfer <= 150 KB, first contentful paint <= 500 ms.
"""

import argparse
import asyncio
import gc
import os
import pickle
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/support"))

import httpx2  # noqa: E402  # the path comes first
import sqlalchemy as sa  # noqa: E402
from chromium import arguments, find_chromium  # noqa: E402
from page_samples import Prepared, prepare_samples  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from served_site import served_site  # noqa: E402
from sqlalchemy.engine import make_url  # noqa: E402

from cogep_assist.core import embedded_postgres, schema, secret_key  # noqa: E402
from cogep_assist.core.config import Settings  # noqa: E402
from cogep_assist.core.db import Database  # noqa: E402
from cogep_assist.core.models import Session  # noqa: E402
from cogep_assist.edge.cookies import COOKIE  # noqa: E402
from cpu import CpuMeter, postmaster_of  # noqa: E402
from desk_rows import pack_reports  # noqa: E402

SERVER_MS, STATEMENTS, TRANSFER_BYTES, PAINT_MS = 80.0, 10, 150_000, 500.0
HTML = {"Accept": "text/html"}


def main() -> int:
    """Measure, print, and say whether the bars are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a database that has data; the samples are added to it")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--samples", type=Path, help="keeps the samples of --url for the next run")
    parser.add_argument("--only", default="", help="pages whose address has this in it")
    options = parser.parse_args()
    with ExitStack() as stack:
        url = options.url or _own_database(stack)
        settings = Settings(
            _env_file=None,
            database_url=url,
            secret_key="somente-para-medir-as-paginas-aqui",
            read_rate="100000/minute",
            ask_rate="100000/minute",
        )
        secret_key.load(settings)
        found = _samples(url, options.samples)
        asyncio.run(_pack(url))
        site = stack.enter_context(served_site(settings))
        # As `cogep serve` does.
        gc.collect()
        gc.freeze()
        missed = _pages(site, url, found, options.rounds, options.only) + _paint(site, found)
    for words in missed:
        print(f"MISSED  {words}")
    return 1 if missed else 0


def _own_database(stack: ExitStack) -> str:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    Path(folder).chmod(0o755)
    server = stack.enter_context(embedded_postgres.running(Path(folder)))
    schema.upgrade(make_url(server.url("owner")))
    return server.url("owner")


def _samples(url: str, kept: Path | None) -> Prepared:
    if kept is not None and kept.exists():
        found: Prepared = pickle.loads(kept.read_bytes())
        asyncio.run(_sign_in_again(url))
        return found
    found = asyncio.run(_prepare(url))
    if kept is not None:
        kept.write_bytes(pickle.dumps(found))
    return found


async def _prepare(url: str) -> Prepared:
    database = Database(make_url(url), pool_size=2)
    try:
        return await prepare_samples(database)
    finally:
        await database.close()


async def _sign_in_again(url: str) -> None:
    """Let the sessions of kept samples, which are over after some hours, last for this run."""
    database = Database(make_url(url), pool_size=1)
    later = sa.func.now() + sa.text("interval '2 hours'")
    try:
        async with database.begin() as session:
            await session.execute(sa.update(Session).values(expires_at=later))
    finally:
        await database.close()


async def _pack(url: str) -> None:
    """Do for reports what a running worker would have done by now."""
    database = Database(make_url(url), pool_size=1)
    try:
        await pack_reports(database)
    finally:
        await database.close()


async def _postmaster(url: str) -> int:
    database = Database(make_url(url), pool_size=1)
    try:
        async with database.begin() as session:
            backend = await session.scalar(sa.select(sa.func.pg_backend_pid()))
            return postmaster_of(backend or 0)
    finally:
        await database.close()


def _pages(site: str, url: str, found: Prepared, rounds: int, only: str) -> list[str]:
    missed, count = [], [0]

    def note(*_: Any) -> None:
        count[0] += 1

    # The server runs in this process: every engine's statements are seen.
    sa.event.listen(sa.engine.Engine, "before_cursor_execute", note)
    meter = CpuMeter(os.getpid(), asyncio.run(_postmaster(url)))
    print(f"{'page':58} {'p50 ms':>8} {'p95 ms':>8} {'API':>6} {'database':>9} {'statements':>11}")
    for sample in found.pages:
        if only not in sample.address:
            continue
        address = sample.address.format(**found.names)
        cookies = {COOKIE: found.cookies[sample.role]} if sample.role else {}
        with httpx2.Client(base_url=site, headers=HTML, cookies=cookies) as client:
            status = client.get(address).status_code
            count[0], times, before = 0, [], meter.read()
            for _ in range(rounds):
                began = time.perf_counter()
                client.get(address)
                times.append((time.perf_counter() - began) * 1000)
        spent = meter.read() - before
        times.sort()
        p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
        statements = count[0] / rounds
        api, base = spent.api / rounds * 1000, spent.database / rounds * 1000
        print(f"{address[:58]:58} {p50:8.1f} {p95:8.1f} {api:6.1f} {base:9.1f} {statements:11.1f}")
        # Who is led away has no session any more, and the page was not measured.
        if status >= 500 or 300 <= status < 400:
            missed.append(f"{address}: answered {status}")
        # The process looks something up by itself now and then: that is no page's statement.
        elif p95 > SERVER_MS or round(statements, 1) > STATEMENTS:
            missed.append(f"{address}: p95 {p95:.1f} ms, {statements:.1f} statements")
    sa.event.remove(sa.engine.Engine, "before_cursor_execute", note)
    return missed


def _paint(site: str, found: Prepared) -> list[str]:
    path = find_chromium()
    if path is None:
        return ["Chromium was not found: transfer and paint are not measured"]
    role = next(sample.role for sample in found.pages if sample.route == "/perguntar")
    assert role is not None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments())
        context = browser.new_context(locale="pt-BR")
        context.add_cookies([{"name": COOKIE, "value": found.cookies[role], "url": site}])
        page = context.new_page()
        page.goto(f"{site}/perguntar", wait_until="networkidle")
        size = page.evaluate(
            "performance.getEntries().reduce((sum, one) => sum + (one.transferSize ?? 0), 0)"
        )
        paint = page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity"
        )
        browser.close()
    print(f"Perguntar, first visit: {size / 1000:.1f} KB transferred, first paint {paint:.0f} ms")
    missed = [] if size <= TRANSFER_BYTES else [f"transfer {size / 1000:.1f} KB"]
    return missed if paint <= PAINT_MS else [*missed, f"first contentful paint {paint:.0f} ms"]


if __name__ == "__main__":
    sys.exit(main())
