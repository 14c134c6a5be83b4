"""Read ODT: body, lists, tables and notes, as a reader of the document sees them."""

from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.odf_flow import OdfFlow, open_body

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the text of an OpenDocument text."""
    text, styles, builder = open_body(data, context, "text", media_type=MEDIA_TYPE, parser="odt 1")
    flow = OdfFlow(builder, styles)
    flow.read(text)
    flow.add_notes()
    return builder.build()
