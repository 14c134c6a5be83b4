"""What commands stand on: settings, and the database for the command's time."""

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import psycopg
from sqlalchemy.engine import URL

from cogep_assist.cli import lifeline
from cogep_assist.cli.console import err
from cogep_assist.cli.event_loop import run
from cogep_assist.core import secret_key
from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.database_target import DatabaseTarget, open_target
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.file_lock import UP_LOCK, is_held
from cogep_assist.core.logging import configure_logging
from cogep_assist.core.model_choices import settings_in_force
from cogep_assist.core.notify_bell import NotifyBell
from cogep_assist.core.schema_head import newest_revision, standing_revision

T = TypeVar("T")


def settings_for(data_dir: Path | None = None) -> Settings:
    """Read the settings of this command; its logs stay quiet unless a level was asked for."""
    settings = load_settings(data_dir=data_dir) if data_dir is not None else load_settings()
    asked = "log_level" in settings.model_fields_set
    configure_logging(settings.log_level if asked else "ERROR")
    return settings


def on_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do a command's work on its database, whose schema is known to be this release's.

    Without a PostgreSQL of the administrator's, the embedded one is joined or started for the
    command's time, and its schema is brought up by itself.
    Raises AppError("schema_behind"|"schema_behind_running"|"schema_ahead"|"database_refused") and
    what opening the database raises.
    """
    secret_key.load(settings)
    # Opened outside the event loop, so that Ctrl-C ends even a long wait for crash recovery.
    with open_target(settings, on_progress=_remark) as target:
        settle_schema(target)
        return run(_connected(target.app, settings, work))


def settle_schema(target: DatabaseTarget) -> None:
    """Bring an embedded base up to this release; refuse an external one that is not there.

    What runs on the base was started by another release and would stop working with its schema: it
    must be started again first. Its own children may, once one of them is of the new release.
    """
    found, expected = _standing(target), newest_revision()
    if found == expected:
        return
    # Loaded only where there is something to do: see core.schema_head.
    from cogep_assist.core import schema  # noqa: PLC0415

    if found is not None and found not in schema.known_revisions():
        raise AppError("schema_ahead", found=found)
    if target.embedded is None:
        raise AppError("schema_behind", found=found or "vazia", expected=expected)
    runs = is_held(target.embedded.data_dir / UP_LOCK) and not lifeline.is_supervised()
    if found is not None and runs:
        raise AppError("schema_behind_running", path=str(target.embedded.data_dir))
    schema.upgrade(target.owner)


def _standing(target: DatabaseTarget) -> str | None:
    try:
        return standing_revision(target.owner)
    except psycopg.OperationalError:
        # Loaded only where there is something to explain.
        from cogep_assist.cli.database_refusal import refuse_unreachable  # noqa: PLC0415

        refuse_unreachable(target.owner)
        raise


def is_watched() -> bool:
    """Whether a person watches standard error, so that a progress bar makes sense."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


async def _connected(app: URL, settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    database = Database(app, pool_size=settings.database_pool_size)
    bell = NotifyBell(database)
    database.ring = bell.ring
    try:
        async with _models(settings, database):
            return await work(database)
    finally:
        await bell.close()
        await database.close()


@asynccontextmanager
async def _models(settings: Settings, database: Database) -> AsyncIterator[None]:
    async with database.begin() as session:
        settings = await settings_in_force(settings, session)
    if not (settings.has_model("embeddings") or settings.has_model("rerank")):
        yield
        return
    # Loaded only where a model is set: most commands are done sooner than this is read.
    from cogep_assist.retrieval.query_models import query_models  # noqa: PLC0415

    async with query_models(settings, database):
        yield


def _remark(text: str) -> None:
    err().print(text, style="dim", markup=False)
