"""A question set's figures and what each question came to, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from cogep_assist.rag_service.evaluation_gate import flat_figures
from cogep_assist.rag_service.question_set_gate import FEWER_IS_BETTER, missed_of
from cogep_assist.rag_service.question_set_schemas import Figure, RunReply
from cogep_assist.web.formats import counted
from cogep_assist.web.plot import Plot, line_plot

# The last is one of which less is better.
FIGURES: tuple[tuple[Figure, str, str], ...] = (
    ("ndcg@10", "nDCG@10", "quão alto ficam os documentos certos"),
    ("mrr@10", "MRR@10", "em que lugar vem o primeiro documento certo"),
    ("recall@5", "Recall@5", "quantos documentos certos vêm entre os 5 primeiros"),
    ("recall@20", "Recall@20", "quantos documentos certos vêm entre os 20 primeiros"),
    ("answers.containment", "Respostas certas", "respostas que trazem o que se espera"),
    (
        "answers.abstention",
        "Abstenções devidas",
        "sem resposta na base e não respondidas",
    ),
    (
        "answers.false_abstention",
        "Abstenções indevidas",
        "com resposta na base e não respondidas: quanto menos, melhor",
    ),
)
_LABELS: dict[str, str] = {key: label for key, label, _ in FIGURES}
_UNHELPED = {
    "search_vectors_away": "sem os vetores",
    "search_vectors_filling": "sem os vetores, que estavam sendo feitos,",
    "search_rerank_away": "sem o reordenador",
}
_GOOD, _BAD = "good", "bad"
_HIGH = 3


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure over the measurements, oldest first, and its last value."""

    key: str
    label: str
    what: str
    drawn: Plot
    last: float
    values: Sequence[float | None]


def trends(runs: Sequence[RunReply], zone: ZoneInfo) -> list[Trend]:
    """Return the figures that any of the runs, newest first, measured."""
    flat = [flat_figures(run.figures) for run in runs]
    found = []
    for key, label, what in FIGURES:
        values = [figures.get(key) for figures in flat]
        told = [
            (run.created_at.astimezone(zone).strftime("%d/%m/%Y"), value)
            for run, value in zip(reversed(runs), reversed(values), strict=True)
            if value is not None
        ]
        if told:
            found.append(Trend(key, label, what, line_plot(told), told[-1][1], values))
    return found


def misses(gate: Mapping[str, float], run: RunReply | None) -> list[str]:
    """Return in words which bounds a measurement missed; none where there was no measurement."""
    if run is None:
        return []
    return [
        f"{_LABELS[miss.name]}: {_told(miss.found)}, e devia ser "
        f"{'no máximo' if miss.name in FEWER_IS_BETTER else 'ao menos'} {_told(gate[miss.name])}"
        for miss in missed_of(gate, run.figures)
    ]


def unhelped(run: RunReply) -> list[str]:
    """Return in words which models that are set did not help a measurement, and how often."""
    told = run.figures.get("warnings") or {}
    return [
        f"{words} em {counted(told[code], 'pergunta', 'perguntas')}"
        for code, words in _UNHELPED.items()
        if told.get(code)
    ]


def outcomes(own: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Return what a question came to in a run, each in words and with its colour."""
    if own is None:
        return []
    found = []
    if "mrr@10" in own:
        rank = round(1 / own["mrr@10"]) if own["mrr@10"] else 0
        words = f"documento em {rank}º lugar" if rank else "documento não veio"
        found.append((words, _GOOD if 0 < rank <= _HIGH else _BAD))
    if own.get("impossible"):
        right = bool(own.get("abstained"))
        found.append(("não respondeu" if right else "respondeu", _GOOD if right else _BAD))
    elif "containment" in own:
        wrong = "não respondeu" if own.get("abstained") else "resposta sem o esperado"
        found.append(("resposta certa", _GOOD) if own["containment"] else (wrong, _BAD))
    return found


def _told(value: float | None) -> str:
    return "não medido" if value is None else f"{value:.3f}".replace(".", ",")
