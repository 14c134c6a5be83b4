"""Transactions of the edge: the session of a request, and snapshots that try again."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import Database
from cogep_assist.edge.state import edge_state

T = TypeVar("T")

# serialization_failure and deadlock_detected (PostgreSQL, appendix A): the same
# transaction may succeed when it runs again.
WORTH_ANOTHER_TRY = frozenset({"40001", "40P01"})
SNAPSHOT_ATTEMPTS = 5


async def request_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Give the request's one transaction, committed before the reply leaves."""
    async with edge_state(request).database.begin() as session:
        yield session


# Without scope="function" the COMMIT would come after the reply had gone.
SessionDep = Annotated[AsyncSession, Depends(request_session, scope="function")]


async def reading_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Give a session for the look-ups of a request that changes nothing."""
    async with edge_state(request).database.reading() as session:
        yield session


ReadingDep = Annotated[AsyncSession, Depends(reading_session, scope="function")]


async def in_snapshot(
    database: Database,
    work: Callable[[AsyncSession], Awaitable[T]],
    *,
    attempts: int = SNAPSHOT_ATTEMPTS,
) -> T:
    """Do work on one unchanging view of the database and commit it.

    When another transaction changed what the work locks, it is done again on a newer
    view. Raises what the work raises, and the last conflict after all attempts.
    """
    for attempt in range(1, attempts + 1):
        try:
            async with database.sessions() as session:
                await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                result = await work(session)
                await session.commit()
                return result
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", None)
            if state not in WORTH_ANOTHER_TRY or attempt == attempts:
                raise
    raise AssertionError("unreachable")
