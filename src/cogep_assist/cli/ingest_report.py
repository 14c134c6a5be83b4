"""What ``cogep ingest`` says at the end: what is in the base, what failed and why, what it left."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Self

from cogep_assist.cli.console import err, one_line, out, table
from cogep_assist.cli.failure import as_app_error
from cogep_assist.cli.moments import duration
from cogep_assist.cli.targets import Skipped
from cogep_assist.core.models import JobStatus
from cogep_assist.ingestion_service.job_words import STATUS, words_of_warning
from cogep_assist.ingestion_service.schemas import JobReply

SHOWN_SKIPPED = 20


@dataclass(frozen=True, slots=True)
class Refused:
    """A target that could not even be sent."""

    name: str
    code: str
    message: str

    @classmethod
    def of(cls, name: str, error: Exception) -> Self:
        """Name the cause of a target's refusal."""
        failure = as_app_error(error)
        return cls(name, failure.code, failure.message)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one command did."""

    jobs: list[tuple[str, JobReply]]
    refused: list[Refused]
    skipped: list[Skipped]
    waited: bool
    nobody_works: bool
    seconds: float

    @property
    def has_failures(self) -> bool:
        """Whether something that was asked for is not, and will not be, in the base."""
        broken = {JobStatus.FAILED, JobStatus.CANCELLED}
        return bool(self.refused) or any(job.status in broken for _, job in self.jobs)


def as_json(report: Report) -> dict[str, Any]:
    """Return the report for machines; each job as ``GET /ingest/ID`` shows it."""
    return {
        "jobs": [{"target": name, **job.model_dump(mode="json")} for name, job in report.jobs],
        "refused": [
            {"target": r.name, "error": {"code": r.code, "message": r.message}}
            for r in report.refused
        ],
        "skipped": [{"target": s.name, "reason": s.reason} for s in report.skipped],
        "summary": {
            **{status.value: n for status, n in _counts(report).items()},
            "refused": len(report.refused),
            "skipped": len(report.skipped),
            "seconds": round(report.seconds, 2),
        },
    }


def print_report(report: Report) -> None:
    """Write the report for people."""
    _print_failures(report)
    _print_warnings(report)
    _print_skipped(report.skipped)
    counts = _counts(report)
    parts = [f"{counts[status]} {_plural(status, counts[status])}" for status in STATUS]
    shown = [part for status, part in zip(STATUS, parts, strict=True) if counts[status]]
    if report.refused:
        shown.append(f"{len(report.refused)} nem enviadas")
    passages = sum(job.chunks or 0 for _, job in report.jobs)
    if report.waited:
        shown += [f"{passages} trechos", duration(report.seconds * 1000)]
    out().print("Tarefas: " + " · ".join(shown or ["nenhuma"]), markup=False)
    if report.waited or not report.jobs:
        return
    if report.nobody_works:
        err().print(
            "Nenhum trabalhador está ativo: inicie “cogep up” ou “cogep worker”, "
            "ou repita com --wait para processar agora.",
            style="yellow",
        )
    else:
        err().print("Acompanhe com “cogep jobs”.", style="dim")


def _counts(report: Report) -> Counter[JobStatus]:
    return Counter(job.status for _, job in report.jobs)


def _plural(status: JobStatus, count: int) -> str:
    label = STATUS[status]
    if count == 1 or label.startswith(("na ", "em ")):
        return label
    return "falharam" if status is JobStatus.FAILED else label + "s"


def _print_failures(report: Report) -> None:
    rows = [(r.name, r.message, r.code) for r in report.refused]
    rows += [
        (name, job.error.message, job.error.code)
        for name, job in report.jobs
        if job.error and job.status is not JobStatus.COMPLETED
    ]
    if not rows:
        return
    shown = table("Falhou", "Causa e remédio", "Código")
    for name, message, code in rows:
        shown.add_row(one_line(name, 80), one_line(message, 600), code)
    out().print(shown)
    out().print()


def _print_warnings(report: Report) -> None:
    counted = Counter(w for _, job in report.jobs for w in job.warnings)
    unchanged = counted.pop("unchanged", 0)
    if unchanged:
        out().print(f"Sem mudança desde a última vez: {unchanged}.")
    for code, count in sorted(counted.items()):
        words = words_of_warning(code)
        out().print(f"Aviso em {count} documento(s): {words}.", style="yellow", markup=False)


def _print_skipped(passed_over: list[Skipped]) -> None:
    skipped = [one for one in passed_over if not one.shown_in]
    shown = len(passed_over) - len(skipped)
    if shown:
        out().print(
            f"Imagens que os documentos mostram, lidas pela descrição: {shown}.", style="dim"
        )
    if not skipped:
        return
    out().print(f"Não lidos ({len(skipped)}):", style="dim")
    for item in skipped[:SHOWN_SKIPPED]:
        out().print(f"  {one_line(item.name)}: {item.reason}", style="dim", markup=False)
    if len(skipped) > SHOWN_SKIPPED:
        out().print(f"  e mais {len(skipped) - SHOWN_SKIPPED}; veja todos com --json.", style="dim")
