"""Parse untrusted XML: no entities, no document types, no network, no bombs."""

import re
from collections.abc import Iterator

from lxml import etree

from cogep_assist.core.errors import AppError

_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def parse_xml(data: bytes, *, required: bool = True) -> etree._Element:
    """Return the root of an XML part.

    Office formats never declare a document type, so one that does is refused with ``xml_unsafe``:
    entity bombs and external entities end here. Broken XML is mended where it can be, and is
    ``file_corrupt`` where nothing is left.
    """
    if declares_doctype(data):
        raise AppError("xml_unsafe")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=True, recover=True, remove_comments=True, remove_pis=True, collect_ids=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        refuse_starved(parser)
        raise AppError("file_corrupt") from error
    refuse_starved(parser)
    if root is None:
        if required:
            raise AppError("file_corrupt")
        return etree.Element("empty")
    return root


def refuse_starved(parser: etree._FeedParser) -> None:
    """Raise MemoryError where libxml2 ran out of memory, which it reports as broken input."""
    if any(entry.type_name == "ERR_NO_MEMORY" for entry in parser.error_log[-5:]):
        raise MemoryError


def declares_doctype(data: bytes) -> bool:
    """Tell whether a document type or entity is declared, in whichever encoding XML allows."""
    if _DOCTYPE.search(data):
        return True
    # UTF-16 and UTF-32 hide the declaration behind zero bytes.
    return b"\x00" in data[:4096] and _DOCTYPE.search(data.replace(b"\x00", b"")) is not None


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """Return an attribute by its local name, whatever its namespace."""
    value = element.get(name)
    if value is not None:
        return value
    for key, other in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(other)
    return None


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the children with one of these local names."""
    for child in element:
        if local(child) in names:
            yield child


def first(element: etree._Element, name: str) -> etree._Element | None:
    """Return the first child with this local name."""
    return next(children(element, name), None)
