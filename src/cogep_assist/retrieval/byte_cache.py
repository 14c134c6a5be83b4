"""A bounded store of immutable things, least recently used out first."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any


class ByteCache:
    """Keep values up to a total size. Safe to use from several threads."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._held: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: Hashable) -> Any | None:
        """Return what is kept under a key, or None."""
        with self._lock:
            entry = self._held.get(key)
            if entry is None:
                return None
            self._held.move_to_end(key)
            return entry[0]

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keep a value of about this many bytes; one above an eighth of the room is not kept."""
        if size > self.capacity // 8:
            return
        with self._lock:
            previous = self._held.pop(key, None)
            self._size += size - (previous[1] if previous else 0)
            self._held[key] = (value, size)
            while self._size > self.capacity:
                _, (_, freed) = self._held.popitem(last=False)
                self._size -= freed

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return self._size
