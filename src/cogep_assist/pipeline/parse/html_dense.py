"""Ask trafilatura for the main text of a page whose surroundings outweigh its content."""

import importlib

from lxml import etree

from cogep_assist.pipeline.parse.html_boilerplate import Weight

_SHAPES = {
    "head": "h2", "list": "ul", "item": "li", "row": "tr", "cell": "td", "quote": "blockquote",
    "code": "pre", "lb": "br", "main": "main", "p": "p", "table": "table",
}  # fmt: skip


def main_text(
    text: str,
    content: etree._Element,
    surrounding: frozenset[etree._Element],
    weights: dict[etree._Element, Weight],
) -> etree._Element | None:
    """Return the main text as a small HTML tree, or None where the page is better read as it is."""
    outer = [e for e in surrounding if e.getparent() not in surrounding]
    removed = sum(weights[element].text for element in outer)
    removed_links = sum(weights[element].linked for element in outer)
    total = weights[content]
    kept = total.text - removed
    if total.links < 30 or kept <= 0 or (total.linked - removed_links) / kept < 0.4:
        return None
    # Loaded only here: it costs 40 MB and half a second that few pages are worth.
    trafilatura = importlib.import_module("trafilatura")
    found = trafilatura.extract(
        text, output_format="xml", include_comments=False, include_tables=True,
        include_links=False, favor_precision=False,
    )  # fmt: skip
    if not found:
        return None
    root = etree.fromstring(
        found.encode("utf-8"), etree.XMLParser(resolve_entities=False, no_network=True)
    )
    main = root.find("main")
    length = len("".join(str(part) for part in main.itertext()).strip()) if main is not None else 0
    # A page that is a list of links (an index, a menu of services) is better read as it is.
    if main is None or length < max(200, (kept - total.linked + removed_links) * 0.6):
        return None
    for element in main.iter():
        if element.tag == "head" and element.get("rend", "") in (
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
        ):
            element.tag = element.get("rend", "h2")
        elif element.tag == "cell" and element.get("role") == "head":
            element.tag = "th"
        elif isinstance(element.tag, str):
            element.tag = _SHAPES.get(element.tag, "span")
        element.attrib.clear()
    return main
