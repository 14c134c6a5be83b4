"""The database by its owner's address, for commands that look after it as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager

from cogep_assist.cli.console import err
from cogep_assist.cli.database_refusal import refuse_unreachable
from cogep_assist.core.config import Settings
from cogep_assist.core.database_target import DatabaseTarget, open_target


@contextmanager
def owned_database(settings: Settings) -> Iterator[DatabaseTarget]:
    """Join, start or reach the database. Raises AppError("database_refused") with the cause."""
    with open_target(settings, on_progress=remark) as target:
        refuse_unreachable(target.owner)
        yield target


def remark(text: str) -> None:
    """Tell something beside the result."""
    err().print(text, style="dim", markup=False)
