"""The sheets of an Excel workbook: each a heading, each row a line that can be understood alone."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

import python_calamine
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.hidden_lines import NONE, HiddenLines
from cogep_assist.pipeline.parse.number_format import NumberFormat
from cogep_assist.pipeline.parse.sheet_numbers import Formatted, SheetNumbers
from cogep_assist.pipeline.parse.table_rows import TableRows

ENGINE = f"python-calamine {getattr(python_calamine, '__version__', '')}".strip()
# What a cell shows where a formula has failed.
ERRORS = frozenset(
    (
        "#N/A",
        "#N/D",
        "#REF!",
        "#VALUE!",
        "#VALOR!",
        "#DIV/0!",
        "#NAME?",
        "#NOME?",
        "#NUM!",
        "#NULL!",
    )
)


def add_sheets(
    data: bytes,
    builder: DocumentBuilder,
    hidden: Sequence[HiddenLines] = (),
    numbers: Sequence[Callable[[], Formatted]] = (),
) -> None:
    """Add what is seen of the visible sheets; ``hidden`` and ``numbers`` of each, in their order.

    Raises AppError file_password or file_corrupt.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for number, sheet in enumerate(workbook.sheets_metadata):
            if sheet.visible != SheetVisibleEnum.Visible:
                builder.warn("hidden_sheets_skipped")
            elif sheet.typ == SheetTypeEnum.WorkSheet:
                lines = hidden[number] if number < len(hidden) else NONE
                cells = numbers[number]() if number < len(numbers) else iter(())
                _add_sheet(workbook, sheet.name, lines, SheetNumbers(cells), builder)
    except python_calamine.PasswordError as error:
        raise AppError("file_password") from error
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise AppError("file_corrupt") from error
    except BaseException as error:
        # What the engine did not expect in a file reaches Python as no Exception at all.
        if type(error).__name__ == "PanicException":
            raise AppError("file_corrupt") from None
        raise


def _add_sheet(
    workbook: CalamineWorkbook,
    name: str,
    hidden: HiddenLines,
    numbers: SheetNumbers,
    builder: DocumentBuilder,
) -> None:
    before = builder.length
    sheet = workbook.get_sheet_by_name(name)
    if sheet.height == 0:
        return
    builder.add("heading", name, level=1)
    rows = TableRows(builder)
    first = sheet.start[1] if sheet.start else 0
    spans = _spans(sheet.merged_cell_ranges or [], first)
    for number, row in enumerate(sheet.iter_rows()):
        cells = _cells(row, first, numbers.row(number))
        seen = hidden.shown(number, first, cells)
        if any(cells) and seen != cells:
            builder.warn("hidden_cells_skipped")
        if any(seen) and number in hidden.filtered:
            builder.warn("filtered_rows_read")
        rows.add(seen, spans.get(number, {}))
    rows.finish()
    if builder.length == before:
        builder.warn("empty_sheet")


def _cells(row: Sequence[object], first: int, forms: Mapping[int, NumberFormat]) -> list[str]:
    """Return what is seen in the cells of a row, the numbers as their formats show them."""
    cells = [shown(value) for value in row]
    for column, form in forms.items():
        place = column - first
        value = row[place] if 0 <= place < len(row) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            cells[place] = form.shown(value) or cells[place]
    return cells


def _spans(
    ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], first: int
) -> dict[int, dict[int, tuple[int, int]]]:
    """Return row -> column -> how many columns and rows its cell covers, of merged cells."""
    spans: dict[int, dict[int, tuple[int, int]]] = {}
    for (top, left), (bottom, right) in ranges:
        if left >= first:
            spans.setdefault(top, {})[left - first] = right - left + 1, bottom - top + 1
    return spans


def shown(value: object) -> str:
    """Write a cell as a Brazilian spreadsheet shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VERDADEIRO" if value else "FALSO"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return f"{value:.15g}".replace(".", ",")
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.strftime("%d/%m/%Y" if midnight else "%d/%m/%Y %H:%M")
    if isinstance(value, dt.date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, dt.time):
        return value.strftime("%H:%M" if value.second == 0 else "%H:%M:%S")
    text = str(value)
    return "" if text in ERRORS else text
