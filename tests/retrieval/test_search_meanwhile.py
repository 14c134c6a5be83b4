"""What is written while a search is under way: nothing is missed, nothing is mixed."""

from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa

from cogep_assist.core.models import Chunk
from cogep_assist.retrieval import search as searching
from cogep_assist.retrieval.search import search

FERIAS = "As férias podem ser divididas em até três períodos, edição"


@pytest.fixture
def between(monkeypatch):
    """Have something done between the list of segments and the reading of the passages."""
    work = []
    weigh = searching.weigh

    async def weighed(*given):
        found = await weigh(*given)
        for one in work:
            await one()
        return found

    monkeypatch.setattr(searching, "weigh", weighed)
    return work


@pytest.fixture(params=["look-ups", "transaction", "transaction that has read"])
def opened(database, request):
    """The ways in which a session may stand when a search begins."""

    @asynccontextmanager
    async def open_session():
        manner = database.reading if request.param == "look-ups" else database.begin
        async with manner() as session:
            if request.param.endswith("read"):
                await session.scalar(sa.select(sa.func.count()).select_from(Chunk))
            yield session

    return open_session


async def test_finds_a_document_that_is_replaced_in_every_look(library, between, opened) -> None:
    collection = await library.collection("geral")
    document = await library.add(collection, f"{FERIAS} 0")
    editions = iter(range(1, 100))

    async def replace() -> None:
        await library.replace(document, f"{FERIAS} {next(editions)}")

    between.append(replace)
    async with opened() as session:
        (found,) = await search(session, "férias divididas", [collection])
        assert found.document_id == document
        between.clear()
        # The moment of the last look ends with it.
        (found,) = await search(session, "férias divididas", [collection])
        assert found.text == f"{FERIAS} {next(editions) - 1}"


async def test_what_is_only_added_meanwhile_costs_no_second_look(library, between, opened) -> None:
    collection = await library.collection("geral")
    document = await library.add(collection, f"{FERIAS} 0")
    looks = []

    async def add() -> None:
        looks.append(await library.add(collection, "Outro texto, sobre férias coletivas."))

    between.append(add)
    async with opened() as session:
        (found,) = await search(session, "férias divididas", [collection])
    assert (found.document_id, len(looks)) == (document, 1)


async def test_a_transaction_that_has_written_finds_its_own(library, between, database) -> None:
    collection = await library.collection("geral")
    document = await library.add(collection, f"{FERIAS} 0")

    async def replace() -> None:
        await library.replace(document, f"{FERIAS} 1")

    between.append(replace)
    async with database.begin() as session:
        await session.execute(sa.text("SELECT pg_current_xact_id()"))
        # Each look misses what replaced the passage; none may fail for it or see half of it.
        assert await search(session, "férias divididas", [collection]) == []
