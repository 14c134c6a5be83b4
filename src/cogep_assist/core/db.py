"""Connections to the one PostgreSQL: engine, sessions, and the raw driver for hot paths."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import AsyncConnection
from sqlalchemy import event
from sqlalchemy.engine import URL, ExceptionContext
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
            # A restarted server must cost a reconnection, never an error to a person.
            pool_pre_ping=True,
            # The values of a failed statement may be personal data: no error may carry them.
            hide_parameters=True,
            connect_args=self._arguments,
        )
        event.listen(self.engine.sync_engine, "handle_error", _name_refusals)
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
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

    def let_go_when_asleep(self, seconds: int) -> None:
        """Have the server end a session of this process that sleeps so long in a transaction.

        A frozen process would otherwise hold its locks for as long as it is frozen. To be said
        before the first connection.
        """
        options = f"{self._arguments['options']} -c idle_in_transaction_session_timeout={seconds}s"

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


def _name_refusals(context: ExceptionContext) -> None:
    refused = refusal_of(context.original_exception)
    if refused is not None:
        raise refused from context.original_exception


def connect_arguments(url: URL, *, as_app: bool = True) -> dict[str, Any]:
    """Return libpq parameters: UTC, a name to be seen by, and the least-privileged role.

    A login that is not the application role itself takes that role at once, so that
    the running product can neither alter the schema nor rewrite the audit.
    """
    # Rows in use are in memory or on a disk without arms. By the server's own figure a few rows
    # far apart cost more than a table read through in the order of its key.
    options = ["-c timezone=UTC", "-c random_page_cost=1.1"]
    if as_app and url.username != APP_ROLE:
        options.append(f"-c role={APP_ROLE}")
    return {
        "options": " ".join(options),
        "application_name": "cogep-assist",
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
    }


def conninfo(url: URL) -> str:
    """Return the libpq form of an SQLAlchemy address."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


async def driver_connection(session: AsyncSession) -> AsyncConnection[Any]:
    """Return the psycopg connection under a session, inside the session's transaction."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, AsyncConnection)
    return driver
