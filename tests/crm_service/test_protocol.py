"""The ticket's number: written one way, read in several, wrong digits found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.crm_service.tickets.protocol import _check_digit, read_protocol, write_protocol

YEARS = st.integers(2024, 2199)
NUMBERS = st.integers(1, 99_999_999)


@given(YEARS, NUMBERS)
def test_what_is_written_is_read(year: int, number: int) -> None:
    protocol = write_protocol(year, number)
    assert protocol.startswith(f"{year}.{number:06d}-")
    assert read_protocol(protocol) == protocol
    assert read_protocol(f"  {protocol.replace('.', ' ').replace('-', ' ')} ") == protocol
    assert read_protocol(protocol.replace(".", "").replace("-", "")) == protocol


@given(YEARS, NUMBERS, st.data())
def test_one_wrong_digit_or_two_swapped_are_found(
    year: int, number: int, data: st.DataObject
) -> None:
    protocol = write_protocol(year, number)
    digits = [index for index, char in enumerate(protocol) if char.isdigit()]
    at = data.draw(st.sampled_from(digits))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != protocol[at]]))
    assert read_protocol(protocol[:at] + other + protocol[at + 1 :]) is None
    bare = protocol.replace(".", "").replace("-", "")
    left = data.draw(st.integers(0, len(bare) - 2))
    if bare[left] != bare[left + 1]:
        swapped = bare[:left] + bare[left + 1] + bare[left] + bare[left + 2 :]
        assert read_protocol(swapped) is None


@pytest.mark.parametrize(
    "text", ["", "2026", "2026.000123", "20260-000123-4", "2026.00012３-4", "x" * 200, "0" * 500]
)
def test_what_is_no_protocol_is_none(text: str) -> None:
    assert read_protocol(text) is None


def test_the_known_value_of_damm() -> None:
    # The worked example of the method: 572 has the check digit 4.
    assert _check_digit("572") == 4
