"""The rows of an answer whose cells say their columns' names, as a table with its heads. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

NAME = ": "
_BETWEEN = ", "
# What stands before what was asked for, that itself, and what follows.
Parts = tuple[str, str, str]
_NOTHING: Parts = ("", "", "")


@dataclass(frozen=True, slots=True)
class NamedRow:
    """The cells of a row under the heads of its table, and the numbers of its sources."""

    cells: list[Parts]
    citations: Sequence[int]


@dataclass(frozen=True, slots=True)
class NamedTable:
    """Heads and the rows below them. A ``single`` row reads best from above to below.

    ``caption`` is what all rows say first, under no name: which table it is.
    """

    heads: list[str]
    rows: list[NamedRow]
    caption: str = ""

    @property
    def single(self) -> bool:
        """Whether there is but one row."""
        return len(self.rows) == 1

    @property
    def pairs(self) -> list[tuple[str, Parts]]:
        """The heads of a single row, each with its cell; empty cells are left out."""
        cells = self.rows[0].cells
        return [pair for pair in zip(self.heads, cells, strict=True) if any(pair[1])]


def names_of(cells: Sequence[Parts]) -> list[str]:
    """Return the name that each cell says; "" for one without, [] where most have none."""
    names = [cell[0].partition(NAME)[0] if NAME in cell[0] else "" for cell in cells]
    return names if sum(map(bool, names)) * 2 > len(names) else []


def named_table(rows: Sequence[tuple[list[Parts], Sequence[int]]]) -> NamedTable | None:
    """Return rows under their heads; None where the cells of some do not say their names."""
    named = [names_of(cells) for cells, _ in rows]
    if not rows or not all(named):
        return None
    caption = _caption(named, [cells for cells, _ in rows])
    skipped = 1 if caption else 0
    heads = _heads([names[skipped:] for names in named])
    return NamedTable(
        heads,
        [
            NamedRow(_under(heads, names[skipped:], cells[skipped:]), citations)
            for names, (cells, citations) in zip(named, rows, strict=True)
        ],
        caption,
    )


def _caption(named: Sequence[Sequence[str]], rows: Sequence[Sequence[Parts]]) -> str:
    """Return what every row says first under no name; "" where they do not say the same."""
    said = {
        "".join(cells[0]) if not names[0] else "" for names, cells in zip(named, rows, strict=True)
    }
    return said.pop() if len(said) == 1 else ""


def share_heads(one: Sequence[Parts], other: Sequence[Parts]) -> bool:
    """Tell whether two rows may stand in one table: neither says names, or mostly the same."""
    first, second = names_of(one), names_of(other)
    if not first or not second:
        return not first and not second
    # A cell over several columns says the names of all.
    said = [{part for name in names for part in name.split(_BETWEEN)} for names in (first, second)]
    return len(said[0] & said[1]) * 2 >= min(map(len, said))


def _heads(named: Sequence[Sequence[str]]) -> list[str]:
    """Return the names of all rows in order; a cell over several columns adds none."""
    heads = list(dict.fromkeys(name for names in named for name in names))
    return [head for head in heads if not _covers(head, heads)] or heads


def _covers(name: str, heads: Sequence[str]) -> bool:
    parts = name.split(_BETWEEN)
    return len(parts) > 1 and all(part in heads for part in parts)


def _under(heads: Sequence[str], names: Sequence[str], cells: Sequence[Parts]) -> list[Parts]:
    placed = [_NOTHING] * len(heads)
    for name, cell in zip(names, cells, strict=True):
        first = name if name in heads else name.split(_BETWEEN)[0]
        before, told, after = cell
        placed[heads.index(first)] = (before.partition(NAME)[2] if name else before, told, after)
    return placed
