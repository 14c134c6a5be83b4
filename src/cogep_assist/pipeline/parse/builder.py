"""Assemble the text of a document block by block, keeping exact offsets."""

from types import MappingProxyType

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.clean import flow, has_tricks, one_line, unspaced, verbatim
from cogep_assist.pipeline.parse.document import Block, ParsedDocument
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.pipeline.parse.table_labels import labelled

_TIGHT = frozenset({"list_item", "table_row"})
_MAX_METADATA_CHARS = 2_000


class DocumentBuilder:
    """Collect blocks, warnings and metadata, and build the document from them."""

    def __init__(self, limits: ParseLimits, *, media_type: str, parser: str) -> None:
        self.limits = limits
        self.media_type = media_type
        self.parser = parser
        self.title: str | None = None
        self.language: str | None = None
        self.page_count: int | None = None
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._length = 0
        self._group = 0
        self._last_group = 0
        self._warnings: dict[str, None] = {}
        self._metadata: dict[str, str] = {}

    @property
    def length(self) -> int:
        """Characters collected so far."""
        return self._length

    def add(self, kind: str, text: str, *, level: int = 0, page: int | None = None) -> None:
        """Append a block; text without a visible character adds nothing."""
        if has_tricks(text):
            self.warn("reordering_characters_removed")
        if kind == "heading":
            clean = one_line(unspaced(text))
        elif kind == "code":
            clean = verbatim(text)
        else:
            clean = flow(unspaced(text))
        if not clean or clean.isspace():
            return
        separator = self._separator(kind)
        start = self._length + len(separator)
        end = start + len(clean)
        if end > self.limits.max_text_chars:
            raise AppError("document_text_too_long", limit=self.limits.max_text_chars)
        self._parts += (separator, clean)
        self._blocks.append(Block(kind, start, end, level if kind == "heading" else 0, page))
        self._length = end
        self._last_group = self._group

    def add_row(self, cells: list[str], *, page: int | None = None) -> None:
        """Append a table row: its cells on one line, joined by a bar, empty ends dropped."""
        clean = [one_line(cell) for cell in cells]
        while clean and not clean[-1]:
            clean.pop()
        if any(clean):
            self.add("table_row", " | ".join(clean), page=page)

    def separate(self) -> None:
        """Begin another list or table: its first line will stand apart from the one before."""
        self._group += 1

    def warn(self, code: str) -> None:
        """Note a stable code about something that was left out or doubtful."""
        self._warnings[code] = None

    def note(self, key: str, value: str | None) -> None:
        """Keep a line of metadata, if there is anything to keep."""
        clean = one_line(value[: _MAX_METADATA_CHARS * 2]) if value else ""
        if clean:
            self._metadata[key] = clean[:_MAX_METADATA_CHARS]

    def build(self) -> ParsedDocument:
        """Return the document; a document without text is an error, never an empty success."""
        if not any(character.isalnum() for part in self._parts for character in part):
            raise AppError("empty_text")
        parts, blocks = labelled(self._parts, self._blocks)
        if blocks[-1].end > self.limits.max_text_chars:
            parts, blocks = self._parts, self._blocks
        title = one_line(self.title[:2_000]) if self.title else ""
        return ParsedDocument(
            text="".join(parts),
            title=title[:500] or self._first_heading(),
            blocks=tuple(blocks),
            media_type=self.media_type,
            language=_language(self.language),
            page_count=self.page_count,
            parser=self.parser,
            warnings=tuple(self._warnings),
            metadata=MappingProxyType(self._metadata),
        )

    def _separator(self, kind: str) -> str:
        if not self._blocks:
            return ""
        tight = kind in _TIGHT and self._blocks[-1].kind == kind and self._group == self._last_group
        return "\n" if tight else "\n\n"

    def _first_heading(self) -> str | None:
        for index, block in enumerate(self._blocks):
            if block.kind == "heading":
                return self._parts[index * 2 + 1][:500]
        return None


def _language(tag: str | None) -> str | None:
    """Return a language tag in its usual form (``pt-BR``), or None if it is not one."""
    if not tag:
        return None
    parts = tag.strip().replace("_", "-").split("-")
    if not (2 <= len(parts[0]) <= 3 and parts[0].isascii() and parts[0].isalpha()):
        return None
    region = parts[1] if len(parts) > 1 and len(parts[1]) == 2 and parts[1].isalpha() else ""
    return f"{parts[0].lower()}-{region.upper()}" if region else parts[0].lower()
