"""Import the product once, then fork a process of it for each order on standard input."""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import sys
from pathlib import Path
from typing import Any

from cogep_assist.cli.together import IMPORTED

IMPORTED_FOR_CELERY = (
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.celery",
    "cogep_assist.worker_service.celery_app",
    "cogep_assist.worker_service.tasks",
    "redis",
    "kombu.transport.redis",
)


def main() -> None:
    """Serve until standard input ends."""
    for name in IMPORTED + (IMPORTED_FOR_CELERY if "celery" in sys.argv else ()):
        importlib.import_module(name)
    # What was imported is the same in every child: leave its pages shared.
    gc.collect()
    gc.freeze()
    children: set[int] = set()
    pending = b""
    while True:
        if select.select([0], [], [], 0.02)[0]:
            read = os.read(0, 1 << 20)
            if not read:
                break
            *lines, pending = (pending + read).split(b"\n")
            for line in lines:
                pid = fork(json.loads(line))
                children.add(pid)
                os.write(1, b"started %d 0\n" % pid)
        for pid in list(children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                children.discard(pid)
                os.write(1, b"ended %d %d\n" % (pid, status))
    for pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def fork(order: dict[str, Any]) -> int:
    """Return the number of a child that becomes the program of the order.

    It leads a session by then: who is killed before that leaves a process that nobody ends.
    """
    leads, follows = os.pipe()
    pid = os.fork()
    if pid:
        os.close(follows)
        os.read(leads, 1)
        os.close(leads)
        return pid
    status = 1
    try:
        os.setsid()
        os.close(leads)
        os.close(follows)
        become(order)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def become(order: dict[str, Any]) -> None:
    """Run a module as ``python -m`` would, in an environment and a folder of its own."""
    os.chdir(Path(order["log"]).parent)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(order["env"])
    clock = sys.modules.get("sitecustomize")
    if clock is not None and hasattr(clock, "read_from"):
        clock.read_from(os.environ.get("COGEP_TEST_CLOCK"))
    sys.argv = [order["program"], *order["arguments"]]
    runpy.run_module(order["program"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
