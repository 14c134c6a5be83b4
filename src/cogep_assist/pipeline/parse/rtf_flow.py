"""Follow the groups and control words of RTF, and collect what a reader of the document sees."""

import copy
import re
from dataclasses import dataclass, field

from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.paper import is_paper
from cogep_assist.pipeline.parse.rtf_words import (
    BULLETS,
    CHARACTER_SETS,
    CHARACTERS,
    ENCODINGS,
    FACTS,
    NUMBERS,
    SHADES,
    SILENT,
    STARRED_AND_SHOWN,
    SWITCHES,
    SYMBOL_SET,
    SYMBOLS,
)

_HEADING = re.compile(r"(?:heading|t[ií]tulo|cabe[cç]alho)\s*([1-9])$", re.IGNORECASE)
# Half points: what is smaller than this nobody reads.
_TINY = 3


@dataclass(slots=True)
class _Group:
    """What holds inside a group, and is as before after it."""

    into: str = "body"
    starred: bool = False
    hidden: bool = False
    struck: bool = False
    tiny: bool = False
    colour: int = 0
    shaded: bool = False
    font: int = 0
    skip: int = 1
    style: int = 0
    outline: int | None = None
    in_table: bool = False
    listed: bool = False


@dataclass(slots=True)
class _Style:
    name: str = ""
    outline: int | None = None


@dataclass(slots=True)
class _Tables:
    """What the head of the file says about fonts, colours and styles."""

    encoding: str = "cp1252"
    fonts: dict[int, int] = field(default_factory=dict)
    colours: list[tuple[int, int, int]] = field(default_factory=list)
    styles: dict[int, _Style] = field(default_factory=dict)


class RtfFlow:
    """Take the tokens of a document one by one, and add its blocks to a builder."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._tables = _Tables()
        self._now = _Group()
        self._stack: list[_Group] = []
        self._bytes = bytearray()
        self._skipping = 0
        self._texts: dict[str, list[str]] = {}
        self._cells: list[str] = []
        self._notes: list[str] = []
        self._row_shaded = False
        self._colour = [0, 0, 0]
        self._style = _Style()
        self._words = {
            "par": self._end_paragraph, "sect": self._end_paragraph, "page": self._end_paragraph,
            "cell": self._end_cell, "nestcell": self._end_cell, "row": self._end_row,
            "nestrow": self._end_row,
        }  # fmt: skip

    @property
    def depth(self) -> int:
        """How many groups are open."""
        return len(self._stack)

    def open_group(self) -> None:
        """Begin a group: what is set inside is forgotten at its end."""
        self._flush()
        self._skipping = 0
        self._stack.append(self._now)
        self._now = copy.copy(self._now)
        self._now.starred = False

    def close_group(self) -> int:
        """End a group and return how many are still open; one too many is nothing."""
        self._flush()
        self._skipping = 0
        if self._stack:
            ended, self._now = self._now, self._stack.pop()
            if ended.into != self._now.into:
                self._end_destination(ended.into)
        return len(self._stack)

    def plain(self, data: bytes) -> None:
        """Take bytes that stand for themselves."""
        skipped = min(self._skipping, len(data))
        self._skipping -= skipped
        self._bytes += data[skipped:]

    def byte(self, value: int) -> None:
        """Take one byte that was written in hexadecimal."""
        if self._skipping:
            self._skipping -= 1
        else:
            self._bytes.append(value)

    def symbol(self, mark: bytes) -> None:
        """Take a control symbol."""
        if mark == b"*":
            self._now.starred = True
        elif mark in (b"\r", b"\n"):
            self._end_paragraph()
        elif mark in SYMBOLS:
            self._write(SYMBOLS[mark])

    def control(self, word: str, number: int | None) -> None:
        """Take a control word with its number."""
        self._flush()
        if self._now.starred:
            self._now.starred = False
            if word not in STARRED_AND_SHOWN:
                self._enter("nothing")
        if self._now.into == "nothing":
            return
        if word in SILENT:
            self._enter("nothing")
        elif word in CHARACTERS:
            self._write(CHARACTERS[word])
        elif word in self._words:
            self._words[word]()
        elif word == "u" and number is not None:
            self._write(chr(number & 0xFFFF))
            self._skipping = self._now.skip
        elif not self._head(word, number):
            self._format(word, number)

    def finish(self) -> None:
        """Add what waits for its end, and the notes after the text."""
        self._flush()
        self._end_row()
        self._end_paragraph()
        for note in self._notes:
            self._builder.add("paragraph", note)

    def _head(self, word: str, number: int | None) -> bool:
        """Take a word that only the head of a file or the start of a group uses."""
        if word in ("fonttbl", "colortbl", "stylesheet", "footnote", "listtext", "pntext"):
            self._enter("marker" if word in ("listtext", "pntext") else word)
        elif word == "info":
            self._enter("info")
        elif self._now.into == "info" and word in FACTS:
            self._enter(word)
        elif word == "ansicpg" and number:
            self._tables.encoding = f"cp{number}" if _known(f"cp{number}") else "cp1252"
        elif word in ENCODINGS:
            self._tables.encoding = ENCODINGS[word]
        elif word == "fcharset" and number is not None:
            self._tables.fonts[self._now.font] = number
        elif self._now.into == "colortbl" and word in ("red", "green", "blue"):
            self._colour[("red", "green", "blue").index(word)] = number or 0
        elif word == "trowd":
            self._row_shaded = False
        elif word == "clcbpat":
            self._row_shaded = self._row_shaded or bool(number)
        else:
            return False
        return True

    def _format(self, word: str, number: int | None) -> None:
        """Take a word that says how text or a paragraph looks."""
        now = self._now
        if word in SWITCHES:
            setattr(now, SWITCHES[word], number != 0)
        elif word in NUMBERS:
            setattr(now, NUMBERS[word], number or 0)
        elif word in SHADES:
            now.shaded = bool(number)
        elif word == "uc":
            now.skip = max(0, number or 0)
        elif word == "fs":
            now.tiny = number is not None and number <= _TINY
        elif word == "ls":
            now.listed = bool(number)
        elif word == "outlinelevel":
            now.outline = self._style.outline = number
        elif word == "plain":
            now.hidden = now.struck = now.tiny = now.shaded = False
            now.colour = 0
        elif word == "pard":
            now.style, now.outline = 0, None
            now.in_table = now.listed = now.shaded = False

    def _enter(self, into: str) -> None:
        self._flush()
        self._now.into = into

    def _write(self, text: str) -> None:
        self._flush()
        if self._skipping:
            self._skipping -= 1
        else:
            self._put(text)

    def _flush(self) -> None:
        if self._bytes:
            data, self._bytes = bytes(self._bytes), bytearray()
            if self._now.into != "nothing":
                self._put(self._decoded(data))

    def _decoded(self, data: bytes) -> str:
        charset = self._tables.fonts.get(self._now.font, 0)
        if charset == SYMBOL_SET:
            return "".join(BULLETS.get(byte, "") if byte > 127 else chr(byte) for byte in data)
        return data.decode(CHARACTER_SETS.get(charset, self._tables.encoding), "replace")

    def _put(self, text: str) -> None:
        into = self._now.into
        if into in ("stylesheet", "colortbl"):
            self._note_entry(into, text)
        elif into in ("body", "footnote", "marker") or into in FACTS:
            if self._unseen(text):
                return
            self._texts.setdefault(into, []).append(text)

    def _unseen(self, text: str) -> bool:
        now = self._now
        if now.struck:
            self._builder.warn("struck_text_removed")
        elif not (now.hidden or now.tiny or (self._white() and not self._row_shaded)):
            return False
        elif text.strip():
            self._builder.warn("hidden_text_removed")
        return True

    def _white(self) -> bool:
        colours, now = self._tables.colours, self._now
        return not now.shaded and 0 < now.colour < len(colours) and is_paper(*colours[now.colour])

    def _note_entry(self, into: str, text: str) -> None:
        """Take what a semicolon ends in the tables of colours and styles."""
        for _ in range(text.count(";")):
            if into == "colortbl":
                red, green, blue = self._colour
                self._tables.colours.append((red, green, blue))
                self._colour = [0, 0, 0]
        if into == "stylesheet":
            self._style.name += text
            if ";" in text:
                self._style.name = self._style.name.partition(";")[0].strip()
                self._tables.styles[self._now.style] = self._style
                self._style = _Style()

    def _end_destination(self, into: str) -> None:
        text = self._take(into) if into != "body" else ""
        if into == "footnote":
            self._notes.append(text)
        elif into == "marker":
            self._texts["marker"] = [text]
        elif into == "title":
            self._builder.title = text
        elif into in FACTS:
            self._builder.note(FACTS[into], text)

    def _take(self, into: str) -> str:
        text = "".join(self._texts.pop(into, []))
        # Letters beyond the first plane come as two halves.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _end_paragraph(self) -> None:
        self._flush()
        if self._now.into != "body" or self._now.in_table:
            self._put("\n")
            return
        marker = self._take("marker").strip()
        text = self._take("body")
        if not text.strip():
            return
        level = self._level()
        numbered = marker if any(map(str.isalnum, marker)) else ""
        if level:
            self._builder.add("heading", f"{numbered} {text}", level=level)
        elif marker or self._now.listed:
            self._builder.add("list_item", f"{numbered} {text}")
        else:
            self._builder.add("paragraph", text)

    def _end_cell(self) -> None:
        self._flush()
        marker = self._take("marker").strip()
        self._cells.append(f"{marker} {self._take('body')}".strip())

    def _end_row(self) -> None:
        cells, self._cells = self._cells, []
        if cells:
            self._builder.add_row(cells)

    def _level(self) -> int:
        style = self._tables.styles.get(self._now.style, _Style())
        outline = self._now.outline if self._now.outline is not None else style.outline
        if outline is not None and 0 <= outline < 9:
            return min(6, outline + 1)
        if style.name.lower() in ("title", "título"):
            return 1
        found = _HEADING.match(style.name)
        return min(6, int(found.group(1))) if found else 0


def _known(encoding: str) -> bool:
    try:
        "".encode(encoding)
    except LookupError:
        return False
    return True
