"""Read PPTX: each slide a page with its title, text, tables, diagrams and notes."""

import re

from lxml import etree

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.office_properties import add_core_properties
from cogep_assist.pipeline.parse.office_relations import relation_id, relations_of
from cogep_assist.pipeline.parse.pptx_paper import Deck
from cogep_assist.pipeline.parse.pptx_table import SlideTables
from cogep_assist.pipeline.parse.xml_safe import attribute, children, first, local, parse_xml
from cogep_assist.pipeline.parse.zip_guard import Container

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_TITLES = {"ctrTitle": 1, "title": 2}
_FURNITURE = frozenset({"dt", "ftr", "hdr", "sldNum", "sldImg"})
# Hundredths of a point.
_LEAST_SIZE = 200
_SLIDE = re.compile(r"ppt/slides/slide(\d{1,6})\.xml")


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the text of a presentation; pages are slides, counted as they are shown."""
    container = Container(data, context.limits)
    builder = DocumentBuilder(context.limits, media_type=MEDIA_TYPE, parser="pptx 1")
    add_core_properties(container, builder)
    slides = _slides(container)
    if not slides:
        raise AppError("file_corrupt")
    if len(slides) > context.limits.max_pages:
        raise AppError("document_too_many_pages", pages=len(slides), limit=context.limits.max_pages)
    builder.page_count = len(slides)
    deck, tables = Deck(container), SlideTables(builder, _text)
    for number, name in enumerate(slides, start=1):
        _add_slide(container, deck, name, number, tables)
    return builder.build()


def _slides(container: Container) -> list[str]:
    """Return the slide parts in the order of the show, or of their numbers where that is lost."""
    numbered = sorted(
        (name for name in container.names if _SLIDE.fullmatch(name)),
        key=lambda name: int(_SLIDE.fullmatch(name).group(1)),  # type: ignore[union-attr]
    )
    data = container.read_if_there("ppt/presentation.xml")
    if data is None:
        return numbered
    targets = relations_of(container, "ppt/presentation.xml")
    ordered = []
    for element in parse_xml(data, required=False).iter():
        if local(element) == "sldId":
            target = targets.get(relation_id(element), ("", ""))[1]
            if target in container and target not in ordered:
                ordered.append(target)
    return ordered or numbered


def _add_slide(container: Container, deck: Deck, name: str, page: int, tables: SlideTables) -> None:
    builder = tables.builder
    root = parse_xml(container.read(name), required=False)
    if root.get("show") in ("0", "false"):
        builder.warn("hidden_slides_skipped")
        return
    if deck.remove_unseen(name, root):
        builder.warn("hidden_text_removed")
    builder.separate()
    shapes = _shapes(root)
    for shape in sorted(shapes, key=lambda shape: _placeholder(shape) not in _TITLES):
        if local(shape) == "tbl":
            tables.add(shape, page)
        else:
            _add_shape(shape, page, builder)
    for kind, target in relations_of(container, name).values():
        if target not in container:
            continue
        if kind == "diagramData":
            _add_paragraphs(parse_xml(container.read(target), required=False), page, builder)
        elif kind == "notesSlide":
            _add_notes(parse_xml(container.read(target), required=False), page, builder)


def _shapes(root: etree._Element) -> list[etree._Element]:
    return [
        element
        for element in root.iter()
        if local(element) in ("sp", "tbl") and not _is_hidden(element)
    ]


def _is_hidden(shape: etree._Element) -> bool:
    return any(
        local(element) == "cNvPr" and element.get("hidden") in ("1", "true")
        for properties in shape
        if local(properties).startswith("nv")
        for element in properties
    )


def _placeholder(shape: etree._Element) -> str:
    for element in shape.iter():
        if local(element) == "ph":
            return element.get("type") or "body"
        if local(element) == "txBody":
            break
    return ""


def _add_shape(shape: etree._Element, page: int, builder: DocumentBuilder) -> None:
    kind = _placeholder(shape)
    body = first(shape, "txBody")
    if body is None or kind in _FURNITURE:
        return
    if kind in _TITLES:
        text = " ".join(_text(p) for p in children(body, "p"))
        builder.add("heading", text, level=_TITLES[kind], page=page)
        return
    builder.separate()
    for paragraph in children(body, "p"):
        properties = first(paragraph, "pPr")
        plain = properties is not None and first(properties, "buNone") is not None
        bulleted = properties is not None and any(
            first(properties, name) is not None for name in ("buChar", "buAutoNum")
        )
        is_item = bulleted or (kind == "body" and not plain)
        builder.add("list_item" if is_item else "paragraph", _text(paragraph), page=page)


def _add_notes(root: etree._Element, page: int, builder: DocumentBuilder) -> None:
    for shape in _shapes(root):
        if local(shape) == "sp" and _placeholder(shape) not in _FURNITURE:
            _add_paragraphs(shape, page, builder)


def _add_paragraphs(root: etree._Element, page: int, builder: DocumentBuilder) -> None:
    for paragraph in root.iter():
        if local(paragraph) == "p":
            builder.add("paragraph", _text(paragraph), page=page)


def _text(paragraph: etree._Element) -> str:
    parts: list[str] = []
    for run in paragraph:
        name = local(run)
        if name == "br":
            parts.append("\n")
        elif name in ("r", "fld"):
            properties = first(run, "rPr")
            if properties is not None and (_is_struck(properties) or _is_tiny(properties)):
                continue
            text = first(run, "t")
            parts.append(text.text or "" if text is not None else "")
    return "".join(parts)


def _is_struck(properties: etree._Element) -> bool:
    return (attribute(properties, "strike") or "noStrike") != "noStrike"


def _is_tiny(properties: etree._Element) -> bool:
    size = attribute(properties, "sz") or ""
    return size.isdecimal() and len(size) < 9 and int(size) < _LEAST_SIZE
