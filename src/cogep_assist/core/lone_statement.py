"""A statement of a hot path, prepared once on each connection and run by libpq alone.

A cursor for each run takes twice the time of the run: it makes itself, reads the statement for
its names, and finds out anew what kinds of values come.
"""

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
        """Run it and return its result. Raises the psycopg.Error of whatever the database says."""
        async with connection.lock:
            pgconn = connection.pgconn
            if connection not in self._known:
                _checked(await connection.wait(_preparing(pgconn, self._name, self._text)))
                self._known.add(connection)
            return _checked(await connection.wait(_running(pgconn, self._name, values)))


def _preparing(pgconn: PGconn, name: bytes, text: bytes) -> Generator[Any, Any, list[PGresult]]:
    pgconn.send_prepare(name, text)
    results: list[PGresult] = yield from generators.execute(pgconn)
    return results


def _running(
    pgconn: PGconn, name: bytes, values: Sequence[bytes | None]
) -> Generator[Any, Any, list[PGresult]]:
    pgconn.send_query_prepared(name, values)
    results: list[PGresult] = yield from generators.execute(pgconn)
    return results


def _checked(results: Sequence[PGresult]) -> PGresult:
    for result in results:
        if result.status not in _DONE:
            raise error_from_result(result, encoding="utf-8")
    return results[-1]
