"""The best passages in the order that a cross-encoder gives them, where one is set."""

from collections.abc import Sequence
from dataclasses import replace

from cogep_assist.retrieval.hit import RERANK, Hit
from cogep_assist.retrieval.query_models import RERANK_AWAY, QueryModels


async def reranked(
    models: QueryModels | None, question: str, hits: Sequence[Hit]
) -> tuple[list[Hit], str | None]:
    """Return the passages in their new order, or as they were with a warning.

    Those that time did not allow for follow in the order that they had. The scores stay with the
    places: a reranker's have a scale of their own, which nothing else could be compared with.
    """
    if models is None or not models.reranks or len(hits) < 2:
        return list(hits), None
    top = hits[: models.rerank_top]
    texts = [f"{hit.heading or hit.title}\n{hit.text}".strip() for hit in top]
    judged = await models.rerank(question, texts)
    if judged is None:
        return list(hits), RERANK_AWAY
    order = sorted(range(len(judged)), key=lambda place: -judged[place])
    moved = [*(_told(hits[place], judged[place]) for place in order), *hits[len(judged) :]]
    return [replace(hit, score=was.score) for hit, was in zip(moved, hits, strict=True)], None


def _told(hit: Hit, score: float) -> Hit:
    """Say the reranker's own score where a search is explained."""
    return replace(hit, legs={**hit.legs, RERANK: round(score, 6)}) if hit.legs else hit
