"""An installation whose answers a model writes, over two documents about leave."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from api import Api, running_api
from asked_model import GOOD, publish_base, with_model
from chat_server import ChatServer, chat_server

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database


@pytest.fixture
async def server() -> AsyncIterator[ChatServer]:
    """The model's server, which says what is right until it is told to say something else."""
    async with chat_server() as running:
        running.says(GOOD)
        yield running


@pytest.fixture
async def api(server: ChatServer, settings: Settings, database: Database) -> AsyncIterator[Api]:
    async with running_api(with_model(settings, server), database) as opened:
        yield opened


@pytest.fixture
async def base(database: Database) -> list[UUID]:
    return await publish_base(database)
