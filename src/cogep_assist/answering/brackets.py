"""Which row of a table of brackets a value of the question falls into. Pure."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cogep_assist.answering.passage_units import Unit, UnitKind, passage_units
from cogep_assist.retrieval.hit import Hit
from cogep_assist.retrieval.portuguese import fold

# In log odds: the bracket that holds the value is the answer, its neighbours are not.
_INSIDE, _OUTSIDE = 6.0, -6.0
_LEAST_BRACKETS = 2
_MEASURE = r"anos?|mes(?:es)?|dias?|horas?|km|kg|m2|salarios?|servidores|pessoas|alunos"
_NUMBER = (
    r"(?<![\d/:.,-])(?:r\$ ?)?(?P<{0}>\d{{1,3}}(?:\.\d{{3}})+(?:,\d+)?|\d+(?:,\d+)?)"
    r"(?P<{0}mil> mil\b)?(?![\d/:]|[.,]\d| ?%)(?: (?P<{0}of>" + _MEASURE + r")\b)?"
)
_LOW, _HIGH = _NUMBER.format("low"), _NUMBER.format("high")
_BETWEEN = re.compile(rf"(?:entre {_LOW} e|{_LOW.replace('low', 'from')} ?(?:ao?|ate|-|–)) {_HIGH}")
_FROM = re.compile(
    r"(?P<edge>a partir de|minimo de|(?:acima|mais) de|superior(?:es)? a|maior(?:es)? (?:que|de)|>)"
    rf" ?{_LOW}"
)
_OR_MORE = re.compile(rf"{_LOW} (?:ou mais|em diante)\b")
_UP_TO = re.compile(
    r"(?P<edge>ate|maximo de|(?:abaixo|menos) de|inferior(?:es)? a|menor(?:es)? (?:que|de)|<) ?"
    rf"{_HIGH}"
)
_CLOSED = ("ate", "maximo de", "a partir de", "minimo de")
_ASKED = re.compile(_NUMBER.format("low"))
_YEAR = re.compile(r"(?:19|20)\d\d")
# "7o ano", as it is typed for "7º ano".
_ORDINAL = re.compile(r"\b(\d{1,2})[oa]\b")
_SIGNS = re.compile(r"[:|;]+")


@dataclass(frozen=True, slots=True)
class _Bracket:
    """From a value to another, the ends in it or not, and what they count."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False
    measure: str = ""

    def holds(self, value: float, measure: str) -> bool:
        """Tell whether a value lies in the bracket and counts the same."""
        if measure and self.measure and measure != self.measure:
            return False
        above = value > self.low if self.open_low else value >= self.low
        return above and (value < self.high if self.open_high else value <= self.high)


def bracketed(
    question: str, units: Sequence[Sequence[Unit]], passages: Sequence[Hit]
) -> dict[tuple[int, int], float]:
    """Return what (passage, unit) gain or lose, in log odds, by the brackets that they give.

    Only where a value asked falls into one bracket of a table or list and no row says it itself.
    """
    values = list(_asked(question))
    found: dict[tuple[int, int], float] = {}
    if not values:
        return found
    for passage, hit in enumerate(passages):
        for places in _groups(units[passage]):
            rows = {place: _plain(hit.text[_span(units[passage][place])]) for place in places}
            found |= {(passage, place): gain for place, gain in _gains(rows, values).items()}
    return found


def _gains(rows: dict[int, str], values: list[tuple[float, str, str]]) -> dict[int, float]:
    brackets = {place: one for place, row in rows.items() if (one := _bracket(row)) is not None}
    if len(brackets) < _LEAST_BRACKETS:
        return {}
    for value, measure, written in values:
        if any(
            re.search(rf"(?<![\d.,]){re.escape(written)}(?![\d.,]\d|\d)", r) for r in rows.values()
        ):
            continue
        inside = [place for place, one in brackets.items() if one.holds(value, measure)]
        inside = _nearest_end(brackets, inside)
        if len(inside) == 1:
            return {place: _INSIDE if place in inside else _OUTSIDE for place in brackets}
    return {}


def _nearest_end(brackets: dict[int, _Bracket], inside: list[int]) -> list[int]:
    """Of "até 5.000, até 30.000, até 150.000" return the first that reaches so far."""
    own = [brackets[place] for place in inside]
    if own and all(math.isinf(one.low) for one in own):
        least = min(one.high for one in own)
        return [place for place in inside if brackets[place].high == least]
    if own and all(math.isinf(one.high) for one in own):
        most = max(one.low for one in own)
        return [place for place in inside if brackets[place].low == most]
    return inside


def in_bracket(question: str, text: str) -> bool:
    """Tell whether a value of a question falls into one bracket of a text's tables or lists."""
    values = list(_asked(question))
    units = passage_units(text)
    rows = ({place: _plain(text[_span(units[place])]) for place in g} for g in _groups(units))
    return bool(values) and any(_gains(own, values) for own in rows)


def _asked(question: str) -> Iterator[tuple[float, str, str]]:
    """Yield the values that a question names, what each counts, and how it is written."""
    for match in _ASKED.finditer(_plain(question)):
        if not _YEAR.fullmatch(match["low"]) or match["lowof"]:
            yield _value(match, "low"), _measure(match, "low"), match["low"]


def _groups(units: Sequence[Unit]) -> Iterator[list[int]]:
    groups: dict[int, list[int]] = {}
    for place, unit in enumerate(units):
        if unit.group is not None and unit.kind in (UnitKind.ROW, UnitKind.ITEM):
            groups.setdefault(unit.group, []).append(place)
    yield from groups.values()


def _bracket(row: str) -> _Bracket | None:
    if match := _BETWEEN.search(row):
        first = "low" if match["low"] else "from"
        measure = _measure(match, "high") or _measure(match, first)
        return _Bracket(_value(match, first), _value(match, "high"), measure=measure)
    if match := _OR_MORE.search(row):
        return _Bracket(_value(match, "low"), math.inf, measure=_measure(match, "low"))
    if match := _FROM.search(row):
        opened = match["edge"] not in _CLOSED
        return _Bracket(_value(match, "low"), math.inf, opened, measure=_measure(match, "low"))
    if match := _UP_TO.search(row):
        opened = match["edge"] not in _CLOSED
        measure = _measure(match, "high")
        return _Bracket(-math.inf, _value(match, "high"), open_high=opened, measure=measure)
    return None


def _value(match: re.Match[str], name: str) -> float:
    number = float(match[name].replace(".", "").replace(",", "."))
    return number * 1000 if match[f"{name}mil"] else number


def _measure(match: re.Match[str], name: str) -> str:
    return (match[f"{name}of"] or "").removesuffix("es").removesuffix("s")


def _plain(text: str) -> str:
    return " ".join(_SIGNS.sub(" ", _ORDINAL.sub(r"\1", fold(text))).split())


def _span(unit: Unit) -> slice:
    return slice(unit.start, unit.end)
