"""Read Markdown: its text and structure, without its marks."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.charset import declared_in_type, decode
from cogep_assist.pipeline.parse.clean import clean_characters
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.html import add_html
from cogep_assist.pipeline.parse.table_writing import TableWriter, plain_row

MEDIA_TYPE = "text/markdown"
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_LINE = re.compile(
    r"^(title|titulo|título|author|autor|date|data|lang|language)\s*:\s*(.+)$",
    re.IGNORECASE | re.MULTILINE,
)
_FRONT_KEYS = {
    "author": "author",
    "autor": "author",
    "date": "published_at",
    "data": "published_at",
}
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the text of a Markdown file."""
    text, encoding = decode(data, declared=declared_in_type(context.declared_type))
    builder = DocumentBuilder(context.limits, media_type=MEDIA_TYPE, parser="markdown-it-py 4")
    builder.note("charset", encoding)
    text = _take_front_matter(clean_characters(text), builder)
    _Writer(builder).write(_MARKDOWN.parse(text))
    return builder.build()


def _take_front_matter(text: str, builder: DocumentBuilder) -> str:
    found = _FRONT_MATTER.match(text)
    if not found:
        return text
    for key, value in _FRONT_LINE.findall(found.group(1)):
        clean = value.strip().strip("\"'")
        if key.lower() in ("title", "titulo", "título"):
            builder.title = clean
        elif key.lower() in ("lang", "language"):
            builder.language = clean
        else:
            builder.note(_FRONT_KEYS[key.lower()], clean)
    return text[found.end() :]


_NUMBERED_LINE = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3})*[.)]|\d{1,3}(?:\.\d{1,3})+|[a-z]\)|[IVXLC]{1,6}\s?[-–—]|§\s?\d+\S*"
    r"|§\s?[Úú]nico|Art\.\s?\d+\S*|Par[aá]grafo\s[uú]nico|\d{1,2}[ºª])\s"
)


class _Writer:
    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._lists: list[int | None] = []
        self._quotes = 0
        self._marker = ""
        self._table: TableWriter | None = None
        self._in_head = False
        self._cells: list[str] | None = None
        self._items = 0

    def write(self, tokens: Sequence[Token]) -> None:
        level = 0
        for token in tokens:
            if token.type == "inline":
                self._inline(token, level)
            elif token.type == "heading_open":
                level = int(token.tag[1])
            elif token.type == "heading_close":
                level = 0
            elif token.type in ("fence", "code_block"):
                self._builder.add("code", token.content)
            elif token.type == "html_block":
                add_html(_COMMENT.sub("", token.content), self._builder, page=False)
            else:
                self._structure(token)

    def _structure(self, token: Token) -> None:
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            start = token.attrGet("start")
            self._lists.append((int(start) if start is not None else 1) if kind[0] == "o" else None)
            if len(self._lists) == 1:
                self._builder.separate()
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif kind == "list_item_open":
            self._items += 1
            number = self._lists[-1]
            self._marker = "" if number is None else f"{number}."
            if number is not None:
                self._lists[-1] = number + 1
        elif kind == "list_item_close":
            self._items -= 1
            self._marker = ""
        elif kind in ("blockquote_open", "blockquote_close"):
            self._quotes += 1 if kind.endswith("open") else -1
        else:
            self._in_table(kind)

    def _in_table(self, kind: str) -> None:
        if kind == "table_open":
            self._table = TableWriter(self._builder)
        elif kind == "table_close" and self._table is not None:
            self._table.finish()
            self._table = None
        elif kind in ("thead_open", "thead_close"):
            self._in_head = kind == "thead_open"
        elif kind == "tr_open":
            self._cells = []
        elif kind == "tr_close" and self._cells is not None and self._table is not None:
            self._table.add(plain_row(self._cells, heads=self._in_head))
            self._cells = None

    def _inline(self, token: Token, level: int) -> None:
        text = self._plain(token.children or [])
        if self._cells is not None:
            self._cells.append(text)
        elif level:
            self._builder.add("heading", text, level=level)
        elif self._items:
            self._builder.add("list_item", f"{self._marker} {text}")
            self._marker = ""
        else:
            self._builder.add("quote" if self._quotes else "paragraph", text)

    def _plain(self, tokens: Sequence[Token]) -> str:
        parts: list[str] = []
        struck = 0
        for place, token in enumerate(tokens):
            if token.type in ("s_open", "s_close"):
                struck += 1 if token.type == "s_open" else -1
                self._builder.warn("struck_text_removed")
            elif struck:
                continue
            elif token.type in ("text", "code_inline"):
                parts.append(token.content)
            elif token.type == "softbreak":
                parts.append("\n" if _begins_anew(tokens, place) else " ")
            elif token.type == "hardbreak" or (
                token.type == "html_inline" and token.content.lower().startswith("<br")
            ):
                parts.append("\n")
            elif token.type == "image" and len(token.content.split()) >= 4:
                parts.append(token.content)
        return "".join(parts)


def _begins_anew(tokens: Sequence[Token], place: int) -> bool:
    """Tell whether a line was broken on purpose: a numbered one follows, or all above it is bold.

    A list that begins with 13 is no list to Markdown, nor are the articles of a law.
    """
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if after is not None and after.type == "text" and _NUMBERED_LINE.match(after.content):
        return True
    first = place
    while first and tokens[first - 1].type != "softbreak":
        first -= 1
    line = [token for token in tokens[first:place] if token.content or token.nesting]
    bold = [token.type for token in line]
    return (
        len(bold) > 2 and bold[0] == "strong_open" and bold.index("strong_close") == len(bold) - 1
    )
