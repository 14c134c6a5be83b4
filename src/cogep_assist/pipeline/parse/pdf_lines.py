"""Read the lines of a PDF page with their places, through the engine's character boxes."""

import ctypes
import math
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import pypdfium2
from pypdfium2 import raw

from cogep_assist.pipeline.parse.pdf_fields import by_rows
from cogep_assist.pipeline.parse.pdf_grid import find_grids
from cogep_assist.pipeline.parse.pdf_layout import (
    Line,
    append_box,
    in_reading_order,
    interleaves,
)
from cogep_assist.pipeline.parse.pdf_place import is_inside, row_lines, whole_table, with_tables
from cogep_assist.pipeline.parse.pdf_raised import rejoined, with_raised
from cogep_assist.pipeline.parse.pdf_rules import read_rules
from cogep_assist.pipeline.parse.pdf_stretches import (
    Box,
    Stretch,
    joined_stretches,
    sparse_stretches,
)
from cogep_assist.pipeline.parse.pdf_tables import Placed, find_tables
from cogep_assist.pipeline.parse.pdf_words import Word

# The engine puts U+FFFE where a word was parted at the end of a line.
_BREAK = re.compile("\r\n|[\r\n\ufffe\x02]")
_WORD = re.compile(r"[^\s\ufffe\x02]+")
_HYPHENS = "\ufffe\x02"
_TINY = 1.5
_MIN_LINES = 5
_WHITE = 250
_MAX_OBJECTS = 5_000
# In heights of a line: where the foot of a raised letter is.
_RAISED = 0.15


def read_lines(page: pypdfium2.PdfPage, *, is_form: bool = False) -> tuple[list[Line], bool]:
    """Return the visible lines of a page in reading order, and whether any were hidden.

    The values of a form are kept behind everything else, and are read where they stand.
    """
    textpage = page.get_textpage()
    try:
        reader = _Reader(page, textpage)
        lines = list(reader.lines())
        if is_form and not reader.hidden:
            return reader.rows() or lines, False
        words, tables = reader.tables(lines)
        if tables:
            return rejoined(_around(reader, lines, words, tables)), reader.hidden
        fragments = reader.fragments(len(lines)) if len(lines) >= _MIN_LINES else []
        # Hidden lines are judged by the engine's lines, so a page that has some stays as it is.
        if interleaves(fragments) and not reader.hidden:
            filled = [reader.filled(fragment) for fragment in in_reading_order(fragments)]
            return [line for line in filled if line.text], reader.hidden
        return rejoined(lines), reader.hidden
    finally:
        textpage.close()


def read_tables(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage) -> list[Placed]:
    """Return the tables of a page with the words that they are made of."""
    reader = _Reader(page, textpage)
    return reader.tables(list(reader.lines()))[1]


def _around(
    reader: "_Reader", lines: list[Line], words: list[Word], tables: list[Placed]
) -> list[Line]:
    """Return the lines of a page with its tables; columns of prose around them one by one."""
    if reader.hidden:
        return with_tables(lines, words, tables)
    free = [piece for piece in reader.fragments(0) if not is_inside(piece, tables)]
    if not interleaves(free):
        return with_tables(lines, words, tables)
    ordered: list[Line] = []
    whole = [whole_table(table, free[0]) for table in tables]
    for each in in_reading_order([*free, *whole]):
        if each.table is None:
            filled = reader.filled(each)
            ordered += [filled] if filled.text else []
        else:
            ordered += row_lines(next(t for t in tables if t.table is each.table), each)
    return ordered


class _Reader:
    def __init__(self, page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage) -> None:
        self._page = page
        self._text = textpage
        self._width, self._height = page.get_size()
        self._rotation = page.get_rotation()
        self._rectangle = raw.FS_RECTF()
        self._corners = tuple(ctypes.c_double() for _ in range(4))
        # Where in the engine's text each line stands that was read.
        self._spans: list[tuple[int, int]] = []
        self._painted: list[Box] | None = None
        self.hidden = False

    def lines(self) -> Iterator[Line]:
        """Yield the lines as the engine cuts them, in the order of the content."""
        count = self._text.count_chars()
        if count <= 0:
            return
        text = self._string
        position = 0
        for match in [*_BREAK.finditer(text), None]:
            end = match.start() if match else len(text)
            piece = text[position:end]
            if piece.strip():
                parted = match is not None and match.group() in _HYPHENS
                line = self._line(position, piece, parted=parted)
                if line is not None:
                    self._spans.append((position, end))
                    yield line
            position = match.end() if match else end

    def tables(self, lines: list[Line]) -> tuple[list[Word], list[Placed]]:
        """Return the tables of a page whose lines were read, and the words that were looked at."""
        stretches = self._stretches(lines)
        if not stretches:
            return [], []
        rules = read_rules(self._page)
        grids = find_grids(rules)
        stretches += ((grid.ys[-1], grid.ys[0]) for grid in grids)
        words = list(self._words(lines, stretches))
        return words, find_tables(words, grids, rules, lambda word: self._is_bold(word.index))

    def _stretches(self, lines: list[Line]) -> list[Stretch]:
        count = min(raw.FPDFText_CountRects(self._text, 0, -1), _MAX_OBJECTS)
        return sparse_stretches(lines, (self._rect(index) for index in range(count)))

    def _words(self, lines: list[Line], stretches: list[Stretch]) -> Iterator[Word]:
        near = joined_stretches(stretches)
        for number, (start, end) in enumerate(self._spans):
            if not any(low < lines[number].top and lines[number].bottom < up for low, up in near):
                continue
            begin = self._index(start)
            # Mostly the engine counts characters as its text does, and need not be asked for each.
            even = self._index(end - 1) - begin == end - 1 - start
            for match in _WORD.finditer(self._string, start, end):
                first, last = match.start(), match.end() - 1
                index = begin + first - start if even else self._index(first)
                opening = closing = self._box(index)
                if last > first:
                    closing = self._box(begin + last - start if even else self._index(last))
                if opening is not None and closing is not None:
                    parted = self._string[match.end() : match.end() + 1]
                    text = match.group() + ("\u00ad" if parted and parted in _HYPHENS else "")
                    yield self._word(text, opening, closing, number, index)

    def _word(self, text: str, opening: Box, closing: Box, line: int, index: int) -> Word:
        left, bottom, right, top = opening
        if closing is opening:
            return Word(text, left, right, bottom, top, line, index)
        if closing[0] > left and abs(closing[1] - bottom) < 0.1 and abs(closing[3] - top) < 0.1:
            return Word(text, left, closing[2], bottom, top, line, index)
        turned = self._turned(index) if closing[0] <= left else 0
        return Word(
            text,
            min(left, closing[0]),
            max(right, closing[2]),
            min(bottom, closing[1]),
            max(top, closing[3]),
            line,
            index,
            turned,
        )

    def _turned(self, index: int) -> int:
        """Return 1 for a character that is read upwards on the page as shown, -1 for downwards."""
        angle = math.degrees(raw.FPDFText_GetCharAngle(self._text, index)) + self._rotation
        return {90: -1, 270: 1}.get(round(angle / 90) * 90 % 360, 0)

    def fragments(self, lines: int) -> list[Line]:
        """Return runs of text by their rectangles, which never cross from column to column.

        Empty where the rectangles are about as many as the lines: nothing stands side by side.
        """
        count = raw.FPDFText_CountRects(self._text, 0, -1)
        return self._pieces(count) if lines * 1.4 <= count <= _MAX_OBJECTS else []

    def rows(self) -> list[Line]:
        """Return the lines of a form, each of all that stands beside each other."""
        count = raw.FPDFText_CountRects(self._text, 0, -1)
        rows = by_rows(self._pieces(count)) if 0 < count <= _MAX_OBJECTS else []
        lines = []
        for row in rows:
            pieces = [self.filled(piece) for piece in row]
            text = " ".join(piece.text for piece in pieces if piece.text)
            if text:
                lines.append(
                    replace(pieces[0], text=text, right=max(each.right for each in pieces))
                )
        return lines

    def _pieces(self, count: int) -> list[Line]:
        boxes: list[list[float]] = []
        for index in range(count):
            append_box(boxes, *self._rect(index))
        return [
            Line("", x0, x1, y0, y1, max(0.1, y1 - y0), self._width, self._height)
            for x0, y0, x1, y1 in boxes
        ]

    def _rect(self, index: int) -> Box:
        left, top, right, bottom = self._corners
        raw.FPDFText_GetRect(self._text, index, left, top, right, bottom)
        return left.value, bottom.value, right.value, top.value

    def filled(self, fragment: Line) -> Line:
        """Return a fragment with the text that lies in it."""
        text = self._text.get_text_bounded(
            fragment.left, fragment.bottom, fragment.right, fragment.top
        )
        return replace(fragment, text=_BREAK.sub(" ", text).strip())

    def _line(self, position: int, piece: str, *, parted: bool) -> Line | None:
        first = position + len(piece) - len(piece.lstrip())
        last = position + len(piece.rstrip()) - 1
        start, end = self._index(first), self._index(last)
        opening, closing = self._box(start), self._box(end)
        if opening is None or closing is None:
            return Line(piece.strip(), 0, self._width, 0, 0, 10, self._width, self._height)
        left, bottom, right, top = opening
        if self._is_hidden(start, left, bottom, top):
            self.hidden = True
            return None

        def is_raised(place: int) -> bool:
            box = self._box(self._index(first + place))
            return box is not None and box[1] > bottom + _RAISED * (top - bottom)

        return Line(
            text=with_raised(piece.strip(), is_raised) + ("\u00ad" if parted else ""),
            left=left,
            right=max(right, closing[2]),
            bottom=bottom,
            top=top,
            size=max(0.1, top - bottom),
            page_width=self._width,
            page_height=self._height,
            bold=self._is_bold(start),
        )

    @cached_property
    def _string(self) -> str:
        return str(self._text.get_text_range())

    @cached_property
    def _wide(self) -> list[int]:
        """Where the characters beyond the basic plane are: each counts twice for the engine."""
        if max(self._string, default="") <= "\uffff":
            return []
        return [place for place, letter in enumerate(self._string) if letter > "\uffff"]

    def _index(self, position: int) -> int:
        if self._wide:
            position += bisect_left(self._wide, position)
        return int(raw.FPDFText_GetCharIndexFromTextIndex(self._text, position))

    def _box(self, index: int) -> Box | None:
        box = self._rectangle
        if index < 0 or not raw.FPDFText_GetLooseCharBox(self._text, index, box):
            return None
        if not self._rotation:
            return box.left, box.bottom, box.right, box.top
        return self._shown(box.left, box.bottom, box.right, box.top)

    def _shown(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Return where a box of the page's own space lies on the page as it is shown."""
        if self._rotation == 90:
            return bottom, self._height - right, top, self._height - left
        if self._rotation == 180:
            return (
                self._width - right,
                self._height - top,
                self._width - left,
                self._height - bottom,
            )
        return self._width - top, left, self._width - bottom, right

    def _is_bold(self, index: int) -> bool:
        buffer = ctypes.create_string_buffer(128)
        size = raw.FPDFText_GetFontInfo(self._text, index, buffer, 128, None)
        name = buffer.value.lower() if 0 < size <= 128 else b""
        return any(mark in name for mark in (b"bold", b"black", b"heavy", b"negrit"))

    def _is_hidden(self, index: int, left: float, bottom: float, top: float) -> bool:
        """Tell whether text is too small, or without ink and not lying on a picture or shape."""
        if 0 <= top - bottom < _TINY:
            return True
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        if not raw.FPDFText_GetFillColor(self._text, index, red, green, blue, alpha):
            return False
        white = min(red.value, green.value, blue.value) >= _WHITE
        if not white and alpha.value > 5 and not self._is_invisible(index):
            return False
        if self._painted is None:
            self._painted = self._painted_boxes()
        middle = (bottom + top) / 2
        return not any(
            low_x - 2 <= left <= high_x + 2 and low_y - 2 <= middle <= high_y + 2
            for low_x, low_y, high_x, high_y in self._painted
        )

    def _is_invisible(self, index: int) -> bool:
        piece = raw.FPDFText_GetTextObject(self._text, index)
        if not piece:
            return False
        mode = raw.FPDFTextObj_GetTextRenderMode(piece)
        return bool(mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE)

    def _painted_boxes(self) -> list[Box]:
        boxes = []
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        for index in range(min(raw.FPDFPage_CountObjects(self._page), _MAX_OBJECTS)):
            item = raw.FPDFPage_GetObject(self._page, index)
            if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_TEXT:
                continue
            if raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
                boxes.append((left.value, bottom.value, right.value, top.value))
        return boxes
