"""A parsed document: one clean text and the blocks that it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

BLOCK_KINDS = frozenset({"heading", "paragraph", "list_item", "table_row", "code", "quote"})


@dataclass(frozen=True, slots=True)
class Block:
    """Mark one block of the text: ``text[start:end]``, without the separators around it."""

    kind: str
    start: int
    end: int
    level: int = 0
    page: int | None = None


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """Hold the text that citations point into, and what is known about it.

    The text is NFC, holds no control character but ``\\n``, and its blocks are ordered and
    disjoint; paragraphs stand apart by a blank line, items of one list and rows of one table by a
    line break.
    Offsets count Unicode characters. ``level`` is 1 to 6 for headings, else 0; pages count from 1.
    """

    text: str
    title: str | None
    blocks: tuple[Block, ...]
    media_type: str
    language: str | None = None
    page_count: int | None = None
    parser: str = ""
    warnings: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
