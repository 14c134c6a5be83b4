"""The words of a question, marked in a text."""

import re

from rich.text import Text

from cogep_assist.cli.console import one_line
from cogep_assist.retrieval.portuguese import stem, words

SNIPPET_CHARS = 320
_WORD = re.compile(r"\w+")


def snippet(text: str, question: str, *, limit: int = SNIPPET_CHARS) -> Text:
    """Cut the part of a text in which most of the question's words stand, and mark them."""
    flat = one_line(text, len(text) + 1)
    wanted = {stem(word) for word in words(question)}
    places = [match.span() for match in _WORD.finditer(flat) if _stems(match.group()) & wanted]
    begin = _best_window([start for start, _ in places], limit, len(flat))
    end = min(len(flat), begin + limit)
    # No word is cut: the window gives way at both ends.
    begin = flat.find(" ", begin, end) + 1 if begin else 0
    end = flat.rfind(" ", begin, end) if end < len(flat) and " " in flat[begin:end] else end
    shown = Text(("… " if begin else "") + flat[begin:end] + (" …" if end < len(flat) else ""))
    shift = (2 if begin else 0) - begin
    for start, stop in places:
        if begin <= start and stop <= end:
            shown.stylize("bold yellow", start + shift, stop + shift)
    return shown


def _stems(word: str) -> set[str]:
    return {stem(piece) for piece in words(word)}


def _best_window(starts: list[int], limit: int, total: int) -> int:
    if total <= limit or not starts:
        return 0
    reach = limit - 40
    best = max(starts, key=lambda at: (sum(at <= s < at + reach for s in starts), -at))
    return max(0, min(best - 30, total - limit))
