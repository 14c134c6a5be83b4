"""Say in the rows of tables with the same heads which table each is of. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cogep_assist.pipeline.parse.document import Block

_BAR = " | "
_NAME = ": "
_ROW = "table_row"
# Rows that are looked at for the names of a table's columns.
_LOOK_AHEAD = 20
_LONGEST_CAPTION = 150
_LONGEST_LABEL = 100
_NUMBERED = re.compile(
    r"(?:tabela|quadro|anexo|figura|planilha)s?\s+(?:n[ºo.°]*\s*)?"
    r"(?:\d{1,3}(?:\.\d{1,3})*|[ivxlc]{1,6}|[a-z])(?![^\W_])[\s.:–—-]*",
    re.IGNORECASE,
)
# What ends like this is a sentence of the text.
_SENTENCE_END = (".", ";", "!", "?", ",")
_PAGE = re.compile(
    r"p[áa]g(?:ina|\.)?\s*\d|continua|fls?\.|(?:fonte|nota|obs\.?)s?\s*:", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{2}")


@dataclass(slots=True)
class _Table:
    """The blocks ``first:last`` of a table, the names of its columns, and what it is called."""

    first: int
    last: int
    keys: frozenset[tuple[str, str]]
    label: str = ""
    # The headings above it, told apart from the outermost inwards.
    path: tuple[str, ...] = ()
    captioned: bool = False


def labelled(parts: Sequence[str], blocks: Sequence[Block]) -> tuple[list[str], list[Block]]:
    """Return a document's parts, a separator and a text for each block, and its blocks.

    Where two tables have the same first column and another one in common, each of their rows
    begins with the table's caption, or with the heading above it: ``Pós-graduação | Item: Bolsa``.
    What names a table by itself stays as it is.
    """
    tables = list(_tables(parts, blocks))
    prefixes = _prefixes(tables) if len(tables) > 1 else {}
    if not prefixes:
        return list(parts), list(blocks)
    return _prefixed(parts, blocks, prefixes)


def _tables(parts: Sequence[str], blocks: Sequence[Block]) -> Iterator[_Table]:
    texts = parts[1::2]
    path: list[tuple[int, str]] = []
    first: int | None = None
    found: list[_Table] = []
    for place, block in enumerate(blocks):
        begins = block.kind == _ROW and (first is None or parts[2 * place] != "\n")
        if first is not None and (block.kind != _ROW or begins):
            found.append(_table(texts, first, place, path))
            first = None
        if begins:
            first = place
        if block.kind == "heading":
            path = [item for item in path if item[0] < block.level]
            path.append((block.level, texts[place]))
    if first is not None:
        found.append(_table(texts, first, len(blocks), path))
    _call(found, texts, blocks)
    yield from found


def _table(texts: Sequence[str], first: int, last: int, path: list[tuple[int, str]]) -> _Table:
    names: dict[str, None] = {}
    for row in texts[first : min(last, first + _LOOK_AHEAD)]:
        if _BAR in row:
            names.update(dict.fromkeys(_names(row)))
    told = list(names)
    keys = frozenset((told[0], name) for name in told[1:] if name) if told else frozenset()
    return _Table(first, last, keys, path=tuple(name for _, name in path))


def _names(row: str) -> Iterator[str]:
    for cell in row.split(_BAR):
        name, colon, _ = cell.partition(_NAME)
        yield name.casefold() if colon else ""


def _call(tables: Sequence[_Table], texts: Sequence[str], blocks: Sequence[Block]) -> None:
    """Give each table its caption, which stands above it or, in some documents, below."""
    below = bool(tables) and _stands_below(tables, texts, blocks)
    for place, table in enumerate(tables):
        above, under = table.first - 1, table.last
        before = tables[place - 1] if place else None
        if below and _is_numbered(under, texts, blocks):
            table.label = _label(texts[under])
        elif not below and _is_caption(above, texts, blocks):
            table.label = _label(texts[above])
        elif before is not None and before.last == table.first and before.keys == table.keys:
            # It goes on with the one right above it.
            table.label, table.captioned = before.label, before.captioned
            continue
        table.captioned = bool(table.label)


def _stands_below(tables: Sequence[_Table], texts: Sequence[str], blocks: Sequence[Block]) -> bool:
    first = tables[0]
    return _is_numbered(first.last, texts, blocks) and not _is_caption(
        first.first - 1, texts, blocks
    )


def _is_caption(place: int, texts: Sequence[str], blocks: Sequence[Block]) -> bool:
    if place < 0 or blocks[place].kind not in ("paragraph", "quote"):
        return False
    text = texts[place]
    if len(text) > _LONGEST_CAPTION or "\n" in text or not _WORD.search(text):
        return False
    return not _PAGE.match(text) and (_is_named(text) or not text.endswith(_SENTENCE_END))


def _is_numbered(place: int, texts: Sequence[str], blocks: Sequence[Block]) -> bool:
    return (
        place < len(blocks)
        and blocks[place].kind in ("paragraph", "quote")
        and len(texts[place]) <= _LONGEST_CAPTION
        and _is_named(texts[place])
    )


def _is_named(text: str) -> bool:
    return _NUMBERED.match(text) is not None


def _label(caption: str) -> str:
    """Return what a caption says, without the number of the table, as a cell of a row."""
    found = _NUMBERED.match(caption)
    told = caption[found.end() :] if found else caption
    told = (told if _WORD.search(told) else caption).rstrip(" .:").replace(_BAR, " / ")
    told = told.replace(_NAME, " – ")
    if len(told) <= _LONGEST_LABEL:
        return told
    return told[:_LONGEST_LABEL].rsplit(" ", 1)[0].rstrip(" ,;–") + "…"


def _prefixes(tables: Sequence[_Table]) -> dict[int, str]:
    """Return block -> label, for the rows of tables that others may be taken for."""
    alike: defaultdict[tuple[str, str], list[_Table]] = defaultdict(list)
    for table in tables:
        for key in table.keys:
            alike[key].append(table)
    for those in alike.values():
        if len({table.label.casefold() for table in those}) == 1:
            # "Posição em 31/12" above each of them tells none apart.
            for table in those:
                table.label, table.captioned = "", False
    labels = _paths(alike)
    told = {
        key: {(table.label or labels.get(table.first, "")).casefold() for table in those}
        for key, those in alike.items()
    }
    prefixes: dict[int, str] = {}
    for table in tables:
        label = table.label or labels.get(table.first, "")
        if label and any(len(told[key]) > 1 for key in table.keys):
            prefixes.update(dict.fromkeys(range(table.first, table.last), label))
    return prefixes


def _paths(alike: Mapping[tuple[str, str], Sequence[_Table]]) -> dict[int, str]:
    """Return table -> the innermost heading that tells it from the others with its heads."""
    labels: dict[int, str] = {}
    for tables in alike.values():
        bare = [table for table in tables if not table.captioned and table.path]
        seen: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        for table in bare:
            seen[table.path[-1]].add(table.path)
        for table in bare:
            several = len(seen[table.path[-1]]) > 1
            names = table.path[-2:] if several else table.path[-1:]
            if len(labels.get(table.first, "")) < len(told := _label(" – ".join(names))):
                labels[table.first] = told
    return labels


def _prefixed(
    parts: Sequence[str], blocks: Sequence[Block], prefixes: Mapping[int, str]
) -> tuple[list[str], list[Block]]:
    moved, made = 0, []
    written = list(parts)
    for place, block in enumerate(blocks):
        text = parts[2 * place + 1]
        start = block.start + moved
        label = prefixes.get(place, "")
        if label and not text.casefold().startswith(label.casefold()):
            written[2 * place + 1] = text = f"{label}{_BAR}{text}"
        made.append(replace(block, start=start, end=start + len(text)))
        moved += len(text) - (block.end - block.start)
    return written, made
