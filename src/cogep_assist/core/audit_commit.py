"""Acts on their way into the audit: a session keeps them, and its commit writes them.

One statement carries every act of a transaction together with its COMMIT, so that the audit costs
an act no journey to the database of its own. What is rolled back, to a savepoint or whole, takes
its acts along.
"""

from collections.abc import Generator, Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection, generators
from psycopg.errors import error_from_result
from psycopg.pq import Escaping, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

COLUMNS = (
    "id",
    "occurred_at",
    "actor_kind",
    "actor",
    "act",
    "object_type",
    "object_id",
    "details",
    "request_id",
)
_INSERT = f"INSERT INTO lgpd.audit_event ({', '.join(COLUMNS)}, mac) VALUES "  # noqa: S608 - ours
_WAITING = "acts_waiting"
_SAVEPOINTS = "acts_before_savepoint"


def write_with_commit(session: AsyncSession, row: Sequence[str | None]) -> None:
    """Keep an act's values as texts, in the order of ``COLUMNS`` and the seal, until the commit."""
    session.info.setdefault(_WAITING, []).append(row)


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    rows = session.info.get(_WAITING)
    # The release of a savepoint is told as a commit too.
    if not rows or session.in_nested_transaction():
        return
    # Mapped rows first: nothing may come after the COMMIT.
    session.flush()
    adapted = session.connection().connection.dbapi_connection
    assert adapted is not None
    try:
        adapted.run_async(lambda driver: _write_and_commit(driver, rows))
    except psycopg.Error as error:
        # As the mapper would raise it; its callers know a conflict or a lost server by that.
        raise DBAPIError.instance(
            _INSERT, None, error, psycopg.Error, hide_parameters=True
        ) from error


async def _write_and_commit(
    driver: AsyncConnection[Any], rows: Sequence[Sequence[str | None]]
) -> None:
    # Values bound by the client: the server takes two statements at once in no other way. And by
    # libpq alone, without a cursor: one for two statements without a result costs more than they.
    literal = Escaping(driver.pgconn).escape_literal
    tuples = [
        b",".join([b"NULL" if text is None else literal(text.encode()) for text in row])
        for row in rows
    ]
    # Where look-ups stand alone there is no transaction to end.
    end = b"" if driver.autocommit else b"; COMMIT"
    statement = b"%b(%b)%b" % (_INSERT.encode(), b"),(".join(tuples), end)
    async with driver.lock:
        results = await driver.wait(_sent(driver.pgconn, statement))
    for result in results:
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result, encoding="utf-8")


def _sent(connection: PGconn, statement: bytes) -> Generator[Any, Any, list[PGresult]]:
    connection.send_query(statement)
    results: list[PGresult] = yield from generators.execute(connection)
    return results


@event.listens_for(Session, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        rows = session.info.setdefault(_WAITING, [])
        session.info.setdefault(_SAVEPOINTS, {})[transaction] = len(rows)


@event.listens_for(Session, "after_soft_rollback")
def _forget_undone(session: Session, transaction: SessionTransaction) -> None:
    # Told when the transaction has ended already: its mark stays until the outermost one ends.
    began = session.info.get(_SAVEPOINTS, {}).get(transaction)
    if began is not None:
        del session.info[_WAITING][began:]


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_WAITING, None)
        session.info.pop(_SAVEPOINTS, None)
