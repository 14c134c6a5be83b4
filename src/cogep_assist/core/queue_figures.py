"""Figures of the queues and the workers, read from the one truth about them."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

WINDOW_SECONDS = 300
# Enough for any figure, and few enough that a scrape of a very busy queue stays cheap.
MOST_TIMED = 20_000
STAGE_SECONDS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True)
class StageTimes:
    """One stage's times over the window: jobs up to each bound of ``STAGE_SECONDS``, then all."""

    stage: str
    cumulative: Sequence[int]
    count: int
    sum_seconds: float


@dataclass(frozen=True, slots=True)
class WorkerFigures:
    """A registered worker process."""

    worker: str
    host: str
    release: str
    seen_seconds: float
    busy: int
    capacity: int
    idle_reason: str


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """Both queues at one moment. Keys are (queue, state), (queue, end) and queue."""

    depth: dict[tuple[str, str], int]
    oldest_due_seconds: dict[str, float]
    finished: dict[tuple[str, str], int]
    stages: Sequence[StageTimes]
    workers: Sequence[WorkerFigures]
    # By topic and state: what leaves the house and has not arrived.
    outbox: dict[tuple[str, str], int]
    outbox_oldest_seconds: float


async def read_queue_figures(session: AsyncSession) -> QueueFigures:
    """Read everything in a few statements, each of which an index answers."""
    return QueueFigures(
        depth=await _depth(session),
        oldest_due_seconds=await _oldest(session),
        finished=await _finished(session),
        stages=await _stages(session),
        workers=await _workers(session),
        outbox=await _outbox(session),
        outbox_oldest_seconds=await _outbox_oldest(session),
    )


async def _depth(session: AsyncSession) -> dict[tuple[str, str], int]:
    rows = await session.execute(
        sa.text(
            """
            SELECT 'ingestion' AS queue, state, sum(n)::bigint FROM (
                SELECT CASE WHEN available_at <= now() THEN 'due' ELSE 'delayed' END AS state,
                       count(*) AS n
                FROM ai.ingestion_queue WHERE status = 'pending' GROUP BY 1
                UNION ALL
                SELECT 'processing', count(*) FROM ai.ingestion_queue WHERE status = 'processing'
                UNION ALL
                SELECT 'failed', count(*) FROM ai.ingestion_queue WHERE status = 'failed'
            ) AS counted GROUP BY state
            UNION ALL
            SELECT 'background', state, sum(n)::bigint FROM (
                SELECT CASE WHEN available_at <= now() THEN 'due' ELSE 'delayed' END AS state,
                       count(*) AS n
                FROM access.background_job WHERE status = 'pending' GROUP BY 1
                UNION ALL
                SELECT 'processing', count(*) FROM access.background_job
                WHERE status = 'processing'
            ) AS counted GROUP BY state
            """
        )
    )
    empty = {
        **dict.fromkeys((("ingestion", s) for s in ("due", "delayed", "processing", "failed")), 0),
        **dict.fromkeys((("background", s) for s in ("due", "delayed", "processing")), 0),
    }
    return {**empty, **{(queue, state): int(n) for queue, state, n in rows}}


async def _oldest(session: AsyncSession) -> dict[str, float]:
    rows = await session.execute(
        sa.text(
            """
            SELECT 'ingestion', extract(epoch FROM now() - min(available_at))
            FROM ai.ingestion_queue WHERE status = 'pending' AND available_at <= now()
            UNION ALL
            SELECT 'background', extract(epoch FROM now() - min(available_at))
            FROM access.background_job WHERE status = 'pending' AND available_at <= now()
            """
        )
    )
    return {queue: max(0.0, float(age or 0)) for queue, age in rows}


async def _finished(session: AsyncSession) -> dict[tuple[str, str], int]:
    rows = await session.execute(
        sa.text(
            """
            SELECT 'ingestion', status::text, count(*) FROM ai.ingestion_queue
            WHERE finished_at > now() - make_interval(secs => :window) GROUP BY status
            UNION ALL
            SELECT 'background', status::text, count(*) FROM access.background_job
            WHERE finished_at > now() - make_interval(secs => :window) GROUP BY status
            """
        ),
        {"window": WINDOW_SECONDS},
    )
    ends = ("completed", "failed", "cancelled")
    empty = dict.fromkeys(((q, end) for q in ("ingestion", "background") for end in ends), 0)
    return {**empty, **{(queue, end): int(n) for queue, end, n in rows}}


async def _stages(session: AsyncSession) -> list[StageTimes]:
    """Sort the times of recently finished jobs into buckets, in the database."""
    rows = await session.execute(
        sa.text(
            """
            SELECT t.key,
                   count(*), sum(t.value::double precision) / 1000,
                   array_agg(width_bucket(
                       t.value::double precision / 1000, CAST(:bounds AS double precision[])))
            FROM (SELECT timings_ms FROM ai.ingestion_queue
                  WHERE finished_at > now() - make_interval(secs => :window)
                  ORDER BY finished_at DESC LIMIT :most) AS q,
                 jsonb_each_text(q.timings_ms) AS t
            WHERE t.key = ANY(CAST(:stages AS text[])) AND t.value ~ '^[0-9]+([.][0-9]+)?$'
            GROUP BY t.key ORDER BY t.key
            """
        ),
        {
            "bounds": list(STAGE_SECONDS),
            "window": WINDOW_SECONDS,
            "most": MOST_TIMED,
            "stages": ["fetch", "parse", "chunk", "embed", "index", "store"],
        },
    )
    return [
        StageTimes(
            stage,
            [sum(place <= bound for place in places) for bound in range(len(STAGE_SECONDS))],
            int(count),
            float(total),
        )
        for stage, count, total, places in rows
    ]


async def _workers(session: AsyncSession) -> list[WorkerFigures]:
    rows = await session.execute(
        sa.text(
            """
            SELECT id::text, host, release, extract(epoch FROM now() - seen_at), busy, capacity,
                   coalesce(idle_reason, '')
            FROM access.worker ORDER BY id LIMIT 1000
            """
        )
    )
    return [
        WorkerFigures(worker, host, release, max(0.0, float(seen)), busy, capacity, reason)
        for worker, host, release, seen, busy, capacity, reason in rows
    ]


async def _outbox(session: AsyncSession) -> dict[tuple[str, str], int]:
    rows = await session.execute(
        sa.text(
            """
            SELECT topic, status::text, count(*) FROM access.outbox
            WHERE status = 'pending' GROUP BY topic, status
            UNION ALL
            SELECT topic, status::text, count(*) FROM access.outbox
            WHERE status IN ('dead', 'held') GROUP BY topic, status
            """
        )
    )
    topics = ("mail", "ticket_mail", "webhook", "webhook_challenge", "callback")
    empty = dict.fromkeys(((t, state) for t in topics for state in ("pending", "held", "dead")), 0)
    return {**empty, **{(topic, state): int(n) for topic, state, n in rows}}


async def _outbox_oldest(session: AsyncSession) -> float:
    age = await session.scalar(
        sa.text(
            "SELECT extract(epoch FROM now() - min(created_at)) FROM access.outbox"
            " WHERE status = 'pending'"
        )
    )
    return max(0.0, float(age or 0))
