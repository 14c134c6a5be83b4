"""Cut a passage into what an answer may quote: sentences, list items and table rows. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from cogep_assist.answering.roman_numerals import roman_number
from cogep_assist.answering.unit_labels import (
    heads_lines,
    heads_paragraph,
    is_label,
    is_provision_title,
)
from cogep_assist.retrieval.portuguese import fold, sentences

_ENUMERATOR = re.compile(
    r"\s*(?:(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)º°–-][.)]?|[IVXLC]{1,6}\s[–—-])\s+\S"
)
_MARKER = re.compile(
    r"\s*(?:(?P<numeral>[IVXLC]{1,6})\s?[-–—)]|(?P<letter>[a-z])\)|(?P<number>\d{1,3})[.)])\s"
)
_BULLET = re.compile(r"\s*[-–—•*·▪◦●○■►✓]\s+\S")
# "Lavanderia: camisas voltam no mesmo dia.", "monitor extra -> pedir no portal".
_LABEL = re.compile(r"\s*[^\W\d_][^.:;!?\n]{1,40}(?::|\s[-=]>)\s+\S")
_LONGEST_LABELLED = 400
_PARAGRAPH = re.compile(r"\S(?:.|\n(?!\s*\n))*")
CELL = " | "
# So full a line is of what its width allows that one more word would have been too much.
_ROOM = 0.75
# Nobody wraps prose into lines as short as these.
_NARROW = 30
_LONGEST_HEADING = 120
_LONGEST_INNER_HEADING = 60
_FACT = re.compile(r"[\d@:]|^[^\W\d_A-ZÀ-Þ]")
_TERMINAL = (".", "!", "?", "…", ":", ";", '."', ".”", '!"', '?"')


class UnitKind(Enum):
    """What a unit is to a reader; a heading is never an answer."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Unit:
    """A span ``start:end`` of a passage.

    ``group`` numbers the list or table that the unit is part of; ``lead`` is the place, among the
    passage's units, of the sentence that leads into the list or of the table's header.
    """

    kind: UnitKind
    start: int
    end: int
    group: int | None = None
    lead: int | None = None
    numbered: bool = False


def passage_units(text: str, heading: str = "", title: str = "") -> list[Unit]:
    """Return the units of a passage in order; ``heading`` and ``title`` name its headings."""
    known = {fold(part).strip() for part in (*re.split(r" [›>] ", heading), title) if part.strip()}
    units: list[Unit] = []
    group = 0
    for start, end, heads in _parted(text, known):
        lines = list(_lines(text, start, end))
        if heads:
            units.append(Unit(UnitKind.HEADING, start, end))
        elif _is_table(text, lines):
            _append_table(units, lines, group)
            group += 1
        elif _is_list(text, lines, units):
            if _is_told_by_lines(text, lines, units):
                _append_lines(units, text, lines, group)
            else:
                _append_list(units, text, lines, group)
            group += 1
        elif _is_heading(text[start:end], first=not units, last=end >= len(text.rstrip())):
            units.append(Unit(UnitKind.HEADING, start, end))
        else:
            units.extend(_sentences(text, start, end))
    return _with_labels(text, units)


def _sentences(text: str, start: int, end: int) -> Iterator[Unit]:
    for first, last in sentences(text[start:end]):
        yield Unit(UnitKind.SENTENCE, start + first, start + last)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    for match in _PARAGRAPH.finditer(text):
        yield match.start(), match.start() + len(match.group().rstrip())


def names_columns(row: str) -> bool:
    """Tell whether each cell of a row says its column's name, as the rows of spreadsheets do."""
    cells = row.split(CELL)
    return sum(": " in cell for cell in cells) * 2 > len(cells)


def _with_labels(text: str, units: Sequence[Unit]) -> list[Unit]:
    """Let the title that opens a paragraph lead into its sentences.

    One alone might be a short statement; two, or one that bears a number, are titles.
    """
    opens = [place for place, unit in enumerate(units) if _opens_paragraph(text, place, units)]
    labels = [place for place in opens if is_label(text[units[place].start : units[place].end])]
    if len(labels) < 2:
        labels = [
            place
            for place in labels
            if is_provision_title(text[units[place].start : units[place].end])
        ]
    led = list(units)
    for label in labels:
        place = label + 1
        while place < len(units) and _goes_on_in_paragraph(text, units[place - 1], units[place]):
            led[place] = replace(units[place], lead=label)
            place += 1
    return led


def _opens_paragraph(text: str, place: int, units: Sequence[Unit]) -> bool:
    unit, after = units[place], units[place + 1] if place + 1 < len(units) else None
    if unit.kind is not UnitKind.SENTENCE or after is None:
        return False
    begins = not place or not _goes_on_in_paragraph(text, units[place - 1], unit)
    return begins and _goes_on_in_paragraph(text, unit, after)


def _goes_on_in_paragraph(text: str, before: Unit, unit: Unit) -> bool:
    both = before.kind is UnitKind.SENTENCE and unit.kind is UnitKind.SENTENCE
    return both and "\n" not in text[before.end : unit.start]


def _parted(text: str, known: set[str]) -> Iterator[tuple[int, int, bool]]:
    """Give the paragraphs, and the line that heads one by itself; tell what surely is a heading."""
    paragraphs = list(_paragraphs(text))
    for place, (start, end) in enumerate(paragraphs):
        lines = list(_lines(text, start, end))
        around = [text[a:b] for a, b in paragraphs[max(place - 1, 0) : place + 2]]
        if fold(text[start:end]).strip() in known or heads_paragraph(
            around[-2:] if place + 1 < len(paragraphs) else [], around[0] if place else ""
        ):
            yield start, end, True
        elif len(lines) > 1 and heads_lines([text[a:b] for a, b in lines], known):
            yield *lines[0], True
            yield lines[1][0], end, False
        else:
            yield start, end, False


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    position = start
    for line in text[start:end].split("\n"):
        inner = line.strip()
        if inner:
            begin = position + line.index(inner[0])
            yield begin, begin + len(inner)
        position += len(line) + 1


def _is_table(text: str, lines: Sequence[tuple[int, int]]) -> bool:
    rows = sum(CELL in text[a:b] for a, b in lines)
    return rows > 0 and rows >= len(lines) - 1


def _is_list(text: str, lines: Sequence[tuple[int, int]], units: Sequence[Unit]) -> bool:
    marked = sum(_is_marked(text[a:b]) for a, b in lines)
    if marked and marked * 2 >= len(lines):
        return True
    if len(lines) < 2:
        return False
    if _leads(text, units) or text[slice(*lines[0])].endswith(":"):
        return True
    if sum(_is_labelled(text[a:b]) for a, b in lines) * 2 > len(lines):
        return True
    # Wrapped prose does not end each of its lines with a full stop; a list's items do.
    ended = all(text[a:b].endswith((".", ";")) for a, b in lines[:-1])
    return ended or not _is_wrapped([text[a:b] for a, b in lines])


def _is_told_by_lines(text: str, lines: Sequence[tuple[int, int]], units: Sequence[Unit]) -> bool:
    """Tell whether each line is a paragraph of its own: some say several sentences, none leads."""
    if _leads(text, units) or text[slice(*lines[0])].endswith(":"):
        return False
    bare = [text[a:b] for a, b in lines if not _is_marked(text[a:b])]
    if len(bare) * 2 <= len(lines):
        return False
    return any(len(sentences(line)) > 1 for line in bare if not _is_labelled(line))


def _is_labelled(line: str) -> bool:
    return len(line) <= _LONGEST_LABELLED and _LABEL.match(line) is not None


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Tell whether lines are all broken for want of room: the next word would not have fitted."""
    widest = max(map(len, lines))
    return widest > _NARROW and all(
        _is_full(line, after, widest) for line, after in pairwise(lines)
    )


def _is_full(line: str, after: str, widest: int) -> bool:
    return len(line) + 1 + len(after.split(maxsplit=1)[0]) > _ROOM * widest


def _is_marked(line: str) -> bool:
    return bool(_ENUMERATOR.match(line) or _BULLET.match(line))


def _leads(text: str, units: Sequence[Unit]) -> bool:
    return bool(units) and text[units[-1].start : units[-1].end].endswith(":")


def _is_heading(paragraph: str, *, first: bool, last: bool) -> bool:
    if last or "\n" in paragraph or paragraph.endswith(_TERMINAL):
        return False
    # Inside a passage only what surely is a heading counts: what is dropped cannot be quoted.
    longest = _LONGEST_HEADING if first else _LONGEST_INNER_HEADING
    return len(paragraph) <= longest and (first or not _FACT.search(paragraph))


def _append_table(units: list[Unit], lines: Sequence[tuple[int, int]], group: int) -> None:
    header = len(units)
    for place, (start, end) in enumerate(lines):
        lead = header if place else None
        units.append(Unit(UnitKind.ROW, start, end, group, lead))


def _append_list(
    units: list[Unit], text: str, lines: Sequence[tuple[int, int]], group: int
) -> None:
    """Append the items; a first line that ends with a colon leads into them.

    Items that stand in paragraphs of their own, as those of a law do, are one list.
    """
    lead = len(units) - 1 if _leads(text, units) else None
    rest = list(lines)
    if units and units[-1].group is not None and _goes_on(text, units[-1], rest[0]):
        group, lead = units[-1].group, units[-1].lead
    first = text[slice(*rest[0])]
    if len(rest) > 1 and first.endswith(":") and not _is_marked(first):
        lead = len(units)
        units.append(Unit(UnitKind.SENTENCE, *rest.pop(0)))
    marked = _is_marked(text[slice(*rest[0])])
    for start, end in _joined_lines(text, rest):
        if marked and not _is_marked(text[start:end]):
            units.extend(_sentences(text, start, end))
            continue
        numbered = bool(_ENUMERATOR.match(text[start:end]))
        units.append(Unit(UnitKind.ITEM, start, end, group, lead, numbered))


def _append_lines(
    units: list[Unit], text: str, lines: Sequence[tuple[int, int]], group: int
) -> None:
    """Append what paragraphs on lines of their own say: sentences, items, inner headings."""
    paragraphs = _unwrapped(text, lines)
    for start, end in paragraphs:
        said = text[start:end]
        numbered = bool(_ENUMERATOR.match(said))
        if numbered or _is_marked(said) or _is_labelled(said):
            units.append(Unit(UnitKind.ITEM, start, end, group, None, numbered))
        elif end < lines[-1][1] and _is_heading(said, first=False, last=False):
            units.append(Unit(UnitKind.HEADING, start, end))
        else:
            units.extend(_sentences(text, start, end))


def _unwrapped(text: str, lines: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join the lines that were broken for want of room; what opens small goes on."""
    widest = max(end - start for start, end in lines)
    joined = [lines[0]]
    for (start, end), after in pairwise(lines):
        line, opens = text[start:end], text[slice(*after)]
        broken = not line.endswith(_TERMINAL) and (
            opens[0].islower() or (widest > _NARROW and _is_full(line, opens, widest))
        )
        if broken and not _is_marked(opens) and not _is_labelled(opens):
            joined[-1] = (joined[-1][0], after[1])
        else:
            joined.append(after)
    return joined


def _goes_on(text: str, last: Unit, line: tuple[int, int]) -> bool:
    """Tell whether a line bears the number, letter or numeral after an item's."""
    before, here = _marker(text[last.start : last.end]), _marker(text[slice(*line)])
    if before is None or here is None or before[0] != here[0]:
        return False
    return here[1] == before[1] + 1


def _marker(line: str) -> tuple[str, int] | None:
    match = _MARKER.match(line)
    if match is None:
        return None
    if match["numeral"]:
        return "numeral", roman_number(match["numeral"])
    if match["letter"]:
        return "letter", ord(match["letter"])
    return "number", int(match["number"])


def _joined_lines(text: str, lines: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join a marked item's wrapped lines to it; a sentence below the items is none of theirs."""
    joined: list[tuple[int, int]] = []
    all_marked = _is_marked(text[slice(*lines[0])])
    for start, end in lines:
        if all_marked and joined and not _stands_alone(text, joined[-1], start, end):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _stands_alone(text: str, before: tuple[int, int], start: int, end: int) -> bool:
    """Tell whether a line under an item is an item, or begins anew where there was room above."""
    line, above = text[start:end], text[slice(*before)].rpartition("\n")[2]
    if _is_marked(line):
        return True
    begins = line[0].isupper() and line.endswith(_TERMINAL) and text[start - 1 : start] == "\n"
    return begins and len(line) > len(above) + len(line.split(maxsplit=1)[0]) + 1
