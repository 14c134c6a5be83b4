"""What ``cogep serve`` does once it has its socket: the API and the page, one process."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from uvicorn.importer import import_from_string

from cogep_assist.cli import lifeline
from cogep_assist.cli.context import settle_schema
from cogep_assist.cli.event_loop import loop_factory
from cogep_assist.cli.listening import allow_many_connections
from cogep_assist.cli.serving import settings_of_a_server
from cogep_assist.cli.slow_clients import MeasuredHttp, let_slow_ones_go
from cogep_assist.core.config import Settings
from cogep_assist.core.database_target import open_target
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger

# Named, not imported: the two composition roots do not know each other.
APPLICATION = "cogep_assist.main:create_app"
GRACE_SECONDS = 10
_log = get_logger(__name__)


def run(listener: socket.socket, address: str, data_dir: Path | None) -> None:
    """Serve on a socket that listens, until Ctrl-C. ``address`` is the one for people."""
    settings = settings_of_a_server(data_dir)
    allow_many_connections()
    # This process's own claim: the embedded server stays for as long as the API does.
    with open_target(settings) as target:
        settle_schema(target)
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(_serve(settings, listener, address))


class _Server(uvicorn.Server):
    """A server that leaves the signals to us.

    Uvicorn raises a captured signal again at the end, which would skip every clean-up.
    """

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(settings: Settings, listener: socket.socket, address: str) -> None:
    application = import_from_string(APPLICATION)(settings)
    # What is there now stays for good: a full look through it would hold a request up by 0.2 s.
    gc.collect()
    gc.freeze()
    server = _Server(
        uvicorn.Config(
            application,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            http=MeasuredHttp,
            ws="none",
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )

    loop = asyncio.get_running_loop()

    def stop(*_: object) -> None:
        server.should_exit = True
        # Whoever waits for a job to end is answered now, instead of holding up the stop.
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(application.state.stop_waiting)

    lifeline.on_release(stop)
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    _log.info("api_listening", address=address)
    letting_go = asyncio.create_task(let_slow_ones_go(server.server_state.connections))
    await server.serve(sockets=[listener])
    letting_go.cancel()
    if not server.started:
        raise AppError("api_did_not_start")
