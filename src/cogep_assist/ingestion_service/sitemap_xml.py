"""Read the entries of a sitemap's XML, which comes from outside.

The parser is lxml's incremental one with its own depth and text limits left on; each element is
let go as it ends, so that 50 MB of XML hold one entry in memory. A child process, as documents
have, would guard against flaws of the C library alone; with document types refused the part of it
that such flaws were found in is never reached.
"""

import io
from collections.abc import Iterator

from lxml import etree

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.xml_safe import declares_doctype

MAX_MARK_CHARS = 100


def xml_entries(content: bytes, most: int) -> Iterator[tuple[str, str, str | None]]:
    """Yield (url or sitemap, location, last change) of at most ``most`` entries.

    Raises AppError("sitemap_invalid"|"source_too_large").
    """
    if declares_doctype(content):
        raise AppError("sitemap_invalid", reason="declara um tipo de documento (DOCTYPE)")
    events = etree.iterparse(
        io.BytesIO(content), events=("end",), resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False, recover=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    count, root = 0, None
    try:
        for _, element in events:
            kind = _local(element)
            if kind in {"url", "sitemap"} and element.getparent() is not None:
                count += 1
                if count > most:
                    raise AppError("source_too_large", limit=most)
                location = _child(element, "loc")
                if location:
                    yield kind, location, _child(element, "lastmod")
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        root = events.root
    except etree.XMLSyntaxError:
        raise AppError("sitemap_invalid", reason="não é XML bem formado") from None
    if root is None or _local(root) not in {"urlset", "sitemapindex"}:
        raise AppError("sitemap_invalid", reason="não é um urlset nem um sitemapindex")


def _child(element: etree._Element, name: str) -> str | None:
    for child in element:
        if _local(child) == name and child.text:
            text = "".join(child.text.split())
            return text[:MAX_MARK_CHARS] if name == "lastmod" else text
    return None


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
