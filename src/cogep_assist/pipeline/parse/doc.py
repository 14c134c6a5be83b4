"""Read DOC, the documents of Word 97 to 2003: body, lists, tables and notes."""

import struct
from dataclasses import dataclass, field
from itertools import count

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.doc_file import DocFile, Formats, Properties
from cogep_assist.pipeline.parse.doc_styles import DocStyles
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.paper import is_paper

MEDIA_TYPE = "application/msword"
_CHARACTERS, _PARAGRAPHS = 12, 13
_HIDDEN, _STRUCK, _STRUCK_TWICE, _DELETED = 0x083C, 0x0837, 0x2A53, 0x0800
_COLOUR_INDEX, _COLOUR, _SIZE, _SHADES = 0x2A42, 0x6870, 0x4A43, (0xCA71, 0x4866, 0x2A0C)
_WHITE_INDEX = 8
_TINY_HALF_POINTS = 3
_IN_TABLE, _ROW_ENDS, _DEPTH = 0x2416, 0x2417, 0x6649
_INNER_CELL, _INNER_ROW_ENDS = 0x244B, 0x244C
_CELL, _PARAGRAPH, _SECTION = "\x07", "\r", "\x0c"
_ENDS = frozenset((_CELL, _PARAGRAPH, _SECTION))
_FIELD_BEGINS, _FIELD_RESULT, _FIELD_ENDS = "\x13", "\x14", "\x15"
_SHOWN_AS = {"\x0b": "\n", "\x1e": "-", "\x1f": "", "\t": "\t"}


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the text of a document.

    Raises AppError file_corrupt, file_password, or unsupported_media_type before Word 97.
    """
    builder = DocumentBuilder(context.limits, media_type=MEDIA_TYPE, parser="doc 1")
    file = DocFile(data)
    builder.title = file.title or None
    builder.note("author", file.author)
    builder.note("subject", file.subject)
    try:
        _Reader(file, builder).read()
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise AppError("file_corrupt") from error
    return builder.build()


@dataclass(slots=True)
class _Line:
    """What was collected of a paragraph so far, and of the row that it stands in."""

    parts: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self, file: DocFile, builder: DocumentBuilder) -> None:
        self._file = file
        self._builder = builder
        self._characters = Formats(file, _CHARACTERS, paragraphs=False)
        self._paragraphs = Formats(file, _PARAGRAPHS, paragraphs=True)
        self._styles = DocStyles(file)
        self._line = _Line()
        self._fields: list[bool] = []
        self._in_table = self._in_list = False

    def read(self) -> None:
        """Add the main text, then notes and text boxes; headers and comments are left out."""
        parts = self._file.parts
        wanted = (True, True, False, False, True, True)
        sizes = (parts.main, parts.footnotes, parts.headers, parts.comments, parts.endnotes,
                 parts.boxes)  # fmt: skip
        left, shown = list(sizes), list(wanted)
        for run in self._file.runs():
            offset, text = run.offset, run.text
            while text and left:
                taken, text = text[: left[0]], text[left[0] :]
                if shown[0]:
                    self._read_text(taken, offset, run.width)
                offset += len(taken) * run.width
                left[0] -= len(taken)
                if left[0] <= 0:
                    self._end_part()
                    left.pop(0)
                    shown.pop(0)
        self._end_part()

    def _read_text(self, text: str, offset: int, width: int) -> None:
        formats: Properties = {}
        until = -1
        for at, sign in zip(count(offset, width), text, strict=False):
            if at >= until:
                formats, until = self._characters.at(at)[1], self._characters.until(at)
            if sign in _ENDS:
                self._end(sign, *self._paragraphs.at(at))
            elif sign in (_FIELD_BEGINS, _FIELD_RESULT, _FIELD_ENDS):
                self._step_field(sign)
            elif any(self._fields) or (sign < " " and sign not in _SHOWN_AS):
                continue
            elif not self._unseen(sign, formats, at):
                self._line.parts.append(_SHOWN_AS.get(sign, sign))

    def _step_field(self, sign: str) -> None:
        """Follow a field: its code is an instruction, its result is text."""
        if sign == _FIELD_BEGINS:
            self._fields.append(True)
        elif self._fields:
            if sign == _FIELD_ENDS:
                self._fields.pop()
            else:
                self._fields[-1] = False

    def _unseen(self, sign: str, formats: Properties, at: int) -> bool:
        if any(_is_on(formats, name) for name in (_STRUCK, _STRUCK_TWICE, _DELETED)):
            self._builder.warn("struck_text_removed")
            return True
        size = formats.get(_SIZE)
        tiny = size is not None and int.from_bytes(size[:2], "little") <= _TINY_HALF_POINTS
        # A cell may be dark: white is what is read there.
        white = _is_white(formats) and not _is_on(self._paragraphs.at(at)[1], _IN_TABLE)
        if not (_is_on(formats, _HIDDEN) or tiny or white):
            return False
        if sign.strip():
            self._builder.warn("hidden_text_removed")
        return True

    def _end(self, sign: str, style: int, formats: Properties) -> None:
        line = self._line
        inside = _is_on(formats, _IN_TABLE)
        if inside and not self._in_table:
            self._builder.separate()
        self._in_table = inside
        text = self._taken()
        if not inside:
            self._end_row()
            self._add(text, style, formats)
        elif _is_on(formats, _ROW_ENDS):
            self._end_row()
        else:
            line.cell.append(text)
            if sign == _CELL:
                line.cells.append(" ".join(part for part in line.cell if part.strip()))
                line.cell.clear()

    def _taken(self) -> str:
        text = "".join(self._line.parts)
        self._line.parts.clear()
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _end_row(self) -> None:
        line = self._line
        if line.cell:
            line.cells.append(" ".join(line.cell))
            line.cell.clear()
        if line.cells:
            self._builder.add_row(line.cells)
            line.cells = []

    def _end_part(self) -> None:
        self._fields.clear()
        self._end_row()
        self._builder.add("paragraph", self._taken())
        self._in_table = False

    def _add(self, text: str, style: int, formats: Properties) -> None:
        if not text.strip():
            return
        level = self._styles.heading_level(style, formats)
        label = self._styles.label(style, formats)
        if level:
            self._builder.add("heading", f"{label or ''} {text}", level=level)
        elif label is not None:
            if not self._in_list:
                self._builder.separate()
            self._builder.add("list_item", f"{label} {text}")
        else:
            self._builder.add("paragraph", text)
        self._in_list = label is not None and not level


def _is_on(formats: Properties, name: int) -> bool:
    """Tell whether a switch is on; 0x81 turns round what the style says, which is off."""
    value = formats.get(name)
    return bool(value) and value is not None and value[0] in (1, 0x81)


def _is_white(formats: Properties) -> bool:
    if any(name in formats for name in _SHADES):
        return False
    index, colour = formats.get(_COLOUR_INDEX), formats.get(_COLOUR)
    if colour is not None:
        return len(colour) > 3 and is_paper(*colour[:3]) and colour[3] == 0
    return bool(index) and index is not None and index[0] == _WHITE_INDEX
