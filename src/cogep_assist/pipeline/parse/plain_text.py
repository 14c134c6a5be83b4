"""Read plain text: paragraphs, lists, evident headings and form-feed pages."""

import itertools
import re

from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.charset import declared_in_type, decode
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument

MEDIA_TYPE = "text/plain"
_ITEM = re.compile(r"[ \t]*(?:[-*•·▪–—+]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])[ \t]+\S")
# "1º Monte o abrigo" is a step; "1º de março" goes on with what stands above it.
_ORDINAL = re.compile(r"[ \t]*\d{1,2}[ºª°][ \t]+[A-ZÀ-Þ]")
_NUMBERED = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){0,3}|[IVXLC]{1,6})\s?[.)–—-]\)?\s+[A-ZÀ-Þ]")
_LONGEST_HEADING = 100
_UNDERLINE = re.compile(r"[ \t]*([=\-~_*#])\1{2,}[ \t]*")
_WRAPPED_FROM = 45
# "monitor extra -> pedir no portal", "dev/dados: 32 GB": one fact to a line.
_LABEL = re.compile(r"\s*[^\W\d_][^.:;!?\n]{1,40}(?::|\s[-=]>)\s+\S")


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the text of a plain file; lines that were only wrapped flow together again."""
    text, encoding = decode(data, declared=declared_in_type(context.declared_type))
    builder = DocumentBuilder(context.limits, media_type=MEDIA_TYPE, parser="texto 2")
    builder.note("charset", encoding)
    add_plain_text(text, builder)
    return builder.build()


def add_plain_text(text: str, builder: DocumentBuilder) -> None:
    """Add the paragraphs of a text; form feeds count pages where there are any."""
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    pages = text.split("\f")
    while pages and not pages[-1].strip():
        pages.pop()
    if len(pages) > 1:
        builder.page_count = len(pages) if len(pages) <= builder.limits.max_pages else None
    for number, page in enumerate(pages, start=1):
        for lines in _paragraphs(page):
            _add_paragraph(lines, builder, number if builder.page_count else None)


def _paragraphs(page: str) -> list[list[str]]:
    paragraphs: list[list[str]] = [[]]
    for line in page.split("\n"):
        if line.strip():
            paragraphs[-1].append(line.rstrip())
        elif paragraphs[-1]:
            paragraphs.append([])
    return [lines for lines in paragraphs if lines]


def _add_paragraph(lines: list[str], builder: DocumentBuilder, page: int | None) -> None:
    if len(lines) >= 2 and _UNDERLINE.fullmatch(lines[1]) and len(lines[0]) < 120:
        builder.add("heading", lines[0], level=1 if "=" in lines[1] else 2, page=page)
        lines = lines[2:]
    elif len(lines) == 1 and _shouts(lines[0]):
        builder.add("heading", lines[0], level=1, page=page)
        return
    builder.separate()
    for heads, own in _headed(lines):
        if heads:
            builder.add("heading", own[0], level=2, page=page)
            continue
        for kind, text in _items(own):
            builder.add(kind, text, page=page)


def _shouts(line: str) -> bool:
    """An isolated short line in capitals is a heading."""
    letters = [character for character in line if character.isalpha()]
    return (
        len(letters) >= 4 and len(line) <= 100 and line.isupper() and line.rstrip()[-1] not in ".;,"
    )


def _headed(lines: list[str]) -> list[tuple[bool, list[str]]]:
    """Part the lines of a paragraph at those that head what follows; tell which those are."""
    parts: list[tuple[bool, list[str]]] = []
    for place, line in enumerate(lines):
        if _heads(line, lines[place - 1] if place else "", lines[place + 1 :]):
            parts.append((True, [line]))
        elif parts and not parts[-1][0]:
            parts[-1][1].append(line)
        else:
            parts.append((False, [line]))
    return parts


def _heads(line: str, before: str, below: list[str]) -> bool:
    """Tell whether a line is the heading of the text right below it: "5) Auxílio-creche".

    One of several numbered lines is an item, one that reaches the margin goes on.
    """
    if not below or line[:1] in " \t" or below[0][:1] in " \t" or _ITEM.match(below[0]):
        return False
    opens = below[0].lstrip()[:1]
    if len(line) > 0.7 * max(len(line), len(below[0])) or not (opens.isupper() or opens.isdigit()):
        return False
    if _shouts(line):
        return not _shouts(below[0])
    numbered = _NUMBERED.match(line) is not None and not _ITEM.match(before)
    return numbered and len(line) <= _LONGEST_HEADING and line[-1] not in ".;:,!"


def _items(lines: list[str]) -> list[tuple[str, str]]:
    """Group lines into list items and the text around them."""
    groups: list[tuple[str, list[str]]] = []
    for line in lines:
        if _ITEM.match(line) or _ORDINAL.match(line):
            groups.append(("list_item", [line]))
        elif groups and (groups[-1][0] == "paragraph" or line[:1] in " \t" or _goes_on(line)):
            groups[-1][1].append(line)
        else:
            groups.append(("paragraph", [line]))
    return [(kind, _unwrap(group)) for kind, group in groups]


def _goes_on(line: str) -> bool:
    return line.lstrip()[:1].islower()


def _unwrap(lines: list[str]) -> str:
    """Join lines that were broken only because they reached the margin."""
    widest = max(len(line) for line in lines)
    text = lines[0]
    for before, line in itertools.pairwise(lines):
        full = widest >= _WRAPPED_FROM and len(before) >= widest * 0.7
        wrapped = (_goes_on(line) or full) and not (_LABEL.match(before) and _LABEL.match(line))
        text += (" " if wrapped else "\n") + line
    return text
