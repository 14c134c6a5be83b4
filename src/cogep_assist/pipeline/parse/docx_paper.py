"""Whether a run of a Word document is as white as what it stands on, so that nobody reads it."""

from collections.abc import Iterator, Mapping

from lxml import etree

from cogep_assist.pipeline.parse.paper import is_paper_hex
from cogep_assist.pipeline.parse.xml_safe import attribute, children, first, local

_WHITE_OF_THEME = (None, "background1", "light1")
_WHITE_OF_DRAWING = ("bg1", "lt1")
_BOXES = frozenset({"wsp", "shape", "rect", "roundrect", "oval"})
_FILLS = ("solidFill", "gradFill", "pattFill", "blipFill", "grpFill")
_MAX_CHAIN = 20
# Which style each kind of element names in its properties.
_STYLE_OF = {"rPr": "rStyle", "pPr": "pStyle", "tblPr": "tblStyle"}


class Paper:
    """What text stands on: page, paragraph, cell, table or text box, by themselves or by style.

    ``root`` is the document, ``styles`` its styles by their ids; ``shows_page`` tells whether the
    page has the colour that the document names.
    """

    def __init__(
        self, root: etree._Element, styles: Mapping[str, etree._Element], *, shows_page: bool
    ) -> None:
        page = first(root, "background")
        self._dark_page = (
            shows_page and page is not None and not is_paper_hex(attribute(page, "color"))
        )
        self._styles = styles
        self._any_pale_style = any(map(_is_pale, map(_colour, styles.values())))
        # A text box without a fill may lie on a picture, as on the cover of a report.
        self._has_floating = any(
            local(element) == "anchor" and any(local(part) == "pic" for part in element.iter())
            for element in root.iter()
        )

    def hides(self, run: etree._Element) -> bool:
        """Tell whether a run is white, and nothing dark is behind it."""
        properties = first(run, "rPr")
        if not self._is_white(run, properties) or self._dark_page:
            return False
        if properties is not None and (
            first(properties, "highlight") is not None or self._is_dark(properties)
        ):
            return False
        for element in run.iterancestors():
            if local(element) in _BOXES:
                return not self._has_floating and not _is_filled(element)
            if any(self._is_dark(each) for each in children(element, "pPr", "tcPr", "tblPr")):
                return False
        return True

    def _is_white(self, run: etree._Element, properties: etree._Element | None) -> bool:
        own = None if properties is None else first(properties, "color")
        if own is not None or not self._any_pale_style:
            return _is_pale(own)
        paragraph = next(run.iterancestors("{*}p"), None)
        around = None if paragraph is None else first(paragraph, "pPr")
        for place in (properties, around):
            for style in self._styles_of(place):
                colour = _colour(style)
                if colour is not None:
                    return _is_pale(colour)
        return False

    def _is_dark(self, properties: etree._Element) -> bool:
        """Tell whether properties, or the styles that they name, put a colour behind the text."""
        if any(_is_shade(shade) for shade in children(properties, "shd")):
            return True
        return any(
            _is_shade(shade)
            for style in self._styles_of(properties)
            for shade in style.iter("{*}shd")
        )

    def _styles_of(self, properties: etree._Element | None) -> Iterator[etree._Element]:
        if properties is None:
            return
        name = _value(properties, _STYLE_OF.get(local(properties), ""))
        for _ in range(_MAX_CHAIN):
            style = self._styles.get(name or "")
            if style is None:
                return
            yield style
            name = _value(style, "basedOn")


def _value(element: etree._Element, name: str) -> str | None:
    child = first(element, name) if name else None
    return None if child is None else attribute(child, "val")


def _colour(style: etree._Element) -> etree._Element | None:
    properties = first(style, "rPr")
    return None if properties is None else first(properties, "color")


def _is_pale(colour: etree._Element | None) -> bool:
    # Word writes what a colour of the theme comes to beside its name.
    return (
        colour is not None
        and is_paper_hex(attribute(colour, "val"))
        and attribute(colour, "themeColor") in _WHITE_OF_THEME
    )


def _is_shade(shade: etree._Element) -> bool:
    fill = attribute(shade, "fill") or "auto"
    theme = attribute(shade, "themeFill") or "light1"
    return (
        (fill != "auto" and not is_paper_hex(fill))
        or (theme not in ("light1", "background1"))
        or (attribute(shade, "val") or "clear") not in ("clear", "nil")
    )


def _is_filled(box: etree._Element) -> bool:
    """Tell whether a text box has a fill that is not as white as the paper."""
    if local(box) != "wsp":
        # VML: white where nothing is said.
        colour = attribute(box, "fillcolor") or "white"
        plain = is_paper_hex(colour.split()[0]) or colour.startswith("white")
        return attribute(box, "filled") not in ("f", "false") and not plain
    properties = first(box, "spPr")
    for fill in () if properties is None else children(properties, "noFill", *_FILLS):
        return local(fill) != "noFill" and not _is_white_fill(fill)
    style = first(box, "style")
    reference = None if style is None else first(style, "fillRef")
    return reference is not None and (attribute(reference, "idx") or "0") != "0"


def _is_white_fill(fill: etree._Element) -> bool:
    if local(fill) != "solidFill":
        return False
    colour = next(iter(fill), None)
    if colour is None or len(colour):
        return False
    told = attribute(colour, "val")
    return told in _WHITE_OF_DRAWING or is_paper_hex(told)
