"""Read the files of an export into the staging: what they are is told by what they hold."""

import json
import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cogep_assist.core.brazil.names import fold_name
from cogep_assist.core.errors import AppError
from cogep_assist.crm_service.customers.customer_import_file import MAX_BYTES, read_import_file
from cogep_assist.crm_service.importers.json_stream import json_records
from cogep_assist.crm_service.importers.records import (
    BrokenRecord,
    PastFile,
    PastPerson,
    PastTicket,
)
from cogep_assist.crm_service.importers.sql_dump import dump_rows
from cogep_assist.crm_service.importers.staging import Staging

JSON_NAMES = (".json", ".jsonl", ".ndjson")
MAX_FILES = 100_000
# Where files that came with messages lie beside an export.
FILES_FOLDERS = ("attachments", "anexos", "files")
# kind, key, the key of what it belongs to
Place = tuple[str, object, object]


class StagedExport(ABC):
    """An export of files. Each system says what a record is, and what people and tickets it has."""

    # Columns of a dump that hold files.
    binary: Collection[str] = ()

    def __init__(self, path: Path, zone: ZoneInfo) -> None:
        self.root = path if path.is_dir() else path.parent
        self.zone = zone
        self.staging = Staging()
        read = 0
        for file in _files(path):
            read += self._read(file)
        if not read:
            self.close()
            raise AppError("import_export_unknown", name=path.name)

    @property
    def broken(self) -> list[BrokenRecord]:
        """What could not be read."""
        return self.staging.broken

    def close(self) -> None:
        """Let go of what was read."""
        self.staging.close()

    @abstractmethod
    def people(self) -> Iterator[PastPerson]:
        """Give the customers, each once."""

    @abstractmethod
    def tickets(self) -> Iterator[PastTicket]:
        """Give the tickets, the oldest number first."""

    @abstractmethod
    def place_of(self, record: Mapping[str, Any]) -> Place | None:
        """Say what a JSON record is; None for what is not imported."""

    @abstractmethod
    def table_of(self, name: str) -> str | None:
        """Return the kind of a dump's table; None for one that is not imported."""

    def row_place(self, kind: str, row: Mapping[str, Any]) -> Place:
        """Say which row of a dump this is: of systems whose tables have a kind."""
        raise NotImplementedError

    @abstractmethod
    def line_of(self, cells: Mapping[str, str]) -> tuple[Place, dict[str, Any]] | None:
        """Say what a line of a CSV is, by the folded names of its columns."""

    def beside(self, name: str, *ways: tuple[object, ...]) -> PastFile:
        """Return a file that lies beside the export by one of some ways; lost, where by none.

        A way that leads out of the export's folder leads nowhere.
        """
        root = self.root.resolve()
        for folder in (*FILES_FOLDERS, ""):
            for way in ways:
                path = root.joinpath(folder, *(str(step) for step in way))
                if "\x00" in str(path) or not _is_within(path, root):
                    continue
                return PastFile(name, path=path)
        return PastFile(name)

    def _read(self, file: Path) -> int:
        suffix = file.suffix.lower()
        if suffix in JSON_NAMES:
            return self._read_json(file)
        if suffix == ".sql":
            return self._read_dump(file)
        if suffix == ".csv":
            return self._read_csv(file)
        return 0

    def _read_json(self, file: Path) -> int:
        taken = 0
        for found in json_records(file):
            if found.value is None:
                self.staging.note_broken(f"{file.name}: {found.number}", found.code)
                continue
            place = self.place_of(found.value)
            if place is not None:
                self.staging.put(place[0], place[1], found.value, parent=place[2])
                taken += 1
        return taken

    def _read_dump(self, file: Path) -> int:
        taken = 0
        rows = dump_rows(file, lambda name: self.table_of(name) is not None, self.binary)
        for found in rows:
            kind = self.table_of(found.table)
            if found.row is None or kind is None:
                self.staging.note_broken(
                    f"{file.name}: {found.table}, byte {found.offset}", found.code
                )
                continue
            content = next(
                (v for n in self.binary if isinstance(v := found.row.get(n), bytes)), None
            )
            row = {n: v for n, v in found.row.items() if not isinstance(v, bytes)}
            kind, key, parent = self.row_place(kind, row)
            self.staging.put(kind, key, row, parent=parent, content=content)
            taken += 1
        return taken

    def _read_csv(self, file: Path) -> int:
        if file.stat().st_size > MAX_BYTES:
            raise AppError("import_file_too_large", limit_mib=MAX_BYTES // 2**20)
        read = read_import_file(file.read_bytes())
        names = [fold_name(name) for name in read.header]
        taken = 0
        for written in read.content.split(b"\n"):
            if not written:
                continue
            number, *cells = json.loads(written)
            if len(cells) != len(names):
                self.staging.note_broken(f"{file.name}: {number}", "columns_differ")
                continue
            found = self.line_of(dict(zip(names, cells, strict=True)))
            if found is not None:
                (kind, key, parent), data = found
                self.staging.put(kind, key, data, parent=parent)
                taken += 1
        return taken


def _files(path: Path) -> Iterator[Path]:
    """Give the files of an export in the order of their names; links are not followed."""
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise AppError("import_export_missing", name=str(path))
    seen = 0
    for folder, names, files in os.walk(path):
        names[:] = sorted(n for n in names if not n.startswith(".") and n not in FILES_FOLDERS)
        for name in sorted(files):
            file = Path(folder, name)
            if stat.S_ISREG(file.lstat().st_mode):
                seen += 1
                if seen > MAX_FILES:
                    raise AppError("import_export_unknown", name=path.name)
                yield file


def _is_within(path: Path, root: Path) -> bool:
    try:
        found = path.resolve(strict=True)
    except OSError:
        return False
    return found.is_relative_to(root) and found.is_file()
