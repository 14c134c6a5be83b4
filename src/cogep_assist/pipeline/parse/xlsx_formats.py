"""The formats of an XLSX in which nobody can read a cell."""

import re
from typing import TypeVar

from lxml import etree

from cogep_assist.pipeline.parse.number_format import BUILT_IN, NumberFormat, number_format
from cogep_assist.pipeline.parse.paper import is_paper_hex
from cogep_assist.pipeline.parse.xml_safe import attribute, children, first, local, parse_xml

T = TypeVar("T")
_LEAST_POINTS = 2.0
# The colours that follow the theme; its first is the paper.
_PAPER_OF_THEME = "0"
# Hardly darker than it, or not at all.
_TINT = re.compile(r"-?0?(?:\.0[0-5]?[0-9]*)?(?:[eE]-[0-9]+)?")


def unseen_formats(data: bytes) -> frozenset[int]:
    """Return the numbers of the cell formats: white on nothing, tiny, or shown as nothing (;;;)."""
    root = parse_xml(data, required=False)
    empty = {
        attribute(each, "numFmtId")
        for each in _listed(root, "numFmts")
        if set((attribute(each, "formatCode") or "").strip()) == {";"}
    }
    fonts = [_font(each) for each in _listed(root, "fonts")]
    fills = [_is_fill(each) for each in _listed(root, "fills")]
    unseen = set()
    for number, form in enumerate(_listed(root, "cellXfs")):
        tiny, pale = _at(fonts, attribute(form, "fontId"), (False, False))
        filled = _at(fills, attribute(form, "fillId"), False)
        if tiny or (pale and not filled) or attribute(form, "numFmtId") in empty:
            unseen.add(number)
    return frozenset(unseen)


def number_formats(data: bytes) -> dict[int, NumberFormat]:
    """Return the numbers of the cell formats that say how a number is shown."""
    root = parse_xml(data, required=False)
    codes = {str(number): code for number, code in BUILT_IN.items()}
    for each in _listed(root, "numFmts"):
        codes[attribute(each, "numFmtId") or ""] = attribute(each, "formatCode") or ""
    found = {}
    for number, form in enumerate(_listed(root, "cellXfs")):
        shown = number_format(codes.get(attribute(form, "numFmtId") or "", ""))
        if shown is not None:
            found[number] = shown
    return found


def _listed(root: etree._Element, name: str) -> list[etree._Element]:
    group = first(root, name)
    return [] if group is None else [each for each in group if local(each)]


def _font(font: etree._Element) -> tuple[bool, bool]:
    """Return whether a font is too small to be read, and whether it is as white as the paper."""
    size, colour = first(font, "sz"), first(font, "color")
    told = (attribute(size, "val") if size is not None else None) or ""
    plain = told.replace(".", "", 1)
    tiny = plain.isascii() and plain.isdigit() and len(told) < 12 and float(told) < _LEAST_POINTS
    return tiny, colour is not None and _is_paper(colour)


def _is_fill(fill: etree._Element) -> bool:
    for pattern in children(fill, "patternFill"):
        colour = first(pattern, "fgColor")
        kind = attribute(pattern, "patternType") or "none"
        return kind != "none" and (kind != "solid" or colour is None or not _is_paper(colour))
    return first(fill, "gradientFill") is not None


def _is_paper(colour: etree._Element) -> bool:
    if attribute(colour, "theme") == _PAPER_OF_THEME:
        return _TINT.fullmatch(attribute(colour, "tint") or "0") is not None
    return is_paper_hex(attribute(colour, "rgb"))


def _at(items: list[T], place: str | None, otherwise: T) -> T:
    number = int(place) if place and place.isdecimal() and len(place) < 6 else 0
    return items[number] if number < len(items) else otherwise
