from collections.abc import AsyncIterator

import pytest
from api import Api, running_api

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database


@pytest.fixture
async def api(settings: Settings, database: Database) -> AsyncIterator[Api]:
    async with running_api(settings, database) as opened:
        yield opened
