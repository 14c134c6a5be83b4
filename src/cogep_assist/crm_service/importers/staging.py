"""Keep an export's rows where they can be looked up by number, while it is imported.

An export lists its rows in an order of its own. They go into a private SQLite file that has no name
on the disk: it is gone with the process, even one that is killed.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from cogep_assist.crm_service.importers.records import BrokenRecord

MAX_BROKEN = 10_000
Data = dict[str, Any]


class Staging:
    """Rows by kind and key, and by the key of what they belong to. Used by one thread at a time."""

    def __init__(self) -> None:
        # An empty name: a temporary file that SQLite unlinks as it opens it.
        self._base = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.execute(
            "CREATE TABLE record (kind TEXT, key TEXT, parent TEXT, data TEXT, content BLOB)"
        )
        self._base.execute("BEGIN")
        self.broken: list[BrokenRecord] = []
        self._indexed = False

    def put(
        self,
        kind: str,
        key: object,
        data: Mapping[str, Any],
        *,
        parent: object = None,
        content: bytes | None = None,
    ) -> None:
        """Keep a row; numbers and texts make the same key."""
        self._base.execute(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?)",
            (
                kind,
                _key(key),
                None if parent is None else _key(parent),
                json.dumps(data, ensure_ascii=False).encode("utf-8", "replace").decode(),
                content,
            ),
        )

    def note_broken(self, place: str, code: str) -> None:
        """Remember that something could not be read."""
        if len(self.broken) < MAX_BROKEN:
            self.broken.append(BrokenRecord(place, code))

    def one(self, kind: str, key: object) -> Data:
        """Return a row, or an empty one: exports name what they do not hold."""
        self._index()
        found = self._base.execute(
            "SELECT data FROM record WHERE kind = ? AND key = ? LIMIT 1", (kind, _key(key))
        ).fetchone()
        return json.loads(found[0]) if found else {}

    def of(self, kind: str, parent: object) -> list[Data]:
        """Return the rows that belong to another, each once, by number."""
        self._index()
        rows = self._base.execute(
            # Named: to group by the key SQLite would rather go through all rows of the kind.
            "SELECT data FROM record INDEXED BY by_parent WHERE kind = ? AND parent = ?"
            " GROUP BY key"
            " ORDER BY CAST(key AS INTEGER), key",
            (kind, _key(parent)),
        )
        return [json.loads(row[0]) for row in rows]

    def content_of(self, kind: str, parent: object, limit: int) -> bytes | None:
        """Return the pieces that belong to another, joined in order; None for more than a limit."""
        self._index()
        rows = self._base.execute(
            "SELECT content FROM record INDEXED BY by_parent"
            " WHERE kind = ? AND parent = ? AND content IS NOT NULL"
            " ORDER BY CAST(key AS INTEGER)",
            (kind, _key(parent)),
        )
        found = bytearray()
        for (piece,) in rows:
            found += piece
            if len(found) > limit:
                return None
        return bytes(found)

    def content(self, kind: str, key: object) -> bytes | None:
        """Return the bytes of a row."""
        self._index()
        found = self._base.execute(
            "SELECT content FROM record WHERE kind = ? AND key = ? LIMIT 1", (kind, _key(key))
        ).fetchone()
        return found[0] if found else None

    def every(self, kind: str) -> Iterator[Data]:
        """Give the rows of a kind by number, each number once."""
        self._index()
        rows = self._base.execute(
            "SELECT data FROM record WHERE kind = ? GROUP BY key"
            " ORDER BY CAST(key AS INTEGER), key",
            (kind,),
        )
        for row in rows:
            yield json.loads(row[0])

    def holds(self, kind: str) -> bool:
        """Tell whether there is any row of a kind."""
        self._index()
        found = self._base.execute("SELECT 1 FROM record WHERE kind = ? LIMIT 1", (kind,))
        return found.fetchone() is not None

    def close(self) -> None:
        """Let go of everything."""
        self._base.close()

    def _index(self) -> None:
        if not self._indexed:
            self._base.execute("CREATE INDEX by_key ON record (kind, key)")
            self._base.execute("CREATE INDEX by_parent ON record (kind, parent)")
            self._indexed = True


def _key(value: object) -> str:
    """Write a number as a text without its leading zeros, so that "017" and 17 are one."""
    text = str(value).strip()
    return str(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else text
