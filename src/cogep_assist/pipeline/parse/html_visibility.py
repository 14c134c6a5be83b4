"""Tell which HTML elements a reader would not see."""

import re
from collections.abc import Iterable

from lxml import etree

from cogep_assist.pipeline.parse.html_flow import STRUCK

_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0*)?\s*(?:;|!|$)"
    r"|font-size\s*:\s*0*\.?0+(?:\.0*)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|font-size\s*:\s*[0-2](?:\.\d+)?(?:px|pt)\s*(?:;|!|$)"
    r"|(?:left|right|top|text-indent|margin-left)\s*:\s*-\d{4,}"
    r"|(?<![\w-])(?:max-)?(?:height|width)\s*:\s*[01](?:px)?\s*(?:;|!|$)"
    r"|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%|transform\s*:\s*scale\(\s*0\s*\)",
    re.IGNORECASE,
)
_STRUCK_STYLE = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.IGNORECASE)
_COLOUR = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-color|-image)?\s*:\s*([^;!]+)", re.IGNORECASE)
_WHITE = re.compile(
    r"#fff(?:fff)?f{0,2}$|white$|rgba?\(\s*255[\s,]+255[\s,]+255|transparent$|rgba\([^)]*,\s*0(?:\.0+)?\s*\)",
    re.IGNORECASE,
)
_AT_BLOCK = re.compile(
    r"@(?:media|supports|keyframes|layer|container)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}"
)
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"\s*[a-z]*([.#])([\w-]+)\s*", re.IGNORECASE)
_PANEL = re.compile(
    r"accordion|acordeao|collapse|tab-?(?:pane|panel|content)|panel|toggle|faq", re.IGNORECASE
)


class Visibility:
    """Judge elements of one page by their attributes and the page's own simple style rules.

    Panels that a control opens (accordions, tabs) are content although they start closed.
    """

    def __init__(self, root: etree._Element) -> None:
        self._classes, self._ids = _hidden_selectors(_styles(root))
        self._revealable = _revealable_ids(root)

    def hides(self, element: etree._Element) -> bool:
        """Tell whether the element and all below it are out of a reader's sight."""
        attributes = element.attrib
        if not attributes:
            return False
        style = str(attributes.get("style", ""))
        hidden = (
            str(attributes.get("hidden", "until-found")).lower() != "until-found"
            or (bool(style) and (_HIDDEN_STYLE.search(style) is not None or _blends_in(style)))
            or str(attributes.get("aria-hidden", "")).lower() == "true"
            or (str(attributes.get("type", "")) == "hidden")
            or self._hidden_by_rule(element)
            or _white_font(element)
        )
        return hidden and not self._opens(element)

    def _hidden_by_rule(self, element: etree._Element) -> bool:
        if not self._classes and not self._ids:
            return False
        return element.get("id", "") in self._ids or any(
            name in self._classes for name in (element.get("class") or "").split()
        )

    def _opens(self, element: etree._Element) -> bool:
        identity = f"{element.get('class', '')} {element.get('id', '')}"
        return (
            element.get("id", " ") in self._revealable
            or element.get("role") == "tabpanel"
            or _PANEL.search(identity) is not None
        )


def is_struck(element: etree._Element) -> bool:
    """Tell whether an element is struck through: text that its author has revoked."""
    if element.tag in STRUCK:
        return True
    style = element.get("style")
    return style is not None and _STRUCK_STYLE.search(style) is not None


def _blends_in(style: str) -> bool:
    """White (or transparent) text with no background of its own, or with a white one."""
    colour = _COLOUR.search(style)
    if not colour or not _WHITE.match(colour.group(1).strip()):
        return False
    background = _BACKGROUND.search(style)
    return background is not None and _WHITE.match(background.group(1).strip()) is not None


def _white_font(element: etree._Element) -> bool:
    """``<font color=white>`` on a page and cells that set no background."""
    if element.tag != "font" or not _WHITE.match(element.get("color", "").strip()):
        return False
    return not any(
        ancestor.get("bgcolor") or "background" in (ancestor.get("style") or "")
        for ancestor in element.iterancestors()
    )


def _styles(root: etree._Element) -> Iterable[str]:
    return (sheet.text or "" for sheet in root.iter("style"))


def _hidden_selectors(sheets: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    classes: set[str] = set()
    ids: set[str] = set()
    for sheet in sheets:
        plain = _AT_BLOCK.sub("", sheet[:200_000])
        for selectors, body in _RULE.findall(plain):
            if not (_HIDDEN_STYLE.search(body) or _blends_in(body)):
                continue
            for selector in selectors.split(","):
                simple = _SIMPLE.fullmatch(selector)
                if simple:
                    (classes if simple.group(1) == "." else ids).add(simple.group(2))
    return frozenset(classes), frozenset(ids)


def _revealable_ids(root: etree._Element) -> frozenset[str]:
    ids: set[str] = set()
    for element in root.iter():
        for name in ("aria-controls", "data-target", "data-bs-target"):
            value = element.get(name)
            if value:
                ids.update(part.lstrip("#") for part in value.split())
    return frozenset(ids)
