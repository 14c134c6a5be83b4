"""Join the lines of pages into paragraphs, and the rows of tables over their pages. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cogep_assist.pipeline.parse.pdf_layout import Line, Pages
from cogep_assist.pipeline.parse.table_model import Row, Table

_ITEM = re.compile(
    r"(?:[•▪◦●○■►✓–—*·‣⁃∙]|-(?= )|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)](?= )"
    r"|[IVXLC]{1,6} [-–—] )"
)
_ENDS = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
# In points: how far the edges of a table may shift from page to page.
_SHIFT = 10.0
_MOST_HEADS = 6


@dataclass(slots=True)
class Paragraph:
    """Collect lines that belong together, from the page where they begin.

    A table has ``rows``, each with its page in ``pages``.
    """

    kind: str
    level: int
    page: int
    lines: list[Line] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)


def paragraphs(pages: Pages, headings: Mapping[int, int]) -> Iterator[Paragraph]:
    """Group lines into paragraphs; `headings` gives the level of heading lines by their id()."""
    current: Paragraph | None = None
    for number, lines in pages:
        width = _text_width(lines)
        for line in lines:
            if line.row is not None:
                if current is None or not _goes_on(current, line, number):
                    if current is not None:
                        yield current
                    current = Paragraph("table", 0, number)
                _add_row(current, line, number)
                continue
            level = headings.get(id(line), 0)
            if current is not None and _continues(current, line, level, width, number):
                current.lines.append(line)
                continue
            if current is not None:
                yield current
            kind = "heading" if level else ("list_item" if _ITEM.match(line.text) else "paragraph")
            current = Paragraph(kind, level, number, [line])
    if current is not None:
        yield current


def _continues(current: Paragraph, line: Line, level: int, width: float, page: int) -> bool:
    if current.kind == "table":
        return False
    last = current.lines[-1]
    parted = last.text.endswith("\u00ad")
    if level or current.level:
        close = last.top > line.top and last.bottom - line.top < line.size * 0.9
        return level == current.level and page == current.page and close
    if parted:
        return True
    if _ITEM.match(line.text):
        return False
    if abs(last.size - line.size) > 0.12 * max(last.size, line.size):
        return False
    if _jumps(last, line, page != current.page and last.page_height > 0):
        return line.text[:1].islower() and not _ENDS.search(last.text)
    gap = last.bottom - line.top
    if gap > line.size * 0.55:
        return line.text[:1].islower() and not _ENDS.search(last.text) and gap < line.size * 1.2
    short = last.right - last.left < width * 0.8
    if short and not line.text[:1].islower() and (_ENDS.search(last.text) or short):
        return last.right > line.left + width * 0.7
    indented = line.left > last.left + line.size * 0.8 and current.kind == "paragraph"
    return not (indented and _ENDS.search(last.text))


def _jumps(last: Line, line: Line, new_page: bool) -> bool:
    return new_page or line.top > last.top + line.size * 0.5


def _text_width(lines: list[Line]) -> float:
    """Return the width that full lines of a page have."""
    widths = sorted(line.right - line.left for line in lines)
    return widths[int(len(widths) * 0.85)] if widths else 0.0


def _goes_on(current: Paragraph, line: Line, page: int) -> bool:
    """Tell whether a row belongs to the table that was read last, here or on the page before."""
    table, last = line.table, current.lines[-1].table if current.lines else None
    if table is None or last is None or current.kind != "table":
        return False
    if table is last:
        return True
    if line.place or page != current.pages[-1] + 1 or len(table.edges) != len(last.edges):
        return False
    shift = max(abs(one - other) for one, other in zip(table.edges, last.edges, strict=True))
    ends = (abs(table.edges[0] - last.edges[0]), abs(table.edges[-1] - last.edges[-1]))
    return shift <= _SHIFT if table.width == last.width else max(ends) <= _SHIFT


def _add_row(current: Paragraph, line: Line, page: int) -> None:
    """Add a row to a table, but for a head said again and for the rest of a row parted by pages."""
    row = line.row
    if row is None or line.table is None:
        return
    new_page = bool(current.lines) and current.lines[-1].table is not line.table
    current.lines.append(line)
    if (
        current.rows
        and line.place < _MOST_HEADS
        and _says_head_again(current, line.table, line.place)
    ):
        return
    if new_page and _is_rest(row, current.rows[-1]):
        current.rows[-1] = current.rows[-1].going_on(row)
        return
    current.rows.append(row)
    current.pages.append(page)


def _says_head_again(current: Paragraph, table: Table, place: int) -> bool:
    """Tell whether a later part of a table begins with the rows that all of it begins with."""
    if current.lines[0].table is table:
        return False
    heads = [_key(row) for row in current.rows[:_MOST_HEADS]]
    said = [_key(row) for row in table.rows[: place + 1] if row.text.strip()]
    return any(heads[at : at + len(said)] == said for at in range(len(heads)))


def _key(row: Row) -> str:
    return "".join(row.text.split()).lower()


def _is_rest(row: Row, last: Row) -> bool:
    """Tell whether a row is the rest of one that the page before had no room for."""
    filled = [cell for cell in row.cells if cell.lines]
    held = {cell.column for cell in last.cells if cell.lines}
    return (
        bool(filled)
        and filled[0].column > 0
        and all(cell.column in held for cell in filled)
        and all(cell.lines[0][:1].islower() for cell in filled)
    )
