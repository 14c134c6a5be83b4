"""Which words of a slide are as white as what they stand on, or have no ink at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from cogep_assist.pipeline.parse.office_relations import relations_of
from cogep_assist.pipeline.parse.paper import is_paper_hex
from cogep_assist.pipeline.parse.xml_safe import attribute, children, first, local, parse_xml
from cogep_assist.pipeline.parse.zip_guard import Container

_FILLS = ("noFill", "solidFill", "gradFill", "pattFill", "blipFill", "grpFill")
# The backgrounds of a theme from the second on are gradients and pictures.
_PLAIN_BACKGROUNDS = ("0", "1000", "1001")
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Layer:
    """A slide, its layout or its master."""

    root: etree._Element
    relations: dict[str, tuple[str, str]]


class Deck:
    """The layouts, masters and themes of a presentation, each read once."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._known: dict[str, _Layer | None] = {}

    def remove_unseen(self, part: str, root: etree._Element) -> bool:
        """Take the runs out of a slide that nobody sees; tell whether there were any."""
        # Most slides give no run a colour of its own.
        coloured = [
            (run, properties)
            for run in root.iter("{*}r", "{*}fld")
            if (properties := first(run, "rPr")) is not None
            and next(children(properties, *_FILLS), None) is not None
        ]
        if not coloured:
            return False
        paper = _Paper(list(self._layers(part, root)), self._theme)
        unseen = [run for run, properties in coloured if paper.hides(run, properties)]
        for run in unseen:
            run.getparent().remove(run)  # type: ignore[union-attr]  # found below the slide
        return bool(unseen)

    def _layers(self, part: str, root: etree._Element) -> Iterator[_Layer]:
        layer = _Layer(root, relations_of(self._container, part))
        yield layer
        for kind in ("slideLayout", "slideMaster"):
            found = self._part(layer, kind)
            if found is None:
                return
            yield found
            layer = found

    def _part(self, layer: _Layer, kind: str) -> _Layer | None:
        part = next((target for said, target in layer.relations.values() if said == kind), "")
        if part not in self._known:
            data = self._container.read_if_there(part)
            self._known[part] = (
                None
                if data is None
                else _Layer(parse_xml(data, required=False), relations_of(self._container, part))
            )
        return self._known[part]

    def _theme(self, master: _Layer) -> dict[str, str]:
        """Return the colours that slides call by name: the theme's, and the master's for them."""
        named = {"lt1": "FFFFFF", "bg1": "FFFFFF"}
        theme = self._part(master, "theme")
        for scheme in () if theme is None else theme.root.iter("{*}clrScheme"):
            for entry in scheme:
                colour = next(iter(entry), None)
                if colour is not None:
                    told = attribute(colour, "lastClr") or attribute(colour, "val") or ""
                    named[local(entry)] = told
        names = first(master.root, "clrMap")
        for name, target in () if names is None else names.attrib.items():
            named[str(name)] = named.get(str(target), "")
        return named


class _Paper:
    """Judge the runs of one slide by its background, its shapes and those of its layout.

    Whatever cannot be told apart from a dark ground counts as seen.
    """

    def __init__(self, layers: list[_Layer], theme_of: Callable[[_Layer], dict[str, str]]) -> None:
        self._layers = layers
        self._colours = theme_of(layers[-1])
        self._is_white = self._has_white_background()
        # (shape, place) of everything that could lie behind a text; without a place: anywhere.
        self._grounds = [
            (shape, _box(shape))
            for layer in self._layers
            for shape in layer.root.iter("{*}sp", "{*}pic", "{*}cxnSp")
            if self._covers(shape)
        ]

    def hides(self, run: etree._Element, properties: etree._Element) -> bool:
        """Tell whether a run has no ink, or white ink on white."""
        fill = next(children(properties, *_FILLS), None)
        if fill is None or first(properties, "highlight") is not None:
            return False
        if local(fill) == "noFill":
            return first(properties, "ln") is None
        return _is_transparent(fill) or (self._is_paper(fill) and self._stands_on_white(run))

    def _stands_on_white(self, run: etree._Element) -> bool:
        for element in run.iterancestors("{*}tc", "{*}sp"):
            if local(element) == "tc":
                properties = first(element, "tcPr")
                fills = () if properties is None else children(properties, *_FILLS)
                # A table's style colours the cells that say nothing themselves.
                return any(local(fill) == "noFill" or self._is_paper(fill) for fill in fills)
            return self._has_white_behind(element)
        return False

    def _has_white_behind(self, shape: etree._Element) -> bool:
        own = _fill(shape)
        if own is not None and local(own) != "noFill":
            return self._is_paper(own)
        if own is None and _is_filled_by_style(shape):
            return False
        place = _box(shape)
        return self._is_white and not any(
            ground is not shape and _overlap(place, where) for ground, where in self._grounds
        )

    def _covers(self, shape: etree._Element) -> bool:
        if local(shape) == "pic":
            return True
        fill = _fill(shape)
        if fill is None:
            return _is_filled_by_style(shape)
        return local(fill) != "noFill" and not self._is_paper(fill)

    def _has_white_background(self) -> bool:
        for layer in self._layers:
            found = next(layer.root.iter("{*}bg"), None)
            if found is None:
                continue
            reference, own = first(found, "bgRef"), first(found, "bgPr")
            if reference is not None:
                plain = attribute(reference, "idx") in _PLAIN_BACKGROUNDS
                return plain and self._is_paper(reference)
            fill = None if own is None else next(children(own, *_FILLS), None)
            return fill is None or local(fill) == "noFill" or self._is_paper(fill)
        return True

    def _is_paper(self, fill: etree._Element) -> bool:
        """Tell whether a fill, or a reference with its colour, is as white as paper."""
        colour = next(iter(fill), None)
        if colour is None or local(fill) not in ("solidFill", "bgRef"):
            return False
        # A tint or a shade makes another colour of it.
        if any(local(change) != "alpha" for change in colour):
            return False
        told = attribute(colour, "lastClr") or attribute(colour, "val") or ""
        return is_paper_hex(self._colours.get(told, told))


def _fill(shape: etree._Element) -> etree._Element | None:
    properties = first(shape, "spPr")
    return None if properties is None else next(children(properties, *_FILLS), None)


def _is_filled_by_style(shape: etree._Element) -> bool:
    style = first(shape, "style")
    reference = None if style is None else first(style, "fillRef")
    return reference is not None and (attribute(reference, "idx") or "0") != "0"


def _is_transparent(fill: etree._Element) -> bool:
    return any(attribute(alpha, "val") in ("0", "0%") for alpha in fill.iter("{*}alpha"))


def _box(shape: etree._Element) -> Box | None:
    """Return left, top, right and bottom; None where a layout or a group decides of them."""
    properties = first(shape, "spPr")
    form = None if properties is None else first(properties, "xfrm")
    parent = shape.getparent()
    if form is None or form.get("rot") or (parent is not None and local(parent) == "grpSp"):
        return None
    numbers = [
        _number(form, *place)
        for place in (("off", "x"), ("off", "y"), ("ext", "cx"), ("ext", "cy"))
    ]
    if None in numbers:
        return None
    left, top, width, height = (number or 0 for number in numbers)
    return left, top, left + width, top + height


def _number(form: etree._Element, name: str, key: str) -> int | None:
    child = first(form, name)
    told = "" if child is None else child.get(key, "")
    return int(told) if told.lstrip("-").isdecimal() and len(told) < 12 else None


def _overlap(one: Box | None, other: Box | None) -> bool:
    if one is None or other is None:
        return True
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
