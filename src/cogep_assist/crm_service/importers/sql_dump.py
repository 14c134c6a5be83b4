"""Read the rows of a MySQL dump (mysqldump, phpMyAdmin) without a database and without running it.

Only CREATE TABLE, for the names of the columns, and INSERT, for the rows, are looked at. The file
is read as bytes, because a dump may hold files; text is decoded value by value.
"""

import codecs
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PIECE_BYTES = 1024 * 1024
# MySQL's own largest packet is 1 GiB; a row with a file is bounded by what a file may be.
MAX_ROW_BYTES = 64 * 1024 * 1024
MAX_COLUMNS = 1000
# The names of an INSERT's columns, or all of a CREATE TABLE.
HEAD_BYTES = 64 * 1024
Value = str | bytes | None
Row = dict[str, Value]
Values = list[bytes | None]
# A file may be made to bite: no blank is looked at twice, and nothing is read across what begins
# the next statement, so that the time grows with the file and not with its square.
_INSERT = re.compile(
    rb"\s*+(?:INSERT|REPLACE)\s++(?:(?:LOW_PRIORITY|DELAYED|IGNORE)\s++)*+(?:INTO\s++)?"
    rb"(?:`[^`\n]++`\.)?`?(\w++)`?\s*+(?:(\([^()]*+\))\s*+)?VALUES\s*+",
    re.IGNORECASE,
)
_CREATE = re.compile(
    rb"\s*+CREATE\s++TABLE\s++(?:IF\s++NOT\s++EXISTS\s++)?"
    rb"(?:`[^`\n]++`\.)?`?(\w++)`?\s*+\(",
    re.IGNORECASE,
)
_COLUMN = re.compile(rb"^[ \t]*+`(\w++)`[ \t]++(\w++)", re.MULTILINE)
_UTC = re.compile(rb"SET\s+(?:SESSION\s+)?time_zone\s*=\s*['\"]\+0?0:00['\"]", re.IGNORECASE)
_STARTS = re.compile(rb"(?:^|(?<=\n))[ \t]*(?:INSERT|REPLACE|CREATE)\s", re.IGNORECASE)
_STATEMENT_ENDS = re.compile(rb"[;'\"]")
_TEXT_ENDS = re.compile(rb"[\\'\"]")
_BARE_ENDS = re.compile(rb"[,)\n]")
_ESCAPED = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"0": b"\x00", b"Z": b"\x1a", b"b": b"\b"}
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_INTRODUCER = re.compile(rb"(?:_binary|_utf8mb4|_utf8|_latin1|N)\s*(?=['\"])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DumpRow:
    """A row and the byte at which its INSERT begins; None for one that could not be read."""

    table: str
    offset: int
    row: Row | None
    code: str = ""


def dump_rows(
    path: Path, wanted: Callable[[str], bool], binary: Collection[str] = ()
) -> Iterator[DumpRow]:
    """Give the rows of the tables that are wanted, in the order of the dump.

    Columns named in ``binary`` are handed over as bytes. A TIMESTAMP of a dump that says it was
    written in UTC gets ``+00:00`` behind it: a DATETIME never does.
    """
    with path.open("rb") as file:
        marked = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        file.seek(0)
        # What PowerShell wrote of a program's output.
        source = codecs.EncodedFile(file, "utf-8", "utf-16", "replace") if marked else file
        yield from _Dump(source, wanted, binary).rows()


class _BrokenError(ValueError):
    pass


class _Dump:
    def __init__(
        self,
        file: BinaryIO | codecs.StreamRecoder,
        wanted: Callable[[str], bool],
        binary: Collection[str],
    ) -> None:
        self._file = file
        self._wanted = wanted
        self._binary = binary
        self._data = b""
        self._at = 0
        self._gone = 0
        self._ended = False
        self._in_utc = False
        self._columns: dict[str, list[tuple[str, bool]]] = {}

    def rows(self) -> Iterator[DumpRow]:
        while self._find_statement():
            begins = self._gone + self._at
            created = _CREATE.match(self._data, self._at)
            if created is not None:
                self._note_columns(created)
                continue
            insert = _INSERT.match(self._data, self._at)
            if insert is None:
                self._at += 6
                continue
            table = insert[1].decode().lower()
            listed = _listed(insert[2])
            self._at = insert.end()
            try:
                if not self._wanted(table):
                    self._skip_statement()
                    continue
                for values in self._tuples():
                    yield self._row(table, listed, values, begins)
            except _BrokenError as error:
                yield DumpRow(table, begins, None, str(error))

    def _find_statement(self) -> bool:
        """Go to the next line that begins a statement of ours."""
        while True:
            found = _STARTS.search(self._data, self._at)
            if found is not None and (self._ended or len(self._data) - found.start() >= HEAD_BYTES):
                self._note_zone(self._at, found.start())
                self._at = found.start()
                return True
            if found is None:
                self._note_zone(self._at, len(self._data))
                # The last line may be the first half of one that begins a statement; one that
                # has gone on for longer than a head begins none.
                last_line = self._data.rfind(b"\n", self._at) + 1
                self._at = max(self._at, last_line, len(self._data) - HEAD_BYTES)
                if self._ended:
                    return False
            self._more()

    def _skip_statement(self) -> None:
        """Go past the end of a statement; what its texts say begins none."""
        while True:
            try:
                self._at = self._search(_STATEMENT_ENDS, self._at)
            except _BrokenError:
                # Nothing ends a statement from here on: what begins one there is not looked at.
                self._at = len(self._data)
                raise
            sign = self._next()
            if sign == b";":
                self._at += 1
                return
            self._at = self._end_of_text(sign) + 1
            self._forget()

    def _note_zone(self, start: int, end: int) -> None:
        if _UTC.search(self._data, start, end):
            self._in_utc = True

    def _note_columns(self, created: re.Match[bytes]) -> None:
        most = min(len(self._data), created.end() + HEAD_BYTES)
        next_one = _STARTS.search(self._data, created.end(), most)
        most = most if next_one is None else next_one.start()
        end = self._data.find(b";\n", created.end(), most)
        found = _COLUMN.findall(self._data, created.end(), most if end < 0 else end)
        name = created[1].decode().lower()
        self._columns[name] = [
            (column.decode().lower(), kind.lower() == b"timestamp") for column, kind in found
        ]
        self._at = created.end()

    def _tuples(self) -> Iterator[Values]:
        """Give the values of each row of one INSERT: as bytes."""
        while True:
            self._skip_space()
            if self._next() != b"(":
                raise _BrokenError("broken_insert")
            self._at += 1
            yield self._tuple()
            self._skip_space()
            sign = self._next()
            self._at += 1
            if sign in {b";", b""}:
                return
            if sign != b",":
                raise _BrokenError("broken_insert")
            self._forget()

    def _tuple(self) -> Values:
        values: Values = []
        while True:
            self._skip_space()
            values.append(self._value())
            self._skip_space()
            sign = self._next()
            self._at += 1
            if sign == b")":
                return values
            if sign != b"," or len(values) > MAX_COLUMNS:
                raise _BrokenError("broken_insert" if sign else "ends_too_soon")

    def _value(self) -> bytes | None:
        introduced = _INTRODUCER.match(self._data, self._at)
        if introduced is not None:
            self._at = introduced.end()
        sign = self._next()
        if sign in {b"'", b'"'}:
            return self._text(sign)
        end = self._search(_BARE_ENDS, self._at)
        bare = self._data[self._at : end].strip()
        self._at = end
        if bare.upper() == b"NULL":
            return None
        if bare[:2].lower() == b"0x":
            return _from_hex(bare[2:])
        return bare

    def _text(self, quote: bytes) -> bytes:
        start, end = self._at + 1, self._end_of_text(quote)
        self._at = end + 1
        text = self._data[start:end]
        if quote in text:
            text = text.replace(quote * 2, quote)
        return _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), text) if b"\\" in text else text

    def _end_of_text(self, quote: bytes) -> int:
        """Return where a quoted text ends; a doubled quote and a backslash's sign are of it."""
        place = self._at + 1
        while True:
            place = self._search(_TEXT_ENDS, place)
            sign = self._data[place : place + 1]
            if sign == b"\\":
                place += 2
            elif sign != quote:
                place += 1
            else:
                self._reach(place + 2)
                if self._data[place + 1 : place + 2] != quote:
                    return place
                place += 2

    def _row(
        self,
        table: str,
        listed: list[str] | None,
        values: Values,
        begins: int,
    ) -> DumpRow:
        known = self._columns.get(table, [])
        moments = {name for name, is_moment in known if is_moment and self._in_utc}
        names = listed or [name for name, _ in known]
        if len(names) != len(values):
            return DumpRow(table, begins, None, "columns_differ" if names else "columns_unknown")
        row: Row = {}
        for name, value in zip(names, values, strict=True):
            if value is None:
                row[name] = None
            elif name in self._binary:
                row[name] = value
            else:
                text = _decoded(value)
                row[name] = f"{text}+00:00" if name in moments and len(text) == 19 else text
        return DumpRow(table, begins, row)

    def _search(self, pattern: re.Pattern[bytes], start: int) -> int:
        while True:
            found = pattern.search(self._data, start)
            if found is not None:
                return found.start()
            start = len(self._data)
            self._reach(start + 1)

    def _reach(self, place: int) -> None:
        while len(self._data) < place:
            if len(self._data) - self._at > MAX_ROW_BYTES:
                raise _BrokenError("too_long")
            if not self._more(forget=False):
                raise _BrokenError("ends_too_soon")

    def _skip_space(self) -> None:
        while self._next() in {b" ", b"\n", b"\r", b"\t"}:
            self._at += 1

    def _next(self) -> bytes:
        if self._at >= len(self._data):
            self._more(forget=False)
        return self._data[self._at : self._at + 1]

    def _more(self, *, forget: bool = True) -> bool:
        if forget:
            self._forget()
        piece = self._file.read(PIECE_BYTES)
        self._data += piece
        self._ended = not piece
        return not self._ended

    def _forget(self) -> None:
        """Let go of what was gone through, now and then: each time would copy the rest."""
        if self._at > PIECE_BYTES:
            self._gone += self._at
            self._data, self._at = self._data[self._at :], 0


def _listed(text: bytes | None) -> list[str] | None:
    if text is None:
        return None
    return [
        name.strip(b' `"\n\r\t').decode("utf-8", "replace").lower()
        for name in text[1:-1].split(b",")
    ]


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        # What MySQL calls latin1; the few bytes that it leaves undefined carry nothing.
        return value.decode("cp1252", "ignore")


def _from_hex(digits: bytes) -> bytes:
    try:
        return bytes.fromhex(digits.decode())
    except ValueError:
        raise _BrokenError("broken_insert") from None
