"""A table as it stands on paper: cells in rows, some over several columns or rows."""

from dataclasses import dataclass, field, replace

# A column of a grid that no document has: what claims more is cut.
MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold the lines of one cell, and the columns and rows that it covers, counted from 0."""

    lines: tuple[str, ...]
    column: int
    columns: int = 1
    rows: int = 1
    bold: bool = False

    @property
    def text(self) -> str:
        """The cell on one line, its lines as they are."""
        return " ".join(self.lines)

    @property
    def reach(self) -> range:
        """The columns that the cell covers."""
        return range(self.column, self.column + self.columns)


@dataclass(frozen=True, slots=True)
class Row:
    """Hold the cells that begin in one row, from left to right; ``heads`` marks one of the head."""

    cells: tuple[Cell, ...]
    heads: bool = False

    @property
    def text(self) -> str:
        """All that the row says, cell after cell."""
        return " ".join(cell.text for cell in self.cells if cell.lines)

    def going_on(self, other: "Row") -> "Row":
        """Return the row with the lines of another put below its own, cell by cell."""
        below = {cell.column: cell for cell in other.cells}
        own = [
            replace(cell, lines=cell.lines + below.pop(cell.column).lines)
            if cell.column in below
            else cell
            for cell in self.cells
        ]
        return replace(
            self, cells=tuple(sorted((*own, *below.values()), key=lambda cell: cell.column))
        )


@dataclass(slots=True)
class Table:
    """Hold rows and, where it stands on a page, the left edge of each column and the right end."""

    rows: list[Row] = field(default_factory=list)
    edges: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        """How many columns the table has."""
        ends = (cell.reach.stop for row in self.rows for cell in row.cells if cell.lines)
        return max(ends, default=0)
