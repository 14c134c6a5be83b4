"""The figures of an evaluation as a table for people, and the thresholds that were missed."""

from collections.abc import Mapping, Sequence
from typing import Any

from cogep_assist.cli.console import err, out, table
from cogep_assist.cli.moments import duration, number
from cogep_assist.rag_service.evaluation_compare import Difference
from cogep_assist.rag_service.evaluation_gate import Miss
from cogep_assist.rag_service.evaluation_set import EvaluationSet

_COMPARED = {"containment": "contém a resposta", "abstained": "absteve-se"}


def counted(evaluation: EvaluationSet) -> str:
    """Say how much there is to measure, and what of the set cannot be used."""
    parts = [f"{_documents(len(evaluation.documents))}, {_questions(len(evaluation.queries))}"]
    for count, words in (
        (evaluation.empty_documents, "documentos vazios deixados de fora"),
        (evaluation.unjudged_queries, "perguntas sem gabarito deixadas de fora"),
        (evaluation.unknown_queries, "perguntas de qrels.tsv que não existem"),
        (evaluation.unknown_documents, "documentos de qrels.tsv que não existem"),
    ):
        if count:
            parts.append(f"{count} {words}")
    return "; ".join(parts) + "."


def _documents(count: int) -> str:
    return f"{count} documento" if count == 1 else f"{count} documentos"


def _questions(count: int) -> str:
    return f"{count} pergunta" if count == 1 else f"{count} perguntas"


def print_figures(figures: Mapping[str, Any], k: int) -> None:
    """Write the figures for people."""
    shown = table("Busca", "")
    for name in (f"ndcg@{k}", f"mrr@{k}", "recall@5", "recall@20"):
        shown.add_row(name, _share(figures[name]))
    latency = figures["latency_ms"]
    shown.add_row("latência p50 / p95", f"{duration(latency['p50'])} / {duration(latency['p95'])}")
    if "ingest_seconds" in figures:
        shown.add_row("ingestão", duration(figures["ingest_seconds"] * 1000))
    out().print(shown)
    answers = figures["answers"]
    rows = (
        ("contém a resposta", "containment", "answerable"),
        ("absteve-se sem precisar", "false_abstention", "answerable"),
        ("absteve-se quando devia", "abstention", "unanswerable"),
        ("citações literais", "citation_validity", None),
        ("frases com fonte", "cited_sentences", None),
    )
    if not answers["answerable"] and not answers["unanswerable"]:
        return
    out().print()
    shown = table("Respostas", "", "")
    for label, name, over in rows:
        if answers[name] is not None:
            of = f"de {_questions(answers[over])}" if over else ""
            shown.add_row(label, _share(answers[name]), of)
    spent = answers["latency_ms"]
    shown.add_row("latência p50 / p95", f"{duration(spent['p50'])} / {duration(spent['p95'])}", "")
    out().print(shown)


def print_differences(differences: Sequence[Difference]) -> None:
    """Write what changed against an earlier run, and whether chance could have done it."""
    if not differences:
        return
    out().print()
    shown = table("Comparação", "antes", "agora", "mudança", "intervalo de 95%", "")
    for one in differences:
        shown.add_row(
            _COMPARED.get(one.name, one.name),
            number(one.before, 4),
            number(one.now, 4),
            _signed(one.change),
            f"{_signed(one.low)} a {_signed(one.high)}",
            _verdict(one),
        )
    out().print(shown)


def as_rows(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    """Return the comparison for machines."""
    return [
        {
            "name": one.name,
            "questions": one.questions,
            "before": round(one.before, 4),
            "now": round(one.now, 4),
            "change": round(one.change, 4),
            "interval": [round(one.low, 4), round(one.high, 4)],
            "certain": one.certain,
        }
        for one in differences
    ]


def print_misses(misses: Sequence[Miss], thresholds: int) -> None:
    """Say which figures missed their threshold, on standard error."""
    if not misses:
        err().print(f"Todos os {thresholds} limites foram atingidos.", style="green")
        return
    for miss in misses:
        bounds = []
        if miss.least is not None:
            bounds.append(f"no mínimo {number(miss.least, 4)}")
        if miss.most is not None:
            bounds.append(f"no máximo {number(miss.most, 4)}")
        found = "não medido" if miss.found is None else number(miss.found, 4)
        err().print(
            f"Fora do limite: {miss.name} = {found}; devia ser {' e '.join(bounds)}.",
            style="red",
            markup=False,
        )


def _verdict(one: Difference) -> str:
    if one.low == one.high == 0:
        return "igual"
    if not one.certain:
        return "pode ser acaso"
    if one.name == "abstained":
        return "mudou"
    return "melhorou" if one.change > 0 else "piorou"


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + number(value, 4)


def _share(value: float | None) -> str:
    return "não medido" if value is None else number(value, 4)
