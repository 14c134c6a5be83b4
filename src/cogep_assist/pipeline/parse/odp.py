"""Read ODP: each slide a page with its title, text, tables and notes."""

from lxml import etree

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.odf_flow import OdfFlow, open_body
from cogep_assist.pipeline.parse.xml_safe import attribute, children, first, local

MEDIA_TYPE = "application/vnd.oasis.opendocument.presentation"
_TITLES = {"title": 1, "subtitle": 2}
_FURNITURE = frozenset({"date-time", "footer", "header", "page-number", "page"})


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the text of a presentation; pages are slides, counted as they are shown."""
    show, styles, builder = open_body(
        data, context, "presentation", media_type=MEDIA_TYPE, parser="odp 1"
    )
    slides = list(children(show, "page"))
    if not slides:
        raise AppError("file_corrupt")
    if len(slides) > context.limits.max_pages:
        raise AppError("document_too_many_pages", pages=len(slides), limit=context.limits.max_pages)
    builder.page_count = len(slides)
    flow = OdfFlow(builder, styles)
    for flow.page, slide in enumerate(slides, start=1):
        if styles.hides_slide(attribute(slide, "style-name")):
            builder.warn("hidden_slides_skipped")
            continue
        builder.separate()
        _add_slide(slide, flow, builder)
    return builder.build()


def _add_slide(slide: etree._Element, flow: OdfFlow, builder: DocumentBuilder) -> None:
    titled = [shape for shape in slide if _class(shape) in _TITLES]
    for shape in titled:
        words = (flow.text(p) for p in shape.iter() if local(p) in ("p", "h"))
        level = _TITLES[_class(shape)]
        builder.add("heading", " ".join(words), level=level, page=flow.page)
    for shape in slide:
        if shape in titled or _class(shape) in _FURNITURE or local(shape) == "notes":
            continue
        builder.separate()
        flow.read([shape])
    notes = first(slide, "notes")
    if notes is not None:
        flow.read([shape for shape in notes if _class(shape) not in _FURNITURE])


def _class(shape: etree._Element) -> str:
    return attribute(shape, "class") or ""
