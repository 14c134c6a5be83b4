"""Cut a parsed document into passages at its headings, blocks and sentences. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cogep_assist.pipeline.parse.document import Block, ParsedDocument
from cogep_assist.retrieval.sentences import sentences

_HEADING_CHARS = 200
# A paragraph no longer than this, right above a table, says what the table is.
_CAPTION_CHARS = 150
_SOFT_CUT = re.compile(r"[;:,)\]–—|][ \n]|[ \n]")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Mark one passage: ``document.text[start:end]``, with the headings above it and its page."""

    ordinal: int
    start: int
    end: int
    heading_path: tuple[str, ...]
    page: int | None


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is kept whole where possible: a sentence, a list item, a table row, a line of code."""

    start: int
    end: int
    page: int | None
    opens_block: bool
    leads_in: bool
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class _Section:
    path: tuple[str, ...]
    headings: tuple[Block, ...]
    blocks: tuple[Block, ...]


def chunk(
    document: ParsedDocument, *, target_chars: int = 900, max_chars: int = 1800
) -> list[Chunk]:
    """Return the passages of a document, in order, disjoint, covering every block.

    A passage never crosses into another section; headings belong to the passage that follows them.
    Passages of one section come out near `target_chars` and about equally long; none is longer than
    `max_chars`. A sentence, list item or table row is cut only if it alone is longer than that. The
    sentence that introduces a list, and the first row of a table, stay with what follows. The rows
    of a table that goes over a page's end are parted there, so that each is cited with its page.
    """
    target = max(1, min(target_chars, max_chars))
    chunks: list[Chunk] = []
    for section in _sections(document):
        units = _units(document.text, section, max_chars)
        for group in _pack(units, target, max_chars):
            chunks.append(
                Chunk(len(chunks), group[0].start, group[-1].end, section.path, group[0].page)
            )
    return chunks


def _sections(document: ParsedDocument) -> Iterator[_Section]:
    """Yield runs of blocks under the same headings; headings without text join the next section."""
    path: list[tuple[int, str]] = []
    headings: list[Block] = []
    blocks: list[Block] = []
    shown: tuple[str, ...] = ()
    for block in document.blocks:
        if block.kind != "heading":
            blocks.append(block)
            continue
        if blocks:
            yield _Section(shown, tuple(headings), tuple(blocks))
            headings, blocks = [], []
        path = [item for item in path if item[0] < block.level]
        path.append((block.level, _name(document.text, block)))
        shown = tuple(name for _, name in path)
        headings.append(block)
    if blocks or headings:
        yield _Section(shown, tuple(headings), tuple(blocks))


def _name(text: str, block: Block) -> str:
    return " ".join(text[block.start : block.end].split())[:_HEADING_CHARS]


def _units(text: str, section: _Section, limit: int) -> list[_Unit]:
    units: list[_Unit] = []
    for heading in section.headings:
        # A heading leads in what follows it, so the two are never parted.
        units += _pieces(text, [(heading.start, heading.end)], heading, limit, leads_in=True)
    blocks = section.blocks
    for index, block in enumerate(blocks):
        following = blocks[index + 1].kind if index + 1 < len(blocks) else ""
        units += _pieces(
            text, _spans(text, block), block, limit, leads_in=_introduces(text, block, following)
            or (block.kind == "table_row" and following == "table_row"
                and (index == 0 or blocks[index - 1].kind != "table_row"))
        )  # fmt: skip
    return units


def _introduces(text: str, block: Block, following: str) -> bool:
    """Tell whether a paragraph announces the list, table, code or quotation after it."""
    if block.kind not in ("paragraph", "quote"):
        return False
    if following == "table_row" and block.end - block.start <= _CAPTION_CHARS:
        return True
    return following == "list_item" or (following != "" and text[block.end - 1] == ":")


def _spans(text: str, block: Block) -> list[tuple[int, int]]:
    """Cut a block where it may be parted: text at sentences, code at lines, items nowhere."""
    if block.kind in ("list_item", "table_row"):
        return [(block.start, block.end)]
    if block.kind == "code":
        return list(_lines(text, block.start, block.end))
    found = sentences(text[block.start : block.end])
    return [(block.start + start, block.start + end) for start, end in found] or [
        (block.start, block.end)
    ]


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        if stop > start:
            yield start, stop
        start = stop + 1


def _pieces(
    text: str, spans: list[tuple[int, int]], block: Block, limit: int, *, leads_in: bool
) -> list[_Unit]:
    units: list[_Unit] = []
    for start, end in spans:
        whole = [(start, end)]
        if end - start > limit and block.kind in ("list_item", "table_row"):
            inner = sentences(text[start:end])
            whole = [(start + first, start + last) for first, last in inner] or whole
        for first, last in whole:
            for piece_start, piece_end in _cut(text, first, last, limit):
                opens, is_row = not units, block.kind == "table_row"
                units.append(_Unit(piece_start, piece_end, block.page, opens, False, is_row))
    if units and leads_in:
        units[-1] = replace(units[-1], leads_in=True)
    return units


def _cut(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    """Cut what is longer than the limit: at punctuation, else at a space, else anywhere."""
    start = _past_blanks(text, start, end)
    while end - start > limit:
        window = text[start + limit // 2 : start + limit]
        places = [match.end() for match in _SOFT_CUT.finditer(window)]
        strong = [place for place in places if place > 1 and not window[place - 2].isalnum()]
        offset = (strong or places or [0])[-1]
        stop = start + limit // 2 + offset if offset else start + limit
        yield _trimmed(text, start, stop)
        start = _past_blanks(text, stop, end)
    if start < end:
        yield start, end


def _past_blanks(text: str, start: int, end: int) -> int:
    while start < end and text[start] in " \n":
        start += 1
    return start


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start + 1 and text[end - 1] in " \n":
        end -= 1
    return start, end


def _pack(units: list[_Unit], target: int, limit: int) -> Iterator[list[_Unit]]:
    """Group units into passages near an even share of the section, broken first between blocks."""
    if not units:
        return
    total = units[-1].end - units[0].start
    share = total / max(1, round(total / target))
    group: list[_Unit] = []
    for index, unit in enumerate(units):
        if group and _breaks_before(units, index, group, share, limit):
            carried = 0 if _turns_page(group, unit) else _carried(group, unit, limit)
            yield group[: len(group) - carried]
            group = group[len(group) - carried :]
        group.append(unit)
    yield group


def _breaks_before(
    units: list[_Unit], index: int, group: list[_Unit], share: float, limit: int
) -> bool:
    unit = units[index]
    start = group[0].start
    if unit.end - start > limit or _turns_page(group, unit):
        return True
    held = group[-1].end - start
    rest = units[-1].end - unit.start
    if rest < share * 0.35 and units[-1].end - start <= limit:
        return False
    if group[-1].leads_in:
        return False
    if unit.opens_block:
        # Between blocks a passage may end a little early, if the block would overfill it.
        block_end = _block_end(units, index)
        if held >= share * 0.6 and block_end - start > share * 1.15:
            return True
    return unit.end - start > share * 1.15 and held >= share * 0.5


def _turns_page(group: list[_Unit], unit: _Unit) -> bool:
    """Tell whether a row stands on another page than its passage begins on, which is cited."""
    return unit.is_row and unit.page != group[0].page


def _block_end(units: list[_Unit], index: int) -> int:
    end = units[index].end
    for unit in units[index + 1 : index + 60]:
        if unit.opens_block:
            break
        end = unit.end
    return end


def _carried(group: list[_Unit], unit: _Unit, limit: int) -> int:
    """Count the units at the end of a group that introduce what follows and must go with it."""
    carried = 0
    while carried < len(group) - 1 and group[-1 - carried].leads_in:
        if unit.end - group[-1 - carried].start > limit:
            break
        carried += 1
    return carried
