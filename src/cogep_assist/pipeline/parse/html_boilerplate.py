"""Find the part of a web page that is its content, and what surrounds it."""

import re
from dataclasses import dataclass

from lxml import etree

_TAGS = frozenset({"nav", "footer", "menu"})
_ROLES_TEXT = """
navigation search contentinfo complementary menu menubar toolbar dialog alertdialog banner
"""
_ROLES = frozenset(_ROLES_TEXT.split())
# "page-with-menu" holds the page; only "menu" by itself is one.
_WORD_START = r"(?:^|[\s_-])(?<!with-)(?<!has-)(?<!no-)(?<!sem-)(?<!com-)"
_WORD_END = r"(?:$|[\s_-])"
_SURE = re.compile(
    _WORD_START + r"(?:cookies?|consent|breadcrumbs?|navbar|navheader|navfooter|docnav|nav-?links?"
    r"|skip-links?|newsletter|pagination|pager|paginacao|lgpd-banner|headerlink|popup|vlibras"
    r"|barra-brasil|comments?-form|tags-links|compartilh\w*|sharing)" + _WORD_END,
    re.IGNORECASE,
)
# Names that prose may carry too: a box beside the text, a table of contents, a banner with news.
_DOUBTFUL = re.compile(
    _WORD_START + r"(?:nav|navigation|menu|submenu|sidebar|side-bar|social|footer|rodape|related"
    r"|relacionad\w+|vejatambem|leia-tambem|advert\w*|banner|modal|toolbar|toc|sumario-lateral"
    r"|acessibilidade)" + _WORD_END,
    re.IGNORECASE,
)
_CONTAINERS = frozenset(
    ["div", "section", "ul", "ol", "td", "table", "aside", "header", "footer", "form", "p", "span"]
)
_LISTS = frozenset(["ul", "ol", "div", "td", "table", "section"])


@dataclass(frozen=True)
class Weight:
    """Count the characters below an element, those within links, and the links."""

    text: int
    linked: int
    links: int


def weigh(root: etree._Element) -> dict[etree._Element, Weight]:
    """Return the weight of every element, in one pass that does not recurse."""
    order = [element for element in root.iter() if isinstance(element.tag, str)]
    weights: dict[etree._Element, Weight] = {}
    for element in reversed(order):
        text = _visible(element.text)
        linked = links = 0
        for child in element:
            below = weights.get(child)
            if below is not None and child.tag not in ("script", "style", "noscript", "template"):
                text += below.text
                linked += below.linked
                links += below.links
            text += _visible(child.tail)
        if element.tag == "a":
            linked, links = text, 1
        weights[element] = Weight(text, linked, links)
    return weights


def content_root(root: etree._Element, weights: dict[etree._Element, Weight]) -> etree._Element:
    """Return the element that the page itself names as its content, or its body."""
    body = next(root.iter("body"), root)
    everything = max(1, weights[body].text if body in weights else 1)
    named = [element for element in body.iter("main") if element in weights]
    named += [e for e in body.iter() if e.get("role") == "main" and e in weights]
    articles = [element for element in body.iter("article") if element in weights]
    if not named and len(articles) == 1:
        named = articles
    best = max(named, key=lambda element: weights[element].text, default=None)
    if best is not None and (weights[best].text > 200 or weights[best].text > everything * 0.2):
        return best
    return body


def boilerplate(
    content: etree._Element, weights: dict[etree._Element, Weight]
) -> frozenset[etree._Element]:
    """Return the elements below the content that only surround it.

    Unless its tag or role says so, an element that holds a third or more of the text is never one,
    whatever it is called; and where everything would go, nothing goes.
    """
    total = max(1, weights[content].text)
    dropped: set[etree._Element] = set()
    removed = 0
    whole_page = content.tag not in ("main", "article") and content.get("role") != "main"
    for element in content.iterdescendants():
        if element not in weights or element.getparent() in dropped:
            if element.getparent() in dropped:
                dropped.add(element)
            continue
        weight = weights[element]
        if _is_furniture(element) or (
            weight.text < total / 3 and _surrounds(element, weight, whole_page=whole_page)
        ):
            dropped.add(element)
            removed += weight.text
    return frozenset() if removed > total * 0.9 else frozenset(dropped)


def _is_furniture(element: etree._Element) -> bool:
    return element.tag in _TAGS or element.get("role") in _ROLES


def _surrounds(element: etree._Element, weight: Weight, *, whole_page: bool) -> bool:
    tag = str(element.tag)
    if tag == "aside":
        return not _is_prose(weight, 60 if whole_page else 0)
    if tag == "header" and whole_page:
        return _is_page_header(element)
    if tag in _CONTAINERS:
        names = f"{element.get('class', '')} {element.get('id', '')}"
        if _SURE.search(names) or (_DOUBTFUL.search(names) and not _is_prose(weight, 120)):
            return not any(True for _ in element.iter("h1", "article", "main"))
    if not whole_page or tag not in _LISTS or weight.links < 5:
        return False
    mostly_links = weight.linked > weight.text * 0.85
    return mostly_links and weight.linked / weight.links < 35


def _is_prose(weight: Weight, at_least: int) -> bool:
    return weight.text >= at_least and weight.linked <= weight.text * 0.3


def _is_page_header(element: etree._Element) -> bool:
    inside = any(
        ancestor.tag in ("article", "main", "section") for ancestor in element.iterancestors()
    )
    return not inside and not any(True for _ in element.iter("h1"))


def _visible(text: str | None) -> int:
    return len(text.strip()) if text else 0
