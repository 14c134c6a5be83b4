"""What a search looks for and what it finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

# All legs together, before a reranker spoke; and what the reranker said.
FUSION = "fusion"
RERANK = "rerank"


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Conditions on the documents; an empty one lets all pass. They hold before the top k."""

    media_types: tuple[str, ...] = ()
    created_after: datetime | None = None
    created_before: datetime | None = None
    document_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: ``text`` is ``start:end`` of its version's text.

    ``score`` runs from 0 to 1 and compares the passages of one search with each other.
    """

    chunk_id: UUID
    document_id: UUID
    version_id: UUID
    version: int
    collection_id: UUID
    title: str
    uri: str | None
    heading: str
    page: int | None
    text: str
    start: int
    end: int
    score: float
    # Where the same text stands as well.
    also_in: tuple["Hit", ...] = ()
    # What spoke for it, by the names of ``rescore.WEIGHTS``, "vectors", FUSION and RERANK; only
    # when asked for.
    legs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskedTerm:
    """A term of the question: how many passages hold it, and what stood in for it if none does."""

    word: str
    term: str
    frequency: int
    stand_ins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found and what it knows about the question, for whoever judges the hits."""

    hits: Sequence[Hit]
    terms: Sequence[AskedTerm]
    chunk_count: int
    # Codes of the message catalogue: what could not help this time.
    warnings: tuple[str, ...] = ()
