"""Put the placed lines of a page in order, and leave its running heads out. Pure."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from cogep_assist.pipeline.parse.table_model import Row, Table

# Page numbers, the Roman ones of front matter too.
_DIGITS = re.compile(r"\d+|\b[ivxlc]+$")
_LEADER = re.compile(r"(?:\. ?){6,}|…{3,}|_{6,}|·{6,}")
_PAGE_NUMBER = re.compile(
    r"(?:p[áa]g(?:ina)?\.?\s*)?[-–—| ]*#(?:\s*(?:/|de|of)\s*#)?[-–—| ]*$", re.IGNORECASE
)
# What no text but a page's own number says, at the edge of a document's only page too.
_SURE_NUMBER = re.compile(
    r"(?:p[áa]g(?:ina|\.)?\s*#(?:\s*(?:/|de)\s*#)?|#\s+de\s+#|fls?\.?\s*#(?:-?v)?)$", re.IGNORECASE
)
# A line of this many letters that is hardly wider than it is high is read sideways.
_TURNED = 12
_TURNED_WIDTH = 0.2
_EDGE_LINES = 3
_EDGE = 0.12
_BOX_EDGE = 0.2
_MOST_BOXED = 5
_NUMBERED = re.compile(r"p[áa]g(?:ina|\.)? *:? *\d+|\b\d+ ?(?:/|de) ?\d+\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """Hold a line and its place, in points from the lower left corner of the page.

    A soft hyphen at the end tells that the engine saw a word parted there.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    page_width: float
    page_height: float
    bold: bool = False
    # Of a table the row that stands here.
    table: Table | None = None
    place: int = 0

    @property
    def row(self) -> Row | None:
        """The row of a table that the line is, if it is one."""
        return self.table.rows[self.place] if self.table is not None else None

    @property
    def texts(self) -> tuple[str, ...]:
        """The lines of print that it is made of: those of each cell, or itself."""
        row = self.row
        return (self.text,) if row is None else tuple(t for c in row.cells for t in c.lines)


Pages = list[tuple[int, list[Line]]]


def interleaves(fragments: list[Line]) -> bool:
    """Tell whether the content jumps between two columns of prose line by line.

    The cells of a table jump too, but are narrow: reading them by column would tear its rows apart.
    """
    if len(fragments) < 8:
        return False
    middle = _gutter(fragments)
    if middle is None:
        return False
    placed = [line for line in fragments if line.right < middle or line.left > middle]
    sides = [line.left > middle for line in placed]
    if len(sides) < 8 or not 0.25 < sum(sides) / len(sides) < 0.75:
        return False
    span = max(line.right for line in fragments) - min(line.left for line in fragments)
    for side in (False, True):
        column = [line for line in placed if (line.left > middle) == side]
        widths = sorted(line.right - line.left for line in column)
        if widths[len(widths) // 2] < span * 0.3:
            return False
    jumps = sum(1 for before, after in pairwise(sides) if before != after)
    return jumps > len(sides) * 0.25


def in_reading_order(lines: list[Line]) -> list[Line]:
    """Order the pieces of a two-column page: full-width bands part it, columns go left to right."""
    middle = _gutter(lines)
    if middle is None:
        return lines
    ordered: list[Line] = []
    band: list[Line] = []
    for line in sorted(lines, key=lambda line: -line.top):
        if line.left < middle - 5 and line.right > middle + 5:
            ordered += _columns(band, middle)
            ordered.append(line)
            band = []
        else:
            band.append(line)
    return ordered + _columns(band, middle)


def without_furniture(pages: Pages) -> Pages:
    """Drop running heads, running feet and page numbers: lines that recur at the pages' edges.

    A stamp that is read sideways at the margin of every page is no text of the document either.
    """
    if len(pages) < 3:
        return _without_doubles(pages)
    pages = _without_stamps(_without_boxes(pages))
    counts: Counter[tuple[bool, str]] = Counter()
    for _, lines in pages:
        counts.update({_mask(line) for line in _edge_lines(lines)})
    needed = _needed(pages)
    kept = []
    for number, lines in pages:
        dropped = {
            id(line)
            for line in _edge_lines(lines)
            if counts[_mask(line)] >= needed or _is_number(_mask(line)[1])
        }
        kept.append(
            (number, [line for line in lines if id(line) not in dropped and not _is_contents(line)])
        )
    return kept


def _is_number(mask: str) -> bool:
    return bool(_PAGE_NUMBER.match(mask) or _SURE_NUMBER.match(mask))


def _without_doubles(pages: Pages) -> Pages:
    """Drop from one page its number, and from two what both say at the very same place.

    The head stays on the first of them and the foot on the last: there it parts no text.
    """
    edges = [_edge_lines(lines) for _, lines in pages]
    number = _is_number if len(pages) == 2 else _SURE_NUMBER.match
    dropped = {id(line) for own in edges for line in own if number(_mask(line)[1])}
    if len(pages) < 2:
        return [(page, [one for one in lines if id(one) not in dropped]) for page, lines in pages]
    for is_head, repeated in ((True, 1), (False, 0)):
        own = [[one for one in each if _is_upper(one) == is_head] for each in edges]
        both = {_spot(line) for line in own[0]} & {_spot(line) for line in own[1]}
        if all(_stands_apart(both, lines, is_head=is_head) for _, lines in pages):
            dropped |= {id(line) for line in own[repeated] if _spot(line) in both}
    return _without_stamps(
        [
            (page, [one for one in lines if id(one) not in dropped and not _is_contents(one)])
            for page, lines in pages
        ]
    )


def _spot(line: Line) -> tuple[str, int]:
    return line.text, round(line.top / 2)


def _is_upper(line: Line) -> bool:
    return line.bottom > line.page_height / 2


def _stands_apart(doubled: set[tuple[str, int]], lines: list[Line], *, is_head: bool) -> bool:
    """Tell whether the rest of a page keeps its distance: text may well begin alike."""
    edge = [line for line in lines if _spot(line) in doubled and _is_upper(line) == is_head]
    rest = [line for line in lines if line not in edge and not _is_number(_mask(line)[1])]
    if not edge or not rest:
        return False
    if is_head:
        gap = min(line.bottom for line in edge) - max(line.top for line in rest)
    else:
        gap = min(line.bottom for line in rest) - max(line.top for line in edge)
    return gap > edge[0].size


def _without_stamps(pages: Pages) -> Pages:
    counts = Counter(
        text for _, lines in pages for text in {line.text for line in lines if _is_turned(line)}
    )
    return [
        (
            number,
            [line for line in lines if not (_is_turned(line) and counts[line.text] == len(pages))],
        )
        for number, lines in pages
    ]


def _is_turned(line: Line) -> bool:
    letters = len(line.text)
    width = line.right - line.left
    return line.table is None and letters >= _TURNED and width < _TURNED_WIDTH * line.size * letters


def _gutter(lines: list[Line]) -> float | None:
    """Return the place nearest the middle that few lines cross, with lines on both its sides."""
    left = min(line.left for line in lines)
    right = max(line.right for line in lines)
    span = right - left
    best: tuple[float, float] | None = None
    for step in range(35, 66):
        place = left + span * step / 100
        crossed = sum(1 for line in lines if line.left < place < line.right)
        score = crossed + abs(step - 50) / 1000
        if best is None or score < best[0]:
            best = (score, place)
    return best[1] if best is not None and best[0] < len(lines) * 0.25 else None


def append_box(boxes: list[list[float]], x0: float, y0: float, x1: float, y1: float) -> None:
    """Append a box (left, bottom, right, top), or widen the last where both stand on one line."""
    if boxes:
        last = boxes[-1]
        height = max(y1 - y0, 0.1)
        if -0.5 * height < x0 - last[2] < 1.2 * height and abs(last[1] - y0) < 0.4 * height:
            last[1], last[2], last[3] = min(last[1], y0), max(last[2], x1), max(last[3], y1)
            return
    boxes.append([x0, y0, x1, y1])


def _columns(band: list[Line], middle: float) -> list[Line]:
    ordered: list[Line] = []
    for side in (False, True):
        column = [line for line in band if ((line.left + line.right) / 2 > middle) == side]
        column.sort(key=lambda line: (-round(line.bottom / max(line.size * 0.5, 1)), line.left))
        ordered += column
    return ordered


def _without_boxes(pages: Pages) -> Pages:
    """Drop the boxes with an organisation's name and the page's number that head every page.

    A box says the same on all of them but for that number: rows that differ are a table's.
    """
    boxes = [_edge_boxes(lines) for _, lines in pages]
    counts = Counter(mask for own in boxes for mask in set(own.values()))
    needed = _needed(pages)
    dropped = {place for own in boxes for place, mask in own.items() if counts[mask] >= needed}
    return [
        (number, [line for line in lines if id(line.table) not in dropped])
        for number, lines in pages
    ]


def _edge_boxes(lines: list[Line]) -> dict[int, str]:
    """Return what the small tables say that stand wholly at an edge of a page, by their id()."""
    inner = {id(line.table) for line in lines if not _is_edge(line)}
    return {
        id(line.table): " ".join(_NUMBERED.sub("#", row.text) for row in line.table.rows).lower()
        for line in lines
        if line.table is not None
        and id(line.table) not in inner
        and len(line.table.rows) <= _MOST_BOXED
    }


def _is_edge(line: Line) -> bool:
    return line.bottom > line.page_height * (1 - _BOX_EDGE) or line.top < line.page_height * _EDGE


def _needed(pages: Pages) -> float:
    """Return on how many pages a line must recur to be furniture.

    Front matter and chapters have running heads of their own, on a part of the pages.
    """
    return max(3, min(8, len(pages) * 0.2))


def _edge_lines(lines: list[Line]) -> list[Line]:
    lines = [line for line in lines if line.table is None]
    if not lines:
        return []
    ranked = sorted(lines, key=lambda line: -line.top)
    height = lines[0].page_height
    top = [line for line in ranked[:_EDGE_LINES] if line.bottom > height * (1 - _EDGE)]
    bottom = [line for line in ranked[-_EDGE_LINES:] if line.top < height * _EDGE]
    return [*top, *(line for line in bottom if line not in top)]


def _is_contents(line: Line) -> bool:
    """Tell whether a line belongs to a table of contents: dots lead to a page number."""
    text = line.text
    dotted = "...." in text or ". . ." in text or "……" in text or "____" in text
    return dotted and text[-1:].isalnum() and _LEADER.search(text) is not None


def _mask(line: Line) -> tuple[bool, str]:
    words = " ".join(_DIGITS.sub("#", line.text).split()).lower()
    return line.bottom > line.page_height / 2, words
