"""A statement of a hot path, prepared once on each connection and run by libpq alone.

A cursor for each run takes twice the time of the run: it makes itself, reads the statement for
its names, and finds out anew what kinds of values come. The driver's waiting costs a quarter of
what is left: it sets a timer each time, to look whether anybody has interrupted it.
"""

import asyncio
import hashlib
from collections.abc import Generator, Sequence
from typing import Any
from weakref import WeakSet

from psycopg import AsyncConnection, generators
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

_DONE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})


class LoneStatement:
    """One statement with ``$1``, ``$2`` and so on; its values come and go as texts."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._name = b"cogep_%b" % hashlib.sha256(text).hexdigest()[:16].encode()
        self._known: WeakSet[AsyncConnection[Any]] = WeakSet()

    async def run(
        self, connection: AsyncConnection[Any], values: Sequence[bytes | None]
    ) -> PGresult:
        """Run it and return its result. Raises the psycopg.Error of whatever the database says.

        A connection on which somebody stops waiting for the result is closed. What another
        session notifies in the meantime is not read here: it is no connection to listen by.
        """
        async with connection.lock:
            pgconn = connection.pgconn
            if connection not in self._known:
                _checked(await connection.wait(_preparing(pgconn, self._name, self._text)))
                self._known.add(connection)
            pgconn.send_query_prepared(self._name, values)
            if pgconn.flush():
                # More than the socket takes at once: whoever sends the rest has to read, too.
                return _checked(await connection.wait(generators.execute(pgconn)))
            try:
                return _checked(await _results(pgconn))
            except asyncio.CancelledError:
                # The result may still come, and would be taken for that of the next statement.
                pgconn.finish()
                raise


def _preparing(pgconn: PGconn, name: bytes, text: bytes) -> Generator[Any, Any, list[PGresult]]:
    pgconn.send_prepare(name, text)
    results: list[PGresult] = yield from generators.execute(pgconn)
    return results


async def _results(pgconn: PGconn) -> list[PGresult]:
    """Read what comes of a statement that is on its way."""
    loop, socket = asyncio.get_running_loop(), pgconn.socket
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            arrived: asyncio.Future[None] = loop.create_future()
            loop.add_reader(socket, _tell, arrived)
            try:
                await arrived
            finally:
                loop.remove_reader(socket)
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            return results
        results.append(result)


def _tell(arrived: asyncio.Future[None]) -> None:
    if not arrived.done():
        arrived.set_result(None)


def _checked(results: Sequence[PGresult]) -> PGresult:
    for result in results:
        if result.status not in _DONE:
            raise error_from_result(result, encoding="utf-8")
    return results[-1]
