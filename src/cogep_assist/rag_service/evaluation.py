"""Measure the search on an evaluation set that stands, ingested, in a collection."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from cogep_assist.core.db import Database
from cogep_assist.core.models import Document
from cogep_assist.rag_service.evaluation_answers import AnswerFigures, measure_answer
from cogep_assist.rag_service.evaluation_gate import flat_figures
from cogep_assist.rag_service.evaluation_metrics import (
    mean,
    ndcg,
    percentile,
    recall,
    reciprocal_rank,
)
from cogep_assist.rag_service.evaluation_set import EvaluationQuery, EvaluationSet
from cogep_assist.retrieval.search import MOST_RESULTS, Findings, Hit, investigate

RECALL_DEPTHS = (5, 20)
# Asked once, untimed: connections are opened and the index is read for the first time.
WARM_UP_QUERIES = 5
EXTERNAL = "external:"

Step = Callable[[int], None]


@dataclass(slots=True)
class _Figures:
    ndcg: list[float] = field(default_factory=list)
    rank: list[float] = field(default_factory=list)
    recall: dict[int, list[float]] = field(
        default_factory=lambda: {depth: [] for depth in RECALL_DEPTHS}
    )
    latency_ms: list[float] = field(default_factory=list)
    empty: int = 0
    # How many questions a model that was away did not help: figures without it are no others.
    warnings: Counter[str] = field(default_factory=Counter)
    # What each question came to, by its id: two runs are compared question by question.
    questions: dict[str, dict[str, float]] = field(default_factory=dict)


async def evaluate(
    database: Database,
    evaluation: EvaluationSet,
    collection: tuple[str, UUID],
    *,
    k: int = 10,
    step: Step = lambda _: None,
) -> dict[str, Any]:
    """Ask every question of the set and return the figures; ``step`` hears of each question.

    ``collection`` is the name and the id of the collection that holds the set's documents.
    Rankings are of documents, each at the place of its best passage. Latency is that of the
    search alone, in milliseconds, one question at a time. ``questions`` has what each of them
    came to, by its id; ``warnings`` how many questions a model did not help that is set.
    """
    collection_name, collection_id = collection
    names = await _document_names(database, collection_id)
    depth = min(max(k, *RECALL_DEPTHS), MOST_RESULTS)
    for query in evaluation.queries[:WARM_UP_QUERIES]:
        await _search(database, query.text, collection_id, depth)
    figures, answers = _Figures(), AnswerFigures()
    for query in evaluation.queries:
        began = time.perf_counter()
        found = await _look(database, query.text, collection_id, depth)
        hits = list(found.hits)
        figures.warnings.update(found.warnings)
        figures.latency_ms.append((time.perf_counter() - began) * 1000)
        grades = evaluation.grades.get(query.id)
        if grades:
            ranking = await _ranking(database, query, hits, names, collection_id, depth)
            figures.questions[query.id] = _judge(figures, ranking, grades, k)
        if query.answers or query.impossible:
            judged = await measure_answer(database, query, collection_name)
            figures.questions.setdefault(query.id, {}).update(answers.add(query, judged))
        step(1)
    return _as_figures(figures, answers, evaluation, k)


def figure_names(k: int) -> set[str]:
    """Return the dotted paths of all that an evaluation at this cut measures."""
    nothing = _as_figures(_Figures(), AnswerFigures(), EvaluationSet([], [], {}), k)
    return {name for name in flat_figures(nothing) if not name.startswith("questions.")}


def question_figure_names(k: int) -> list[str]:
    """Return the figures that two runs are compared by, question by question."""
    depths = (f"recall@{depth}" for depth in RECALL_DEPTHS)
    return [f"ndcg@{k}", f"mrr@{k}", *depths, "containment", "abstained"]


async def _document_names(database: Database, collection_id: UUID) -> dict[UUID, str]:
    statement = sa.select(Document.id, Document.source_key).where(
        Document.collection_id == collection_id, Document.deleted_at.is_(None)
    )
    async with database.begin() as session:
        rows = (await session.execute(statement)).all()
    return {row.id: row.source_key.removeprefix(EXTERNAL) for row in rows}


async def _search(database: Database, question: str, collection_id: UUID, depth: int) -> list[Hit]:
    return list((await _look(database, question, collection_id, depth)).hits)


async def _look(database: Database, question: str, collection_id: UUID, depth: int) -> Findings:
    async with database.begin() as session:
        return await investigate(session, question, [collection_id], k=depth)


async def _ranking(
    database: Database,
    query: EvaluationQuery,
    hits: Sequence[Hit],
    names: Mapping[UUID, str],
    collection_id: UUID,
    depth: int,
) -> list[str]:
    """Rank documents by their best passage; look deeper where long ones fill the places."""
    reach = depth
    while True:
        every = [same for hit in hits for same in (hit, *hit.also_in)]
        ranking = list(dict.fromkeys(names[h.document_id] for h in every if h.document_id in names))
        if len(ranking) >= depth or len(hits) < reach or reach >= MOST_RESULTS:
            return ranking
        reach = min(reach * 5, MOST_RESULTS)
        hits = await _search(database, query.text, collection_id, reach)


def _judge(
    figures: _Figures, ranking: list[str], grades: Mapping[str, float], k: int
) -> dict[str, float]:
    own = {f"ndcg@{k}": ndcg(ranking, grades, k), f"mrr@{k}": reciprocal_rank(ranking, grades, k)}
    figures.ndcg.append(own[f"ndcg@{k}"])
    figures.rank.append(own[f"mrr@{k}"])
    for depth, values in figures.recall.items():
        values.append(recall(ranking, grades, depth))
        own[f"recall@{depth}"] = values[-1]
    figures.empty += not ranking
    return {name: round(value, 4) for name, value in own.items()}


def _as_figures(
    figures: _Figures, answers: AnswerFigures, evaluation: EvaluationSet, k: int
) -> dict[str, Any]:
    return {
        f"ndcg@{k}": _rounded(mean(figures.ndcg), 4),
        f"mrr@{k}": _rounded(mean(figures.rank), 4),
        **{f"recall@{d}": _rounded(mean(v), 4) for d, v in figures.recall.items()},
        "latency_ms": {
            "p50": _rounded(percentile(figures.latency_ms, 0.50), 2),
            "p95": _rounded(percentile(figures.latency_ms, 0.95), 2),
        },
        "answers": answers.as_figures(),
        "queries": len(figures.ndcg),
        "documents": len(evaluation.documents),
        "empty_results": figures.empty,
        "empty_documents": evaluation.empty_documents,
        "unjudged_queries": evaluation.unjudged_queries,
        "unknown_queries": evaluation.unknown_queries,
        "unknown_documents": evaluation.unknown_documents,
        "warnings": dict(figures.warnings),
        "questions": figures.questions,
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
