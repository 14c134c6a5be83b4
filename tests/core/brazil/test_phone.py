"""Telephones: every way to write a line gives the one number."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.core.brazil.phone import AREA_CODES, Line, format_phone, normalize_phone

MOBILE = "+5561998765432"


@pytest.mark.parametrize(
    "typed",
    [
        "61998765432",
        "(61) 99876-5432",
        "61 9876-5432",
        "6198765432",
        "+55 61 99876 5432",
        "+55 (61) 9876-5432",
        "5561998765432",
        "556198765432",
        "061 99876-5432",
        "0 15 61 99876-5432",
        "01561 9876-5432",
        "61-99876-5432 ramal 12",
        "tel:+5561998765432",
        "６１ ９９８７６ ５４３２",
        "(61) 99876‑5432",
    ],
)
def test_a_mobile_is_one_number_however_it_is_written(typed: str) -> None:
    found = normalize_phone(typed)
    assert found is not None
    assert (found.e164, found.line) == (MOBILE, Line.MOBILE)
    assert format_phone(found.e164) == "(61) 99876-5432"


@given(st.sampled_from(sorted(AREA_CODES)), st.integers(6_000_0000, 9_999_9999))
def test_the_ninth_digit_makes_no_other_person(area: str, local: int) -> None:
    old, new = normalize_phone(f"{area}{local}"), normalize_phone(f"{area}9{local}")
    assert old == new
    assert old is not None
    again = normalize_phone(format_phone(old.e164))
    assert again == old


@pytest.mark.parametrize(
    ("typed", "e164", "line"),
    [
        ("(61) 3333-4444", "+556133334444", Line.FIXED),
        ("(55) 3222-1111", "+555532221111", Line.FIXED),
        ("55 55 3222-1111", "+555532221111", Line.FIXED),
        ("(55) 99123-4567", "+5555991234567", Line.MOBILE),
        ("0800 729 0722", "+558007290722", Line.SERVICE),
        ("4004-0001", "+5540040001", Line.SERVICE),
        ("+351 912 345 678", "+351912345678", Line.ABROAD),
        ("+1 (415) 555-2671", "+14155552671", Line.ABROAD),
    ],
)
def test_other_lines(typed: str, e164: str, line: Line) -> None:
    found = normalize_phone(typed)
    assert found is not None
    assert (found.e164, found.line) == (e164, line)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "190",
        "98765-4321",
        "20 3333-4444",
        "61 1234-5678",
        "61 9987",
        "6199876543210987",
        "abc",
        "61 99876-5432 e 61 3333-4444",
        "+999 123",
        "+",
        "=61998765432",
    ],
)
def test_what_is_no_telephone(typed: str) -> None:
    assert normalize_phone(typed) is None


def test_an_area_completes_a_number_that_came_without() -> None:
    found = normalize_phone("9876-5432", area_code="61")
    assert found is not None
    assert found.e164 == MOBILE


def test_a_long_text_costs_no_time() -> None:
    began = time.perf_counter()
    for text in ("(" * 100_000, "1 " * 50_000, "6" * 100_000 + "ramal", " ramal 1" * 10_000):
        assert normalize_phone(text) is None
    assert time.perf_counter() - began < 2
