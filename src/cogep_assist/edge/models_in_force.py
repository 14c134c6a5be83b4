"""The models that help this process's requests, exchanged when an administrator chooses others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cogep_assist.answering.generate import writer_from_settings
from cogep_assist.core.config import Settings
from cogep_assist.core.model_choices import ModelWatch
from cogep_assist.core.retirement import Retirement
from cogep_assist.edge.state import EdgeState
from cogep_assist.integrations.privacy_guard import PrivacyGuard
from cogep_assist.integrations.transfer_log import TransferLog
from cogep_assist.retrieval.query_models import query_models


@asynccontextmanager
async def models_in_force(edge: EdgeState) -> AsyncIterator[None]:
    """Let the models that are set write answers and help searches until the block ends."""
    retired = Retirement()
    log, guard = TransferLog(edge.database), PrivacyGuard(edge.settings, edge.database)
    async with query_models(edge.settings, edge.database) as searching:
        edge.writer = writer_from_settings(edge.settings, log, guard)

        async def use(settings: Settings) -> None:
            if edge.writer is not None:
                # An answer that is being written is written to its end.
                retired.add(edge.writer.aclose, settings.llm_total_seconds + 30)
            edge.writer = writer_from_settings(settings, log, guard)
            searching.use(settings)

        edge.models = ModelWatch(edge.settings, edge.database, use)
        try:
            async with edge.models.followed():
                yield
        finally:
            await retired.close()
            if edge.writer is not None:
                await edge.writer.aclose()


def settings_in_use(edge: EdgeState) -> Settings:
    """Return the settings with the models that were chosen."""
    return edge.models.in_force if edge.models is not None else edge.settings
