"""The file of a Word 97 to 2003 document: its text by pieces, and how runs of it are formatted.

The layout is that of Microsoft's open specification [MS-DOC]; names in brackets are its own.
"""

import io
import struct
import sys
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import olefile

from cogep_assist.core.errors import AppError

_MAGIC = 0xA5EC
# Before Word 97 (nFib 193) the head of the file is another one.
_OLDEST = 193
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_PAGE = 512
# How many bytes follow a property's number, by the top three bits of it (spra).
_OPERAND_BYTES = (1, 1, 2, 4, 2, 2, -1, 3)
_TABLE_DEFINITION = 0xD608
_COMPRESSED = 0x40000000
Properties = dict[int, bytes]


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one piece, and the byte of the stream at which they begin."""

    text: str
    offset: int
    width: int


@dataclass(frozen=True, slots=True)
class Parts:
    """How many characters each part of the text has, one after another [FibRgLw97]."""

    main: int
    footnotes: int
    headers: int
    comments: int
    endnotes: int
    boxes: int


class DocFile:
    """Open a document. Raises AppError file_corrupt, file_password or unsupported_media_type."""

    def __init__(self, data: bytes) -> None:
        try:
            with olefile.OleFileIO(io.BytesIO(data)) as ole:
                self.stream: bytes = ole.openstream("WordDocument").read()
                flags = self._head(self.stream)
                table = "1Table" if flags & _TABLE_1 else "0Table"
                self.table: bytes = ole.openstream(table).read()
                facts = ole.get_metadata()
        except (OSError, struct.error, IndexError, ValueError, TypeError) as error:
            raise AppError("file_corrupt") from error
        self.title = _fact(facts.title, facts.codepage)
        self.author = _fact(facts.author, facts.codepage)
        self.subject = _fact(facts.subject, facts.codepage)
        counts = struct.unpack_from("<8I", self.stream, 0x4C)
        self.parts = Parts(counts[0], counts[1], counts[2], counts[4], counts[5], counts[6])

    @staticmethod
    def _head(stream: bytes) -> int:
        magic, version = struct.unpack_from("<HH", stream, 0)
        (flags,) = struct.unpack_from("<H", stream, 0x0A)
        if magic != _MAGIC:
            raise AppError("file_corrupt")
        if version < _OLDEST:
            raise AppError(
                "unsupported_media_type",
                kind="documento do Word anterior a 1997",
                action="abra no editor de textos e salve como DOCX ou PDF",
            )
        if flags & _ENCRYPTED:
            raise AppError("file_password")
        return int(flags)

    def structure(self, index: int) -> bytes:
        """Return a structure of the table stream by its place in the head [FibRgFcLcb97]."""
        start, size = struct.unpack_from("<II", self.stream, 0x9A + 8 * index)
        return self.table[start : start + size]

    def after(self, index: int) -> bytes:
        """Return what follows a structure in the table stream."""
        start, size = struct.unpack_from("<II", self.stream, 0x9A + 8 * index)
        return self.table[start + size :]

    def runs(self) -> Iterator[Run]:
        """Yield the text in order, piece by piece [Clx, PlcPcd]."""
        pieces = _piece_table(self.structure(33))
        count = (len(pieces) - 4) // 12
        ends = struct.unpack_from(f"<{count + 1}I", pieces, 0)
        for index in range(count):
            (place,) = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * index + 2)
            length = ends[index + 1] - ends[index]
            if length < 0 or length > len(self.stream):
                raise AppError("file_corrupt")
            if place & _COMPRESSED:
                start = (place & ~_COMPRESSED) // 2
                raw = self.stream[start : start + length]
                yield Run(raw.decode("cp1252", "replace"), start, 1)
            else:
                raw = self.stream[place : place + 2 * length]
                raw = raw[: len(raw) // 2 * 2]
                # Letters beyond the first plane stay two halves: positions count both.
                yield Run("".join(map(chr, struct.unpack(f"<{len(raw) // 2}H", raw))), place, 2)


class Formats:
    """Properties of characters or paragraphs by the byte at which they stand [PlcBte, Fkp]."""

    def __init__(self, file: DocFile, index: int, *, paragraphs: bool) -> None:
        self._starts: list[int] = []
        self._found: list[tuple[int, Properties]] = []
        bins = file.structure(index)
        count = (len(bins) - 4) // 8
        for number in range(max(count, 0)):
            (page,) = struct.unpack_from("<I", bins, 4 * (count + 1) + 4 * number)
            start = (page & 0x3FFFFF) * _PAGE
            self._read_page(file.stream[start : start + _PAGE], paragraphs=paragraphs)

    def at(self, offset: int) -> tuple[int, Properties]:
        """Return (style, properties) of what stands at a byte of the stream."""
        place = bisect_right(self._starts, offset) - 1
        return self._found[place] if place >= 0 else (0, {})

    def until(self, offset: int) -> int:
        """Return the byte from which on something else holds than at this one."""
        place = bisect_right(self._starts, offset)
        return self._starts[place] if place < len(self._starts) else sys.maxsize

    def _read_page(self, page: bytes, *, paragraphs: bool) -> None:
        if len(page) < _PAGE:
            return
        count = page[_PAGE - 1]
        starts = struct.unpack_from(f"<{count + 1}I", page, 0)
        step = 13 if paragraphs else 1
        for number in range(count):
            place = 2 * page[4 * (count + 1) + step * number]
            found = (0, {}) if not place else _paragraph(page, place) if paragraphs else (
                0, properties(page[place + 1 : place + 1 + page[place]])
            )  # fmt: skip
            self._starts.append(starts[number])
            self._found.append(found)


def properties(data: bytes) -> Properties:
    """Return property numbers and their operands [Prl]; what is cut off at the end is left out."""
    found: Properties = {}
    place = 0
    while place + 2 <= len(data):
        (number,) = struct.unpack_from("<H", data, place)
        place += 2
        size = _OPERAND_BYTES[number >> 13]
        if size < 0:
            if place >= len(data):
                break
            size = data[place]
            place += 1
            if number == _TABLE_DEFINITION and place < len(data):
                size = size + 256 * data[place] - 1
                place += 1
        found[number] = data[place : place + size]
        place += size
    return found


def _paragraph(page: bytes, place: int) -> tuple[int, Properties]:
    half = page[place]
    place += 1
    if half == 0:
        size = 2 * page[place]
        place += 1
    else:
        size = 2 * half - 1
    data = page[place : place + size]
    if len(data) < 2:
        return 0, {}
    return struct.unpack_from("<H", data)[0], properties(data[2:])


def _piece_table(clx: bytes) -> bytes:
    place = 0
    while place + 3 <= len(clx):
        if clx[place] == 2:
            (size,) = struct.unpack_from("<I", clx, place + 1)
            return clx[place + 5 : place + 5 + size]
        (size,) = struct.unpack_from("<H", clx, place + 1)
        place += 3 + size
    raise AppError("file_corrupt")


def _fact(value: object, codepage: object) -> str:
    if not isinstance(value, bytes):
        return str(value or "")
    # The number is kept in two bytes with a sign: UTF-8, 65001, comes as -535.
    number = int(codepage) & 0xFFFF if isinstance(codepage, int) else 1252
    encoding = "utf-8" if number == 65001 else f"cp{number}"
    try:
        return value.decode(encoding, "replace")
    except LookupError:
        return value.decode("cp1252", "replace")
