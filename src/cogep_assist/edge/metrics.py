"""``GET /metrics``: what this process timed, and how the queues and the workers stand."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    GaugeHistogramMetricFamily,
    GaugeMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from cogep_assist import __version__
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.logging import get_logger
from cogep_assist.core.metrics import REGISTRY
from cogep_assist.core.principal import Act
from cogep_assist.core.queue_figures import (
    STAGE_SECONDS,
    QueueFigures,
    StageTimes,
    read_queue_figures,
)
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.state import edge_state

# However often somebody asks, the database is asked this often at most.
REMEMBERED_SECONDS = 2.0
TIMEOUT_SECONDS = 5.0
log = get_logger(__name__)


@dataclass(eq=False)
class QueueCollector:
    """Turn the queues' figures into metrics; ``figures`` is None while the database is away."""

    figures: QueueFigures | None = None
    read_at: float = 0.0
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def refresh(self, database: Database) -> None:
        """Read the figures anew, unless they are fresh."""
        async with self.reading:
            if time.monotonic() - self.read_at < REMEMBERED_SECONDS:
                return
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS), database.begin() as session:
                    self.figures = await read_queue_figures(session)
            except Exception as error:  # noqa: BLE001  (a scrape tells that, and never fails)
                log.warning("metrics_without_database", error=type(error).__name__)
                self.figures = None
            self.read_at = time.monotonic()

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics, as Prometheus' registry asks for them."""
        up = GaugeMetricFamily("cogep_database_up", "Whether the database answers")
        up.add_metric([], float(self.figures is not None))
        yield up
        release = GaugeMetricFamily("cogep_release", "Release of this process", labels=["release"])
        release.add_metric([__version__], 1.0)
        yield release
        if self.figures is not None:
            yield from _queues(self.figures)
            yield _stage_times(self.figures)
            yield from _workers(self.figures)
            yield from _outbox(self.figures)


def metrics_router(settings: Settings) -> APIRouter:
    """Return the route; it needs a staff role unless COGEP_METRICS_OPEN says otherwise."""
    router = guarded_router(tags=["health"])
    collector = QueueCollector()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    closed = rule(Login.KEY_OR_SESSION, Act.READ_METRICS)

    @router.get(
        "/metrics",
        response_class=PlainTextResponse,
        summary="Medidas para o Prometheus",
        dependencies=[rule(Login.OPEN) if settings.metrics_open else closed],
    )
    async def metrics(request: Request) -> PlainTextResponse:
        """Tell the figures in Prometheus' text format."""
        await collector.refresh(edge_state(request).database)
        text = generate_latest(REGISTRY) + generate_latest(registry)
        return PlainTextResponse(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return router


def _queues(figures: QueueFigures) -> Iterator[Metric]:
    depth = GaugeMetricFamily("cogep_queue_jobs", "Jobs by state", labels=["queue", "state"])
    for (queue, state), number in figures.depth.items():
        depth.add_metric([queue, state], number)
    yield depth
    oldest = GaugeMetricFamily(
        "cogep_queue_oldest_due_seconds",
        "How long the job that is due the longest has waited",
        labels=["queue"],
    )
    for queue, age in figures.oldest_due_seconds.items():
        oldest.add_metric([queue], age)
    yield oldest
    finished = GaugeMetricFamily(
        "cogep_queue_finished_5m", "Jobs that ended in the last 5 minutes", labels=["queue", "end"]
    )
    for (queue, end), number in figures.finished.items():
        finished.add_metric([queue, end], number)
    yield finished


def _stage_times(figures: QueueFigures) -> Metric:
    times = GaugeHistogramMetricFamily(
        "cogep_ingestion_stage_seconds_5m",
        "Seconds per stage of the documents of the last 5 minutes",
        labels=["stage"],
    )
    for stage in figures.stages:
        times.add_metric([stage.stage], _buckets(stage), gsum_value=stage.sum_seconds)
    return times


def _buckets(stage: StageTimes) -> list[tuple[str, float]]:
    bounds = [
        (f"{bound:g}", float(number))
        for bound, number in zip(STAGE_SECONDS, stage.cumulative, strict=True)
    ]
    return [*bounds, ("+Inf", float(stage.count))]


def _workers(figures: QueueFigures) -> Iterator[Metric]:
    labels = ["worker", "host"]
    seen = GaugeMetricFamily(
        "cogep_worker_seen_seconds", "Seconds since the worker's last heartbeat", labels=labels
    )
    busy = GaugeMetricFamily("cogep_worker_busy", "Jobs that it runs", labels=labels)
    capacity = GaugeMetricFamily("cogep_worker_capacity", "Jobs that it can run", labels=labels)
    info = GaugeMetricFamily(
        "cogep_worker_info",
        "1 per worker; idle_reason says why it takes no work",
        labels=[*labels, "release", "idle_reason"],
    )
    for worker in figures.workers:
        names = [worker.worker, worker.host]
        seen.add_metric(names, worker.seen_seconds)
        busy.add_metric(names, worker.busy)
        capacity.add_metric(names, worker.capacity)
        info.add_metric([*names, worker.release, worker.idle_reason], 1.0)
    yield from (seen, busy, capacity, info)


def _outbox(figures: QueueFigures) -> Iterator[Metric]:
    messages = GaugeMetricFamily(
        "cogep_outbox_messages",
        "Mails and calls that have not arrived, by what they are and where they stand",
        labels=["topic", "state"],
    )
    for (topic, state), number in figures.outbox.items():
        messages.add_metric([topic, state], number)
    yield messages
    oldest = GaugeMetricFamily(
        "cogep_outbox_oldest_seconds", "Age of the oldest message that waits to be delivered"
    )
    oldest.add_metric([], figures.outbox_oldest_seconds)
    yield oldest
