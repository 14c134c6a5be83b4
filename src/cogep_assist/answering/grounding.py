"""Tell whether passages support a sentence that a model wrote, and by which literal span. Pure.

No model judges here: a sentence stands only where its numbers, dates, names, negation, modality and
bounds are those of the passage, in one clause with the words that they belong to, nearly all its
other words are there as well, nothing is mixed or turned round and no condition is left out.
docs/adr/0009 says what that catches and what it does not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cogep_assist.answering.grounding_claim import (
    Claim,
    content_stems,
    read_claim,
    simple_claims,
)
from cogep_assist.answering.grounding_columns import takes_another_column
from cogep_assist.answering.grounding_evidence import (
    Coverage,
    Evidence,
    bare_words,
    coverage,
    read_evidence,
)
from cogep_assist.answering.grounding_rows import read_stretch
from cogep_assist.answering.passage_units import Unit, UnitKind, passage_units
from cogep_assist.answering.prompts_untrusted import instruction_spans
from cogep_assist.retrieval.hit import Hit

MOST_UNITS = 3
MOST_SPAN_CHARS = 700
# Of the words that mean something, this share must be in the passage.
LEAST_COVERAGE = 0.7
# And this share of those in the quoted span itself, rather than in its headings.
LEAST_OWN_COVERAGE = 0.5


@dataclass(frozen=True, slots=True)
class Span:
    """A literal piece of a passage: ``start:end`` of the passage's text."""

    passage: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Support:
    """The spans that support a sentence; none where nothing does, and then why."""

    spans: tuple[Span, ...]
    reason: str | None = None

    @property
    def supported(self) -> bool:
        """Whether the sentence may stand."""
        return bool(self.spans)


class Grounds:
    """The passages of one question, cut once for all the sentences that are held to them."""

    def __init__(self, passages: Sequence[Hit], question: str = "") -> None:
        asked = content_stems(question)
        self._windows = [list(_windows(place, hit, asked)) for place, hit in enumerate(passages)]

    def support(self, sentence: str, cited: Sequence[int] = (), *, item: bool = False) -> Support:
        """Look for what supports a sentence: in the cited passages, by place, then in the others.

        A wrong citation of a true sentence is mended, never told. A single word says something
        only as an ``item`` of a list.
        """
        claim = read_claim(sentence)
        if not claim.says_something or (not item and claim.is_a_bare_word):
            return Support((), "empty")
        order = [place for place in dict.fromkeys(cited) if 0 <= place < len(self._windows)]
        order += [place for place in range(len(self._windows)) if place not in order]
        reason = "coverage"
        for place in order:
            span, why = self._best(claim, place)
            if span is not None:
                return Support((span,))
            reason = why if place in cited or reason == "coverage" else reason
        return self._in_parts(sentence, order) or Support((), reason)

    def _best(self, claim: Claim, place: int) -> tuple[Span | None, str]:
        """Return the shortest window of a passage that supports a claim, or why none does."""
        nearest, reason = 0.0, "coverage"
        for window in self._windows[place]:
            coverage = window.coverage(claim)
            if coverage.total < LEAST_COVERAGE or coverage.own < LEAST_OWN_COVERAGE:
                continue
            why = None if window.reads_as(claim) else window.contradiction(claim)
            if why is None:
                return window.span, ""
            if coverage.total > nearest:
                nearest, reason = coverage.total, why
        return None, reason

    def _in_parts(self, sentence: str, order: Sequence[int]) -> Support | None:
        """Hold each clause of a sentence to the passages by itself."""
        parts = simple_claims(sentence)
        if len(parts) < 2:
            return None
        spans: list[Span] = []
        for part in parts:
            found = next((s for p in order if (s := self._best(part, p)[0]) is not None), None)
            if found is None:
                return None
            spans.append(found)
        return Support(tuple(dict.fromkeys(spans)))


@dataclass
class _Window:
    """A run of neighbouring units; what it says is read when its words are worth it."""

    span: Span
    text: str
    around: str
    stems: frozenset[str]
    around_stems: frozenset[str]
    passage: str
    asked: frozenset[str]
    # The rows of a table in it, each with its header.
    rows: tuple[tuple[str, str], ...] = ()

    def contradiction(self, claim: Claim) -> str | None:
        """Return why a claim is not what this run says; None where nothing speaks against it."""
        said = read_stretch(claim.text)
        if any(takes_another_column(said, row, header) for row, header in self.rows):
            return "column"
        return self.evidence.contradiction(claim)

    def coverage(self, claim: Claim) -> Coverage:
        return coverage(claim, self.stems, self.around_stems)

    def reads_as(self, claim: Claim) -> bool:
        """Tell whether a claim is this whole run, word for word."""
        return bare_words(self.text) == bare_words(claim.text)

    @cached_property
    def evidence(self) -> Evidence:
        elsewhere = _passage_tokens(self.passage)
        return read_evidence(self.text, self.around, elsewhere, self.asked)


@lru_cache(maxsize=256)
def _passage_tokens(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read_stretch(text).tokens))


def _windows(place: int, hit: Hit, asked: frozenset[str]) -> Iterator[_Window]:
    """Yield runs of neighbouring units, short ones first; what commands a model is no evidence."""
    commands = instruction_spans(hit.text)
    units = passage_units(hit.text, hit.heading, hit.title)
    allowed = [not any(u.start < end and start < u.end for start, end in commands) for u in units]
    own = [content_stems(hit.text[unit.start : unit.end]) for unit in units]
    context = f"{hit.title}\n{hit.heading}"
    for length in range(1, MOST_UNITS + 1):
        for first in range(len(units) - length + 1):
            run = slice(first, first + length)
            start, end = units[first].start, units[first + length - 1].end
            if not all(allowed[run]) or (length > 1 and end - start > MOST_SPAN_CHARS):
                continue
            if length == 1 and units[first].kind is UnitKind.HEADING:
                continue
            lead = units[first].lead
            around = context
            if lead is not None and allowed[lead]:
                around += "\n" + hit.text[units[lead].start : units[lead].end]
            stems = frozenset().union(*own[run])
            text = hit.text[start:end]
            beside = content_stems(around)
            rows = tuple(
                _row(hit.text, one, units) for one in units[run] if one.kind is UnitKind.ROW
            )
            span = Span(place, start, end)
            yield _Window(span, text, around, stems, beside, hit.text, asked, rows)


def _row(text: str, unit: Unit, units: Sequence[Unit]) -> tuple[str, str]:
    header = "" if unit.lead is None else text[units[unit.lead].start : units[unit.lead].end]
    return text[unit.start : unit.end], header
