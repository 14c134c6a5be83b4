"""Where the schema stands and should stand, without Alembic: what every command asks first.

Loading Alembic takes longer than most commands do; it is loaded where the schema is moved.
"""

import re
from functools import cache
from importlib.resources import files

import psycopg
from sqlalchemy.engine import URL

from cogep_assist.core.db import connect_arguments, conninfo

_REVISION = re.compile(r'^revision(?:: \w+)? = "([^"]+)"', re.MULTILINE)
_DOWN_REVISION = re.compile(r'^down_revision(?:: [^=]+)? = "([^"]+)"', re.MULTILINE)


@cache
def known_revisions() -> frozenset[str]:
    """Return every revision that this release knows."""
    return frozenset(revision for revision, _ in _scripts())


@cache
def newest_revision() -> str:
    """Return the newest revision that this release knows: the one that no other builds on."""
    (head,) = known_revisions() - {built_on for _, built_on in _scripts()}
    return head


def standing_revision(owner: URL) -> str | None:
    """Return the revision that the database stands at, or None for an empty one."""
    arguments = connect_arguments(owner, as_app=False)
    try:
        with psycopg.connect(conninfo(owner), **arguments) as connection:
            row = connection.execute("SELECT version_num FROM access.alembic_version").fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return None
    return str(row[0]) if row else None


@cache
def _scripts() -> frozenset[tuple[str, str | None]]:
    """Return the revision of each migration, and the one that it builds on."""
    found: set[tuple[str, str | None]] = set()
    for script in (files("cogep_assist.migrations") / "versions").iterdir():
        if script.name.endswith(".py"):
            text = script.read_text("utf-8")
            below = _DOWN_REVISION.search(text)
            found.update((revision, below and below[1]) for revision in _REVISION.findall(text))
    return frozenset(found)
