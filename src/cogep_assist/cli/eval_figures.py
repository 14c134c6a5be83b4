"""A run's figures by name and its curves in shares, for whatever draws them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cogep_assist.cli.moments import number
from cogep_assist.rag_service.evaluation_curves import (
    DEEPEST,
    Points,
    abstention_curve,
    rank_curve,
)

TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
NOTHING_TO_DRAW = "Nenhuma pergunta deste conjunto tem o que desenhar."
NO_ABSTENTION = (
    "A curva de abstenção compara perguntas com resposta (“answers”) e sem resposta "
    "(“impossible”); este conjunto não tem dos dois tipos."
)
_NAMES = {
    "recall@5": "Recall@5",
    "recall@20": "Recall@20",
    "latency_ms.p50": "Tempo de busca, mediana (ms)",
    "latency_ms.p95": "Tempo de busca, percentil 95 (ms)",
    "answers.answerable": "Perguntas com resposta",
    "answers.containment": "Respostas que contêm o gabarito",
    "answers.false_abstention": "Abstenções indevidas",
    "answers.unanswerable": "Perguntas sem resposta na base",
    "answers.abstention": "Abstenções devidas",
    "answers.citation_validity": "Citações literais",
    "answers.cited_sentences": "Frases com fonte",
    "answers.latency_ms.p50": "Tempo de resposta, mediana (ms)",
    "answers.latency_ms.p95": "Tempo de resposta, percentil 95 (ms)",
    "queries": "Perguntas com documento certo",
    "documents": "Documentos",
    "empty_results": "Buscas que nada encontraram",
    "empty_documents": "Documentos vazios, deixados de fora",
    "unjudged_queries": "Perguntas sem gabarito, deixadas de fora",
    "unknown_queries": "Perguntas de qrels.tsv que não existem",
    "unknown_documents": "Documentos de qrels.tsv que não existem",
    "ingest_seconds": "Tempo de ingestão (s)",
}


@dataclass(frozen=True, slots=True)
class Curve:
    """A line over shares of both sides; ``mark``: where the product stands, and what to call it."""

    title: str
    across: str
    up: str
    points: Points
    columns: Sequence[tuple[float, str]]
    mark: tuple[float, float] | None = None
    mark_words: str = ""


def name_of(figure: str) -> str:
    """Return what people call a figure."""
    kind, at, cut = figure.partition("@")
    if at and kind in {"ndcg", "mrr"}:
        return f"{'nDCG' if kind == 'ndcg' else 'MRR'}@{cut}"
    return _NAMES.get(figure, figure)


def named_figures(run: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Return the figures that were measured, each with its name."""
    rows: list[tuple[str, str]] = []
    for name, value in run.items():
        if name == "questions" and isinstance(value, Mapping):
            continue
        if isinstance(value, Mapping):
            rows += named_figures(value, f"{prefix}{name}.")
        elif isinstance(value, int | float):
            digits = 0 if isinstance(value, int) else 1 if "ms." in f"{prefix}{name}" else 4
            rows.append((name_of(f"{prefix}{name}"), number(value, digits)))
    return rows


def curves_of(run: Mapping[str, Any]) -> list[Curve]:
    """Return what can be drawn of a run; nothing of a set whose questions say too little."""
    return [*_ranks(run), *_abstentions(run)]


def _ranks(run: Mapping[str, Any]) -> list[Curve]:
    ranks = rank_curve(run)
    if not ranks:
        return []
    asked = sum(any(name.startswith("mrr@") for name in own) for own in run["questions"].values())
    return [
        Curve(
            title=f"Lugar do documento certo ({asked} {'pergunta' if asked == 1 else 'perguntas'})",
            across="até este lugar na lista",
            up="parte das perguntas",
            points=[(rank / DEEPEST, share) for rank, share in ranks],
            columns=[(rank / DEEPEST, str(rank)) for rank in range(1, DEEPEST + 1)],
        )
    ]


def _abstentions(run: Mapping[str, Any]) -> list[Curve]:
    points = abstention_curve(run)
    if not points:
        return []
    answers = run.get("answers", {})
    false, right = answers.get("false_abstention"), answers.get("abstention")
    counts = f"{answers.get('answerable')} com resposta, {answers.get('unanswerable')} sem"
    mark = None if false is None or right is None else (float(false), float(right))
    return [
        Curve(
            title=f"Abstenção ({counts})",
            across="abstenções indevidas, nas perguntas com resposta",
            up="abstenções devidas",
            points=points,
            columns=[(tick, f"{tick:.0%}") for tick in TICKS],
            mark=mark,
            mark_words=f"em uso: {mark[0]:.0%} indevidas, {mark[1]:.0%} devidas" if mark else "",
        )
    ]
