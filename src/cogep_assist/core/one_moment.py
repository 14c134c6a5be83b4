"""Several statements that see the base as it was at one moment."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

_ISOLATION = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
_HAS_WRITTEN = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL"


@asynccontextmanager
async def one_moment(driver: AsyncConnection[Any]) -> AsyncIterator[AsyncConnection[Any] | None]:
    """Give a connection that reads one moment of the base, of now, until the block ends.

    It is the one given, where no transaction is open on it, else another to the same base. None
    where the open one has written, which no other would see, or where no other can be had.
    """
    if driver.info.transaction_status is TransactionStatus.IDLE:
        async with driver.transaction():
            await driver.execute(_ISOLATION)
            yield driver
        return
    other = await _opened_beside(driver)
    try:
        if other is not None:
            await other.execute(_ISOLATION)
        yield other
    finally:
        if other is not None:
            await other.close()


async def _opened_beside(driver: AsyncConnection[Any]) -> AsyncConnection[Any] | None:
    row = await (await driver.execute(_HAS_WRITTEN)).fetchone()
    if row is None or row[0]:
        return None
    try:
        return await AsyncConnection.connect(
            driver.info.dsn, password=driver.info.password, prepare_threshold=None
        )
    except psycopg.OperationalError:
        return None
