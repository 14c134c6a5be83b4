"""What Word's styles and numbering say about a paragraph: heading, list, label, hidden."""

import re
from collections.abc import Mapping

from lxml import etree

from cogep_assist.pipeline.parse.html_flow import number_as
from cogep_assist.pipeline.parse.xml_safe import attribute, children, first, parse_xml

_HEADING = re.compile(r"(?:heading|t[ií]tulo|cabe[cç]alho)\s*([1-9])$", re.IGNORECASE)
_QUOTES = ("quote", "intense quote", "citação", "citação intensa", "block text")
_OFF = frozenset({"0", "false", "off", "none"})
_NUMBER_STYLES = {
    "decimal": "1", "decimalZero": "1", "lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i",
    "upperRoman": "I",
}  # fmt: skip
_MAX_CHAIN = 20


def is_on(properties: etree._Element | None, name: str) -> bool:
    """Tell whether a toggle of run properties, such as ``vanish``, is set."""
    toggle = first(properties, name) if properties is not None else None
    return toggle is not None and (attribute(toggle, "val") or "1").lower() not in _OFF


class Styles:
    """Look up paragraph and run styles along their inheritance."""

    def __init__(self, data: bytes | None) -> None:
        root = parse_xml(data, required=False) if data else etree.Element("styles")
        self._styles = {
            attribute(style, "styleId") or "": style for style in children(root, "style")
        }
        self._default = next(
            (
                identity
                for identity, style in self._styles.items()
                if attribute(style, "type") == "paragraph" and attribute(style, "default") == "1"
            ),
            "",
        )
        self.language = _language(root)

    @property
    def by_id(self) -> Mapping[str, etree._Element]:
        """The styles by the ids by which paragraphs, runs and tables name them."""
        return self._styles

    def heading_level(self, properties: etree._Element | None) -> int:
        """Return 1 to 6 for a heading paragraph, else 0."""
        own = _value(properties, "outlineLvl")
        if own is not None:
            return _outline(own)
        for style in self._chain(properties):
            name = (_value(style, "name") or "").strip()
            found = _HEADING.match(name)
            if found:
                return min(6, int(found.group(1)))
            if name.lower() in ("title", "título"):
                return 1
            outline = _value(first(style, "pPr"), "outlineLvl")
            if outline is not None:
                return _outline(outline)
        return 0

    def is_quote(self, properties: etree._Element | None) -> bool:
        """Tell whether a paragraph is set as a quotation."""
        names = ((_value(style, "name") or "").lower() for style in self._chain(properties))
        return any(name in _QUOTES for name in names)

    def numbering_of(self, properties: etree._Element | None) -> tuple[str, int] | None:
        """Return (list id, depth) of a paragraph, from itself or its styles."""
        depth = None
        for source in (properties, *(first(style, "pPr") for style in self._chain(properties))):
            numbering = first(source, "numPr") if source is not None else None
            if numbering is None:
                continue
            depth = depth if depth is not None else _value(numbering, "ilvl")
            identity = _value(numbering, "numId")
            if identity is not None:
                return None if identity == "0" else (identity, _small(depth))
        return None

    def hides(self, properties: etree._Element | None) -> bool:
        """Tell whether a run is hidden, itself or by its style, or too small to be seen."""
        if properties is None:
            return False
        if is_on(properties, "vanish") or is_on(properties, "specVanish"):
            return True
        size = _value(properties, "sz")
        if size is not None and size.isdecimal() and len(size) < 6 and int(size) <= 2:
            return True
        style = self._styles.get(_value(properties, "rStyle") or "")
        return style is not None and is_on(first(style, "rPr"), "vanish")

    def _chain(self, properties: etree._Element | None) -> list[etree._Element]:
        chain: list[etree._Element] = []
        identity = _value(properties, "pStyle") or self._default
        while identity in self._styles and len(chain) < _MAX_CHAIN:
            style = self._styles[identity]
            if style in chain:
                break
            chain.append(style)
            identity = _value(style, "basedOn") or ""
        return chain


class Numbering:
    """Count list paragraphs and write their labels as Word does (``2.1``, ``b)``, ``III -``)."""

    def __init__(self, data: bytes | None) -> None:
        root = parse_xml(data, required=False) if data else etree.Element("numbering")
        self._abstract = {
            attribute(item, "abstractNumId") or "": item for item in children(root, "abstractNum")
        }
        self._lists = {attribute(item, "numId") or "": item for item in children(root, "num")}
        self._counters: dict[str, list[int]] = {}

    def label(self, properties: etree._Element | None, styles: Styles) -> str | None:
        """Return the label of a list paragraph ("" for a bullet), or None if it is in no list."""
        position = styles.numbering_of(properties)
        if position is None:
            return None
        identity, depth = position
        levels, key = self._levels(identity)
        counters = self._counters.setdefault(key, [-1] * 9)
        level = levels.get(depth)
        style = _value(level, "numFmt") or "bullet"
        start = _small(_value(level, "start") or "1")
        counters[depth] = start if counters[depth] < 0 else counters[depth] + 1
        counters[depth + 1 :] = [-1] * (8 - depth)
        if style not in _NUMBER_STYLES:
            return ""
        template = _value(level, "lvlText") or f"%{depth + 1}."

        def write(match: re.Match[str]) -> str:
            other = int(match.group(1)) - 1
            other_level = levels.get(other)
            other_style = _NUMBER_STYLES.get(_value(other_level, "numFmt") or "decimal", "1")
            return number_as(max(counters[other], 1), other_style)

        return re.sub(r"%([1-9])", write, template).strip()

    def _levels(self, identity: str) -> tuple[dict[int, etree._Element], str]:
        item = self._lists.get(identity)
        abstract_id = _value(item, "abstractNumId") or ""
        abstract = self._abstract.get(abstract_id)
        overridden = item is not None and first(item, "lvlOverride") is not None
        levels: dict[int, etree._Element] = {}
        if abstract is not None:
            levels = {_small(attribute(lvl, "ilvl")): lvl for lvl in children(abstract, "lvl")}
        # Lists that share an abstract definition count on together unless one restarts it.
        return levels, f"num {identity}" if overridden else f"abstract {abstract_id or identity}"


def _value(element: etree._Element | None, name: str) -> str | None:
    child = first(element, name) if element is not None else None
    return attribute(child, "val") if child is not None else None


def _outline(value: str) -> int:
    return min(6, _small(value) + 1) if len(value) == 1 and value in "012345678" else 0


def _small(value: str | None) -> int:
    return min(8, int(value)) if value and value.isdecimal() and len(value) < 6 else 0


def _language(root: etree._Element) -> str | None:
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.endswith("}lang"):
            return attribute(element, "val")
    return None
