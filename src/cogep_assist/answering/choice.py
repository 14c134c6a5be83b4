"""Which pieces of the passages make the answer: the best supported, in few words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cogep_assist.answering.antecedents import leans_back
from cogep_assist.answering.clauses import best_run
from cogep_assist.answering.question_type import Sought, sought
from cogep_assist.answering.unit_scores import Candidate
from cogep_assist.retrieval.portuguese import words

MOST_SENTENCES = 3
MOST_CHARACTERS = 400
# Sentences whose support is this much (in log odds) below the best one's do not join it.
MARGIN = 4.0
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

    What is ``sure`` is about as well supported as the best piece.
    """

    piece: Piece
    cut: tuple[int, int] | None = None
    sure: bool = False


@dataclass(slots=True)
class _Answer:
    """What is taken so far, and the characters that are left."""

    room: int = MOST_CHARACTERS
    taken: list[Taken] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    used: set[tuple[int, int]] = field(default_factory=set)
    said: list[set[str]] = field(default_factory=list)

    def is_new(self, piece: Piece, text: str) -> bool:
        told = set(words(text))
        seen = (piece.passage, piece.units[-1]) in self.used
        return not seen and not any(_same(told, other) for other in self.said)

    def add(self, taken: Taken, text: str) -> None:
        self.taken.append(taken)
        self.texts.append(text)
        self.said.append(set(words(text)))
        self.used |= {(taken.piece.passage, unit) for unit in taken.piece.units}
        self.room -= (len(text) if taken.cut is None else _shown_length(taken.cut)) + 1


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
    best = scores.max()
    near = [place for place in order.tolist() if scores[place] >= best - MARGIN]
    answer = _Answer()
    for place in near:
        piece, text = pieces[place], candidates[place].text
        if len(answer.taken) == MOST_SENTENCES:
            break
        if not answer.is_new(piece, text) or (answer.taken and piece.whole_list):
            continue
        taken = _fitted(question, piece, text, answer.room)
        if taken is None and (answer.taken or _may_wait(piece, near, pieces, lengths)):
            continue
        sure = bool(scores[place] >= best - _SURE)
        answer.add(replace(taken or Taken(piece), sure=sure), text)
    _add_antecedents(answer, pieces, candidates)
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


def _add_antecedents(
    answer: _Answer, pieces: Sequence[Piece], candidates: Sequence[Candidate]
) -> None:
    """Add the sentence before each that leans on it, where there is room for it."""
    alone = {(p.passage, p.units): place for place, p in enumerate(pieces)}
    for taken, text in list(zip(answer.taken, answer.texts, strict=True)):
        piece = taken.piece
        place = alone.get((piece.passage, (piece.units[0] - 1,)))
        if place is None or len(piece.units) > 1 or not candidates[place].prose:
            continue
        before = candidates[place].text
        fits = len(before) <= answer.room and len(answer.taken) < MOST_SENTENCES
        if fits and leans_back(text) and answer.is_new(pieces[place], before):
            answer.add(Taken(pieces[place]), before)


def _shown_length(cut: tuple[int, int]) -> int:
    return cut[1] - cut[0] + _ELLIPSES


def _same(one: set[str], other: set[str]) -> bool:
    shared = len(one & other)
    return shared >= _SAME_WORDS * min(len(one), len(other))
