"""What a ticket names of the base, as far as whoever reads the ticket may read that too."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import visible_collections
from cogep_assist.core.models import Document
from cogep_assist.core.principal import Principal

Rows = Sequence[Mapping[str, Any]]


async def readable_documents(
    session: AsyncSession,
    principal: Principal,
    entries: Rows,
    handover: Mapping[str, Any] | None = None,
) -> frozenset[str]:
    """Return which of the documents that entries and a hand-over name somebody may read.

    No statement where they name none, as most do.
    """
    named = {one["document_id"] for entry in entries for one in entry["citations"]}
    if handover is not None:
        named |= {one["document_id"] for one in handover.get("found") or ()}
        named |= {one for turn in handover.get("turns") or () for one in turn.get("documents", ())}
    if not named:
        return frozenset()
    found = await session.scalars(
        sa.select(Document.id).where(
            Document.id.in_(map(UUID, named)),
            Document.collection_id.in_(visible_collections(principal)),
        )
    )
    return frozenset(map(str, found))


def readable_sources(citations: Rows, readable: frozenset[str]) -> list[Mapping[str, Any]]:
    """Return the citations of documents that may be read: title and quote are the document's."""
    return [one for one in citations if one["document_id"] in readable]


def readable_handover(handover: Mapping[str, Any], readable: frozenset[str]) -> dict[str, Any]:
    """Return a hand-over without the answers that lean on what may not be read."""
    found = handover.get("found") or []
    kept = readable_sources(found, readable)
    # What was handed over before the turns named their documents goes by those of the last answer;
    # where that leant on none, nobody knows what the others leant on.
    by_last = bool(found) and len(kept) == len(found)
    turns = [
        turn
        if _is_readable(turn, readable, otherwise=by_last)
        else {**turn, "answer": "", "withheld": True}
        for turn in handover.get("turns") or []
    ]
    return {**handover, "found": kept, "turns": turns}


def _is_readable(turn: Mapping[str, Any], readable: frozenset[str], *, otherwise: bool) -> bool:
    documents = turn.get("documents")
    if documents is None:
        return otherwise or bool(turn.get("abstained"))
    return readable.issuperset(documents)
