"""Choose the parser of a document by what it really is."""

import importlib
from pathlib import PurePath
from typing import Protocol, cast

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.media_type import EXTENSIONS, detect

_ROOM = "cogep_assist.pipeline.parse"
# Imported when first needed: a child that reads only web pages never loads a PDF engine.
_PARSERS = {
    "text/html": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/msword": "doc",
    "application/rtf": "rtf",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "text/csv": "csv_table",
    "text/markdown": "markdown",
    "text/plain": "plain_text",
    "message/rfc822": "email_message",
    "image/png": "picture",
    "image/jpeg": "picture",
    "image/tiff": "picture",
    "image/webp": "picture",
    "image/gif": "picture",
    "image/bmp": "picture",
}


class _Parser(Protocol):
    def parse(self, data: bytes, context: ParseContext) -> ParsedDocument: ...


def parse_document(data: bytes, context: ParseContext) -> ParsedDocument:
    """Parse a document in this process; only a limited child should call it."""
    if not data:
        raise AppError("empty_file")
    media_type = detect(data, name=context.name, declared=context.declared_type)
    parser = cast("_Parser", importlib.import_module(f"{_ROOM}.{_PARSERS[media_type]}"))
    document = parser.parse(data, context)
    if _names_another_type(context.name, media_type):
        return _with_warning(document, "content_differs_from_extension")
    return document


def _names_another_type(name: str | None, media_type: str) -> bool:
    suffix = PurePath(name).suffix.lower() if name else ""
    return suffix in EXTENSIONS and EXTENSIONS[suffix] != media_type


def _with_warning(document: ParsedDocument, code: str) -> ParsedDocument:
    return ParsedDocument(
        text=document.text, title=document.title, blocks=document.blocks,
        media_type=document.media_type, language=document.language,
        page_count=document.page_count, parser=document.parser,
        warnings=(*document.warnings, code), metadata=document.metadata,
    )  # fmt: skip
