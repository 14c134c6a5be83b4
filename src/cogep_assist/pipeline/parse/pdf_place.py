"""Put the rows of a page's tables where their words stood among its lines. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from cogep_assist.pipeline.parse.pdf_layout import Line
from cogep_assist.pipeline.parse.pdf_tables import Placed
from cogep_assist.pipeline.parse.pdf_words import Word, bounds


def with_tables(
    lines: Sequence[Line], words: Sequence[Word], tables: Sequence[Placed]
) -> list[Line]:
    """Return the lines of a page with the rows of each table in the place of its first words."""
    owner = {id(word): table for table in tables for word in table.words}
    by_line: dict[int, list[Word]] = {}
    for word in words:
        by_line.setdefault(word.line, []).append(word)
    told: set[int] = set()
    placed: list[Line] = []
    for number, line in enumerate(lines):
        own = by_line.get(number, [])
        touched = {id(owner[id(word)]): owner[id(word)] for word in own if id(word) in owner}
        if not touched:
            placed.append(line)
            continue
        rest = [word for word in own if id(word) not in owner]
        above, below = _parted(rest, [*touched.values()])
        placed += _line(line, above)
        for table in touched.values():
            if id(table) not in told:
                told.add(id(table))
                placed += row_lines(table, line)
        placed += _line(line, below)
    return placed


def row_lines(placed: Placed, like: Line) -> list[Line]:
    """Return a line for each row of a table that says something."""
    lines = []
    for place, words in enumerate(placed.rows):
        if words:
            line = _line(like, words)[0]
            lines.append(replace(line, text=placed.table.rows[place].text,
                                 table=placed.table, place=place))  # fmt: skip
    return lines


def is_inside(piece: Line, tables: Sequence[Placed]) -> bool:
    """Tell whether a piece of a page lies in one of its tables."""
    x, y = (piece.left + piece.right) / 2, (piece.bottom + piece.top) / 2
    for placed in tables:
        left, right, bottom, top = placed.bounds
        if left <= x <= right and bottom <= y <= top:
            return True
    return False


def whole_table(placed: Placed, like: Line) -> Line:
    """Return a line that stands for a table as long as a page is put in order."""
    return replace(_line(like, placed.words)[0], table=placed.table)


def _parted(rest: Sequence[Word], tables: Sequence[Placed]) -> tuple[list[Word], list[Word]]:
    """Part what a line says besides its tables into what stands above them and what does not."""
    top = max(table.bounds[3] for table in tables)
    above = [word for word in rest if word.middle[1] > top]
    return above, [word for word in rest if word.middle[1] <= top]


def _line(like: Line, words: Sequence[Word]) -> list[Line]:
    if not words:
        return []
    left, right, bottom, top = bounds(words)
    return [
        replace(
            like,
            text=" ".join(word.text for word in words),
            left=left,
            right=right,
            bottom=bottom,
            top=top,
            size=min(max(0.1, word.top - word.bottom) for word in words),
            bold=False,
        )
    ]
