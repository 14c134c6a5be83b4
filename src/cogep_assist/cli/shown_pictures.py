"""Which pictures of a folder its own documents show: they are no files that nobody read."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

SHOWING = {".html", ".htm", ".xhtml", ".md", ".markdown"}
MOST_BYTES = 2 * 1024 * 1024
_SHOWN = re.compile(
    rb"""<(?:img|source|object|embed|image)\b[^>]*?\b(?:src|srcset|data|href)\s*=\s*["']?"""
    rb"""([^"'\s>]+)|!\[[^\]]*\]\(\s*<?([^)\s>]+)|^\s*\[[^\]]+\]:\s*<?([^\s>]+)""",
    re.IGNORECASE | re.MULTILINE,
)


def shown_pictures(documents: Iterable[Path]) -> dict[Path, Path]:
    """Return the files that documents show, each with the first document that shows it.

    Reads of each document its first MOST_BYTES; one that cannot be read shows nothing.
    """
    found: dict[Path, Path] = {}
    for document in documents:
        for place in _places(document):
            found.setdefault(place, document)
    return found


def _places(document: Path) -> Iterator[Path]:
    try:
        with document.open("rb") as file:
            text = file.read(MOST_BYTES)
    except OSError:
        return
    for match in _SHOWN.finditer(text):
        written = next(part for part in match.groups() if part).decode("utf-8", "replace")
        try:
            address = urlsplit(written)
            path = unquote(address.path)
            if address.scheme or address.netloc or not path or "\0" in path:
                continue
            yield (document.parent / path).resolve()
        except (OSError, ValueError, RuntimeError):
            continue
