"""The figures of the answers: do they hold the truth, are their quotes literal, do they abstain."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.models import DocumentVersion
from cogep_assist.rag_service.ask import look, store_extracted
from cogep_assist.rag_service.evaluation_metrics import contains_answer, mean, percentile
from cogep_assist.rag_service.evaluation_set import EvaluationQuery
from cogep_assist.rag_service.schemas import AskReply, CitationReply


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer as the figures need it; ``literal`` says of each citation if it is exact."""

    text: str
    abstained: bool
    literal: Sequence[bool]
    cited: Sequence[bool]
    took_ms: float
    confidence: float


@dataclass(slots=True)
class AnswerFigures:
    """Sums over the answers of one evaluation."""

    containment: list[float] = field(default_factory=list)
    false_abstention: list[float] = field(default_factory=list)
    abstention: list[float] = field(default_factory=list)
    citation_validity: list[float] = field(default_factory=list)
    cited_sentences: list[float] = field(default_factory=list)
    took_ms: list[float] = field(default_factory=list)

    def add(self, query: EvaluationQuery, judged: Judged) -> dict[str, float]:
        """Count one answer and return what it came to."""
        self.took_ms.append(judged.took_ms)
        self.citation_validity += judged.literal
        self.cited_sentences += judged.cited
        own = {"abstained": float(judged.abstained), "confidence": judged.confidence}
        if query.impossible:
            self.abstention.append(judged.abstained)
            return own | {"impossible": 1.0}
        held = not judged.abstained and contains_answer(judged.text, query.answers)
        self.containment.append(held)
        self.false_abstention.append(judged.abstained)
        return own | {"containment": float(held)}

    def as_figures(self) -> dict[str, Any]:
        """Return the figures; None where the set asks nothing of the kind.

        ``containment`` counts an abstention as a miss. ``abstention`` is over the questions
        that are marked impossible, ``false_abstention`` over those that have an answer.
        """
        return {
            "answerable": len(self.containment),
            "containment": _rounded(mean(self.containment)),
            "false_abstention": _rounded(mean(self.false_abstention)),
            "unanswerable": len(self.abstention),
            "abstention": _rounded(mean(self.abstention)),
            "citation_validity": _rounded(mean(self.citation_validity)),
            "cited_sentences": _rounded(mean(self.cited_sentences)),
            "latency_ms": {
                "p50": _rounded(percentile(self.took_ms, 0.50), 2),
                "p95": _rounded(percentile(self.took_ms, 0.95), 2),
            },
        }


async def measure_answer(database: Database, query: EvaluationQuery, collection: str) -> Judged:
    """Ask one question as a person would, judge the answer, and leave nothing of it behind."""
    async with database.sessions() as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        began = time.perf_counter()
        looked = await look(session, SYSTEM, query.text, collection=collection)
        reply = await store_extracted(session, looked)
        took_ms = (time.perf_counter() - began) * 1000
        literal = [await _is_literal(session, citation) for citation in reply.citations]
        await session.rollback()
    return _judged(reply, literal, took_ms, looked.verdict.confidence)


def _judged(reply: AskReply, literal: Sequence[bool], took_ms: float, confidence: float) -> Judged:
    valid = {c.n for c, exact in zip(reply.citations, literal, strict=True) if exact}
    return Judged(
        text=reply.answer,
        abstained=reply.abstained,
        literal=literal,
        cited=[bool(valid.intersection(sentence.citations)) for sentence in reply.sentences],
        took_ms=took_ms,
        confidence=confidence,
    )


async def _is_literal(session: AsyncSession, citation: CitationReply) -> bool:
    """Whether the quote is, character for character, the span that it names."""
    text = await session.scalar(
        sa.select(DocumentVersion.text).where(
            DocumentVersion.document_id == citation.document_id,
            DocumentVersion.number == citation.version,
        )
    )
    span = (text or "")[citation.start : citation.end]
    return bool(citation.quote) and span == citation.quote


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
