"""Which database a process works on: the administrator's own, or the embedded one."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.engine import URL, make_url

from cogep_assist.core.config import Settings
from cogep_assist.core.embedded_postgres import EmbeddedServer, ensure_running, release


@dataclass(frozen=True, slots=True)
class DatabaseTarget:
    """The two addresses of one database: ``owner`` migrates, ``app`` runs."""

    owner: URL
    app: URL
    embedded: EmbeddedServer | None = None


def embedded_target(server: EmbeddedServer) -> DatabaseTarget:
    """Return the addresses of a running embedded server."""
    return DatabaseTarget(make_url(server.url("owner")), make_url(server.url("app")), server)


@contextlib.contextmanager
def open_target(
    settings: Settings, *, on_progress: Callable[[str], None] | None = None
) -> Iterator[DatabaseTarget]:
    """Have the database for the time of a ``with`` block.

    The embedded server is joined where it runs and started where it does not; it stops when its
    last user leaves. Raises the errors of ``Settings.external_database`` and ``ensure_running``.
    """
    url = settings.external_database
    if url is not None:
        yield DatabaseTarget(owner=url, app=url)
        return
    server = ensure_running(settings.data_dir, on_progress=on_progress)
    try:
        yield embedded_target(server)
    finally:
        release(server)
