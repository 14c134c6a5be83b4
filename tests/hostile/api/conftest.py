from collections.abc import AsyncIterator

import pytest
from api import Api, running_api

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database

# What is asked here is asked by the thousand; how often one may ask is tested elsewhere.
OFTEN = "1000000/minute"


@pytest.fixture
async def api(settings: Settings, database: Database) -> AsyncIterator[Api]:
    rates = ("ingest_rate", "ask_rate", "read_rate", "sign_in_rate")
    given = settings.model_copy(update=dict.fromkeys(rates, OFTEN))
    async with running_api(given, database) as opened:
        yield opened
