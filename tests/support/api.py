"""An application on a test's own database, and clients of each role."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from fastapi import FastAPI

from cogep_assist.core.access import create_key
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role
from cogep_assist.main import create_app


class CountingBell:
    """A bell that remembers how often it rang."""

    def __init__(self) -> None:
        self.rings = 0

    async def ring(self) -> None:
        self.rings += 1


class Api:
    """The application under test: clients by role, the database, and the bell."""

    def __init__(self, app: FastAPI, database: Database, bell: CountingBell) -> None:
        self.app = app
        self.database = database
        self.bell = bell
        self._clients: list[httpx2.AsyncClient] = []

    def anonymous(self, **options: Any) -> httpx2.AsyncClient:
        """A client without credentials."""
        client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app), base_url="http://cogep.test", **options
        )
        self._clients.append(client)
        return client

    async def client(self, role: Role, name: str | None = None) -> httpx2.AsyncClient:
        """A client with a key of a role."""
        async with self.database.begin() as session:
            key = await create_key(session, name or f"chave de {role.value}", role)
        return self.anonymous(headers={"Authorization": f"Bearer {key}"})

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


@asynccontextmanager
async def running_api(settings: Settings, database: Database) -> AsyncIterator[Api]:
    """Run the application's lifespan around a test."""
    bell = CountingBell()
    app = create_app(settings, database=database, bell=bell)
    async with app.router.lifespan_context(app):
        api = Api(app, database, bell)
        try:
            yield api
        finally:
            await api.close()
