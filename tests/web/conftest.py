from collections.abc import AsyncIterator

import pytest
from api import Api, running_api
from signed_in import Person, sign_in

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role


@pytest.fixture
async def api(settings: Settings, database: Database) -> AsyncIterator[Api]:
    async with running_api(settings, database) as opened:
        yield opened


@pytest.fixture
async def admin(api: Api) -> Person:
    return await sign_in(api, "Íris Conceição", Role.ADMIN)


@pytest.fixture
async def agent(api: Api) -> Person:
    return await sign_in(api, "Bruno Araújo", Role.AGENT)


@pytest.fixture
async def requester(api: Api) -> Person:
    return await sign_in(api, "Carla Assunção", Role.REQUESTER)
