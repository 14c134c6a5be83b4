"""A table where the terminal is wide enough to read it, else its rows as records."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

# Narrower, a column of sentences is a ribbon of broken words.
READABLE = 20
# Longer words, addresses mostly, are broken anyway.
LONGEST_WORD = 24
GUTTER = 2


class FittingTable(Table):
    """Rows side by side; on a narrow terminal, one below the other with their headings.

    Only a terminal is judged by its width: what is piped keeps a row to a line.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table, or the records."""
        wide = not console.is_terminal or not self.show_header
        if wide or self._readable_width(console, options) <= options.max_width:
            yield from super().__rich_console__(console, options)
            return
        for number in range(self.row_count):
            if number:
                yield Text()
            yield self._record(number)

    def _readable_width(self, console: Console, options: ConsoleOptions) -> int:
        unbound = options.update(max_width=10_000)
        needed = [_needed(column, console, unbound) for column in self.columns]
        return sum(needed) + GUTTER * (len(needed) - 1)

    def _record(self, number: int) -> Table:
        record = Table.grid(padding=(0, GUTTER, 0, 0))
        record.add_column(style="bold", no_wrap=True)
        record.add_column(overflow="fold")
        for column in self.columns:
            value = list(column.cells)[number]
            if str(value):
                record.add_row(column.header, value)
        return record


def _needed(column: Column, console: Console, options: ConsoleOptions) -> int:
    measured = [Measurement.get(console, options, cell) for cell in _cells(column)]
    longest = max(each.maximum for each in measured)
    if column.no_wrap:
        return longest
    word = max(each.minimum for each in measured)
    return min(longest, max(READABLE, min(word, LONGEST_WORD)))


def _cells(column: Column) -> Iterable[RenderableType]:
    return (column.header, *column.cells)
