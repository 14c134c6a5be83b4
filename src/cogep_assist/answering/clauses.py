"""Shorten a long sentence to the run of its clauses that says most of what was asked. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cogep_assist.answering.question_type import sought, supplies
from cogep_assist.answering.unit_scores import asked_terms
from cogep_assist.retrieval.portuguese import fold, stem, words

_BOUNDARY = re.compile(r"(?<=[,;:)–—])\s+|\s+(?=[(–—])")
_LOOSE_ENDS = " \n\t,;:–—("
# Shorter than this, a run says nothing by itself; a clause this short is one of an enumeration.
_LEAST_RUN = 40
_ENUMERATED = 12
# What turns a statement around, wherever in the rest it stands ...
_NEGATES = re.compile(r"\b(?:nao|nem|nunca|jamais|vedad[oa]s?|proibid[oa]s?|salvo|exceto)\b")
# ... and what a clause opens with that restricts what stands before or after it.
_RESTRICTS = re.compile(
    r"\W*(?:(?:e|ou|mas) )?(?:excetuad\w+|desde que|se|caso|ressalvad\w+|observad\w+|sem|mas|porem"
    r"|contudo|todavia|embora|ainda que|mesmo que|a menos|a nao ser|contanto|condicionad\w+|quando"
    r"|somente|apenas|so|no caso|nos casos|na hipotese|ate)\b"
)
_FRESH = re.compile(r"(?<=\s)[A-ZÀ-Þ][\w’'-]+|\d+(?:[.,]\d+)*")
_SUPPLIES, _FRESH_WORD, _MOST_FRESH, _OPENS, _LETTER = 0.1, 0.03, 3, 0.05, 0.0005


@dataclass(frozen=True, slots=True)
class _Clause:
    start: int
    end: int
    terms: frozenset[str]
    stays: bool


def best_run(question: str, sentence: str, room: int) -> tuple[int, int] | None:
    """Return ``start:end`` of the run of clauses that answers best in ``room`` characters.

    None where no run does: what negates, restricts or conditions the rest is never cut off, and
    no parenthesis or quotation is cut in two.
    """
    asked = frozenset(asked_terms(question))
    wanted, given = sought(question), fold(question)

    def worth(run: tuple[int, int, frozenset[str]]) -> float:
        start, end, terms = run
        text = sentence[start:end]
        fresh = sum(fold(word) not in given for word in _FRESH.findall(text))
        return (
            len(asked & terms) / max(len(asked), 1)
            + _SUPPLIES * (supplies(text, wanted, question) == 1)
            + _FRESH_WORD * min(fresh, _MOST_FRESH)
            + _OPENS * (start == 0)
            + _LETTER * (end - start)
        )

    best = max(_runs(sentence, _clauses(sentence), room), key=worth, default=None)
    return None if best is None else best[:2]


def _runs(
    sentence: str, clauses: Sequence[_Clause], room: int
) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Yield each run that may stand alone, with its terms."""
    staying = [place for place, clause in enumerate(clauses) if clause.stays]
    latest_start = staying[0] if staying else len(clauses)
    earliest_end = staying[-1] if staying else -1
    for first, opening in enumerate(clauses[: latest_start + 1]):
        terms: frozenset[str] = frozenset()
        for last, clause in enumerate(clauses[first:], first):
            terms |= clause.terms
            end = opening.start + len(sentence[opening.start : clause.end].rstrip(_LOOSE_ENDS))
            if end - opening.start > room:
                break
            whole = last >= earliest_end and _balanced(sentence[opening.start : end])
            if whole and end - opening.start >= _LEAST_RUN:
                yield opening.start, end, terms


def _clauses(sentence: str) -> list[_Clause]:
    bounds = [0]
    for match in _BOUNDARY.finditer(sentence):
        if match.end() - bounds[-1] >= _ENUMERATED or len(bounds) == 1:
            bounds.append(match.end())
    spans = [span for span in pairwise((*bounds, len(sentence))) if span[0] < span[1]]
    return [_clause(sentence, *span) for span in spans]


def _clause(sentence: str, start: int, end: int) -> _Clause:
    text = sentence[start:end]
    folded = fold(text)
    stays = bool(_NEGATES.search(folded) or _RESTRICTS.match(folded))
    return _Clause(start, end, frozenset(map(stem, words(text))), stays)


def _balanced(text: str) -> bool:
    alike = text.count("(") == text.count(")") and text.count("“") == text.count("”")
    return alike and text.count('"') % 2 == 0
