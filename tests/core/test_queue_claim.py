"""The claim's statements look rows up, whatever the planner believes about the table."""

import re

import psycopg
import pytest
from sqlalchemy.engine import URL
from uuid_utils.compat import uuid7

from cogep_assist.core import queue_claim, schema
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.queue import BACKGROUND, INGESTION, Queue

JOBS = 3000


@pytest.fixture
def crowded(database_url: URL) -> None:
    """Many jobs of many documents, in tables that were analysed while they were empty."""
    with psycopg.connect(conninfo(database_url), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE ai.ingestion_queue")
        connection.execute("VACUUM ANALYZE access.background_job")
        connection.execute("INSERT INTO ai.collection (id, name) VALUES (gen_random_uuid(), 'rh')")
        connection.execute(
            "INSERT INTO ai.ingestion_queue"
            " (id, source_kind, collection_id, source_key, submitted_by)"
            " SELECT gen_random_uuid(), 'url', c.id, 'https://exemplo.gov.br/' || i, 'system'"
            " FROM generate_series(1, %s) AS i, ai.collection AS c",
            [JOBS],
        )
        connection.execute(
            "INSERT INTO access.background_job (id, kind, subject)"
            " SELECT gen_random_uuid(), 'noop', i::text FROM generate_series(1, %s) AS i",
            [JOBS],
        )


@pytest.mark.parametrize("queue", [INGESTION, BACKGROUND], ids=lambda q: q.table.name)
@pytest.mark.usefixtures("crowded")
async def test_a_claim_reads_little_more_than_it_takes(database: Database, queue: Queue) -> None:
    connection = await database.connect()
    async with connection:
        await queue_claim.tune_for_claims(connection)
        worker = uuid7()
        finished = await queue_claim.claim(
            connection,
            queue,
            worker_id=worker,
            revision=schema.head(),
            limit=50,
            lease_seconds=60,
        )
        values = {
            "worker": worker,
            "ended": [claimed.id for claimed in finished],
            "ended_attempts": [claimed.attempt for claimed in finished],
            "revision": schema.head(),
            "limit": 50,
            "lease": 60.0,
        }
        statements = queue_claim._statements(queue)
        plans = []
        for statement in (statements.complete, statements.claim):
            explained = await connection.execute(
                b"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) " + statement, values
            )
            plans.append("\n".join(line for (line,) in await explained.fetchall()))
    assert len(finished) == 50
    for plan in plans:
        assert "Seq Scan" not in plan
        assert "Sort" not in plan
        removed = [int(number) for number in re.findall(r"Rows Removed by \w+ ?\w*: (\d+)", plan)]
        assert sum(removed) <= 100, plan
        whole = re.search(r"Buffers: shared hit=(\d+)", plan)
        assert whole is not None
        # Fifty rows, each with its indexes; reading the queue would be twenty times that.
        assert int(whole[1]) < 50 * 35, plan
