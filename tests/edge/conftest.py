from collections.abc import AsyncIterator, Callable

import psycopg
import pytest
from api import Api, running_api
from sqlalchemy.engine import URL

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo


@pytest.fixture
async def api(settings: Settings, database: Database) -> AsyncIterator[Api]:
    async with running_api(settings, database) as opened:
        yield opened


@pytest.fixture
def owner_sql(database_url: URL) -> Callable[[str], None]:
    """Run SQL as the database's owner."""

    def run(statements: str) -> None:
        with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
            owner.execute(statements)  # type: ignore[call-overload]

    return run
