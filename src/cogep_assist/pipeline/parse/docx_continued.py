"""Tell whether a table in a Word document goes on with the one above it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from cogep_assist.pipeline.parse.table_heads import differ, has_values
from cogep_assist.pipeline.parse.table_model import Row
from cogep_assist.pipeline.parse.table_telling import RowTeller, Told
from cogep_assist.pipeline.parse.xml_safe import attribute, children, first

# In twentieths of a point: what nobody sees of two columns' widths.
_SHIFT = 60


@dataclass(frozen=True, slots=True)
class TableAbove:
    """The columns of the last table, as long as no text stood below it."""

    names: tuple[str, ...]
    grid: tuple[int, ...]


def told_below(
    table: etree._Element, rows: Sequence[Row], above: TableAbove | None
) -> tuple[list[Told], TableAbove | None]:
    """Return what is written of a table, and it as what stands above the next one.

    A table that was parted by an empty line, or by hand at the end of a page, has its head in the
    first part alone: the parts have the same columns, and the second is not headed itself.
    """
    grid = _grid(table)
    teller = RowTeller(look_ahead=len(rows) + 1)
    if above is not None and _is_alike(grid, above.grid) and not _is_headed(rows, above.names):
        teller.going_on(above.names)
    told = [each for row in rows for each in teller.add(row)] + teller.finish()
    return told, TableAbove(tuple(teller.names), grid) if any(teller.names) else None


def _is_headed(rows: Sequence[Row], names: Sequence[str]) -> bool:
    """Tell whether a table has a head of its own: marked, bold, above values, or said again.

    What merely might be one is a row, where a head stands in the table above.
    """
    head, below = rows[0], [cell for row in rows[1:] for cell in row.cells if cell.lines]
    filled = [cell for cell in head.cells if cell.lines]
    bold = all(cell.bold for cell in filled) and not all(cell.bold for cell in below)
    said = [cell.text.strip().rstrip(":") for cell in filled]
    merged = any(cell.columns > 1 for cell in filled)
    named = not has_values(head) and differ(filled, below)
    return head.heads or bold or merged or named or any(text in names for text in said)


def _grid(table: etree._Element) -> tuple[int, ...]:
    grid = first(table, "tblGrid")
    told = (
        [] if grid is None else [attribute(each, "w") or "" for each in children(grid, "gridCol")]
    )
    return tuple(int(width) if width.isdecimal() and len(width) < 7 else 0 for width in told)


def _is_alike(one: Sequence[int], other: Sequence[int]) -> bool:
    return len(one) == len(other) > 1 and all(
        abs(here - there) <= _SHIFT for here, there in zip(one, other, strict=True)
    )
