"""The sources of a reply as it is sent: read anew, so that nobody cites what is not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import visible_collections
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Document, DocumentVersion
from cogep_assist.core.principal import Principal

MOST_SOURCES = 20
MAX_QUOTE_CHARS = 2000


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """A passage of a stored version: [start, end) in its characters."""

    document_id: UUID
    version: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.document_id}:{self.version}:{self.start}:{self.end}"


def read_place(text: str) -> PlaceRef:
    """Read a place as a form carries it. Raises AppError("citation_not_found")."""
    document, *numbers = text.split(":")
    try:
        version, start, end = (int(number) for number in numbers)
        place = PlaceRef(UUID(document), version, start, end)
    except ValueError:
        raise AppError("citation_not_found") from None
    if not (0 <= start < end <= 2**31 - 1 and 0 < version < 2**31):
        raise AppError("citation_not_found")
    return place


async def cited_passages(
    session: AsyncSession, principal: Principal, places: Sequence[PlaceRef]
) -> list[dict[str, Any]]:
    """Return what an entry keeps of its sources, each as the stored version has it.

    Raises AppError("citation_not_found") for a place that this person may not read or that is
    not in the version.
    """
    found = []
    for place in places[:MOST_SOURCES]:
        length = min(place.end - place.start, MAX_QUOTE_CHARS)
        row = (
            await session.execute(
                sa.select(
                    Document.title,
                    sa.func.substring(DocumentVersion.text, place.start + 1, length).label("quote"),
                )
                .join(DocumentVersion, DocumentVersion.document_id == Document.id)
                .where(
                    Document.id == place.document_id,
                    Document.deleted_at.is_(None),
                    Document.collection_id.in_(visible_collections(principal)),
                    DocumentVersion.number == place.version,
                    sa.func.char_length(DocumentVersion.text) >= place.end,
                )
            )
        ).one_or_none()
        if row is None:
            raise AppError("citation_not_found")
        found.append(
            {
                "document_id": str(place.document_id),
                "version": place.version,
                "start": place.start,
                "end": place.start + length,
                "quote": row.quote,
                "title": row.title,
            }
        )
    return found
