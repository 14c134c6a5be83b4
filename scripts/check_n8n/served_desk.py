"""The desk that the workflows talk to: a whole COGEP Assist on a database that is thrown away."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from served_site import served_site
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncSession
from working import working

from cogep_assist.access_service.webhook_schemas import WebhookBody
from cogep_assist.access_service.webhooks import create_webhook
from cogep_assist.core import embedded_postgres, schema, secret_key
from cogep_assist.core.access import create_key
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    Collection,
    OutboxAttempt,
    OutboxMessage,
    Role,
    Visibility,
    Webhook,
    WebhookStatus,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.integrations.http import policy_from_settings

T = TypeVar("T")
COLLECTION = "atendimento"


@dataclass
class Desk:
    """A desk that is served, with a key for the flows and the secret of their webhook."""

    url: str
    key: str
    admin: str
    secret: str
    settings: Settings
    database_url: URL

    def count(self, model: Any) -> int:
        """Return how many rows of a model there are."""

        async def work(session: AsyncSession) -> int:
            return await session.scalar(sa.select(sa.func.count()).select_from(model)) or 0

        return _run(self.database_url, work)

    def subscribed(self) -> bool:
        """Tell whether the webhook has met its challenge."""

        async def work(session: AsyncSession) -> bool:
            status = await session.scalar(sa.select(Webhook.status))
            return status is WebhookStatus.ACTIVE

        return _run(self.database_url, work)

    def deliveries(self) -> str:
        """Tell what was tried to deliver, and what came of it."""

        async def work(session: AsyncSession) -> str:
            rows = await session.execute(
                sa.select(
                    OutboxMessage.event,
                    OutboxMessage.status,
                    OutboxAttempt.error_code,
                    OutboxAttempt.status_code,
                ).outerjoin(OutboxAttempt, OutboxAttempt.outbox_id == OutboxMessage.id)
            )
            return "; ".join(f"{e}: {s.value} {code} {http}" for e, s, code, http in rows)

        return _run(self.database_url, work)

    def working(self) -> Any:
        """Work in the background until the block ends."""
        return working(self.settings, self.database_url)


@contextmanager
def desk(folder: Path, n8n_port: int, event_path: str) -> Iterator[Desk]:
    """Serve a desk whose events go to n8n, as soon as somebody works on it."""
    with embedded_postgres.running(folder) as server:
        url = make_url(server.url("owner"))
        schema.upgrade(url)
        settings = Settings(
            _env_file=None,
            database_url=server.url("owner"),
            data_dir=folder / "dados",
            secret_key="so-para-conferir-os-fluxos-do-n8n-aqui",
            fetch_allow_hosts=[f"127.0.0.1:{n8n_port}"],
        )
        secret_key.load(settings)
        target = f"http://127.0.0.1:{n8n_port}{event_path}"
        keys = _run(url, lambda session: _prepare(session, settings, target))
        with served_site(settings) as address:
            yield Desk(address, *keys, settings, url)


async def _prepare(session: AsyncSession, settings: Settings, target: str) -> tuple[str, str, str]:
    session.add(Collection(name=COLLECTION, visibility=Visibility.PUBLIC))
    key = await create_key(session, "n8n", Role.CURATOR)
    admin = await create_key(session, "n8n, no", Role.ADMIN)
    body = WebhookBody(name="n8n", url=target, events=["ticket.created"], fields=["protocol"])
    _, secret = await create_webhook(session, SYSTEM, body, policy_from_settings(settings))
    return key, admin, secret


def _run(url: URL, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    async def whole() -> T:
        database = Database(url, pool_size=1)
        try:
            async with database.begin() as session:
                return await work(session)
        finally:
            await database.close()

    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(lambda: asyncio.run(whole())).result(60)
