"""A text cut where its passages begin and end, so that each is seen in its place."""

from collections.abc import Sequence
from dataclasses import dataclass

from cogep_assist.ingestion_service.document_passages import PassagePlace


@dataclass(frozen=True, slots=True)
class MarkedPart:
    """A stretch of text; one that is a passage has its number and page."""

    text: str
    ordinal: int | None = None
    page: int | None = None
    heading: str = ""
    passage: PassagePlace | None = None


def marked_parts(text: str, passages: Sequence[PassagePlace]) -> list[MarkedPart]:
    """Cut a text into passages and what lies between them; an overlap belongs to the first."""
    parts: list[MarkedPart] = []
    place = passages[0].start if passages else 0
    for passage in passages:
        start = max(place, passage.start)
        if start > place:
            parts.append(MarkedPart(text[place:start]))
        if passage.end > start:
            shown = text[start : passage.end]
            parts.append(MarkedPart(shown, passage.ordinal, passage.page, passage.heading, passage))
        place = max(place, passage.end)
    return parts
