"""How a migration waits for tables that are in use: in short turns, so that nobody waits behind it.

A statement that waits for a table to itself makes everybody who comes after wait too, readers as
well: behind a long copy or report the whole product would stand still. So it gives up after a few
seconds, those who came after are served, and the migration, undone whole, is tried again.
"""

import re
import time
from collections.abc import Callable
from typing import Final

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import URL

from cogep_assist.core.db import connect_arguments, conninfo
from cogep_assist.core.errors import AppError

LOCK_SECONDS: Final = 3
PAUSE_SECONDS = 2.0
PATIENCE_SECONDS = 900.0
OnWait = Callable[[AppError], None]
# Several steps counted from where it stands would be counted anew after the first of them.
_COUNTED_STEPS = re.compile(r"[+-](?!1$)\d+")
_OLDEST = """
SELECT pid, coalesce(nullif(application_name, ''), usename, '?'),
       extract(epoch FROM clock_timestamp() - xact_start)::int
  FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
 ORDER BY xact_start LIMIT 1
"""


def no_word(_waits_for: AppError) -> None:
    """Say nothing while a migration waits."""


def patiently(move: Callable[[], None], url: URL, revision: str, on_wait: OnWait) -> None:
    """Migrate, again and again while tables are in use; ``on_wait`` hears once who uses them.

    Raises AppError("schema_in_use") when patience ends.
    """
    deadline, told = time.monotonic() + PATIENCE_SECONDS, False
    while True:
        try:
            move()
        except sa.exc.OperationalError as error:
            if not _was_in_use(error):
                raise
            holder = _holder(url)
            if time.monotonic() > deadline or _COUNTED_STEPS.fullmatch(revision):
                raise holder from error
        else:
            return
        if not told:
            on_wait(holder)
            told = True
        time.sleep(PAUSE_SECONDS)


def _was_in_use(error: sa.exc.OperationalError) -> bool:
    return isinstance(error.orig, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected)


def _holder(url: URL) -> AppError:
    """Name the session with the oldest transaction: of all, it is what is waited for."""
    with psycopg.connect(conninfo(url), **connect_arguments(url, as_app=False)) as connection:
        row = connection.execute(_OLDEST).fetchone()
    pid, application, seconds = row or ("?", "?", 0)
    return AppError("schema_in_use", pid=pid, application=application, seconds=seconds)
