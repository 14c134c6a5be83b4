"""Tell of a database that is away: when it goes, now and then while it is, and when it is back."""

import time

import psycopg
from sqlalchemy.exc import DBAPIError

from cogep_assist.core.logging import get_logger

TELL_EVERY_SECONDS = 30.0
log = get_logger(__name__)


class Outage:
    """One time of waiting for the database, however often it is tried meanwhile."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._told_at = 0.0
        self._told: str | None = None

    def goes_on(self, error: Exception) -> None:
        """Tell of it, unless the same was told a moment ago. Of the error only its code is said."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
        told = f"{type(cause).__name__} {state}"
        now = time.monotonic()
        if told == self._told and now - self._told_at < TELL_EVERY_SECONDS:
            return
        self._told, self._told_at = told, now
        log.warning(
            "database_away",
            error=type(cause).__name__,
            sqlstate=state,
            seconds=round(now - self._began, 1),
        )

    def ends(self) -> None:
        """Tell that the database is back, if it was away."""
        if self._told is not None:
            log.info("database_back", seconds=round(time.monotonic() - self._began, 1))
