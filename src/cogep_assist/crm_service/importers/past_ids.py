"""Ids for what happened long ago: UUIDv7 of that moment, so that lists stay in order of time."""

import secrets
from datetime import datetime
from uuid import UUID

_ORDERS = 1 << 12


def uuid7_at(moment: datetime, order: int = 0) -> UUID:
    """Return a UUIDv7 (RFC 9562) of a moment; ``order`` ranks what shares its millisecond."""
    milliseconds = max(0, int(moment.timestamp() * 1000)) & ((1 << 48) - 1)
    rank = min(order, _ORDERS - 1)
    number = milliseconds << 80 | 0x7 << 76 | rank << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=number)
