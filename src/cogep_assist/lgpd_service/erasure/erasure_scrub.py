"""Rewrite the database's files, so that their very bytes hold nothing of what was erased.

What a transaction deletes stays in dead rows, in statistics and in the write-ahead log until
PostgreSQL has rewritten them. This needs the owner's role and holds every table for a while.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from cogep_assist.core.database_target import DatabaseTarget
from cogep_assist.core.db import connect_arguments, conninfo

_TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND n.nspname IN ('ai', 'crm', 'lgpd', 'access') ORDER BY 1, 2
"""


@dataclass(slots=True)
class Scrubbed:
    """What was rewritten, and what this role or server did not let us do."""

    tables: int = 0
    refused: list[str] = field(default_factory=list)


def keeper_of(target: DatabaseTarget) -> URL:
    """Return the address of who may do most there: our own server's superuser, else the owner."""
    return make_url(target.embedded.url("admin")) if target.embedded else target.owner


def scrub_database(owner: URL) -> Scrubbed:
    """Rewrite tables, indexes, statistics and the log; safe to repeat, and to stop anywhere."""
    done = Scrubbed()
    options = connect_arguments(owner, as_app=False)
    with psycopg.connect(conninfo(owner), autocommit=True, **options) as connection:
        for schema, table in connection.execute(_TABLES).fetchall():
            # VACUUM FULL writes the live rows into new files, and new indexes beside them.
            name = sql.Identifier(schema, table)
            connection.execute(sql.SQL("VACUUM (FULL, ANALYZE) {}").format(name))
            done.tables += 1
        for statement in (
            "VACUUM (FULL) pg_catalog.pg_statistic",
            "VACUUM (FULL) pg_catalog.pg_statistic_ext_data",
        ):
            _try(connection, statement, done)
        with _log_not_recycled(connection, done):
            # The second switch leaves the log of the rewriting itself behind as well.
            for _ in range(2):
                _try(connection, "CHECKPOINT", done)
                _try(connection, "SELECT pg_switch_wal()", done)
            _try(connection, "CHECKPOINT", done)
    return done


@contextlib.contextmanager
def _log_not_recycled(connection: psycopg.Connection, done: Scrubbed) -> Iterator[None]:
    """Have old pieces of the log removed; kept for later use, they would keep their bytes."""
    changed = _try(connection, "ALTER SYSTEM SET wal_recycle = off", done)
    if changed:
        _try(connection, "SELECT pg_reload_conf()", done)
        # The checkpointer reads its settings before it works, not the moment they change.
        _try(connection, "SELECT pg_sleep(0.2)", done)
    try:
        yield
    finally:
        if changed:
            _try(connection, "ALTER SYSTEM RESET wal_recycle", done)
            _try(connection, "SELECT pg_reload_conf()", done)


def _try(connection: psycopg.Connection, statement: str, done: Scrubbed) -> bool:
    try:
        connection.execute(statement.encode())
    except psycopg.Error:
        done.refused.append(statement)
        return False
    return True
