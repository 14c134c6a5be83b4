"""Start the worker and the API as one program that forks once it has imported everything (Linux).

What both import then lies in memory once. Run as a module, it is that program: it imports, forks
the worker, and goes on as the API. The worker is handed to the supervisor, as its own child, so
that either may die and be started again, alone and by its own command, without the other.
"""

import gc
import importlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cogep_assist.cli.adopted import Adopted, adopt_orphans
from cogep_assist.cli.shown_command import show_command

MODULE = "cogep_assist.cli.together"
# What an API and a worker import anyway.
IMPORTED = (
    "cogep_assist.cli.app",
    "cogep_assist.cli.failure",
    "cogep_assist.cli.serve",
    "cogep_assist.cli.serve_run",
    "cogep_assist.cli.worker",
    "cogep_assist.main",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.httptools_impl",
)
_PROGRAM = [sys.executable, "-m", "cogep_assist"]


@dataclass(frozen=True, slots=True)
class Pair:
    """The words after `cogep` of the two processes, `worker ...` and `serve ...`."""

    worker: Sequence[str]
    api: Sequence[str]

    def start(
        self, environment: Mapping[str, str]
    ) -> tuple[Adopted, subprocess.Popen[bytes]] | None:
        """Start both; None where a worker that is forked could not be handed over."""
        if not adopt_orphans(True):
            return None
        worker_in, our_out = os.pipe()
        our_in, worker_out = os.pipe()
        our_news, news = os.pipe()
        given = (worker_in, worker_out, news)
        words = [*map(str, given), str(len(self.worker)), *self.worker, *self.api]
        try:
            api = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", MODULE, *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                # A library's threads would not live on in what is forked.
                env={**environment, "OPENBLAS_NUM_THREADS": "1"},
                pass_fds=given,
                start_new_session=True,
            )
        finally:
            for end in given:
                os.close(end)
        worker = Adopted(our_news, os.fdopen(our_out, "wb", 0), os.fdopen(our_in, "rb"))
        return worker, api


def main(arguments: Sequence[str]) -> None:
    """Import, fork, and be one of the two."""
    worker_in, worker_out, news, count = map(int, arguments[:4])
    words = arguments[4:]
    gc.disable()
    for name in IMPORTED:
        importlib.import_module(name)
    importlib.import_module("sqlalchemy.orm").configure_mappers()
    # What was imported is the same in both: no collection may touch its pages.
    gc.collect()
    gc.freeze()
    gc.enable()
    orphan = fork_orphan()
    if orphan:
        os.write(news, b"%d" % orphan)
        words = words[count:]
    else:
        os.setsid()
        for source, target in ((worker_in, 0), (worker_out, 1), (worker_out, 2)):
            os.dup2(source, target)
        words = words[:count]
    for end in (worker_in, worker_out, news):
        os.close(end)
    show_command([*_PROGRAM, *words], f"cogep-{words[0]}")
    importlib.import_module("cogep_assist.cli.app").main(list(words))


def fork_orphan() -> int:
    """Return the number of a child whose parent has ended; 0 in that child."""
    heard, said = os.pipe()
    between = os.fork()
    if between == 0:
        child = os.fork()
        if child == 0:
            os.close(heard)
            os.close(said)
            return 0
        os.write(said, b"%d" % child)
        os._exit(0)
    os.close(said)
    with os.fdopen(heard, "rb") as pipe:
        number = int(pipe.read())
    # From its end on the child is the supervisor's.
    os.waitpid(between, 0)
    return number


if __name__ == "__main__":
    main(sys.argv[1:])
