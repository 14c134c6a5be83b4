"""Make what the pipeline's stations need, once per worker process."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.model_choices import ModelWatch
from cogep_assist.integrations.http import GuardedClient, policy_from_settings
from cogep_assist.lgpd_service.erasure.erased_values import ErasedPeople
from cogep_assist.pipeline.embed import embedding
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.pipeline.run import Stations
from cogep_assist.retrieval.query_models import query_models


@asynccontextmanager
async def open_stations(
    settings: Settings, database: Database, parsers: ParserPool | None = None
) -> AsyncIterator[Stations]:
    """Give the stations for the time of a block.

    Their children end with it, but for those of ``parsers``, which whoever gave them goes on using.
    """
    used = parsers or ParserPool(settings.worker_parsers)
    try:
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(GuardedClient(policy_from_settings(settings)))
            embedders = await stack.enter_async_context(embedding(settings, database))
            # Some duties search: the questions that nobody could answer are asked again.
            searching = await stack.enter_async_context(query_models(settings, database))

            async def use(in_force: Settings) -> None:
                searching.use(in_force)
                await embedders.use_if_fit(in_force)

            models = ModelWatch(settings, database, use)
            await stack.enter_async_context(models.followed())
            yield Stations(
                settings=settings,
                database=database,
                client=client,
                parsers=used,
                limits=parse_limits(settings),
                embedding=embedders,
                models=models,
                without_erased=ErasedPeople(settings.data_dir).take_out,
            )
    finally:
        if parsers is None:
            used.close()


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
