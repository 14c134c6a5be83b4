"""Let a process's wall clock be moved while it runs; its monotonic clock stays right.

Python imports this module by its name when its folder is on PYTHONPATH. The file that
COGEP_TEST_CLOCK names holds by how many seconds the clock is wrong.
"""

import copyreg
import datetime as dt
import mmap
import os
import struct
import time

BYTES = struct.Struct("d")
_time, _time_ns = time.time, time.time_ns
_right = dt.datetime
_shift: mmap.mmap | None = None


def read_from(path: str | None) -> None:
    """Take the shift from this file from now on."""
    global _shift
    if path is None:
        _shift = None
        return
    with open(path, "rb") as file:  # noqa: PTH123  (nothing may be imported here for so little)
        _shift = mmap.mmap(file.fileno(), BYTES.size, access=mmap.ACCESS_READ)


def shift() -> float:
    """By how many seconds the clock is wrong now."""
    return BYTES.unpack(_shift[: BYTES.size])[0] if _shift is not None else 0.0


class _Wrong(type(_right)):  # type: ignore[misc]
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _right)


class ShiftedDatetime(_right, metaclass=_Wrong):
    """A datetime whose now is elsewhen."""

    # As large as what it stands for: compiled modules look at that.
    __slots__ = ()

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> "dt.datetime":
        return _right.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> "dt.datetime":
        return _right.fromtimestamp(time.time(), dt.UTC).replace(tzinfo=None)


def right_datetime(*state: object) -> "dt.datetime":
    """Make the datetime again that somebody has kept."""
    return _right(*state)  # type: ignore[arg-type]


# Kept by the name "datetime.datetime" it would not be found: that is another class now.
copyreg.pickle(_right, lambda kept: (right_datetime, kept.__reduce_ex__(2)[1]))  # type: ignore[arg-type,return-value]
time.time = lambda: _time() + shift()
time.time_ns = lambda: _time_ns() + int(shift() * 1e9)
dt.datetime = ShiftedDatetime  # type: ignore[misc]
read_from(os.environ.get("COGEP_TEST_CLOCK"))
