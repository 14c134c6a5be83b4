"""Put a process's wall clock wrong by COGEP_TEST_CLOCK seconds; its monotonic clock stays right.

Python imports this module by its name when its folder is on PYTHONPATH.
"""

import datetime as dt
import os
import time

SECONDS = float(os.environ.get("COGEP_TEST_CLOCK", "0"))
_time, _time_ns = time.time, time.time_ns
_right = dt.datetime


class _Wrong(type(_right)):  # type: ignore[misc]
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _right)


class ShiftedDatetime(_right, metaclass=_Wrong):
    """A datetime whose now is elsewhen."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> "dt.datetime":
        return _right.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> "dt.datetime":
        return _right.fromtimestamp(time.time(), dt.UTC).replace(tzinfo=None)


if SECONDS:
    time.time = lambda: _time() + SECONDS
    time.time_ns = lambda: _time_ns() + int(SECONDS * 1e9)
    dt.datetime = ShiftedDatetime  # type: ignore[misc]
