"""A progress bar for the steps of a backup or a restore."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from cogep_assist.cli.console import err
from cogep_assist.cli.context import is_watched

STEPS = {
    "hash": "Conferindo as tabelas",
    "dump": "Copiando",
    "verify": "Relendo a cópia",
    "restore": "Restaurando",
    "compare": "Comparando com a cópia",
}


@contextmanager
def step_progress(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Show one bar per step while a person watches, and nothing otherwise."""
    if quiet or not is_watched():
        yield lambda _step, _done, _total: None
        return
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=err(),
    )
    tasks: dict[str, object] = {}
    with bars:

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(STEPS[step], total=max(total, 1))
            bars.update(tasks[step], completed=done, total=max(total, 1))  # type: ignore[arg-type]

        yield tell
