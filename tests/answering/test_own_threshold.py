"""A threshold of a collection's own: fitted to answerable questions, cautious with few of them."""

import pytest

from cogep_assist.answering.abstain import THRESHOLD
from cogep_assist.answering.own_threshold import (
    MOST_FALL,
    MOST_RISE,
    fitted_shift,
    moved_threshold,
)


def test_too_few_questions_move_nothing() -> None:
    assert fitted_shift([0.01] * 39) is None
    assert moved_threshold(0.0) == pytest.approx(THRESHOLD)


def test_the_more_questions_the_nearer_to_one_in_twenty_of_them() -> None:
    def left(count: int, low: float) -> float:
        doubted = round(count * 0.1)
        shift = fitted_shift([low] * doubted + [0.9] * (count - doubted))
        assert shift is not None
        return moved_threshold(shift)

    assert THRESHOLD > left(40, 0.12) > left(100, 0.12) > left(1_000, 0.12) > 0.12
    assert THRESHOLD < left(40, 0.26) < left(100, 0.26) < left(1_000, 0.26) < 0.26


def test_questions_that_are_none_neither_silence_a_collection_nor_let_it_say_all() -> None:
    assert fitted_shift([0.0] * 2_000) == -MOST_FALL
    assert fitted_shift([1.0] * 2_000) == MOST_RISE
    assert 0.09 < moved_threshold(-MOST_FALL) < THRESHOLD < moved_threshold(MOST_RISE) < 0.31
