"""A worker that says that it lives: a row, a lock that dies with it, and its leases."""

import asyncio
import os
import platform
import secrets
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa
from psycopg import AsyncConnection
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from cogep_assist import __version__
from cogep_assist.core.db import Database, driver_connection
from cogep_assist.core.models import Worker
from cogep_assist.core.queue import BACKGROUND, INGESTION, Queue, give_back_all
from cogep_assist.core.queue_claim import renew_leases
from cogep_assist.core.schema_head import newest_revision

CHANNEL = "cogep_work"


class Registration:
    """One worker's identity; its advisory lock lives as long as its connection does.

    A process that is killed loses the connection, and with it the lock, within
    milliseconds: the reaper of any other worker then sees that its jobs are free.
    """

    def __init__(self, database: Database, *, capacity: int, lease_seconds: float) -> None:
        self.worker_id: UUID = uuid7()
        self.revision = newest_revision()
        self.idle_reason: str | None = None
        self._database = database
        self._capacity = capacity
        self._lease_seconds = lease_seconds
        self._lock_key = secrets.randbits(62)
        self._connection: AsyncConnection[Any] | None = None

    async def open(self) -> None:
        """Take the lock, then write the row: a row without a lock is a dead worker."""
        await self._close_connection()
        connection = await self._database.connect()
        try:
            # The server may still hold the last connection for alive, and the lock with it.
            while not await self._locks(connection):
                self._lock_key = secrets.randbits(62)
            await connection.execute("LISTEN cogep_work")
        except BaseException:
            await connection.close()
            raise
        self._connection = connection
        await self.beat(busy=0)

    async def beat(self, *, busy: int, held: Sequence[tuple[Queue, list[UUID]]] = ()) -> None:
        """Say that this worker lives, renew its leases, and look at the schema's revision.

        Only what it knows that it holds is renewed: a job that it lost sight of comes free.
        """
        async with self._database.begin() as session:
            found = await session.scalar(sa.text("SELECT version_num FROM access.alembic_version"))
            self.idle_reason = None if found == self.revision else "worker_schema_mismatch"
            values = {
                "busy": busy,
                "lock_key": self._lock_key,
                "idle_reason": self.idle_reason,
                "seen_at": sa.func.clock_timestamp(),
            }
            await session.execute(
                insert(Worker)
                .values(
                    id=self.worker_id,
                    host=platform.node(),
                    process_id=os.getpid(),
                    release=__version__,
                    schema_revision=self.revision,
                    capacity=self._capacity,
                    **values,
                )
                .on_conflict_do_update(index_elements=[Worker.id], set_=values)
            )
            connection = await driver_connection(session)
            for queue, ids in held:
                await renew_leases(connection, queue, self.worker_id, ids, self._lease_seconds)

    async def listen(self, heard: Callable[[str], None]) -> None:
        """Tell at once what each ring of the bell says, until the connection is lost; then raise.

        The socket is read as soon as there is something, and nothing stands between: a task that
        is handed rings would begin behind whatever else is due by then.
        """
        assert self._connection is not None
        loop = asyncio.get_running_loop()
        driver, lost = self._connection.pgconn, loop.create_future()
        socket = driver.socket

        def read() -> None:
            try:
                driver.consume_input()
                while ring := driver.notifies():
                    heard(ring.extra.decode())
            except psycopg.Error as error:
                loop.remove_reader(socket)
                lost.set_exception(error)

        loop.add_reader(socket, read)
        try:
            await lost
        finally:
            loop.remove_reader(socket)

    async def close(self) -> None:
        """Leave: what is still held goes back, then the row, and the lock with the connection."""
        try:
            async with self._database.begin() as session:
                for queue in (INGESTION, BACKGROUND):
                    await give_back_all(session, queue, self.worker_id)
                await session.execute(sa.delete(Worker).where(Worker.id == self.worker_id))
        finally:
            await self._close_connection()

    async def _locks(self, connection: AsyncConnection[Any]) -> bool:
        found = await connection.execute("SELECT pg_try_advisory_lock(%s)", [self._lock_key])
        return bool((await found.fetchone() or (False,))[0])

    async def _close_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
