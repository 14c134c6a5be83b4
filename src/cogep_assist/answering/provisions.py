"""Articles, paragraphs, clauses and items that a question asks for by number. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cogep_assist.answering.passage_units import Unit, UnitKind
from cogep_assist.answering.roman_numerals import roman_number
from cogep_assist.retrieval.hit import Hit
from cogep_assist.retrieval.portuguese import STOPWORDS, fold, stem, words

# A provision is told whole up to about a page.
MOST_UNITS = 25
MOST_PROVISION_CHARACTERS = 2_400
# Of what else a question says, so much must be said by the document that is taken.
_LEAST_SHARE = 0.5
_ORDINAL_TEXT = """
primeir segund terceir quart quint sext setim oitav non decim
"""
_ORDINALS = {name: number for number, name in enumerate(_ORDINAL_TEXT.split(), 1)}
_ORDINAL = rf"(?:(?P<tenth>decim|vigesim)[oa]\s+)?(?P<ordinal>{'|'.join(_ORDINALS)}|vigesim)[oa]"
_ORDINAL_WORD = re.compile(_ORDINAL)
_COUNT = r"\d{1,4}(?:-[a-z])?"
_ASKED = {
    "article": re.compile(rf"\bart(?:igo|\.)?\s*(?P<number>{_COUNT})[oa]?\b"),
    "paragraph": re.compile(
        rf"(?:§|\bparagrafo)\s*(?P<number>{_COUNT}|unico|{_ORDINAL})(?:\b|[oa]\b)"
    ),
    "inciso": re.compile(r"\binciso\s+(?P<number>[ivxlc]+|\d+)\b"),
    "letter": re.compile(r"\b(?:alinea|letra)\s+[\"'“]?(?P<number>[a-z])\b"),
    "clause": re.compile(rf"\bclausula\s+(?P<number>\d+(?:\.\d+)*|{_ORDINAL})[oa]?\b"),
    "item": re.compile(r"\b(?:sub)?item\s+(?P<number>\d+(?:\.\d+)*)\b"),
}
_FRAME = frozenset(map(stem, ("artigo", "paragrafo", "inciso", "alinea", "caput", "clausula")))
# What names the document: what it is called after "do" or "da", its kind, its number.
_NAMED = re.compile(
    r"(?:(?<=\bd[aeo] )|(?<=\bd[aeo]s )|(?<=\bn[ao] ))[a-z]\w+"
    r"|\b(?:lei|decreto|portaria|resolucao|norma|codigo|constituicao|cf|clt|contrato|edital)\b"
    r"|(?<!\w)\d+(?:\.\d{3})*(?=\W|$)"
)
_NUMERAL = re.compile(r"\s*([ivxlc]+|\d+)\s*[-–—.)]")
_OPENS = {
    "article": re.compile(r"\s*art(?:igo|\.)?\s*(\d+(?:-[a-z])?)(?:o\b|\b)"),
    "paragraph": re.compile(r"\s*(?:§|paragrafo)\s*(\d+(?:-[a-z])?|unico)"),
    "inciso": _NUMERAL,
    "letter": re.compile(r"\s*([a-z])\s*\)"),
    "clause": re.compile(rf"\s*(?:clausula\s+(\d+|{_ORDINAL})|(\d+(?:\.\d+)+))"),
    "item": re.compile(r"\s*(\d+(?:\.\d+)*)[.)]?\s"),
}
# What each kind ends at, besides another of its own.
_ABOVE = {
    "article": (),
    "paragraph": ("article",),
    "inciso": ("article", "paragraph"),
    "letter": ("article", "paragraph", "inciso"),
    "clause": (),
    "item": (),
}


@dataclass(frozen=True, slots=True)
class Provision:
    """What is asked for, outermost first: ("article", "7"), ("paragraph", "2"); and what else."""

    parts: tuple[tuple[str, str], ...]
    besides: frozenset[str]

    @property
    def opening(self) -> str:
        """A pattern that a line opens with that holds the outermost part, for the database."""
        kind, number = self.parts[0]
        if kind == "article":
            return rf"(^|\n)\s*art(igo|\.)?\s*{number}[ºo°]?(?![\d-])"
        if kind == "clause" and "." not in number:
            return r"(^|\n)\s*cl[áa]usula"
        return rf"(^|\n)\s*{re.escape(number)}(?![\d]|\.\d)"


@dataclass(frozen=True, slots=True)
class _Line:
    passage: int
    place: int
    text: str
    heading: bool


def asked_provision(question: str) -> Provision | None:
    """Return the provision that a question names by number; None where it names none."""
    folded = fold(question)
    parts, rest = [], folded
    for kind, pattern in _ASKED.items():
        found = pattern.search(rest)
        if found:
            parts.append((kind, _number(kind, found["number"])))
            rest = f"{rest[: found.start()]} {rest[found.end() :]}"
    if not parts or parts[0][0] in {"paragraph", "inciso", "letter"}:
        return None
    named = {stem(word.replace(".", "")) for word in _NAMED.findall(rest) if word not in STOPWORDS}
    return Provision(tuple(parts), frozenset(named - _FRAME))


def provision_units(
    provision: Provision, units: Sequence[Sequence[Unit]], passages: Sequence[Hit]
) -> list[tuple[int, tuple[int, ...]]]:
    """Return the units of the provision by passage, of the document that says most of the rest.

    Empty where no document has it, or none that has it speaks of what else is asked.
    """
    documents = list(dict.fromkeys(hit.version_id for hit in passages))
    told = {one: _share(provision.besides, one, passages) for one in documents}
    for document in sorted(documents, key=lambda one: -told[one]):
        if told[document] < _LEAST_SHARE:
            break
        lines = _told(provision, list(_lines(document, units, passages)))
        if lines:
            return _by_passage(_bounded(lines))
    return []


def mentions(provision: Provision, text: str) -> bool:
    """Tell whether a text speaks of the provision at all, if only to refer to it."""
    kind, number = provision.parts[0]
    if kind == "article":
        list_before = r"(?:\d+[oa]?(?:\s*,\s*|\s+[ea]\s+))*"
        return (
            re.search(rf"\bart(?:igo|\.)?s?\.?\s*{list_before}{number}\b", fold(text)) is not None
        )
    return any(_opened(kind, line) == number for line in fold(text).split("\n"))


def _number(kind: str, written: str) -> str:
    """Return a number as it is compared: "setima" is 7, "iii" is 3 of an inciso."""
    ordinal = _ORDINAL_WORD.fullmatch(written)
    if ordinal:
        tens = {"decim": 10, "vigesim": 20, None: 0}[ordinal["tenth"]]
        return str(tens + _ORDINALS.get(ordinal["ordinal"], 20))
    if kind == "inciso" and written.isalpha():
        return str(roman_number(written))
    return written


def _told(provision: Provision, lines: list[_Line]) -> list[_Line]:
    """Return the lines of the innermost part; one of a list comes with what leads into it."""
    lead: list[_Line] = []
    for kind, number in provision.parts:
        inner = _within(kind, number, lines)
        lead = lines[:1] if kind in {"inciso", "letter"} and inner and inner != lines else []
        lines = inner
    return [*lead, *lines]


def _share(besides: frozenset[str], version: object, passages: Sequence[Hit]) -> float:
    if not besides:
        return 1.0
    own = [hit for hit in passages if hit.version_id == version]
    said = {stem(w) for hit in own for w in words(f"{hit.title}\n{hit.heading}\n{hit.text}")}
    titled = {stem(word) for word in words(own[0].title)}
    numbers = {term for term in besides if term.isdigit()}
    if not numbers <= said:
        return 0.0
    return (len(besides & said) + 0.5 * len(besides & titled)) / len(besides)


def _lines(
    version: object, units: Sequence[Sequence[Unit]], passages: Sequence[Hit]
) -> Iterator[_Line]:
    own = [place for place, hit in enumerate(passages) if hit.version_id == version]
    for passage in sorted(own, key=lambda place: passages[place].start):
        for place, unit in enumerate(units[passage]):
            text = fold(passages[passage].text[unit.start : unit.end])
            yield _Line(passage, place, text, unit.kind is UnitKind.HEADING)


def _within(kind: str, number: str, lines: Sequence[_Line]) -> list[_Line]:
    """Return the lines of one part among those of what holds it."""
    found: list[_Line] = []
    depth = number.count(".")
    for line in lines:
        opened = _opened(kind, line.text)
        if opened == number and not found:
            found = [line]
        elif found and _ends(kind, opened, depth, line):
            break
        elif found:
            found.append(line)
    only_heading = all(line.heading for line in found)
    return [] if only_heading else [line for line in found if not line.heading]


def _opened(kind: str, text: str) -> str | None:
    match = _OPENS[kind].match(text)
    if match is None:
        return None
    return _number(kind, next(group for group in match.groups() if group))


def _ends(kind: str, opened: str | None, depth: int, line: _Line) -> bool:
    if opened is not None and opened.count(".") <= depth:
        return True
    if line.heading and kind == "article":
        return True
    return any(_opened(above, line.text) for above in _ABOVE[kind])


def _bounded(lines: Sequence[_Line]) -> list[_Line]:
    kept: list[_Line] = []
    room = MOST_PROVISION_CHARACTERS
    for line in lines[:MOST_UNITS]:
        room -= len(line.text)
        if room < 0 and kept:
            break
        kept.append(line)
    return kept


def _by_passage(lines: Sequence[_Line]) -> list[tuple[int, tuple[int, ...]]]:
    own: dict[int, list[int]] = {}
    for line in lines:
        own.setdefault(line.passage, []).append(line.place)
    return [(passage, tuple(places)) for passage, places in own.items()]
