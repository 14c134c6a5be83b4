"""Read HTML: the page's content as blocks, without what surrounds or hides in it."""

from html.parser import HTMLParser

from lxml import etree

from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.charset import declared_in_markup, declared_in_type, decode
from cogep_assist.pipeline.parse.clean import one_line
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.html_boilerplate import boilerplate, content_root, weigh
from cogep_assist.pipeline.parse.html_dense import main_text
from cogep_assist.pipeline.parse.html_flow import BLOCKS, SKIPPED, STRUCK, HtmlFlow
from cogep_assist.pipeline.parse.html_visibility import Visibility, is_struck
from cogep_assist.pipeline.parse.xml_safe import refuse_starved

MEDIA_TYPE = "text/html"
_PARSER = f"lxml {'.'.join(str(part) for part in etree.LXML_VERSION[:3])}"
_TABLE_TAGS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th"})
_METADATA = {
    "author": "author",
    "description": "description",
    "article:published_time": "published_at",
    "article:modified_time": "modified_at",
    "dc.date": "published_at",
    "dcterms.modified": "modified_at",
}


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the content of a web page."""
    declared = declared_in_type(context.declared_type) or declared_in_markup(data)
    text, encoding = decode(data, declared=declared)
    builder = DocumentBuilder(context.limits, media_type=MEDIA_TYPE, parser=_PARSER)
    builder.note("charset", encoding)
    add_html(text, builder)
    return builder.build()


def add_html(text: str, builder: DocumentBuilder, *, page: bool = True) -> None:
    """Add the blocks of an HTML text; `page` tells a whole web page from a fragment or e-mail."""
    text = text.replace("\x00", "")
    root = _tree(text)
    if root is None:
        # Nested beyond what libxml2 follows: read it as a flat stream of tags instead.
        builder.warn("deep_nesting_flattened")
        _add_stream(text, builder)
        return
    _add_metadata(root, builder)
    weights = weigh(root)
    content = content_root(root, weights) if page else next(root.iter("body"), root)
    surrounding = boilerplate(content, weights) if page else frozenset()
    if page and content.tag == "body":
        better = main_text(text, content, surrounding, weights)
        if better is not None:
            builder.parser = f"{_PARSER}, trafilatura"
            content, surrounding = better, frozenset()
    _add_tree(content, surrounding, Visibility(root), builder)


def _tree(text: str) -> etree._Element | None:
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, etree.ParserError, ValueError):
        root = None
    refuse_starved(parser)
    if root is None or any("depth" in entry.message for entry in parser.error_log[-20:]):
        return None
    return root


def _add_metadata(root: etree._Element, builder: DocumentBuilder) -> None:
    html = next(root.iter("html"), root)
    builder.language = (
        builder.language
        or html.get("lang")
        or html.get("{http://www.w3.org/XML/1998/namespace}lang")
    )
    shared = ""
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        if name == "og:title":
            shared = one_line(meta.get("content", "")[:1000])
        elif name in _METADATA:
            builder.note(_METADATA[name], meta.get("content"))
    if builder.title:
        return
    title = next((_inner_text(element) for element in root.iter("title")), "")
    headings = [_inner_text(heading) for heading in root.iter("h1")]
    if len(headings) == 1 and headings[0] and (not title or headings[0].lower() in title.lower()):
        builder.title = headings[0]
    else:
        builder.title = title or shared or None


def _inner_text(element: etree._Element) -> str:
    return one_line("".join(str(part) for part in element.itertext())[:1000])


def _add_tree(
    content: etree._Element,
    surrounding: frozenset[etree._Element],
    visibility: Visibility,
    builder: DocumentBuilder,
) -> None:
    flow = HtmlFlow(builder)
    layouts = _layout_tables(content)
    element: etree._Element | None = content
    while element is not None:
        below = None
        if not _skips(element, content, surrounding, visibility, builder):
            flow.start(str(element.tag), _attributes(element), layout=_in_layout(element, layouts))
            flow.text(element.text)
            below = element[0] if len(element) else None
            if below is None:
                flow.end(str(element.tag), layout=_in_layout(element, layouts))
        if below is not None:
            element = below
            continue
        element = _leave(element, content, flow, layouts)
    flow.finish()


def _leave(
    element: etree._Element, content: etree._Element, flow: HtmlFlow, layouts: set[etree._Element]
) -> etree._Element | None:
    """Close elements upwards until there is a next one to enter."""
    while element is not content:
        flow.text(element.tail)
        following = element.getnext()
        if following is not None:
            return following
        parent = element.getparent()
        if parent is None:
            return None
        element = parent
        flow.end(str(element.tag), layout=_in_layout(element, layouts))
    return None


def _skips(
    element: etree._Element,
    content: etree._Element,
    surrounding: frozenset[etree._Element],
    visibility: Visibility,
    builder: DocumentBuilder,
) -> bool:
    tag = element.tag
    if not isinstance(tag, str) or tag in SKIPPED or element in surrounding:
        return True
    if element is content:
        return False
    if is_struck(element):
        builder.warn("struck_text_removed")
        return True
    if visibility.hides(element):
        if tag in BLOCKS or tag in ("span", "font", "a"):
            builder.warn("hidden_text_removed")
        return True
    return False


def _attributes(element: etree._Element) -> dict[str, str]:
    if element.tag in ("ol", "li", "img", "td", "th"):
        return {str(key): str(value) for key, value in element.attrib.items()}
    return {}


def _layout_tables(content: etree._Element) -> set[etree._Element]:
    """Tables that place things on the page: with others inside them, with headings, of one cell."""
    layouts: set[etree._Element] = set()
    seen: set[etree._Element] = set()
    for table in content.iter("table"):
        for ancestor in table.iterancestors("table"):
            if ancestor in seen:
                break
            seen.add(ancestor)
            if not _names_columns(ancestor):
                layouts.add(ancestor)
        cells = sum(1 for _ in table.iter("td", "th"))
        rows = sum(1 for _ in table.iter("tr"))
        if (
            table.get("role") in ("presentation", "none")
            or cells <= max(1, rows)
            or next(table.iter("h1", "h2", "h3", "article", "main", "form", "pre"), None)
            is not None
        ):
            layouts.add(table)
    return layouts


def _names_columns(table: etree._Element) -> bool:
    """Tell whether a table has a head of its own, so that one inside belongs to a row."""
    row = next(table.iter("tr"), None)
    heads = 0 if row is None else sum(1 for cell in row if cell.tag == "th")
    return row is not None and heads > 1 and next(row.iterancestors("table"), None) is table


def _in_layout(element: etree._Element, layouts: set[etree._Element]) -> bool:
    if element.tag not in _TABLE_TAGS or not layouts:
        return False
    table = element if element.tag == "table" else next(element.iterancestors("table"), None)
    return table in layouts


def _add_stream(text: str, builder: DocumentBuilder) -> None:
    stream = _Stream(builder)
    # Browsers take what follows a comment without an end for its text; the standard library looks
    # for that end anew from each beginning.
    unclosed = text.find("<!--", text.rfind("-->") + 1)
    stream.feed(text if unclosed < 0 else text[:unclosed])
    stream.close()
    stream.flow.finish()


class _Stream(HTMLParser):
    """Feed the flow straight from the tags; tables become plain paragraphs."""

    def __init__(self, builder: DocumentBuilder) -> None:
        super().__init__(convert_charrefs=True)
        self.flow = HtmlFlow(builder)
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        silent = (tag in SKIPPED and tag not in ("html", "head")) or tag in STRUCK or tag == "nav"
        if silent and tag not in ("base", "input", "link", "meta", "area", "embed", "param"):
            self._silent.append(tag)
        if not self._silent:
            self.flow.start(tag, values, layout=tag in _TABLE_TAGS)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag in self._silent:
                del self._silent[self._silent.index(tag) :]
            return
        self.flow.end(tag, layout=tag in _TABLE_TAGS)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.flow.text(data)
