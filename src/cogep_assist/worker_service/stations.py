"""Make what the pipeline's stations need, once per worker process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.integrations.http import GuardedClient, policy_from_settings
from cogep_assist.pipeline.embed import embedder_from_settings
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.pipeline.run import Stations
from cogep_assist.retrieval.query_models import query_models


@asynccontextmanager
async def open_stations(settings: Settings, database: Database) -> AsyncIterator[Stations]:
    """Give the stations for the time of a block; their children end with it."""
    parsers = ParserPool(settings.worker_parsers)
    try:
        async with (
            GuardedClient(policy_from_settings(settings)) as client,
            embedder_from_settings(settings, database) as embedder,
            # Some duties search: the questions that nobody could answer are asked again.
            query_models(settings, database),
        ):
            yield Stations(
                settings=settings,
                database=database,
                client=client,
                parsers=parsers,
                limits=parse_limits(settings),
                embedder=embedder,
            )
    finally:
        parsers.close()


def parse_limits(settings: Settings) -> ParseLimits:
    """Return the limits that the administrator set."""
    return ParseLimits(
        memory_bytes=settings.parse_memory_bytes,
        cpu_seconds=settings.parse_cpu_seconds,
        wall_seconds=settings.parse_wall_seconds,
        max_text_chars=settings.parse_max_text_chars,
        max_pages=settings.parse_max_pages,
        ocr=settings.parse_ocr,
    )
