"""Models that were chosen on the page: their keys are sealed, and every process follows them.

The settings in force are those of the server's environment with the chosen models laid over them,
kind by kind; what the environment sets wins.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import sealing
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, driver_connection
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import ModelChoice, ModelKind, ModelProvider

PURPOSE = "model-key"
# A choice made in one process is followed by every other within this time.
FOLLOW_SECONDS = 5.0
Use = Callable[[Settings], Awaitable[None]]
Mark = list[tuple[str, int, datetime]]
log = get_logger(__name__)


def seal_key(kind: ModelKind, key: str) -> bytes:
    """Seal the key of a service under the installation's master key."""
    return sealing.seal(PURPOSE, key.encode(), kind.value)


def unseal_key(choice: ModelChoice) -> SecretStr | None:
    """Return a service's key, or None where it has none. Raises AppError("sealed_unreadable")."""
    if choice.api_key is None:
        return None
    return SecretStr(sealing.unseal(PURPOSE, choice.api_key, choice.kind.value).decode())


def settings_with(settings: Settings, choices: Sequence[ModelChoice]) -> Settings:
    """Lay chosen models over the settings of the environment.

    One whose key cannot be read, as under another master key, is left out.
    """
    chosen: dict[str, dict[str, Any]] = {}
    for choice in choices:
        try:
            key = unseal_key(choice)
        except AppError as error:
            log.warning("model_choice_unreadable", kind=choice.kind.value, code=error.code)
            continue
        chosen[choice.kind.value] = _fields(choice, key)
    return settings.with_chosen(chosen)


async def chosen_models(session: AsyncSession) -> Sequence[ModelChoice]:
    """Return what is chosen now."""
    return (await session.scalars(sa.select(ModelChoice))).all()


async def settings_in_force(settings: Settings, session: AsyncSession) -> Settings:
    """Return the settings with what is chosen now."""
    return settings_with(settings, await chosen_models(session))


class ModelWatch:
    """Follow what is chosen, and hand the settings in force to whoever uses models.

    ``use`` is called at each change; what the environment sets is in use already.
    """

    def __init__(self, settings: Settings, database: Database, use: Use) -> None:
        self.in_force = settings
        self._settings = settings
        self._database = database
        self._use = use
        self._seen: Mark = []
        self._looking = asyncio.Lock()

    async def refresh(self) -> None:
        """Look now; what has changed is in use when this returns."""
        async with self._looking:
            mark = await self._mark()
            if mark == self._seen:
                return
            async with self._database.begin() as session:
                settings = await settings_in_force(self._settings, session)
            await self._use(settings)
            self.in_force, self._seen = settings, mark

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """Use what is chosen now, and what is chosen by others, until the block ends."""
        await self._look()
        following = asyncio.create_task(self._follow(), name="follow_models")
        try:
            yield
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(FOLLOW_SECONDS)
            await self._look()

    async def _look(self) -> None:
        try:
            await self.refresh()
        except (DBAPIError, psycopg.Error, OSError) as error:
            # A base that is away, or older than this release: what is in use stays.
            log.warning("model_choices_unknown", error=type(error).__name__)

    async def _mark(self) -> Mark:
        async with self._database.sessions() as session:
            driver = await driver_connection(session)
            found = await driver.execute(
                "SELECT kind::text, revision, updated_at FROM access.model_choice ORDER BY kind"
            )
            return await found.fetchall()


def _fields(choice: ModelChoice, key: SecretStr | None) -> dict[str, Any]:
    own = choice.provider is ModelProvider.OWN
    common = {"url": choice.url, "model": choice.model or None, "api_key": key}
    if choice.kind is ModelKind.CHAT:
        return _named("llm", common | {"provider": choice.provider.value})
    if choice.kind is ModelKind.RERANK:
        return _named("rerank", common | {"provider_own": own})
    prefixes = {
        "query_prefix": choice.query_prefix or None,
        "passage_prefix": choice.passage_prefix or None,
    }
    return _named("embed", common | {"provider_own": own} | prefixes)


def _named(prefix: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {f"{prefix}_{name}": value for name, value in fields.items()}
