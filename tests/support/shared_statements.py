"""Statements are put into SQL once for all databases of a run, not once for each.

Each test has an engine of its own, and with it a dialect and an empty cache of compiled
statements: a fifth of what the tests of the desk took went into compiling the same ones again.
All engines here speak one dialect to one server, so what one has compiled serves the others.
"""

from sqlalchemy import event
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.util import LRUCache

# More than a run has: what would be thrown away would only be compiled again.
_STATEMENTS = 20_000


def share_statements() -> None:
    """Let every engine of this process use one cache; SQLAlchemy finds statements by dialect."""
    # LRUCache is what the engine itself makes of its query_cache_size.
    compiled: LRUCache[tuple[object, ...], object] = LRUCache(_STATEMENTS)
    PGDialectAsync_psycopg.__eq__ = _is_the_same  # type: ignore[method-assign,assignment]
    PGDialectAsync_psycopg.__hash__ = _hash  # type: ignore[method-assign,assignment]

    @event.listens_for(Engine, "engine_connect")
    def use_shared_cache(connection: Connection) -> None:
        connection.engine._compiled_cache = compiled


def _is_the_same(dialect: object, other: object) -> bool:
    return type(dialect) is type(other)


def _hash(dialect: object) -> int:
    return hash(type(dialect))
