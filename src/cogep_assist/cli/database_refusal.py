"""Say why a database cannot be opened, in one sentence with its remedy."""

from collections.abc import Awaitable, Callable

from sqlalchemy.engine import URL

from cogep_assist.cli.event_loop import run
from cogep_assist.core.diagnosis.connection import Connection, open_connection, unsuitable
from cogep_assist.core.diagnosis.finding import Finding
from cogep_assist.core.errors import AppError

Look = Callable[[Connection, URL], Awaitable[Finding | None]]


def refuse_unreachable(address: URL) -> None:
    """Raise AppError("database_refused") with the cause, where the database cannot be opened."""
    refused = run(_refusal(address))
    if refused is not None:
        raise AppError("database_refused", cause=refused.text, advice=refused.remedy)


def refuse_unsuitable(address: URL) -> None:
    """Raise AppError("database_refused") where the database cannot be opened or hold our schema."""
    refused = run(_refusal(address, unsuitable))
    if refused is not None:
        raise AppError("database_refused", cause=refused.text, advice=refused.remedy)


async def _refusal(address: URL, look: Look | None = None) -> Finding | None:
    opened = await open_connection(address)
    if isinstance(opened, Finding):
        return opened
    async with opened:
        return await look(opened, address) if look else None
