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
from typing import Any

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


class _Text:
    """The text that was read and not yet used up."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._ended = False
        self.text = ""

    def more(self) -> bool:
        """Read on; tell whether there was anything."""
        if self._ended:
            return False
        piece = self._file.read(PIECE_BYTES)
        self._ended = not piece
        self.text += self._decoder.decode(piece, final=self._ended)
        return True

    def peek(self) -> str:
        """Return the next sign that is neither space nor comma; empty at the end."""
        while True:
            found = _SPACE.match(self.text)
            self.text = self.text[found.end() if found else 0 :]
            if self.text or not self.more():
                return self.text[:1]

    def value(self) -> Any:
        """Take one whole value."""
        wanted = 0
        while True:
            # Tried again only once the text has doubled: a long record costs twice its length.
            if len(self.text) >= wanted or self._ended:
                try:
                    value, end = _DECODER.raw_decode(self.text)
                except RecursionError:
                    raise _BrokenError("too_nested") from None
                except ValueError:
                    wanted = 2 * len(self.text)
                else:
                    # A number at the end of what was read may go on.
                    if end < len(self.text) or self._ended:
                        self.text = self.text[end:]
                        return value
            if len(self.text) > MAX_RECORD_CHARS:
                raise _BrokenError("too_long")
            if not self.more():
                raise _BrokenError("broken_json")


def _values(text: _Text, depth: int) -> Iterator[Any]:
    """Give the records from here on to the end of the list or, outside of one, of the file."""
    while sign := text.peek():
        if sign == "]" and depth:
            text.text = text.text[1:]
            return
        if sign == "[" and depth < MAX_DEPTH:
            text.text = text.text[1:]
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
    text.text = text.text[1:]
    while (sign := text.peek()) != "}":
        key = text.value() if sign == '"' else None
        if text.peek() != ":" or not isinstance(key, str):
            raise _BrokenError("broken_json" if sign else "ends_too_soon")
        text.text = text.text[1:]
        sign = text.peek()
        if sign == "[":
            text.text = text.text[1:]
            yield from _values(text, 1)
        elif sign == "{" and key == "data":
            yield from _key_by_key(text)
        else:
            text.value()
    text.text = text.text[1:]
