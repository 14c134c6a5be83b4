"""Every page opens for whom it is made, with at most ten statements, and for nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from api import Api
from browser_session import HTML
from page_samples import prepare_samples

from cogep_assist.edge.cookies import COOKIE

MOST_STATEMENTS = 10
# A page that tells that a one-time link is over.
OVER = {403, 410}


@pytest.mark.timeout(180)
async def test_every_page_opens_with_few_statements(api: Api) -> None:
    found = await prepare_samples(api.database)
    wrong = []
    for sample in found.pages:
        token = found.cookies[sample.role] if sample.role else ""
        client = api.anonymous(headers=HTML | ({"Cookie": f"{COOKIE}={token}"} if token else {}))
        address = sample.address.format(**found.names)
        with counted(api) as statements:
            reply = await client.get(address)
        if reply.status_code != 200 and reply.status_code not in OVER:
            wrong.append(f"{address}: {reply.status_code}")
        if len(statements) > MOST_STATEMENTS:
            wrong.append(f"{address}: {len(statements)} statements")
        if sample.role is not None:
            stranger = await api.anonymous(headers=HTML).get(address)
            if (stranger.status_code, stranger.headers.get("location")) != (303, "/entrar"):
                wrong.append(f"{address}: {stranger.status_code} to a stranger")
    assert wrong == []


@contextmanager
def counted(api: Api) -> Iterator[list[str]]:
    """Collect the statements of a block, those of the session's look-up included."""
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    engine = api.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
