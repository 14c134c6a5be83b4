"""Draw one page of a PDF as a picture, with a passage marked where it stands on it."""

import ctypes
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from typing import Any

import pypdfium2
from pypdfium2 import raw

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.pdf import open_pdf
from cogep_assist.pipeline.parse.pdf_lines import read_tables
from cogep_assist.pipeline.parse.pdf_tables import Placed
from cogep_assist.pipeline.parse.pdf_words import Word
from cogep_assist.pipeline.parse.picture_reply import MAX_PIXELS, PNG

WIDTH = 1100
# A passage that a page shares with the next one is found by as much of it as stands here.
LEAST = 12
# What stands between the cells of a row in a text.
BAR = " | "
# What is marked keeps its ink: blue light goes, as behind a highlighter.
_MARKED = bytes(value * 45 // 100 for value in range(256))


def draw_page(data: bytes, number: int, quote: str) -> tuple[dict[str, Any], bytes]:
    """Return the size of page ``number`` (from 1), whether the quote was marked, and a PNG.

    Raises AppError("pdf_password"|"file_corrupt"|"page_not_found").
    """
    pdf = open_pdf(data)
    if not 1 <= number <= len(pdf):
        raise AppError("page_not_found")
    page = pdf[number - 1]
    scale = _scale(*page.get_size())
    bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False)
    width, height, step = bitmap.width, bitmap.height, bitmap.n_channels
    source = memoryview(bitmap.buffer).cast("B")
    rows = [
        bytearray(source[line * bitmap.stride : line * bitmap.stride + width * step])
        for line in range(height)
    ]
    boxes = _boxes(page, quote)
    for box in boxes:
        _mark(rows, _on_picture(page, box, width, height), step)
    header = {"width": width, "height": height, "marked": bool(boxes)}
    return {"picture": header}, _png(rows, width, height, step)


def _scale(width: float, height: float) -> float:
    scale = WIDTH / max(1.0, width)
    pixels = max(1.0, width * scale) * max(1.0, height * scale)
    return scale if pixels <= MAX_PIXELS else scale * float((MAX_PIXELS / pixels) ** 0.5)


def _boxes(page: pypdfium2.PdfPage, quote: str) -> list[tuple[float, float, float, float]]:
    """Return where a quote stands, line by line; by letters alone, as texts are tidied."""
    textpage = page.get_textpage()
    count = textpage.count_chars()
    letters, places = [], []
    for index in range(count):
        for letter in _letters(chr(raw.FPDFText_GetUnicode(textpage, index))):
            letters.append(letter)
            places.append(index)
    row = _row(page, textpage, quote) if BAR in quote else []
    if row:
        return [box for first, last in row for box in _rects(textpage, first, last)]
    start, length = _find("".join(letters), _letters(quote))
    if not length:
        return []
    return list(_rects(textpage, places[start], places[start + length - 1]))


def _row(
    page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, quote: str
) -> list[tuple[int, int]]:
    """Return the characters, run by run, of the table's row that a quote with its heads gives.

    It is the row all of whose cells the quote says, and of several the one that says most.
    """
    tables = read_tables(page, textpage)
    # Without the names of their columns, or else the head would say all of them.
    values = "".join(cell.partition(": ")[2] or cell for cell in quote.split(BAR))
    for said in (_letters(values), _letters(quote)):
        found = [(size, words) for table in tables for size, words in _rows_said(table, said)]
        if found:
            return _runs(max(found, key=lambda each: each[0])[1])
    return []


def _rows_said(placed: Placed, said: str) -> Iterator[tuple[int, list[Word]]]:
    """Yield the rows that are said whole, each with the count of its letters."""
    for row, words in zip(placed.table.rows, placed.rows, strict=True):
        cells = [_letters("".join(line.rstrip("-") for line in cell.lines)) for cell in row.cells]
        if any(cells) and all(cell in said for cell in cells):
            yield sum(map(len, cells)), words


def _runs(words: list[Word]) -> list[tuple[int, int]]:
    """Return the first and last character of each run of words that follow each other."""
    runs: list[tuple[int, int]] = []
    for word in sorted(words, key=lambda word: word.index):
        last = word.index + len(word.text) - 1
        if runs and word.index <= runs[-1][1] + 2:
            runs[-1] = runs[-1][0], last
        else:
            runs.append((word.index, last))
    return runs


def _rects(
    textpage: pypdfium2.PdfTextPage, first: int, last: int
) -> list[tuple[float, float, float, float]]:
    rects = raw.FPDFText_CountRects(textpage, first, last - first + 1)
    left, top, right, bottom = (ctypes.c_double() for _ in range(4))
    return [
        (left.value, top.value, right.value, bottom.value)
        for index in range(rects)
        if raw.FPDFText_GetRect(textpage, index, left, top, right, bottom)
    ]


def _letters(text: str) -> str:
    """Return the letters and digits of a text, without case and accents."""
    parted = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in parted if character.isalnum())


def _find(text: str, quote: str) -> tuple[int, int]:
    """Return where a quote, or as much of it as the page holds, begins and how long it is."""
    if not quote:
        return 0, 0
    whole = text.find(quote)
    if whole >= 0:
        return whole, len(quote)
    for size in range(len(quote) - 1, LEAST - 1, -max(1, len(quote) // 24)):
        for part in (quote[:size], quote[-size:]):
            found = text.find(part)
            if found >= 0:
                return found, size
    return 0, 0


def _on_picture(
    page: pypdfium2.PdfPage, box: tuple[float, float, float, float], width: int, height: int
) -> tuple[int, int, int, int]:
    """Turn a box of the page into left, top, right, bottom of the picture."""
    corners = []
    x, y = ctypes.c_int(), ctypes.c_int()
    for across, up in ((box[0], box[1]), (box[2], box[3])):
        raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, across, up, x, y)
        corners.append((x.value, y.value))
    (x0, y0), (x1, y1) = corners
    left, right = sorted((x0, x1))
    top, bottom = sorted((y0, y1))
    return max(0, left - 2), max(0, top - 2), min(width, right + 2), min(height, bottom + 2)


def _mark(rows: list[bytearray], box: tuple[int, int, int, int], step: int) -> None:
    left, top, right, bottom = box
    for row in rows[top:bottom]:
        blue = slice(left * step + 2, right * step, step)
        row[blue] = row[blue].translate(_MARKED)


def _png(rows: list[bytearray], width: int, height: int, step: int) -> bytes:
    """Write 8-bit RGB or RGBA as PNG, each line as it is."""
    colours = {1: 0, 3: 2, 4: 6}[step]
    pressed = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    head = struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0)
    return PNG + _chunk(b"IHDR", head) + _chunk(b"IDAT", pressed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
