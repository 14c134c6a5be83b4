"""A number of a spreadsheet is read as the spreadsheet shows it."""

import datetime as dt
import io
import struct

import openpyxl
import pytest

from cogep_assist.pipeline.parse import xlsx
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.number_format import number_format
from cogep_assist.pipeline.parse.sheet_numbers import SheetNumbers
from cogep_assist.pipeline.parse.xls_formats import Formats


@pytest.mark.parametrize(
    ("code", "value", "seen"),
    [
        ('"R$" #,##0.00', 320.5, "R$ 320,50"),
        ('"R$" #,##0.00', 1234567.005, "R$ 1.234.567,01"),
        ("[$R$-416] #,##0.00", 1020, "R$ 1.020,00"),
        ('_-"R$" * #,##0.00_-;-"R$" * #,##0.00_-;_-"R$" * "-"??_-', 12.3, "R$ 12,30"),
        ("#,##0.00", -1500.2, "-1.500,20"),
        ('"R$" #,##0.00_);[Red]("R$" #,##0.00)', -7, "-R$ 7,00"),
        ("0%", 0.5, "50%"),
        ("0.0%", 0.055, "5,5%"),
        ("0.00%", 1 / 3, "33,33%"),
        ("0.##%", 0.0075, "0,75%"),
        ("0.##", 2.5, "2,5"),
        ("0.##", 2, "2"),
        ("#.00", 0.5, ",50"),
        ("0", 2.5, "3"),
        ("000", 7, "007"),
        ('0.0" km"', 12.25, "12,3 km"),
        ('0" dias"', 30, "30 dias"),
        ("00000-000", 1310100, "01310-100"),
        ("00000\\-000", 77001002, "77001-002"),
        ('000"."000"."000-00', 12345678909, "123.456.789-09"),
        ("\\(00\\)\\ 0000\\-0000", 6332121990, "(63) 3212-1990"),
        ('0.0 "m²"', 12.5, "12,5 m²"),
        ("0.00", -0.001, "0,00"),
    ],
)
def test_a_number_is_shown_as_its_format_says(code: str, value: float, seen: str) -> None:
    form = number_format(code)
    assert form is not None
    assert form.shown(value) == seen


@pytest.mark.parametrize(
    "code",
    [
        "General", "", "@", "dd/mm/yyyy", "hh:mm", "0.00E+00", "# ?/?", "0.0,", "#,##0,,", ";;;",
        "[h]:mm", '"texto"', "0" * 200, "0.0.0",
    ],
)  # fmt: skip
def test_what_is_no_plain_number_stays_as_it_is(code: str) -> None:
    assert number_format(code) is None


def test_numbers_beyond_what_is_shown_stay_as_they_are() -> None:
    form = number_format("0.00")
    assert form is not None
    assert form.shown(1e16) is None
    assert form.shown(float("inf")) is None
    assert form.shown(float("nan")) is None


def test_a_workbook_says_its_amounts_and_shares() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([None, "Vencimento", "Taxa", "Desconto", "Vagas"])
    sheet.append([None, dt.date(2026, 2, 28), 1320.5, 0.055, 12])
    sheet.append([None, dt.date(2026, 3, 31), 80, 0.1, True])
    for row in (2, 3):
        sheet.cell(row, 3).number_format = '"R$" #,##0.00'
        sheet.cell(row, 4).number_format = "0.0%"
        sheet.cell(row, 5).number_format = "0.00"
    data = io.BytesIO()
    book.save(data)
    assert xlsx.parse(data.getvalue(), ParseContext()).text.split("\n")[2:] == [
        "Vencimento: 28/02/2026 | Taxa: R$ 1.320,50 | Desconto: 5,5% | Vagas: 12,00",
        "Vencimento: 31/03/2026 | Taxa: R$ 80,00 | Desconto: 10,0% | Vagas: VERDADEIRO",
    ]


def test_an_old_workbook_names_its_formats() -> None:
    formats = Formats()
    narrow, wide = b'"R$" 0.00', "0.0%".encode("utf-16-le")
    formats.take(0x041E, struct.pack("<HHB", 164, 9, 0) + narrow)
    formats.take(0x041E, struct.pack("<HHB", 165, 4, 1) + wide)
    for number in (0, 164, 165, 4):
        formats.take(0x00E0, struct.pack("<2H16x", 0, number))
    numbers = formats.numbers()
    assert sorted(numbers) == [1, 2, 3]
    assert [numbers[n].shown(0.5) for n in (1, 2, 3)] == ["R$ 0,50", "50,0%", "0,50"]


def test_formats_are_handed_out_row_by_row() -> None:
    form = number_format("0")
    assert form is not None
    numbers = SheetNumbers(iter([(0, 1, form), (2, 0, form), (2, 3, form), (1, 0, form)]))
    rows = [sorted(numbers.row(row)) for row in range(4)]
    assert rows == [[1], [], [0, 3], []]
