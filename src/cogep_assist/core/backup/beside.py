"""A new database beside the one in use, and the moment in which it takes its place."""

import contextlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from cogep_assist.core.backup.contents import Connection, has_contents
from cogep_assist.core.db import connect_arguments, conninfo
from cogep_assist.core.errors import AppError

APPLICATION = "cogep-assist"
# Databases that every server has, from which another one can be renamed.
_NEUTRAL = ("postgres", "template1")
_LOCALES = """
SELECT pg_encoding_to_char(template.encoding), own.datcollate, own.datctype
FROM pg_database template, pg_database own
WHERE template.datname = 'template1' AND own.datname = %s
"""
_MAX_NAME_CHARS = 40
_SWAP_ATTEMPTS = 3


class Server:
    """The server that holds the database at an owner's address."""

    def __init__(self, owner: URL) -> None:
        self._owner = owner
        self._name = str(owner.database)
        with open_database(owner) as connection:
            self.major = connection.info.server_version // 10_000

    def refuse_while_running(self) -> None:
        """Raise AppError("restore_while_running") when the product uses the database.

        Its processes keep parts of the index in memory, which would outlive the swap.
        """
        with open_database(self._owner) as connection:
            row = connection.execute(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                      AND application_name = %s
                """,
                [APPLICATION],
            ).fetchone()
        assert row is not None
        if row[0]:
            raise AppError("restore_while_running")

    def holds_something(self) -> bool:
        """Tell whether there is anything in the database that somebody would miss."""
        with open_database(self._owner) as connection:
            return has_contents(connection)

    @contextmanager
    def database_beside(self) -> Iterator[URL]:
        """Create an empty database and drop it again, unless it was swapped in."""
        name = f"{self._stem()}_restaura_{secrets.token_hex(4)}"
        with self._neutral() as connection:
            self._sweep(connection)
            try:
                connection.execute(self._creation(connection, name))
            except psycopg.errors.InsufficientPrivilege:
                raise AppError("restore_needs_createdb") from None
        try:
            yield self._owner.set(database=name)
        finally:
            # After the swap there is no database of this name any more.
            with self._neutral() as connection:
                _drop(connection, name)

    def swap_in(self, beside: URL) -> None:
        """Give the new database the old one's name, then drop the old one.

        Raises AppError("restore_database_busy"), with everything as it was.
        """
        old = f"{self._stem()}_anterior_{secrets.token_hex(4)}"
        with self._neutral() as connection:
            for attempt in range(_SWAP_ATTEMPTS):
                _part(connection, self._name)
                _part(connection, str(beside.database))
                try:
                    # Both in one transaction: the name is never without a database, and who
                    # comes in meanwhile waits for its end.
                    with connection.transaction():
                        _rename(connection, self._name, old)
                        _rename(connection, str(beside.database), self._name)
                except psycopg.errors.ObjectInUse as error:
                    if attempt == _SWAP_ATTEMPTS - 1:
                        raise AppError("restore_database_busy") from error
                else:
                    break
            # Only now is the old one gone.
            _drop(connection, old)

    @contextmanager
    def _neutral(self) -> Iterator[Connection]:
        """Connect to this server, but not to the database that is to be renamed."""
        failure: psycopg.Error | None = None
        for name in _NEUTRAL:
            with contextlib.ExitStack() as stack:
                try:
                    opened = stack.enter_context(open_database(self._owner.set(database=name)))
                except psycopg.Error as error:
                    failure = error
                    continue
                yield opened
                return
        raise AppError("restore_needs_createdb") from failure

    def _sweep(self, connection: Connection) -> None:
        """Drop what an interrupted restore left behind."""
        stem = re.escape(self._stem())
        pattern = re.compile(rf"{stem}_(?:restaura|anterior)_[0-9a-f]{{8}}")
        for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall():
            if pattern.fullmatch(str(name)):
                with contextlib.suppress(psycopg.Error):
                    connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))

    def _creation(self, connection: Connection, name: str) -> sql.Composed:
        """Return how to make a database that holds text as the one in use does.

        From template1, which may bring the extension; but not where that one knows no UTF-8, as on
        a server that was set up under the C locale.
        """
        made = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        row = connection.execute(_LOCALES, [self._name]).fetchone()
        if row is None or row[0] == "UTF8":
            return made
        return made + sql.SQL(
            " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE {} LC_CTYPE {}"
        ).format(row[1], row[2])

    def _stem(self) -> str:
        return self._name[:_MAX_NAME_CHARS]


@contextmanager
def open_database(owner: URL) -> Iterator[Connection]:
    """Open a connection of the owner's, each statement on its own."""
    options: dict[str, Any] = connect_arguments(owner, as_app=False)
    options["application_name"] = "cogep-restore"
    with psycopg.connect(conninfo(owner), autocommit=True, **options) as connection:
        yield connection


def _part(connection: Connection, name: str) -> None:
    """End the clients' sessions of a database; those that we may not end make the rename fail.

    Autovacuum is a superuser's and leaves by itself when the database is renamed or dropped.
    """
    connection.execute(
        """
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = %s AND pid <> pg_backend_pid()
          AND backend_type = 'client backend' AND pg_has_role(usesysid, 'USAGE')
        """,
        [name],
    )


def _rename(connection: Connection, name: str, new: str) -> None:
    connection.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new))
    )


def _drop(connection: Connection, name: str) -> None:
    _part(connection, name)
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
