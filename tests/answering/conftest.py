"""Passages as a search would return them."""

from collections.abc import Callable
from uuid import UUID, uuid5

import pytest

from cogep_assist.retrieval.hit import AskedTerm, Findings, Hit
from cogep_assist.retrieval.portuguese import stem, words

SPACE = UUID("01a20976-67c3-7387-91ff-401d33bd9a7c")
MakeHit = Callable[..., Hit]


@pytest.fixture
def hit() -> MakeHit:
    """Make a passage that begins at ``start`` of the version of the document ``name``."""

    def make(
        text: str,
        *,
        name: str = "ferias",
        heading: str = "",
        title: str = "Férias",
        start: int = 0,
        score: float = 1.0,
    ) -> Hit:
        document = uuid5(SPACE, name)
        return Hit(
            chunk_id=uuid5(document, str(start)),
            document_id=document,
            version_id=uuid5(document, "versão"),
            version=1,
            collection_id=SPACE,
            title=title,
            uri=None,
            heading=heading,
            page=None,
            text=text,
            start=start,
            end=start + len(text),
            score=score,
        )

    return make


@pytest.fixture
def findings() -> Callable[..., Findings]:
    """Make what a search over these passages and some others knows."""

    def make(question: str, hits: list[Hit], *, chunk_count: int = 1_000) -> Findings:
        held = [set(map(stem, words(f"{one.title} {one.heading} {one.text}"))) for one in hits]
        terms = []
        for word in dict.fromkeys(words(question)):
            count = sum(stem(word) in one for one in held)
            terms.append(AskedTerm(word, stem(word), count))
        return Findings(hits, terms, chunk_count)

    return make
