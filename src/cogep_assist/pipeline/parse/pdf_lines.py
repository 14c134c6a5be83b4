"""Read the lines of a PDF page with their places, through the engine's character boxes."""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import replace

import pypdfium2
from pypdfium2 import raw

from cogep_assist.pipeline.parse.pdf_fields import by_rows
from cogep_assist.pipeline.parse.pdf_layout import (
    Line,
    append_box,
    in_reading_order,
    interleaves,
)

# The engine puts U+FFFE where a word was parted at the end of a line.
_BREAK = re.compile("\r\n|[\r\n\ufffe\x02]")
_HYPHENS = "\ufffe\x02"
_TINY = 1.5
_MIN_LINES = 5
_WHITE = 250
_MAX_OBJECTS = 5_000


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
        fragments = reader.fragments(len(lines)) if len(lines) >= _MIN_LINES else []
        # Hidden lines are judged by the engine's lines, so a page that has some stays as it is.
        if interleaves(fragments) and not reader.hidden:
            filled = [reader.filled(fragment) for fragment in in_reading_order(fragments)]
            lines = [line for line in filled if line.text]
        return lines, reader.hidden
    finally:
        textpage.close()


class _Reader:
    def __init__(self, page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage) -> None:
        self._page = page
        self._text = textpage
        self._width, self._height = page.get_size()
        self._painted: list[tuple[float, float, float, float]] | None = None
        self.hidden = False

    def lines(self) -> Iterator[Line]:
        """Yield the lines as the engine cuts them, in the order of the content."""
        count = self._text.count_chars()
        if count <= 0:
            return
        text = self._text.get_text_range()
        # Beyond the basic plane a character counts twice in the engine's offsets.
        wide = max(text, default="") > "\uffff"
        position = 0
        for match in [*_BREAK.finditer(text), None]:
            end = match.start() if match else len(text)
            piece = text[position:end]
            if piece.strip():
                parted = match is not None and match.group() in _HYPHENS
                line = self._line(text, position, piece, parted=parted, wide=wide)
                if line is not None:
                    yield line
            position = match.end() if match else end

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
        left, top, right, bottom = (ctypes.c_double() for _ in range(4))
        boxes: list[list[float]] = []
        for index in range(count):
            raw.FPDFText_GetRect(self._text, index, left, top, right, bottom)
            append_box(boxes, left.value, bottom.value, right.value, top.value)
        return [
            Line("", x0, x1, y0, y1, max(0.1, y1 - y0), self._width, self._height)
            for x0, y0, x1, y1 in boxes
        ]

    def filled(self, fragment: Line) -> Line:
        """Return a fragment with the text that lies in it."""
        text = self._text.get_text_bounded(
            fragment.left, fragment.bottom, fragment.right, fragment.top
        )
        return replace(fragment, text=_BREAK.sub(" ", text).strip())

    def _line(
        self, text: str, position: int, piece: str, *, parted: bool, wide: bool
    ) -> Line | None:
        first = position + len(piece) - len(piece.lstrip())
        last = position + len(piece.rstrip()) - 1
        start, end = self._index(text, first, wide=wide), self._index(text, last, wide=wide)
        opening, closing = self._box(start), self._box(end)
        if opening is None or closing is None:
            return Line(piece.strip(), 0, self._width, 0, 0, 10, self._width, self._height)
        left, bottom, right, top = opening
        if self._is_hidden(start, left, bottom, top):
            self.hidden = True
            return None
        return Line(
            text=piece.strip() + ("\u00ad" if parted else ""),
            left=left,
            right=max(right, closing[2]),
            bottom=bottom,
            top=top,
            size=max(0.1, top - bottom),
            page_width=self._width,
            page_height=self._height,
            bold=self._is_bold(start),
        )

    def _index(self, text: str, position: int, *, wide: bool) -> int:
        if wide:
            position += sum(1 for character in text[:position] if character > "\uffff")
        return int(raw.FPDFText_GetCharIndexFromTextIndex(self._text, position))

    def _box(self, index: int) -> tuple[float, float, float, float] | None:
        box = raw.FS_RECTF()
        if index < 0 or not raw.FPDFText_GetLooseCharBox(self._text, index, box):
            return None
        return box.left, box.bottom, box.right, box.top

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

    def _painted_boxes(self) -> list[tuple[float, float, float, float]]:
        boxes = []
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        for index in range(min(raw.FPDFPage_CountObjects(self._page), _MAX_OBJECTS)):
            item = raw.FPDFPage_GetObject(self._page, index)
            if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_TEXT:
                continue
            if raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
                boxes.append((left.value, bottom.value, right.value, top.value))
        return boxes
