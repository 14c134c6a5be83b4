"""Server-sent events out of bytes cut anywhere (HTML standard, section 9.2). Pure."""

import codecs
from collections.abc import Iterator

from cogep_assist.core.errors import AppError

MOST_EVENT_CHARS = 1_000_000


class EventStream:
    """Feed it bytes, take the data of each whole event; comments keep the line open only."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._text = ""
        self._data: list[str] = []
        self._held = 0

    def feed(self, piece: bytes) -> Iterator[str]:
        """Yield the data of every event that this piece completes.

        Raises AppError("llm_response_invalid") on an event of more than a million characters.
        """
        self._text += self._decode.decode(piece)
        # A CR at the very end may be half of a CRLF: wait for what follows.
        while (cut := _line_end(self._text, final=False)) is not None:
            line, self._text = self._text[: cut[0]], self._text[cut[1] :]
            yield from self._line(line)
        self._check(len(self._text))

    def finish(self) -> Iterator[str]:
        """Yield what is left when the body ended without the blank line that ends an event."""
        self._text += self._decode.decode(b"", final=True)
        for line in (*self._text.splitlines(), ""):
            yield from self._line(line)
        self._text = ""

    def _line(self, line: str) -> Iterator[str]:
        if not line:
            if self._data:
                yield "\n".join(self._data)
            self._data, self._held = [], 0
            return
        name, _, value = line.partition(":")
        if name == "data":
            self._data.append(value.removeprefix(" "))
            self._held += len(value)
            self._check(self._held)

    def _check(self, size: int) -> None:
        if size > MOST_EVENT_CHARS:
            raise AppError("llm_response_invalid", reason="um evento é longo demais")


def _line_end(text: str, *, final: bool) -> tuple[int, int] | None:
    found = [place for place in (text.find("\n"), text.find("\r")) if place >= 0]
    if not found:
        return None
    place = min(found)
    if text[place] == "\n":
        return place, place + 1
    if place + 1 == len(text) and not final:
        return None
    return place, place + (2 if text[place + 1 : place + 2] == "\n" else 1)
