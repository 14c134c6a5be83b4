"""The database by its owner's address, for commands that look after it as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL

from cogep_assist.cli.console import err
from cogep_assist.cli.context import run
from cogep_assist.core.config import Settings
from cogep_assist.core.database_target import DatabaseTarget, open_target
from cogep_assist.core.diagnosis.connection import open_connection
from cogep_assist.core.diagnosis.finding import Finding
from cogep_assist.core.errors import AppError


@contextmanager
def owned_database(settings: Settings) -> Iterator[DatabaseTarget]:
    """Join, start or reach the database. Raises AppError("database_refused") with the cause."""
    with open_target(settings, on_progress=remark) as target:
        refused = run(_refusal(target.owner))
        if refused is not None:
            raise AppError("database_refused", cause=refused.text, advice=refused.remedy)
        yield target


def remark(text: str) -> None:
    """Tell something beside the result."""
    err().print(text, style="dim", markup=False)


async def _refusal(address: URL) -> Finding | None:
    opened = await open_connection(address)
    if isinstance(opened, Finding):
        return opened
    await opened.close()
    return None
