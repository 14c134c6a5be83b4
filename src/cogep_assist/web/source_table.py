"""The text of a source as it is read: its tables under their heads, the cited part marked. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from cogep_assist.web.answer_table import NamedTable, Parts, named_table, names_of, share_heads

_CELL = " | "


@dataclass(frozen=True, slots=True)
class SourcePart:
    """A run of text, with what is marked of it in the middle; or a table and its marked rows.

    ``first`` is the part that the mark begins in.
    """

    text: Parts = ("", "", "")
    table: NamedTable | None = None
    cited: tuple[bool, ...] = ()
    first: bool = False

    @property
    def first_cited(self) -> int:
        """The row that the mark begins in, from 0; -1 where it begins elsewhere."""
        return self.cited.index(True) if self.first and True in self.cited else -1


@dataclass(slots=True)
class _Run:
    """The characters ``start:end`` of the text; those of a table have the cells of its rows."""

    start: int
    end: int
    rows: list[tuple[int, int, list[Parts]]]


def source_parts(text: str, start: int, end: int) -> list[SourcePart]:
    """Return what a text says, in order; ``start:end`` of it is marked, if that is not empty.

    Rows that say the names of their columns stand under them. Nothing is left out but the line
    breaks around a table and the names that its heads say.
    """
    parts: list[SourcePart] = []
    begun = start >= end
    for run in _runs(text):
        inside = start < run.end and run.start < end
        first = inside and not begun
        begun = begun or inside
        table = named_table([(cells, ()) for _, _, cells in run.rows]) if run.rows else None
        if table is not None:
            cited = tuple(start < b and a < end and start < end for a, b, _ in run.rows)
            parts.append(SourcePart(table=table, cited=cited, first=first and any(cited)))
            continue
        a, b = sorted((min(max(place, run.start), run.end)) for place in (start, end))
        told = text[run.start : a], text[a:b], text[b : run.end]
        parts.append(SourcePart(text=told, first=first))
    return parts


def _runs(text: str) -> Iterator[_Run]:
    position, rows = 0, _Run(0, 0, [])
    for start, line in _lines(text):
        cells = [(cell, "", "") for cell in line.split(_CELL)] if _CELL in line else []
        if not cells or not names_of(cells):
            continue
        if rows.rows and (rows.end + 1 != start or not share_heads(rows.rows[-1][2], cells)):
            yield from _closed(text, position, rows)
            position, rows = rows.end, _Run(start, start, [])
        elif not rows.rows:
            rows = _Run(start, start, [])
        rows.rows.append((start, start + len(line), cells))
        rows.end = start + len(line)
    if rows.rows:
        yield from _closed(text, position, rows)
        position = rows.end
    if text[position:].strip("\n") or position == 0:
        yield _Run(*_trimmed(text, position, len(text), after=position > 0), [])


def _closed(text: str, position: int, rows: _Run) -> Iterator[_Run]:
    """Yield the text above a table, if there is any, and the table."""
    start, end = _trimmed(text, position, rows.start, after=position > 0, before=True)
    if text[start:end]:
        yield _Run(start, end, [])
    yield rows


def _trimmed(
    text: str, start: int, end: int, *, after: bool = False, before: bool = False
) -> tuple[int, int]:
    while after and start < end and text[start] == "\n":
        start += 1
    while before and start < end and text[end - 1] == "\n":
        end -= 1
    return start, end


def _lines(text: str) -> Iterator[tuple[int, str]]:
    position = 0
    for line in text.split("\n"):
        yield position, line
        position += len(line) + 1
