"""What OpenDocument styles say: hidden and struck text, headings, list labels, language."""

import re

from lxml import etree

from cogep_assist.pipeline.parse.paper import is_paper_hex
from cogep_assist.pipeline.parse.xml_safe import attribute, children, first, local

_HEADING = re.compile(r"(?:Heading|T_c3_adtulo|Título)_20_([1-9])$")
_MAX_CHAIN = 20
_POINTS = re.compile(r"([0-9]{1,6}(?:\.[0-9]{0,9})?)pt")
_LEAST_POINTS = 2.0
_BEHIND = tuple(
    f"{kind}-properties" for kind in ("text", "paragraph", "table-cell", "table-row", "table")
)


class OdtStyles:
    """Look up the automatic and named styles of a document."""

    def __init__(self, roots: list[etree._Element]) -> None:
        self._styles: dict[str, etree._Element] = {}
        self._lists: dict[str, dict[int, etree._Element]] = {}
        self.language: str | None = None
        for root in roots:
            for group in children(root, "automatic-styles", "styles"):
                self._collect(group)

    def hides(self, name: str | None) -> bool:
        """Tell whether text in this style is not shown, or too small to be seen."""
        size = _POINTS.fullmatch(self._text_property(name, "font-size") or "")
        return (
            self._text_property(name, "display") == "none"
            or self._text_property(name, "opacity") == "0%"
            or (size is not None and float(size.group(1)) < _LEAST_POINTS)
        )

    def is_pale(self, name: str | None) -> bool:
        """Tell whether text in this style is as white as the paper."""
        own = self._text_property(name, "use-window-font-color") != "true"
        return own and is_paper_hex(self._text_property(name, "color"))

    def shades(self, name: str | None) -> bool:
        """Tell whether this style, of whichever kind, puts a colour behind text."""
        found = (self._property(name, group, "background-color") for group in _BEHIND)
        return any(
            colour and colour != "transparent" and not is_paper_hex(colour) for colour in found
        )

    def strikes(self, name: str | None) -> bool:
        """Tell whether text in this style is struck through."""
        line = self._text_property(name, "text-line-through-style")
        kind = self._text_property(name, "text-line-through-type")
        return (line or "none") != "none" or (kind or "none") != "none"

    def hides_table(self, name: str | None) -> bool:
        """Tell whether a sheet in this style is not shown."""
        return self._property(name, "table-properties", "display") == "false"

    def hides_slide(self, name: str | None) -> bool:
        """Tell whether a slide in this style is left out of the show."""
        return self._property(name, "drawing-page-properties", "visibility") == "hidden"

    def heading_level(self, name: str | None) -> int:
        """Return 1 to 6 for a paragraph styled as a heading without being one, else 0."""
        for identity, _ in self._chain(name):
            found = _HEADING.match(identity)
            if found:
                return min(6, int(found.group(1)))
            if identity == "Title":
                return 1
        return 0

    def list_shape(self, name: str | None, depth: int) -> tuple[str, str, str] | None:
        """Return (prefix, number style, suffix) of a numbered list level; None for bullets."""
        level = self._lists.get(name or "", {}).get(depth)
        if level is None or local(level) != "list-level-style-number":
            return None
        style = attribute(level, "num-format") or ""
        if not style:
            return None
        return attribute(level, "num-prefix") or "", style, attribute(level, "num-suffix") or ""

    def list_start(self, name: str | None, depth: int) -> int:
        """Return the number of the first item of a list level."""
        level = self._lists.get(name or "", {}).get(depth)
        start = (attribute(level, "start-value") if level is not None else None) or "1"
        return int(start) if start.isdecimal() and len(start) < 6 else 1

    def _collect(self, group: etree._Element) -> None:
        for style in group:
            kind = local(style)
            name = attribute(style, "name") or ""
            if kind == "style":
                self._styles.setdefault(name, style)
            elif kind == "list-style":
                levels = self._lists.setdefault(name, {})
                for level in style:
                    depth = attribute(level, "level") or ""
                    if depth.isdecimal() and len(depth) < 3:
                        levels.setdefault(int(depth), level)
            elif kind == "default-style" and self.language is None:
                properties = first(style, "text-properties")
                language = attribute(properties, "language") if properties is not None else None
                country = attribute(properties, "country") if properties is not None else None
                if language and language != "zxx":
                    self.language = f"{language}-{country}" if country else language

    def _text_property(self, name: str | None, key: str) -> str | None:
        return self._property(name, "text-properties", key)

    def _property(self, name: str | None, group: str, key: str) -> str | None:
        for _, style in self._chain(name):
            properties = first(style, group)
            value = attribute(properties, key) if properties is not None else None
            if value is not None:
                return value
        return None

    def _chain(self, name: str | None) -> list[tuple[str, etree._Element]]:
        chain: list[tuple[str, etree._Element]] = []
        while name and name in self._styles and len(chain) < _MAX_CHAIN:
            chain.append((name, self._styles[name]))
            name = attribute(self._styles[name], "parent-style-name")
        return chain
