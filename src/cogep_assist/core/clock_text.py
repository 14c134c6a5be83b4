"""What time it is, as a text: for the many lines and rows that say when something happened."""

import time
from datetime import UTC, datetime
from functools import lru_cache


def utc_now_text() -> str:
    """Return the time in UTC to the microsecond, as ``isoformat`` writes it, without the offset.

    Lines and acts come by the thousand in a second, and share all of it but the fraction.
    """
    second, fraction = divmod(time.time_ns(), 1_000_000_000)
    return f"{_second_text(second)}.{fraction // 1000:06d}"


@lru_cache(maxsize=2)
def _second_text(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).replace(tzinfo=None).isoformat()
