"""Styles and list numbers of a Word 97 to 2003 document [Stshf, PlfLst, PlfLfo]."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from cogep_assist.pipeline.parse.doc_file import DocFile, Properties, properties
from cogep_assist.pipeline.parse.html_flow import number_as

_STYLES, _LISTS, _OVERRIDES = 1, 73, 74
_TITLE = 62
_MAX_CHAIN = 20
_LEVELS = 9
_LIST_BYTES, _LEVEL_BYTES, _OVERRIDE_BYTES = 28, 28, 16
_SIMPLE = 1
# Number formats [MSONFC] as ``number_as`` names them; what is not here is a bullet or nothing.
_NUMBER_STYLES = {0: "1", 1: "I", 2: "i", 3: "A", 4: "a", 5: "1", 22: "1"}
_IN_LIST, _DEPTH, _OUTLINE = 0x460B, 0x260A, 0x2640


@dataclass(frozen=True, slots=True)
class _Style:
    kind: int
    base: int
    formats: Properties


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    number: int
    template: str


class DocStyles:
    """Say which paragraphs are headings, and what a list writes before them."""

    def __init__(self, file: DocFile) -> None:
        self._styles = _styles(file.structure(_STYLES))
        self._lists = _lists(file.structure(_LISTS), file.after(_LISTS))
        self._overrides = _overrides(file.structure(_OVERRIDES))
        self._counters: dict[int, list[int]] = {}

    def heading_level(self, style: int, formats: Properties) -> int:
        """Return 1 to 6 for a heading, else 0."""
        outline = formats.get(_OUTLINE, b"\x09")
        if outline and outline[0] < _LEVELS:
            return min(6, outline[0] + 1)
        for one in self._chain(style):
            if 1 <= one.kind <= _LEVELS:
                return min(6, one.kind)
            if one.kind == _TITLE:
                return 1
        return 0

    def label(self, style: int, formats: Properties) -> str | None:
        """Return the label of a list paragraph ("" for a bullet), or None if it is in no list."""
        number = self._number(style, formats, _IN_LIST, 2)
        # Beyond 2,046 it says "no list after all" [ilfo].
        if not 0 < number < 0x7FF or number > len(self._overrides):
            return None
        depth = min(self._number(style, formats, _DEPTH, 1), _LEVELS - 1)
        identity = self._overrides[number - 1]
        levels = self._lists.get(identity, {})
        level = levels.get(depth)
        counters = self._counters.setdefault(identity, [-1] * _LEVELS)
        start = level.start if level else 1
        counters[depth] = start if counters[depth] < 0 else counters[depth] + 1
        counters[depth + 1 :] = [-1] * (_LEVELS - 1 - depth)
        if level is None or level.number not in _NUMBER_STYLES:
            return ""
        return "".join(_written(sign, levels, counters) for sign in level.template).strip()

    def _number(self, style: int, formats: Properties, name: int, size: int) -> int:
        """Return a property of a paragraph, or of the nearest of its styles that has it."""
        found = formats.get(name)
        for one in self._chain(style) if found is None else ():
            found = one.formats.get(name)
            if found is not None:
                break
        return int.from_bytes(found[:size], "little") if found else 0

    def _chain(self, style: int) -> list[_Style]:
        chain: list[_Style] = []
        while style in self._styles and len(chain) < _MAX_CHAIN:
            chain.append(self._styles[style])
            style = self._styles[style].base
        return chain


def _written(sign: str, levels: Mapping[int, _Level], counters: list[int]) -> str:
    """Write one sign of a label: a level's number where it stands for one."""
    depth = ord(sign)
    if depth >= _LEVELS:
        return sign
    level = levels.get(depth)
    style = _NUMBER_STYLES.get(level.number, "1") if level else "1"
    return number_as(max(counters[depth], 1), style)


def _styles(data: bytes) -> dict[int, _Style]:
    if len(data) < 6:
        return {}
    head, count, fixed = struct.unpack_from("<HHH", data)
    found: dict[int, _Style] = {}
    place = 2 + head
    for number in range(count):
        if place + 2 > len(data):
            break
        (size,) = struct.unpack_from("<H", data, place)
        style = data[place + 2 : place + 2 + size]
        place += 2 + size + size % 2
        if len(style) >= 6:
            kind, base, _ = struct.unpack_from("<HHH", style)
            found[number] = _Style(kind & 0xFFF, base >> 4, _formats(style, fixed))
    return found


def _formats(style: bytes, fixed: int) -> Properties:
    """Return what a paragraph style says of its paragraphs; {} of other styles."""
    (kinds,) = struct.unpack_from("<H", style, 2)
    (length,) = struct.unpack_from("<H", style, fixed) if len(style) >= fixed + 2 else (0,)
    # The name, ended by a zero, then what holds for paragraphs: their style's number and more.
    place = fixed + 2 + 2 * length + 2
    if kinds & 0xF != 1 or place + 4 > len(style):
        return {}
    (size,) = struct.unpack_from("<H", style, place)
    return properties(style[place + 4 : place + 2 + size])


def _lists(heads: bytes, bodies: bytes) -> dict[int, dict[int, _Level]]:
    if len(heads) < 2:
        return {}
    (count,) = struct.unpack_from("<H", heads)
    found: dict[int, dict[int, _Level]] = {}
    place = 0
    for number in range(count):
        head = heads[2 + _LIST_BYTES * number : 2 + _LIST_BYTES * (number + 1)]
        if len(head) < _LIST_BYTES:
            break
        levels: dict[int, _Level] = {}
        for depth in range(1 if head[26] & _SIMPLE else _LEVELS):
            level, place = _level(bodies, place)
            if level is None:
                return found
            levels[depth] = level
        found[struct.unpack_from("<i", head)[0]] = levels
    return found


def _level(data: bytes, place: int) -> tuple[_Level | None, int]:
    if place + _LEVEL_BYTES + 2 > len(data):
        return None, place
    (start,) = struct.unpack_from("<i", data, place)
    number, skipped = data[place + 4], data[place + 24] + data[place + 25]
    place += _LEVEL_BYTES + skipped
    if place + 2 > len(data):
        return None, place
    (length,) = struct.unpack_from("<H", data, place)
    text = data[place + 2 : place + 2 + 2 * length].decode("utf-16-le", "replace")
    return _Level(max(0, min(start, 30_000)), number, text), place + 2 + 2 * length


def _overrides(data: bytes) -> list[int]:
    if len(data) < 4:
        return []
    (count,) = struct.unpack_from("<I", data)
    count = min(count, (len(data) - 4) // _OVERRIDE_BYTES)
    return [struct.unpack_from("<i", data, 4 + _OVERRIDE_BYTES * n)[0] for n in range(count)]
