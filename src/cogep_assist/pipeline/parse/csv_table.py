"""Read CSV: each row a line that can be understood alone."""

import csv
import io

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.charset import declared_in_type, decode
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.table_rows import TableRows

MEDIA_TYPE = "text/csv"
_DELIMITERS = ";,\t|"
_SAMPLE = 64 * 1024


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the rows of a CSV file, each as ``column: value | column: value``."""
    text, encoding = decode(data, declared=declared_in_type(context.declared_type))
    text = text.replace("\x00", "")
    builder = DocumentBuilder(context.limits, media_type=MEDIA_TYPE, parser="csv 1")
    builder.note("charset", encoding)
    declared, text = _declared_delimiter(text)
    delimiter = declared or _find_delimiter(text[:_SAMPLE])
    csv.field_size_limit(context.limits.max_text_chars)
    rows = TableRows(builder)
    # strict=False: a stray quotation mark in one row must not lose the file.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    try:
        for row in reader:
            rows.add(row)
    except csv.Error as error:
        raise AppError("file_corrupt") from error
    rows.finish()
    return builder.build()


def _declared_delimiter(text: str) -> tuple[str | None, str]:
    """Excel writes ``sep=;`` on the first line."""
    first, _, rest = text.partition("\n")
    first = first.strip().lower()
    if len(first) == 5 and first.startswith("sep="):
        return first[4], rest
    return None, text


def _find_delimiter(sample: str) -> str:
    """Choose the delimiter that cuts most rows into the same number of fields, two or more."""
    lines = sample.split("\n")
    if len(lines) > 2:
        sample = "\n".join(lines[:-1][:200])
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        try:
            rows = [
                row
                for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
                if any(cell.strip() for cell in row)
            ]
        except csv.Error:
            continue
        widths = [len(row) for row in rows]
        if not widths:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        agreement = widths.count(usual) / len(widths)
        score = agreement * min(usual - 1, 8) ** 0.5 if usual > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best
