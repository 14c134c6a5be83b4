"""Read XLS, the workbooks of Excel 97 to 2003: as XLSX, without what the file says of itself."""

import io
import struct
from collections.abc import Callable

import olefile

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.hidden_lines import HiddenLines
from cogep_assist.pipeline.parse.sheet_numbers import Formatted
from cogep_assist.pipeline.parse.workbook import ENGINE, add_sheets
from cogep_assist.pipeline.parse.xls_hidden import of_xls

MEDIA_TYPE = "application/vnd.ms-excel"


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the visible sheets of a workbook; its 256 columns bound what a sheet can hold."""
    builder = DocumentBuilder(context.limits, media_type=MEDIA_TYPE, parser=ENGINE)
    add_sheets(data, builder, *_seen(data))
    return builder.build()


def _seen(data: bytes) -> tuple[list[HiddenLines], list[Callable[[], Formatted]]]:
    # The container's streams were measured when its kind was found out.
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            for name in ("Workbook", "Book"):
                if container.exists(name):
                    return of_xls(container.openstream(name).read())
    except (OSError, ValueError, IndexError, TypeError, struct.error) as error:
        raise AppError("file_corrupt") from error
    return [], []
