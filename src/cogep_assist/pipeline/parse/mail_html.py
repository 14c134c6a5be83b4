"""Turn the HTML of an e-mail into plain lines: no markup is kept, so none can do harm."""

import re
from collections.abc import Mapping, Set

from lxml import etree

from cogep_assist.pipeline.parse.html_visibility import Visibility
from cogep_assist.pipeline.parse.mail_tables import cells_of_tables
from cogep_assist.pipeline.parse.xml_safe import refuse_starved

MAX_CHARS = 2_000_000
_HIDDEN = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg"})
_BREAKING = frozenset(
    {"address", "article", "blockquote", "br", "div", "dl", "dt", "dd", "footer", "form", "h1"}
    | {"h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table"}
    | {"tr", "ul"}
)
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre"})
_QUOTING = re.compile(r"gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend")
_WHITE = re.compile(
    r"(?:^|;)\s*color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgb\(\s*255[\s,]+255[\s,]+255)", re.IGNORECASE
)
_BEFORE = {"li": "- ", "td": " ", "th": " "}
# No "<" inside: where there is no ">", each beginning would be followed to the end.
_TAG = re.compile(r"<[^<>]*>")


def text_of_html(markup: str) -> str:
    """Return the words of an HTML text, line by line; quoted lines begin with "> "."""
    markup = markup.replace("\x00", "")[:MAX_CHARS]
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, etree.ParserError, ValueError):
        root = None
    refuse_starved(parser)
    if root is None or any("depth" in entry.message for entry in parser.error_log[-20:]):
        # Nested beyond what libxml2 follows: the words alone are left.
        return " ".join(_TAG.sub(" ", markup).split())
    lines = _Lines()
    _walk(root, lines, _hidden_elements(root), cells_of_tables(root))
    return lines.done()


class _Lines:
    """Words put into lines, each with the depth of its quotation."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._words: list[str] = []
        self.depth = 0

    def add(self, text: str | None) -> None:
        if text:
            self._words.append(text)

    def end_line(self) -> bool:
        """End the line where it has begun; tell whether it had."""
        line = " ".join("".join(self._words).split())
        self._words = []
        if line:
            self._lines.append("> " * bool(self.depth) + line)
        return bool(line)

    def blank(self) -> None:
        """Leave one line empty, never two."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def done(self) -> str:
        self.end_line()
        return "\n".join(self._lines).strip()


def _walk(
    root: etree._Element,
    lines: _Lines,
    hidden: Set[etree._Element],
    cells: Mapping[etree._Element, bool],
) -> None:
    """Go through the tree without recursion: its depth is the sender's choice.

    ``cells`` are those of tables that say something, with whether one stands before in its row:
    each row is a line, whatever is set into its cells.
    """
    inside = 0
    for step, element in etree.iterwalk(root, events=("start", "end")):
        tag = str(element.tag).lower()
        if inside and tag in _BREAKING:
            lines.add(" ")
        elif tag in _BREAKING:
            ended = lines.end_line()
            if (tag == "br" and step == "start" and not ended) or (
                tag in _PARAGRAPHS and step == "end"
            ):
                lines.blank()
        if step == "start":
            inside += element in cells
            lines.depth += _quotes(element, tag)
            if element not in hidden:
                lines.add(" | " if cells.get(element) else _BEFORE.get(tag))
                lines.add(element.text)
        else:
            inside -= element in cells
            lines.depth -= _quotes(element, tag)
            if element.getparent() not in hidden:
                lines.add(element.tail)


def _quotes(element: etree._Element, tag: str) -> bool:
    said = f"{element.get('class', '')} {element.get('id', '')}"
    return tag == "blockquote" or bool(_QUOTING.search(said))


def _hidden_elements(root: etree._Element) -> Set[etree._Element]:
    """Return the elements that nobody sees, with all that is below them."""
    visibility = Visibility(root)
    hidden: set[etree._Element] = set()
    for element in root.iter(etree.Element):
        if (
            element.getparent() in hidden
            or str(element.tag).lower() in _HIDDEN
            or visibility.hides(element)
            or _is_for_outlook_alone(element)
            or _is_white_on_nothing(element)
        ):
            hidden.add(element)
    return hidden


def _is_for_outlook_alone(element: etree._Element) -> bool:
    return "mso-hide:all" in element.get("style", "").replace(" ", "").lower()


def _is_white_on_nothing(element: etree._Element) -> bool:
    """Tell whether an element is white, and nothing around it has a ground of its own."""
    if not _WHITE.search(element.get("style", "")):
        return False
    around = (element, *element.iterancestors())
    return not any(
        each.get("bgcolor")
        or each.get("background")
        or "background" in each.get("style", "").lower()
        for each in around
    )
