"""The cord between the supervisor and its children, the same on every system.

A supervised child reads its standard input, on which nothing is ever written. End of file means
"stop": the supervisor closed it, or the supervisor is dead, by kill -9 too. So no child outlives
it, and no signal is needed where there are none (Windows).
"""

import os
import sys
import threading
import time
from collections.abc import Callable

VARIABLE = "COGEP_SUPERVISED"
# Longer than a worker takes to end what it runs; past this something hangs.
GRACE_SECONDS = 40.0
_EXIT_HUNG = 70


def is_supervised() -> bool:
    """Tell whether a supervisor holds the other end."""
    return os.environ.get(VARIABLE) == "1"


def on_release(stop: Callable[[], None], *, grace_s: float = GRACE_SECONDS) -> None:
    """Call ``stop`` once the supervisor lets go; end the process if it does not stop in time."""
    if is_supervised():
        threading.Thread(target=_wait, args=(stop, grace_s), name="lifeline", daemon=True).start()


def _wait(stop: Callable[[], None], grace_s: float) -> None:
    while True:
        try:
            if not os.read(sys.stdin.fileno(), 1):
                break
        except (OSError, ValueError):
            break
    stop()
    time.sleep(grace_s)
    os._exit(_EXIT_HUNG)
