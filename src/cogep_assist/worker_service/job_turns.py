"""Run the jobs that a worker claimed, side by side, and see to it that each end is told.

A job that has to wait for something has a task of its own, to its end; those that never wait share
one: a task for each costs as much as all else that a worker does for a job that does nothing.
"""

import asyncio
import time
from collections.abc import Callable

import psycopg
from sqlalchemy.exc import DBAPIError

from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.queue import CancelledJobError, Claim, FencedError
from cogep_assist.worker_service.job_line import Work
from cogep_assist.worker_service.outcome import (
    End,
    Outcome,
    database_trouble,
    outcome_of,
    record_outcome,
)

# So long may jobs that never wait follow each other before whoever else is due has a turn.
TURN_SECONDS = 0.005
log = get_logger(__name__)


class JobTurns:
    """Begin jobs, end them, and in time let them go."""

    def __init__(self, database: Database, ended: Callable[[Work], None]) -> None:
        """``ended`` is called after each job that has ended."""
        self._database = database
        self._ended = ended

    def begin(self, work: Work, claims: list[Claim]) -> None:
        """Run jobs side by side, in the order in which they are given."""
        if claims:
            work.running.update(claims)
            work.waiting.extend(claims)
            # Whoever is under way ends with the job that it has.
            work.turn += 1
            self._have_spare(work)

    async def finish(self, works: list[Work], grace_seconds: float) -> None:
        """Let jobs end within the grace, then give the rest back unharmed."""
        until = time.monotonic() + grace_seconds
        while (tasks := _tasks(works)) and (left := until - time.monotonic()) > 0:
            # A task may leave its successor behind, which is waited for as well.
            await asyncio.wait(tasks, timeout=left)
        for work in works:
            unbegun = list(work.waiting)
            work.waiting.clear()
            for task in work.tasks:
                task.cancel()
            await asyncio.gather(*work.tasks, return_exceptions=True)
            for claimed in unbegun:
                await self._end(work, claimed, End.RETURNED)
                self._leave(work, claimed)

    def _have_spare(self, work: Work) -> None:
        if work.spare is None:
            work.spare = asyncio.create_task(self._take_turns(work))
            work.tasks.add(work.spare)
            work.spare.add_done_callback(work.tasks.discard)

    async def _take_turns(self, work: Work) -> None:
        """Run one job after the other until one had to wait, or the turn is over.

        While jobs are left there is a spare task behind this one. That it begins means that this
        one waits for something: from then on the jobs are the spare's.
        """
        work.spare = None
        work.turn += 1
        turn, until = work.turn, time.monotonic() + TURN_SECONDS
        while work.waiting and work.turn == turn and time.monotonic() < until:
            claimed = work.waiting.popleft()
            if work.waiting:
                self._have_spare(work)
            try:
                await self._execute(work, claimed)
            finally:
                self._leave(work, claimed)
        if work.waiting:
            self._have_spare(work)

    def _leave(self, work: Work, claimed: Claim) -> None:
        work.running.discard(claimed)
        if not work.running:
            work.alone = False
        # It may have been the one that later jobs of the same document waited for.
        work.look = True
        self._ended(work)

    async def _execute(self, work: Work, claimed: Claim) -> None:
        try:
            if await work.run(claimed):
                work.finished.append(claimed)
            else:
                log.info(
                    "job_completed",
                    queue=work.name,
                    job_id=str(claimed.id),
                    attempt=claimed.attempt,
                )
        except FencedError:
            log.warning("job_fenced", queue=work.name, job_id=str(claimed.id))
        except asyncio.CancelledError:
            await asyncio.shield(self._end(work, claimed, End.RETURNED))
            raise
        except (CancelledJobError, AppError) as error:
            await self._end(work, claimed, outcome_of(error))
        except (DBAPIError, psycopg.Error, OSError) as error:
            await self._end(work, claimed, database_trouble(error))
        except Exception as error:
            # The words of an unforeseen error may quote a document: only its kind is told.
            log.exception(
                "job_broke",
                queue=work.name,
                job_id=str(claimed.id),
                exc_info=_without_words(error),
            )
            kind = type(error).__name__
            await self._end(work, claimed, AppError("internal_error", kind=kind))

    async def _end(self, work: Work, claimed: Claim, outcome: Outcome) -> None:
        try:
            await record_outcome(self._database, work.queue, claimed, outcome)
        except (DBAPIError, psycopg.Error, OSError) as away:
            log.warning("end_recorded_later", job_id=str(claimed.id), error=type(away).__name__)
            work.late.append((claimed, outcome))


def _tasks(works: list[Work]) -> list[asyncio.Task[None]]:
    return [task for work in works for task in work.tasks]


def _without_words(error: BaseException) -> tuple[type[BaseException], BaseException, object]:
    bare = Exception(type(error).__name__)
    return (Exception, bare, error.__traceback__)
