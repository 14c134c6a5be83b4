"""Which pieces of the passages make the answer: the best supported, in few words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cogep_assist.answering.antecedents import leans_back
from cogep_assist.answering.clauses import best_run
from cogep_assist.answering.differences import adds_fact
from cogep_assist.answering.passage_units import CELL, names_columns
from cogep_assist.answering.question_type import Sought, sought
from cogep_assist.answering.unit_scores import Candidate
from cogep_assist.retrieval.portuguese import words

MOST_SENTENCES = 3
MOST_CHARACTERS = 400
# What is this much (in log odds) less well supported than the best does not join it.
MARGIN = 4.0
# A sentence that leans on one that does not fit joins only this near to the best.
_LEANING_MARGIN = 1.5
# What a character of the room costs, in log odds: of two that say as much the shorter one goes
# first. bench/answers.py --prices shows what others would do.
PRICE = 0.0025
# What was asked for is emphasised in what is this near to the best.
_SURE = 2.0
_SAME_WORDS = 0.8
_ELLIPSES = 4
_WHOLE_LISTS = (Sought.PROCEDURE, Sought.LIST)


@dataclass(frozen=True, slots=True)
class Piece:
    """What is chosen as one: a sentence, an item or row with its lead, or a whole list."""

    passage: int
    units: tuple[int, ...]
    whole_list: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A piece of the answer; ``cut`` is what is shown of a sentence that is too long.

    What is ``sure`` is about as well supported as the best piece. The first of what is ``headed``
    is a table's header; so many ``more`` rows or items than these the source holds.
    """

    piece: Piece
    cut: tuple[int, int] | None = None
    sure: bool = False
    headed: bool = True
    more: int = 0


class _Answer:
    """What is taken so far, and the characters that are left."""

    def __init__(
        self, question: str, pieces: Sequence[Piece], candidates: Sequence[Candidate]
    ) -> None:
        self.taken: list[Taken] = []
        self._question, self._pieces, self._candidates = question, pieces, candidates
        self._room = MOST_CHARACTERS
        self._used: set[tuple[int, int]] = set()
        self._said: list[set[str]] = []
        self._places: list[int] = []
        self._alone = {(piece.passage, piece.units): n for n, piece in enumerate(pieces)}

    def is_new(self, place: int) -> bool:
        """Tell whether a piece is not taken and says something else than what is."""
        piece, told = self._pieces[place], set(words(self._candidates[place].text))
        if (piece.passage, piece.units[-1]) in self._used:
            return False
        again = [n for n, other in enumerate(self._said) if _same(told, other)]
        return all(self._differs(place, self._places[n]) for n in again)

    def is_row(self, place: int) -> bool:
        """Tell whether a piece is a row of a table: without some of its cells it says less.

        One that is longer than a whole answer, and names no columns, is shortened as prose is.
        """
        candidate = self._candidates[place]
        if candidate.prose or CELL not in candidate.text:
            return False
        return names_columns(candidate.text) or len(candidate.text) <= MOST_CHARACTERS

    def fitted(self, place: int) -> Taken | None:
        """Return a piece as it fits; None where neither all nor a part of it does."""
        room = self._room + self._shown_already(place)
        if self.is_row(place) and len(self._candidates[place].text) > room:
            return None
        return _fitted(self._question, self._pieces[place], self._candidates[place].text, room)

    def add(self, place: int, taken: Taken) -> None:
        """Take a piece, and with the best one the sentence that it leans on."""
        text = self._candidates[place].text
        shown = self._shown_already(place)
        self.taken.append(taken)
        self._places.append(place)
        self._said.append(set(words(text)))
        self._used |= {(taken.piece.passage, unit) for unit in taken.piece.units}
        self._room -= _shown_length(text, taken) + 1 - shown
        if len(self.taken) == 1:
            self.add_antecedents()

    def add_antecedents(self) -> None:
        """Add the sentence before each that leans on it, where there is room for it."""
        for place in list(self._places):
            before = self._antecedent(place)
            if before is not None and self._has_room(before, 0) and self.is_new(before):
                self.add(before, Taken(self._pieces[before]))

    def hangs(self, place: int, taken: Taken | None) -> bool:
        """Tell whether a sentence leans on one that is not there and does not fit beside it."""
        before = self._antecedent(place)
        if before is None or taken is None:
            return False
        length = _shown_length(self._candidates[place].text, taken) + 1
        return not self._has_room(before, length, others=1)

    def _shown_already(self, place: int) -> int:
        """Return the length of a piece's title or header, where another piece has shown it."""
        piece = self._pieces[place]
        there = len(piece.units) > 1 and (piece.passage, piece.units[0]) in self._used
        return self._candidates[place].lead if there else 0

    def _differs(self, place: int, told: int) -> bool:
        """Tell whether nearly the same words, in another passage, say another date or number."""
        elsewhere = self._pieces[place].passage != self._pieces[told].passage
        return elsewhere and adds_fact(self._candidates[place].text, self._candidates[told].text)

    def _antecedent(self, place: int) -> int | None:
        piece, candidate = self._pieces[place], self._candidates[place]
        before = self._alone.get((piece.passage, (piece.units[0] - 1,)))
        if len(piece.units) > 1 or before is None or not self._candidates[before].prose:
            return None
        there = (piece.passage, piece.units[0] - 1) in self._used
        return before if not there and leans_back(candidate.text) else None

    def _has_room(self, place: int, beside: int, others: int = 0) -> bool:
        fits = len(self._candidates[place].text) + beside <= self._room
        return fits and len(self.taken) + others < MOST_SENTENCES


def choose(
    question: str,
    pieces: Sequence[Piece],
    candidates: Sequence[Candidate],
    scores: NDArray[np.float64],
    price: float = PRICE,
) -> list[Taken]:
    """Take the best pieces that fit, each new to what is taken already.

    ``scores`` are log odds. What is too long for the whole answer is passed over where something
    else fits. A sentence that opens with "ele" or "isso" brings the one before it, if that fits.
    """
    lengths = np.array([len(candidate.text) for candidate in candidates])
    order = np.argsort(price * np.minimum(lengths, MOST_CHARACTERS) - scores, kind="stable")
    behind = scores.max() - scores
    near = [place for place in order.tolist() if behind[place] <= MARGIN]
    answer = _Answer(question, pieces, candidates)
    for place in near:
        if len(answer.taken) == MOST_SENTENCES:
            break
        piece = pieces[place]
        if not answer.is_new(place) or (answer.taken and piece.whole_list):
            continue
        taken = answer.fitted(place)
        waits = _may_wait(piece, near, pieces, lengths) and not answer.is_row(place)
        if taken is None and (answer.taken or waits):
            continue
        if answer.taken and behind[place] > _LEANING_MARGIN and answer.hangs(place, taken):
            continue
        answer.add(place, replace(taken or Taken(piece), sure=bool(behind[place] <= _SURE)))
    answer.add_antecedents()
    return answer.taken


def _fitted(question: str, piece: Piece, text: str, room: int) -> Taken | None:
    """Return a piece as it fits into the room; None where neither all nor a part of it does."""
    if len(text) <= room:
        return Taken(piece)
    # Of a list, of a row and of what a procedure says, no part may be missing.
    if len(piece.units) > 1 or piece.whole_list or sought(question) in _WHOLE_LISTS:
        return None
    cut = best_run(question, text, room - _ELLIPSES)
    return None if cut is None else Taken(piece, cut)


def _may_wait(
    piece: Piece, near: Sequence[int], pieces: Sequence[Piece], lengths: NDArray[np.int_]
) -> bool:
    """Tell whether a sentence longer than the whole answer may go: something near it fits."""
    alone = len(piece.units) == 1 and not piece.whole_list
    return alone and any(
        lengths[other] <= MOST_CHARACTERS and not pieces[other].whole_list for other in near
    )


def _shown_length(text: str, taken: Taken) -> int:
    return len(text) if taken.cut is None else taken.cut[1] - taken.cut[0] + _ELLIPSES


def _same(one: set[str], other: set[str]) -> bool:
    shared = len(one & other)
    return shared >= _SAME_WORDS * min(len(one), len(other))
