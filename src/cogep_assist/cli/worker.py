"""``cogep worker``: one worker process."""

import asyncio
import signal
import sys
from contextlib import suppress

import typer

from cogep_assist.cli import lifeline
from cogep_assist.cli.context import on_database
from cogep_assist.cli.options import DataDir
from cogep_assist.cli.serving import settings_of_a_server
from cogep_assist.core.db import Database
from cogep_assist.worker_service.process import work

app = typer.Typer(help="Inicia só um trabalhador.")


@app.command()
def worker(data_dir: DataDir = None) -> None:
    """Inicia um trabalhador, que lê documentos e cuida dos prazos até Ctrl-C."""
    settings = settings_of_a_server(data_dir)

    async def run_worker(database: Database) -> None:
        stop = asyncio.Event()
        stop_on_request(asyncio.get_running_loop(), stop)
        await work(settings, database, stop)

    on_database(settings, run_worker)


def stop_on_request(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Set ``stop`` on Ctrl-C, on a polite signal, or when the supervisor lets go."""

    def ask() -> None:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)

    lifeline.on_release(ask)
    names = ("SIGINT", "SIGTERM") if sys.platform != "win32" else ("SIGINT", "SIGBREAK")
    for name in names:
        signal.signal(getattr(signal, name), lambda *_: ask())
