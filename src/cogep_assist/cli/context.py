"""What commands stand on: settings, the database for the command's time, and an event loop."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.engine import URL, make_url

from cogep_assist.core import schema
from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.embedded_postgres import EmbeddedServer, ensure_running, release
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import configure_logging

T = TypeVar("T")
Say = Callable[[str], None]


def settings_for(data_dir: Path | None = None) -> Settings:
    """Read the settings of this command; its logs stay quiet unless a level was asked for."""
    settings = load_settings(data_dir=data_dir) if data_dir is not None else load_settings()
    asked = "log_level" in settings.model_fields_set
    configure_logging(settings.log_level if asked else "ERROR")
    return settings


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work to its end on an event loop that psycopg can use."""
    if sys.platform == "win32":
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            return runner.run(work)
    return asyncio.run(work)


@asynccontextmanager
async def open_database(settings: Settings, *, say: Say | None = None) -> AsyncIterator[Database]:
    """Give the database for the command's time, its schema known to be this release's.

    Without a PostgreSQL of the administrator's, the embedded one is joined or started, and
    its schema is brought up by itself. Raises AppError("schema_behind"|"schema_ahead").
    """
    external = settings.external_database
    server: EmbeddedServer | None = None
    if external is None:
        server = await asyncio.to_thread(ensure_running, settings.data_dir, on_progress=say)
    try:
        owner = external if server is None else make_url(server.url("owner"))
        await asyncio.to_thread(_settle_schema, owner, embedded=server is not None)
        app = external if server is None else make_url(server.url("app"))
        assert app is not None
        database = Database(app, pool_size=settings.database_pool_size)
        try:
            yield database
        finally:
            await database.close()
    finally:
        if server is not None:
            await asyncio.to_thread(release, server)


def _settle_schema(owner: URL | None, *, embedded: bool) -> None:
    assert owner is not None
    found = schema.current(owner)
    if found == schema.head():
        return
    if found is not None and found not in schema.known_revisions():
        raise AppError("schema_ahead", found=found)
    if not embedded:
        raise AppError("schema_behind", found=found or "vazia", expected=schema.head())
    schema.upgrade(owner)


def is_interactive() -> bool:
    """Whether a person is watching standard error, so that a progress bar makes sense."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
