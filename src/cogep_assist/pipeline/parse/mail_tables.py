"""Which tables of a letter say something, and which only place things on it. Pure."""

from collections.abc import Iterator

from lxml import etree

_CELLS = ("td", "th")
_LONGEST_CELL = 200
_LEAST_ROWS = 2


def cells_of_tables(root: etree._Element) -> dict[etree._Element, bool]:
    """Return the cells of the tables that say something: True for those not the first of a row.

    Such a table holds no other, has rows of as many filled cells, and all of them are short. A
    signature beside a logo, or the columns of a newsletter, are none.
    """
    cells: dict[etree._Element, bool] = {}
    for table in root.iter("table"):
        if next(table.iterdescendants("table"), None) is not None:
            continue
        rows = [[cell for cell in row if cell.tag in _CELLS] for row in _rows(table)]
        if _says_something(rows):
            cells.update((cell, bool(place)) for row in rows for place, cell in enumerate(row))
    return cells


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _says_something(rows: list[list[etree._Element]]) -> bool:
    filled = 0
    for row in rows:
        texts = ["".join(map(str, cell.itertext())).strip() for cell in row]
        if any(len(text) > _LONGEST_CELL for text in texts):
            return False
        filled += sum(map(bool, texts)) > 1
    return filled >= _LEAST_ROWS
