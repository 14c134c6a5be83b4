"""Read XLS, the workbooks of Excel 97 to 2003: as XLSX, without what the file says of itself."""

from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.workbook import ENGINE, add_sheets

MEDIA_TYPE = "application/vnd.ms-excel"


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the visible sheets of a workbook; its 256 columns bound what a sheet can hold."""
    builder = DocumentBuilder(context.limits, media_type=MEDIA_TYPE, parser=ENGINE)
    add_sheets(data, builder)
    return builder.build()
