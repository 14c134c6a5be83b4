"""What a backup says of itself, sealed with it."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from cogep_assist.core.backup.contents import TableContents
from cogep_assist.core.backup.default_grants import DefaultGrant
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import SCHEMAS


@dataclass(frozen=True, slots=True)
class Manifest:
    """Release, schema revision and the contents of every table, all of one moment."""

    release: str
    revision: str
    created_at: datetime
    database_bytes: int
    server_major: int
    dump_major: int
    default_grants: list[DefaultGrant]
    tables: dict[str, TableContents]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(contents.rows for contents in self.tables.values())

    def to_json(self) -> bytes:
        """Return the manifest as it lies in the file."""
        fields = {**asdict(self), "created_at": self.created_at.isoformat()}
        return json.dumps(fields, ensure_ascii=True, sort_keys=True).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> "Manifest":
        """Read a manifest. Raises AppError("backup_newer_format") for one of another shape."""
        try:
            fields: dict[str, Any] = json.loads(raw)
            return cls(
                release=str(fields["release"]),
                revision=str(fields["revision"]),
                created_at=datetime.fromisoformat(fields["created_at"]),
                database_bytes=int(fields["database_bytes"]),
                server_major=int(fields["server_major"]),
                dump_major=int(fields["dump_major"]),
                default_grants=[
                    DefaultGrant(str(g["schema"]), str(g["kind"]), str(g["privilege"]))
                    for g in fields["default_grants"]
                    if g["schema"] in SCHEMAS
                ],
                tables={
                    name: TableContents(int(t["rows"]), str(t["hash"]), _names(t["columns"]))
                    for name, t in fields["tables"].items()
                },
            )
        except (
            LookupError,
            TypeError,
            ValueError,
            AttributeError,
            ArithmeticError,
            RecursionError,
        ):
            # Sealed with our key, so nobody tampered with it: a later release wrote it.
            raise AppError("backup_newer_format") from None


def _names(columns: Any) -> tuple[str, ...]:
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
        raise TypeError("columns")
    return tuple(columns)
