"""The progress bar of jobs: how many are done, and at which stages the others are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cogep_assist.cli.console import err
from cogep_assist.cli.context import is_watched
from cogep_assist.cli.waiting import Standing
from cogep_assist.ingestion_service.job_words import STAGE


@contextmanager
def job_progress(total: int, *, quiet: bool = False) -> Iterator[Callable[[Standing], None]]:
    """Give a function that shows where the jobs stand; it does nothing where nobody watches."""
    if quiet or not is_watched():
        yield lambda _: None
        return
    columns = (
        TextColumn("Ingestão", style="bold"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[doing]}", style="dim"),
    )
    with Progress(*columns, console=err(), transient=True) as progress:
        task = progress.add_task("", total=total, doing="na fila")

        def tell(standing: Standing) -> None:
            progress.update(task, completed=standing.ended, doing=doing(standing))

        yield tell


@contextmanager
def bar(title: str, total: int, *, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """Give a function that moves a plain bar on; it does nothing where nobody watches."""
    if quiet or not is_watched():
        yield lambda _: None
        return
    columns = (
        TextColumn(title, style="bold", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err(), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda count: progress.advance(task, count)


def doing(standing: Standing) -> str:
    """Say what happens now: "baixar 2 · extrair 1", and how many failed so far."""
    parts = [
        f"{STAGE[stage] if stage else 'iniciar'} {count}"
        for stage, count in sorted(
            standing.stages.items(), key=lambda item: list(STAGE).index(item[0]) if item[0] else -1
        )
    ]
    if standing.failed:
        parts.append(f"falhas {standing.failed}")
    return " · ".join(parts) or ("na fila" if standing.ended < standing.total else "")
