"""Bring a generated Zammad export into an empty base and say how many tickets a second.

    python bench/imports.py [--tickets 10000] [--people 2000]

Three entries a ticket, two of them HTML.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import secrets
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.engine import URL, make_url

from cogep_assist.core import embedded_postgres, schema, secret_key
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import PastSystem
from cogep_assist.crm_service.importers.batches import begin_batch, run_batch
from cogep_assist.crm_service.importers.mapping import WordMap
from cogep_assist.crm_service.importers.report import Report
from cogep_assist.crm_service.importers.rollback import roll_back_batch
from cogep_assist.crm_service.importers.slices import Run
from cogep_assist.crm_service.importers.zammad import ZammadExport
from cogep_assist.lgpd_service.erasure.erased_values import without_erased
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import ParseLimits

_TEXT = "férias folha acesso senha rede impressora contracheque certidão diária ramal"
WORDS = _TEXT.split()


async def main() -> None:
    """Write an export, read it, import it, take it back; print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=2_000)
    options = parser.parse_args()
    settings = load_settings(secret_key=secrets.token_urlsafe(32))
    secret_key.load(settings)
    with database_url() as url, tempfile.TemporaryDirectory() as folder:
        schema.upgrade(url)
        database = Database(url)
        path = Path(folder)
        write_export(path, options.people, options.tickets)
        began = time.perf_counter()
        export = ZammadExport(path, ZoneInfo(settings.timezone))
        report = Report()
        report.survey.count(export.people(), export.tickets())
        say("read and surveyed", options.tickets, began)
        pool = ParserPool(1)
        async with database.begin() as session:
            batch = await begin_batch(session, SYSTEM, PastSystem.ZAMMAD, "z", "bench", {})
        run = Run(
            database, SYSTEM, settings, pool, ParseLimits(), export, WordMap(), "z", batch.id,
            report, lambda _: None, False, partial(without_erased, data_dir=settings.data_dir),
        )  # fmt: skip
        began, busy = time.perf_counter(), time.process_time()
        await run_batch(run)
        say("imported", options.tickets, began)
        print(f"of which {time.process_time() - busy:.1f} s of this process")
        print(dict(report.counts))
        began = time.perf_counter()
        async with database.begin() as session:
            await roll_back_batch(session, SYSTEM, batch.id)
        say("taken back", options.tickets, began)
        pool.close()
        export.close()
        await database.close()


def write_export(folder: Path, people: int, tickets: int) -> None:
    """Write users, tickets and articles as the API gives them."""
    rng = random.Random(7)
    users = [
        {"id": n, "login": f"u{n}", "firstname": rng.choice(("Ana", "José", "Zélia", "Otávio")),
         "lastname": f"{rng.choice(('Conceição', 'Brandão', 'Sá'))} {n}",
         "email": f"u{n}@exemplo.org", "mobile": f"619{n:08d}", "role_ids": [3]}
        for n in range(10, 10 + people)
    ]  # fmt: skip
    (folder / "users.json").write_text(json.dumps(users), "utf-8")
    tickets_file, articles_file = folder / "tickets.jsonl", folder / "articles.jsonl"
    with tickets_file.open("w") as first, articles_file.open("w") as second:
        for n in range(1, tickets + 1):
            day = f"20{rng.randrange(18, 26)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 28):02d}"
            user = rng.randrange(10, 10 + people)
            ticket = {
                "id": n, "number": f"3{n:06d}", "title": f"Pedido de {rng.choice(WORDS)}",
                "state_id": 4, "priority_id": 2, "group_id": 1, "customer_id": user,
                "created_at": f"{day}T12:00:00Z", "close_at": f"{day}T15:00:00Z",
            }  # fmt: skip
            first.write(json.dumps(ticket) + "\n")
            for place, sender in enumerate((2, 1, 2)):
                text = " ".join(rng.choices(WORDS, k=80))
                article = {
                    "id": n * 3 + place, "ticket_id": n, "sender_id": sender, "internal": False,
                    "content_type": "text/html" if place else "text/plain",
                    "body": f"<p>{text}</p>" if place else text, "created_by_id": user,
                    "created_at": f"{day}T1{2 + place}:00:00Z",
                }  # fmt: skip
                second.write(json.dumps(article) + "\n")


@contextlib.contextmanager
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


def say(what: str, tickets: int, began: float) -> None:
    """Print a figure."""
    seconds = time.perf_counter() - began
    print(f"{what}: {tickets} tickets in {seconds:.1f} s, {tickets / seconds:.0f}/s")


if __name__ == "__main__":
    asyncio.run(main())
