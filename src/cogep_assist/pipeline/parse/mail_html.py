"""Turn the HTML of an e-mail into plain lines: no markup is kept, so none can do harm."""

import re

from lxml import etree

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
    _walk(root, lines)
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


def _walk(root: etree._Element, lines: _Lines) -> None:
    """Go through the tree without recursion: its depth is the sender's choice."""
    for step, element in etree.iterwalk(root, events=("start", "end")):
        tag = str(element.tag).lower()
        if tag in _BREAKING:
            ended = lines.end_line()
            if (tag == "br" and step == "start" and not ended) or (
                tag in _PARAGRAPHS and step == "end"
            ):
                lines.blank()
        if step == "start":
            lines.depth += _quotes(element, tag)
            if not _is_hidden(element):
                lines.add(_BEFORE.get(tag))
                lines.add(element.text)
        else:
            lines.depth -= _quotes(element, tag)
            if not _is_hidden(element.getparent()):
                lines.add(element.tail)


def _quotes(element: etree._Element, tag: str) -> bool:
    said = f"{element.get('class', '')} {element.get('id', '')}"
    return tag == "blockquote" or bool(_QUOTING.search(said))


def _is_hidden(element: etree._Element | None) -> bool:
    while element is not None:
        style = element.get("style", "").replace(" ", "").lower()
        if str(element.tag).lower() in _HIDDEN or "display:none" in style:
            return True
        element = element.getparent()
    return False
