"""Question sets and their measurements, for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from cogep_assist.cli.console import out, table
from cogep_assist.cli.moments import number
from cogep_assist.rag_service.evaluation_words import threshold_words
from cogep_assist.rag_service.question_set_schemas import (
    MeasurementReply,
    MeasurementStatus,
    QuestionSetDetail,
    QuestionSetReply,
    RunReply,
)

_SHOWN = (
    ("ndcg@10", "ndcg@10"),
    ("contém a resposta", "answers.containment"),
    ("absteve-se sem precisar", "answers.false_abstention"),
    ("absteve-se quando devia", "answers.abstention"),
)

_MEASUREMENTS = {
    MeasurementStatus.WAITING: "A medição está na fila",
    MeasurementStatus.RUNNING: "A medição está em andamento",
    MeasurementStatus.FAILED: "A última medição pedida falhou",
}


def print_sets(sets: Sequence[QuestionSetReply]) -> None:
    """Write the sets, a line each."""
    shown = table("Conjunto", "coleção", "perguntas", "mede", "última medição", "ndcg@10")
    for one in sets:
        last = one.last_run
        shown.add_row(
            one.name,
            one.collection,
            str(one.questions),
            _when(one.every_hours),
            "nenhuma" if last is None else f"{last.created_at:%d/%m/%Y %H:%M} UTC",
            "" if last is None else _figure(last.figures, "ndcg@10"),
        )
    out().print(shown)


def print_set(one: QuestionSetDetail, *, questions: bool = False) -> None:
    """Write one set; its questions too, if they are asked for."""
    out().print(
        f"Conjunto “{one.name}” ({one.id}): {one.questions} perguntas sobre a coleção "
        f"{one.collection}; mede {_when(one.every_hours)}.",
        markup=False,
    )
    out().print(threshold_words(one.threshold), markup=False)
    if one.measurement is not None:
        _print_measurement(one.measurement)
    if not questions:
        return
    shown = table("Pergunta", "espera")
    for item in one.items:
        wanted = "nenhuma resposta" if item.impossible else "; ".join(item.answers + item.documents)
        shown.add_row(item.text, wanted)
    out().print(shown)


def _print_measurement(one: MeasurementReply) -> None:
    words = _MEASUREMENTS[one.status]
    cause = f" ({one.message} [{one.code}])" if one.code else ""
    out().print(f"{words}{cause}.", markup=False)


def print_runs(runs: Sequence[RunReply]) -> None:
    """Write the trend, newest first."""
    shown = table("Quando", "versão", *(label for label, _ in _SHOWN))
    for run in runs:
        figures = [_figure(run.figures, name) for _, name in _SHOWN]
        shown.add_row(f"{run.created_at:%d/%m/%Y %H:%M} UTC", run.release, *figures)
    out().print(shown)


def _when(every_hours: int | None) -> str:
    return "só quando pedido" if every_hours is None else f"a cada {every_hours} h"


def _figure(figures: Mapping[str, Any], name: str) -> str:
    value: Any = figures
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return number(value, 4) if isinstance(value, int | float) else "—"
