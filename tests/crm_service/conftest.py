from collections.abc import AsyncIterator

import httpx2
import pytest
from api import Api, running_api

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role


@pytest.fixture
async def api(settings: Settings, database: Database) -> AsyncIterator[Api]:
    async with running_api(settings, database) as opened:
        yield opened


@pytest.fixture
async def agent(api: Api) -> httpx2.AsyncClient:
    return await api.client(Role.AGENT)
