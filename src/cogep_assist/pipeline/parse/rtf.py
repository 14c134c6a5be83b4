"""Read RTF: paragraphs, headings, lists, tables and notes, as a reader sees them."""

import re

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.rtf_flow import RtfFlow

MEDIA_TYPE = "application/rtf"
MAX_DEPTH = 2_000
# A control word with its number, a byte in hexadecimal, a control symbol, a brace, plain bytes.
_TOKEN = re.compile(
    rb"\\([A-Za-z]{1,32})(-?\d{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z])|([{}])|([^\\{}\r\n]+)",
    re.DOTALL,
)


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the text of a document in Rich Text Format.

    Raises AppError("file_corrupt") where it ends before it is closed.
    """
    builder = DocumentBuilder(context.limits, media_type=MEDIA_TYPE, parser="rtf 1")
    flow = RtfFlow(builder)
    place, end = 0, len(data)
    while place < end:
        token = _TOKEN.search(data, place)
        if token is None:
            break
        place = token.end()
        word, number, byte, symbol, brace, plain = token.groups()
        if word is not None:
            if word == b"bin" and number:
                place += max(0, int(number))
            else:
                flow.control(word.decode("ascii"), int(number) if number else None)
        elif byte is not None:
            flow.byte(int(byte, 16))
        elif plain is not None:
            flow.plain(plain)
        elif brace == b"{":
            if flow.depth >= MAX_DEPTH:
                raise AppError("document_too_nested")
            flow.open_group()
        elif brace == b"}":
            if flow.close_group() == 0:
                break
        else:
            flow.symbol(symbol)
    if flow.depth:
        raise AppError("file_corrupt")
    flow.finish()
    return builder.build()
