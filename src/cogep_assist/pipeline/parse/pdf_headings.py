"""Find the headings of a PDF: its outline first, else what is set larger or bolder. Pure."""

import re
from collections import Counter

from cogep_assist.pipeline.parse.pdf_layout import Line, Pages

_LETTERS = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3})*\.?|[IVXLC]{1,6}\.?|[A-Z]\.)\s+")
_DIVISION = re.compile(
    r"(?:LIVRO|PARTE|T[ÍI]TULO|CAP[ÍI]TULO|SE[ÇC][ÃA]O|SUBSE[ÇC][ÃA]O|ANEXO|AP[ÊE]NDICE)\s+"
    r"(?:[IVXLC]+|\d+|[ÚU]NIC[OA])\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:cap[ií]tulo|anexo|ap[eê]ndice|parte|se[cç][aã]o|t[ií]tulo)?[\divxlc]{0,8}[a-z]?"
)
_SENTENCE_END = re.compile(r"[.;,:]$")
_MAX_CHARS = 160
_MAX_LINES = 3


def find_headings(outline: list[tuple[int, str, int]], pages: Pages) -> dict[int, int]:
    """Return the level (1 to 6) of each heading line, by the line's id()."""
    found = _from_outline(outline, pages)
    if found and len(set(found.values())) >= 1 and len(found) >= len(outline) * 0.3:
        return found
    return _from_looks(pages)


def _from_outline(outline: list[tuple[int, str, int]], pages: Pages) -> dict[int, int]:
    by_page = dict(pages)
    found: dict[int, int] = {}
    for level, title, page in outline:
        wanted = _key(_NUMBER.sub("", title))
        if not wanted:
            continue
        for number in (page, page + 1):
            matched = _match(wanted, by_page.get(number, []), found)
            if matched:
                found.update((id(line), min(6, level)) for line in matched)
                break
    return found


def _match(wanted: str, lines: list[Line], taken: dict[int, int]) -> list[Line]:
    """Return the lines that together read as the title, with or without its number."""
    for index, line in enumerate(lines):
        if id(line) in taken:
            continue
        joined = ""
        for count in range(_MAX_LINES):
            if index + count >= len(lines):
                break
            joined += _key(lines[index + count].text)
            if len(joined) > len(wanted) + 20:
                break
            if joined == wanted or (joined.endswith(wanted) and _is_number(joined, wanted, line)):
                return lines[index : index + count + 1]
    return []


def _is_number(joined: str, wanted: str, line: Line) -> bool:
    prefix = joined[: -len(wanted)]
    label = _key(line.text[: len(prefix) + 12])
    return label.startswith(prefix) and _LABEL.fullmatch(prefix) is not None


def _from_looks(pages: Pages) -> dict[int, int]:
    """Judge by size and weight: headings are larger or bolder than the body, short, and few."""
    lines = [line for _, page_lines in pages for line in page_lines]
    if not lines:
        return {}
    body = _body_size(lines)
    mostly_bold = sum(len(line.text) for line in lines if line.bold) > 0.3 * sum(
        len(line.text) for line in lines
    )
    candidates = [
        line
        for line in lines
        if _may_head(line)
        and (
            line.size > body * 1.15
            or (line.bold and not mostly_bold and line.size > body * 0.97)
            or _DIVISION.match(line.text)
        )
    ]
    everything = sum(len(line.text) for line in lines)
    if sum(len(line.text) for line in candidates) > everything * 0.3:
        return {}
    sizes = sorted(
        {round(line.size) for line in candidates if line.size > body * 1.15}, reverse=True
    )
    ranks = {size: min(3, rank + 1) for rank, size in enumerate(sizes)}
    below = min(6, len(set(ranks.values())) + 1)
    return {id(line): ranks.get(round(line.size), below) for line in candidates}


def _may_head(line: Line) -> bool:
    words = _LETTERS.findall(line.text)
    letters = sum(1 for character in line.text if character.isalpha())
    return (
        letters >= 3
        and len(line.text) <= _MAX_CHARS
        and bool(words)
        and not _SENTENCE_END.search(line.text)
        and not line.text[0].islower()
        and not line.text.endswith("\u00ad")
    )


def _body_size(lines: list[Line]) -> float:
    """Return the line height that most characters are set in."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0]


def _key(text: str) -> str:
    return "".join(_LETTERS.findall(text.lower()))
