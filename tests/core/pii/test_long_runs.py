"""What a stranger repeats is looked through in the time of its length."""

import time

import pytest

from cogep_assist.core.pii.detect import detect
from cogep_assist.core.pii.finding import Kind, Threshold

# As long as a letter may be; what grows with the square of its length took 3 s of a third.
LENGTH = 60_000
MOST_SECONDS = 3.0


@pytest.mark.parametrize("run", ["l1l1O", "11 1", "ab1", "Maria ", "a@b.", "O0", " ", "l1-"])
def test_a_repeated_text_is_looked_through_at_once(run: str) -> None:
    text = (run * LENGTH)[:LENGTH] + "x"
    began = time.process_time()

    detect(text, Threshold.EGRESS)

    assert time.process_time() - began < MOST_SECONDS


def test_a_number_misread_by_a_scanner_is_still_found() -> None:
    found = detect("CPF do titular: 1l1.444.777-35", Threshold.EGRESS)

    assert Kind.CPF in {one.kind for one in found}
