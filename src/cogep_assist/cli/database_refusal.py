"""Say why a database cannot be opened, in one sentence with its remedy."""

from sqlalchemy.engine import URL

from cogep_assist.cli.event_loop import run
from cogep_assist.core.diagnosis.connection import open_connection
from cogep_assist.core.diagnosis.finding import Finding
from cogep_assist.core.errors import AppError


def refuse_unreachable(address: URL) -> None:
    """Raise AppError("database_refused") with the cause, where the database cannot be opened."""
    refused = run(_refusal(address))
    if refused is not None:
        raise AppError("database_refused", cause=refused.text, advice=refused.remedy)


async def _refusal(address: URL) -> Finding | None:
    opened = await open_connection(address)
    if isinstance(opened, Finding):
        return opened
    await opened.close()
    return None
