"""The schema's life: upgrade, downgrade, where it stands, and whether it drifted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from importlib.resources import files
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.engine import URL

from cogep_assist.core.db import APP_ROLE, connect_arguments
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import SCHEMAS, Base
from cogep_assist.core.models.base import is_compared
from cogep_assist.core.schema_patience import OnWait, no_word, patiently

_PATH_WITHOUT_OURS = """
SELECT set_config('search_path', coalesce(string_agg(quote_ident(name), ', ' ORDER BY place), ''),
                  false)
  FROM unnest(current_schemas(false)) WITH ORDINALITY AS searched (name, place)
 WHERE name <> ALL (%s)
"""


def upgrade(url: URL, revision: str = "head", *, on_wait: OnWait = no_word) -> None:
    """Bring the schema up to a revision; waits for another upgrade that is under way.

    Raises AppError("schema_owner_powerless") where the owner may not do what a migration does,
    and AppError("schema_in_use") where a session keeps a table for too long.
    """
    patiently(partial(_move, url, command.upgrade, revision), url, revision, on_wait)


def downgrade(url: URL, revision: str, *, on_wait: OnWait = no_word) -> None:
    """Take the schema down to a revision ("base" for none, "-1" for one step).

    Raises what ``upgrade`` does.
    """
    patiently(partial(_move, url, command.downgrade, revision), url, revision, on_wait)


def current(url: URL) -> str | None:
    """Return the revision that the database stands at, or None for an empty one."""
    with _owner_connection(url) as connection:
        return MigrationContext.configure(
            connection, opts={"version_table_schema": "access"}
        ).get_current_revision()


@cache
def head() -> str:
    """Return the newest revision that this release knows."""
    revision = ScriptDirectory.from_config(_config(None)).get_current_head()
    assert revision is not None
    return revision


def known_revisions() -> set[str]:
    """Return every revision that this release knows."""
    return {s.revision for s in ScriptDirectory.from_config(_config(None)).walk_revisions()}


def differences(url: URL) -> list[str]:
    """Compare the database with the models; an empty list means no drift."""
    import alembic_postgresql_enum  # noqa: F401, PLC0415  (registers enum comparison)

    with _owner_connection(url) as connection:
        migration_context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: is_compared(name, kind),
                "version_table_schema": "access",
                "compare_type": True,
                "compare_server_default": True,
                "target_metadata": Base.metadata,
            },
        )
        return [str(change) for change in compare_metadata(migration_context, Base.metadata)]


def _move(url: URL, move: Callable[[Config, str], None], revision: str) -> None:
    with _owner_connection(url) as connection, _told_what_is_lacking(url):
        move(_config(connection), revision)


@contextmanager
def _told_what_is_lacking(url: URL) -> Iterator[None]:
    try:
        yield
    except sa.exc.ProgrammingError as error:
        if not isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise
        cause = str(error.orig).splitlines()[0]
        raise AppError(
            "schema_owner_powerless", user=url.username, role=APP_ROLE, cause=cause
        ) from error


@contextmanager
def _owner_connection(url: URL) -> Iterator[sa.Connection]:
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=sa.NullPool,
        connect_args=connect_arguments(url, as_app=False),
    )
    event.listen(engine, "do_connect", _open_without_our_schemas)
    with engine.connect() as connection:
        yield connection


def _open_without_our_schemas(
    dialect: Any, _record: Any, given: tuple[Any, ...], named: dict[str, Any]
) -> Any:
    """Connect, and search no schema of ours whatever the user's search_path says.

    An administrator who looks inside likes to have them there; Alembic takes the first schema of
    the path for the one that nobody names, and would see each of its tables as missing and extra.
    """
    connection = dialect.connect(*given, **named)
    connection.execute(_PATH_WITHOUT_OURS, [list(SCHEMAS)])
    connection.commit()
    return connection


def _config(connection: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("cogep_assist.migrations")))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
