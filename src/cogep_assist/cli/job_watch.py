"""The live view of the queue: what waits, what each worker does, how much gets done."""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from cogep_assist.cli.console import one_line, out, safe, table
from cogep_assist.cli.moments import duration, number
from cogep_assist.core.db import Database
from cogep_assist.core.models import IngestionJob, JobStage, JobStatus, Worker
from cogep_assist.core.queue_figures import WINDOW_SECONDS, QueueFigures, read_queue_figures
from cogep_assist.ingestion_service.job_words import STAGE, STATUS, STATUS_STYLE

MOST_JOBS = 20
# A worker says every few seconds that it lives; one that is silent for so long deserves a look.
SILENT_SECONDS = 30
_DEPTHS = {
    "due": STATUS[JobStatus.PENDING],
    "delayed": "à espera de nova tentativa",
    "processing": STATUS[JobStatus.PROCESSING],
    "failed": "com falha",
}
_ENDS = {
    "completed": "concluídas",
    "failed": "com falha",
    "cancelled": "canceladas",
}


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A job that a worker holds now."""

    worker: str
    what: str
    stage: JobStage | None
    progress: int
    attempts: int
    seconds: float


@dataclass(frozen=True, slots=True)
class QueueView:
    """Everything that one look shows."""

    figures: QueueFigures
    running: Sequence[RunningJob]


async def watch_queue(database: Database, *, every: float) -> None:
    """Show the queue until Ctrl-C, or once where nobody watches. ``every`` is in seconds."""
    if not sys.stdout.isatty():
        out().print(render(await look(database)))
        return
    with Live(console=out(), auto_refresh=False, screen=False) as live:
        while True:
            began = time.monotonic()
            live.update(render(await look(database)), refresh=True)
            await asyncio.sleep(max(0.0, every - (time.monotonic() - began)))


async def look(database: Database) -> QueueView:
    """Read the queue at one moment."""
    async with database.begin() as session:
        figures = await read_queue_figures(session)
        rows = await session.execute(
            sa.select(
                IngestionJob.worker_id,
                IngestionJob.title,
                IngestionJob.file_name,
                IngestionJob.uri,
                IngestionJob.stage,
                IngestionJob.progress,
                IngestionJob.attempts,
                sa.extract("epoch", sa.func.clock_timestamp() - IngestionJob.started_at),
            )
            .join(Worker, Worker.id == IngestionJob.worker_id)
            .where(IngestionJob.status == JobStatus.PROCESSING)
            .order_by(IngestionJob.started_at)
            .limit(MOST_JOBS)
        )
        running = [
            RunningJob(
                str(worker),
                title or file_name or uri or "texto enviado",
                stage,
                progress,
                attempts,
                max(0.0, float(seconds or 0)),
            )
            for worker, title, file_name, uri, stage, progress, attempts, seconds in rows
        ]
    return QueueView(figures, running)


def as_json(view: QueueView) -> dict[str, object]:
    """Return the view for machines."""
    figures = view.figures
    return {
        "depth": _of_queue(figures.depth),
        "oldest_due_seconds": figures.oldest_due_seconds,
        "finished": _of_queue(figures.finished),
        "window_seconds": WINDOW_SECONDS,
        "workers": [
            {
                "id": worker.worker,
                "host": worker.host,
                "release": worker.release,
                "seen_seconds": round(worker.seen_seconds, 1),
                "busy": worker.busy,
                "capacity": worker.capacity,
                "idle_reason": worker.idle_reason or None,
            }
            for worker in figures.workers
        ],
        "running": [
            {
                "worker": job.worker,
                "what": job.what,
                "stage": job.stage.value if job.stage else None,
                "progress": job.progress,
                "attempts": job.attempts,
                "seconds": round(job.seconds, 1),
            }
            for job in view.running
        ],
    }


def render(view: QueueView) -> RenderableType:
    """Lay the view out for a person."""
    return Group(*_summary(view.figures), Text(), _workers(view), Text(), _running(view))


def _summary(figures: QueueFigures) -> list[Text]:
    depth = Text("Tarefas: ", style="bold")
    depth.append(_counted(figures.depth, _DEPTHS))
    oldest = figures.oldest_due_seconds["ingestion"]
    if oldest:
        depth.append(f" · a mais antiga espera há {duration(oldest * 1000)}")
    done = figures.finished["ingestion", "completed"]
    minutes = WINDOW_SECONDS / 60
    pace = Text(f"Últimos {minutes:.0f} min: ", style="bold")
    pace.append(_counted(figures.finished, _ENDS))
    pace.append(f" · {number(done / minutes, 1)} por minuto")
    others = Text("Outras: ", style="bold")
    others.append(_counted(figures.depth, _DEPTHS, queue="background"))
    return [depth, pace, others]


def _counted(
    counts: dict[tuple[str, str], int], words: dict[str, str], queue: str = "ingestion"
) -> str:
    found = {word: counts.get((queue, state)) for state, word in words.items()}
    return " · ".join(f"{n} {word}" for word, n in found.items() if n is not None)


def _workers(view: QueueView) -> RenderableType:
    if not view.figures.workers:
        return Text("Nenhum trabalhador ativo: rode “cogep up” ou “cogep worker”.", style="red")
    shown = table("Trabalhador", "Máquina", "Vagas em uso", "Último sinal", "Observação", whole=1)
    for worker in view.figures.workers:
        silent = worker.seen_seconds > SILENT_SECONDS
        shown.add_row(
            worker.worker[-8:],
            safe(worker.host),
            f"{worker.busy} de {worker.capacity}",
            Text(f"há {duration(worker.seen_seconds * 1000)}", style="red" if silent else ""),
            "não pega tarefas: veja “cogep doctor”" if worker.idle_reason else "",
        )
    return shown


def _running(view: QueueView) -> RenderableType:
    if not view.running:
        return Text("Nenhuma tarefa em execução.", style="dim")
    shown = table("Trabalhador", "O que", "Estágio", "Há", "Tentativa", whole=1)
    style = STATUS_STYLE[JobStatus.PROCESSING]
    for job in view.running:
        stage = STAGE[job.stage] if job.stage else "iniciando"
        shown.add_row(
            job.worker[-8:],
            Text(one_line(job.what, 60)),
            Text(f"{stage} ({job.progress}%)", style=style),
            duration(job.seconds * 1000),
            str(job.attempts),
        )
    return shown


def _of_queue(counts: dict[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (queue, state), n in counts.items():
        found.setdefault(queue, {})[state] = n
    return found
