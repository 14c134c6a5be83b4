"""Claim and enqueue in a queue that has finished a million jobs, beside one that is new."""

import asyncio
import time
from collections.abc import Iterator

import psycopg
from sqlalchemy.engine import URL
from uuid_utils.compat import uuid7

from cogep_assist.core import schema
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.queue import INGESTION
from cogep_assist.core.queue_claim import claim, complete_together, tune, tune_for_claims
from cogep_assist.core.secret_key import load as load_secret
from cogep_assist.ingestion_service.batch_write import write_batch
from cogep_assist.ingestion_service.intake_request import IntakeRequest
from cogep_assist.ingestion_service.submission import Options, url_submission

FINISHED = 1_000_000
JOBS, BATCH = 4_000, 100


def measure_long(server: URL, rounds: int) -> Iterator[tuple[str, float]]:
    """Give the jobs per second of each side in turn, round by round."""
    load_secret(load_settings(secret_key="uma-chave-de-medida-com-trinta-e-dois-bytes"))
    sides = {number: server.set(database=f"bench_long_{number}") for number in (0, FINISHED)}
    for number, url in sides.items():
        with psycopg.connect(conninfo(server), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {url.database}")
        schema.upgrade(url)
        fill(url, number)
    for _ in range(rounds):
        for number, url in sides.items():
            enqueued, claimed = asyncio.run(one_round(url))
            yield f"enqueue at {number:,}", enqueued
            yield f"claim at {number:,}", claimed


def fill(url: URL, finished: int) -> None:
    """Write jobs that have ended, as a year of work would leave them without an archive."""
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        connection.execute("INSERT INTO ai.collection (id, name) VALUES (gen_random_uuid(), 'rh')")
        connection.execute(
            """
            INSERT INTO ai.ingestion_queue
                (id, status, source_kind, collection_id, source_key, uri, submitted_by,
                 attempts, started_at, finished_at)
            SELECT gen_random_uuid(), 'completed', 'url', c.id, 'https://exemplo.gov.br/' || i,
                   'https://exemplo.gov.br/' || i, 'system', 1, now(), now()
            FROM generate_series(1, %s) AS i, ai.collection AS c WHERE c.name = 'rh'
            """,
            [finished],
        )
        connection.execute("VACUUM ANALYZE ai.ingestion_queue")


async def one_round(url: URL) -> tuple[float, float]:
    """Enqueue some thousand jobs in batches, then claim and complete them in batches."""
    database = Database(url)
    writing, claiming, ending = [await database.connect() for _ in range(3)]
    await tune_for_claims(claiming)
    await tune(ending)
    began = time.perf_counter()
    for _ in range(JOBS // BATCH):
        links = [f"https://www.exemplo.gov.br/{uuid7()}" for _ in range(BATCH)]
        requests = [IntakeRequest(SYSTEM, [url_submission(link, Options())]) for link in links]
        await write_batch(writing, requests, max_attempts=3)
    enqueued = JOBS / (time.perf_counter() - began)
    began, done, worker = time.perf_counter(), 0, uuid7()
    while True:
        claims = await claim(
            claiming,
            INGESTION,
            worker_id=worker,
            revision=schema.head(),
            limit=BATCH,
            lease_seconds=60,
        )
        if not claims:
            break
        await complete_together(ending, INGESTION, worker, claims)
        done += len(claims)
    assert done == JOBS, done
    claimed = JOBS / (time.perf_counter() - began)
    await writing.close()
    await claiming.close()
    await ending.close()
    await database.close()
    return enqueued, claimed
