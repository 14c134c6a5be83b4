"""Connections to the one PostgreSQL: engine, sessions, and the raw driver for hot paths."""

import select
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg import AsyncConnection
from sqlalchemy import event
from sqlalchemy.engine import URL, Engine, ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from cogep_assist.core.errors import AppError

# What a session remembers: the workers are to be rung once its work is committed.
RING = "ring_after_commit"
APP_ROLE = "cogep_app"
CONNECT_TIMEOUT_SECONDS = 10
# What lies between may drop a connection without a word, and a machine may lose its power. One
# that only listens then finds out in a minute, not in the two hours of an operating system's own
# figures; one that waits for an answer to what it sent, likewise, not in a quarter of an hour.
ALIVE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
# What every session of ours is sure of, whatever an administrator set for the server, the database
# or the user: these change what a statement means, or end a session that only listens.
SESSION = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "standard_conforming_strings": "on",
    # Each statement sees what was committed before it: claims and locks are written for that.
    "default_transaction_isolation": "read committed",
    "idle_session_timeout": "0",
    # Rows in use are in memory or on a disk without arms. By the server's own figure a few rows
    # far apart cost more than a table read through in the order of its key.
    "random_page_cost": "1.1",
}
# A migration, a copy or a worker takes the time that it takes; limits are meant for people's acts.
UNHURRIED = {"statement_timeout": "0", "lock_timeout": "0"}
_AWAKE = {"idle_in_transaction_session_timeout": "0"}
# After so long a silence a connection is asked, not only looked at: what lies between may drop it.
ASKED_AFTER_SECONDS = 30.0
_QUIET_SINCE = "quiet_since"
# What the triggers on held and fenced rows say (migration 0039).
GUARDS = {"LG001": "legal_hold", "LG002": "subject_fenced"}
# What no column can hold, wherever it was typed (PostgreSQL, appendix A).
GUARDS |= dict.fromkeys(("22021", "22P05"), "text_not_storable")


class Database:
    """The engine and session factory of one process; made after any fork, closed once."""

    def __init__(self, url: URL, *, pool_size: int = 8) -> None:
        self.url = url
        self._arguments = connect_arguments(url)
        self.engine: AsyncEngine = create_async_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=30,
            # The values of a failed statement may be personal data: no error may carry them.
            hide_parameters=True,
            connect_args=self._arguments,
        )
        event.listen(self.engine.sync_engine, "handle_error", _name_refusals)
        _replace_lost_connections(self.engine.sync_engine)
        if url.username != APP_ROLE:
            _make_sure_of_the_role(self.engine.sync_engine)
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._readers = async_sessionmaker(
            self.engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False
        )
        # Set by whoever has a bell. A ring that is not heard costs latency and nothing else.
        self.ring: Callable[[], Awaitable[None]] | None = None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """Give a session whose work commits as the block ends, or rolls back if it fails."""
        async with self.sessions() as session:
            async with session.begin():
                yield session
            if session.info.pop(RING, False) and self.ring is not None:
                await self.ring()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Give a session for look-ups, each by itself: no BEGIN and no COMMIT travel around them.

        In READ COMMITTED each statement has its own moment anyway. What is noted for the audit is
        written as the block ends; locks and savepoints have no place here.
        """
        async with self._readers() as session, session.begin():
            yield session

    def let_go_when_asleep(self, seconds: int) -> None:
        """Have the server end a session of this process that sleeps so long in a transaction.

        A frozen process would otherwise hold its locks for as long as it is frozen. To be said
        before the first connection.
        """
        limits = {**UNHURRIED, "idle_in_transaction_session_timeout": f"{seconds}s"}
        options = f"{self._arguments['options']} {_as_options(limits)}"

        @event.listens_for(self.engine.sync_engine, "do_connect")
        def limit(_dialect: Any, _record: Any, _values: Any, named: dict[str, Any]) -> None:
            named["options"] = options

    async def connect(self, *, autocommit: bool = True) -> AsyncConnection[Any]:
        """Open a connection of its own, outside the pool: for LISTEN, locks and hot paths."""
        return await psycopg.AsyncConnection.connect(
            conninfo(self.url), autocommit=autocommit, **connect_arguments(self.url)
        )

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()


def refusal_of(error: BaseException | None) -> AppError | None:
    """Return what the database's own guards refused as an error of ours, whoever ran into it."""
    code = GUARDS.get(getattr(error, "sqlstate", None) or "")
    if code is None and _is_unsendable(error):
        code = "text_not_storable"
    return AppError(code) if code is not None else None


def _is_unsendable(error: BaseException | None) -> bool:
    """Tell whether the driver itself refused a text: one with a NUL or half a character."""
    if isinstance(error, UnicodeEncodeError):
        return error.reason.startswith("surrogates")
    return isinstance(error, psycopg.DataError) and "contain NUL" in str(error)


def _replace_lost_connections(engine: Engine) -> None:
    """Have a pooled connection that was lost replaced before anybody uses it.

    A restarted server must cost a reconnection, never an error to a person. A server that goes
    away says so, or its side of the socket closes: a look at the socket sees either, where asking
    would cost every request a journey.
    """

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info[_QUIET_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def check(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get(_QUIET_SINCE)
        driver = connection.driver_connection
        if since is None or (
            not driver.closed
            and not (time.monotonic() - since > ASKED_AFTER_SECONDS or _has_word(driver))
        ):
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as lost:
            raise DisconnectionError from lost


def _make_sure_of_the_role(engine: Engine) -> None:
    """Have each new connection take its settings by statement where they were lost on the way.

    A pooler in session mode passes a connection's options on to nobody: the product would run with
    all the rights of the owner.
    """

    @event.listens_for(engine, "connect")
    def check(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("SELECT current_user")
        if cursor.fetchone() != (APP_ROLE,):
            for name, value in SESSION.items():
                cursor.execute(f"SET {name} = '{value}'")
            cursor.execute(f"SET ROLE {APP_ROLE}")
        cursor.close()
        connection.commit()


def _has_word(driver: AsyncConnection[Any]) -> bool:
    """Tell whether something has come from the server that nobody asked for."""
    number = driver.fileno()
    if sys.platform == "win32":
        return bool(select.select([number], [], [], 0)[0])
    waiting = select.poll()
    waiting.register(number, select.POLLIN)
    return bool(waiting.poll(0))


def _name_refusals(context: ExceptionContext) -> None:
    refused = refusal_of(context.original_exception)
    if refused is not None:
        raise refused from context.original_exception


def connect_arguments(url: URL, *, as_app: bool = True) -> dict[str, Any]:
    """Return libpq parameters: a session we are sure of, a name, and the least-privileged role.

    A login that is not the application role itself takes that role at once, so that
    the running product can neither alter the schema nor rewrite the audit. The owner has no
    limits of time. What the address itself asks for holds, where we do not say otherwise: how
    long to wait for a server, and how often to ask whether it is still there, it may say.
    """
    wanted = SESSION if as_app else {**SESSION, **UNHURRIED, **_AWAKE}
    options = [*_given_options(url), _as_options(wanted)]
    if as_app and url.username != APP_ROLE:
        options.append(f"-c role={APP_ROLE}")
    patience = {"connect_timeout": CONNECT_TIMEOUT_SECONDS, **ALIVE}
    return {
        **{name: value for name, value in patience.items() if name not in url.query},
        "options": " ".join(options),
        "application_name": "cogep-assist",
        "client_encoding": "utf-8",
    }


def _given_options(url: URL) -> list[str]:
    given = url.query.get("options", ())
    return [given] if isinstance(given, str) else list(given)


def _as_options(values: Mapping[str, str]) -> str:
    """Write settings as libpq passes them on; a space in a value is escaped."""
    return " ".join(
        f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in values.items()
    )


def conninfo(url: URL) -> str:
    """Return the libpq form of an SQLAlchemy address."""
    plain = url.set(drivername="postgresql", query={}).render_as_string(hide_password=False)
    # libpq takes a plus for what it is: a space in a path must not become one.
    query = urlencode(url.query, doseq=True, quote_via=quote)
    return f"{plain}?{query}" if query else plain


async def driver_connection(session: AsyncSession) -> AsyncConnection[Any]:
    """Return the psycopg connection under a session, inside the session's transaction."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, AsyncConnection)
    return driver
