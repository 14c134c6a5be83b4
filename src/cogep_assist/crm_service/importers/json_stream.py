"""Read the records of a JSON export piece by piece, whatever its size: lists, objects, lines.

A record is an object within a list, an object on a line of its own, or a whole file that is one
object. One record and no more is held in memory, and its size is bounded.
"""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

MAX_RECORD_CHARS = 16 * 1024 * 1024
PIECE_BYTES = 256 * 1024
# Records lie no deeper: {"data": {"payload": [...]}}.
MAX_DEPTH = 6
_SPACE = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """An object and its place in the file, counted from one; None where it could not be read."""

    number: int
    value: dict[str, Any] | None
    code: str = ""


def json_records(path: Path) -> Iterator[FoundRecord]:
    """Give every record of a file; one that cannot be read ends it, with a code why."""
    number = 0
    with path.open("rb") as file:
        text = _Text(file)
        try:
            for value in _values(text, 0):
                if isinstance(value, dict):
                    number += 1
                    yield FoundRecord(number, value)
        except _BrokenError as error:
            yield FoundRecord(number + 1, None, str(error))


class _BrokenError(ValueError):
    pass


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are no UTF-8 as what Windows wrote before; nothing is lost on the way."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("cogep-as-cp1252", _as_cp1252)


def _decoder(head: bytes) -> codecs.IncrementalDecoder:
    """Return what reads a file by its first bytes: PowerShell writes UTF-16, with a mark or not."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")("replace")
    if len(head) > 1 and 0 in (head[0], head[1]):
        return codecs.getincrementaldecoder("utf-16-le" if head[0] else "utf-16-be")("replace")
    return codecs.getincrementaldecoder("utf-8-sig")("cogep-as-cp1252")


class _Text:
    """The text that was read; what stands before ``at`` is used up."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decoder = _decoder(file.read(2))
        file.seek(0)
        self._ended = False
        self._text = ""
        self._at = 0

    def peek(self) -> str:
        """Return the next sign that is neither space nor comma; empty at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            assert found is not None
            self._at = found.end()
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def skip(self) -> None:
        """Go past the sign that was looked at."""
        self._at += 1

    def value(self) -> Any:
        """Take one whole value."""
        wanted = 0
        while True:
            # Tried again only once the text has doubled: a long record costs twice its length.
            if len(self._text) - self._at >= wanted or self._ended:
                try:
                    value, end = _DECODER.raw_decode(self._text, self._at)
                except RecursionError:
                    raise _BrokenError("too_nested") from None
                except ValueError:
                    wanted = 2 * (len(self._text) - self._at)
                else:
                    # A number at the end of what was read may go on.
                    if end < len(self._text) or self._ended:
                        self._at = end
                        return value
            if len(self._text) - self._at > MAX_RECORD_CHARS:
                raise _BrokenError("too_long")
            if not self._more():
                raise _BrokenError("broken_json")

    def _more(self) -> bool:
        """Read on, and let go of what is used up; tell whether there was anything."""
        if self._ended:
            return False
        piece = self._file.read(PIECE_BYTES)
        self._ended = not piece
        rest = self._text[self._at :] if self._at else self._text
        self._text, self._at = rest + self._decoder.decode(piece, final=self._ended), 0
        return True


def _values(text: _Text, depth: int) -> Iterator[Any]:
    """Give the records from here on to the end of the list or, outside of one, of the file."""
    while sign := text.peek():
        if sign == "]" and depth:
            text.skip()
            return
        if sign == "[" and depth < MAX_DEPTH:
            text.skip()
            yield from _values(text, depth + 1)
        elif sign == "{" and not depth:
            yield from _outermost(text)
        else:
            yield text.value()
    if depth:
        raise _BrokenError("ends_too_soon")


def _outermost(text: _Text) -> Iterator[Any]:
    """Give an object that stands by itself, or the records of a page of an API that wraps them."""
    try:
        value = text.value()
    except _BrokenError:
        # Larger than a record may be, or cut short: gone through key by key.
        yield from _key_by_key(text)
        return
    yield from _unwrapped(value)


def _unwrapped(value: dict[str, Any]) -> Iterator[Any]:
    lists = [one for one in value.values() if isinstance(one, list) and one]
    inner = value.get("data")
    if "id" in value or not (lists or isinstance(inner, dict)):
        yield value
        return
    for one in lists:
        yield from one
    if isinstance(inner, dict):
        yield from _unwrapped(inner)


def _key_by_key(text: _Text) -> Iterator[Any]:
    text.skip()
    while (sign := text.peek()) != "}":
        key = text.value() if sign == '"' else None
        if text.peek() != ":" or not isinstance(key, str):
            raise _BrokenError("broken_json" if sign else "ends_too_soon")
        text.skip()
        sign = text.peek()
        if sign == "[":
            text.skip()
            yield from _values(text, 1)
        elif sign == "{" and key == "data":
            yield from _key_by_key(text)
        else:
            text.value()
    text.skip()
