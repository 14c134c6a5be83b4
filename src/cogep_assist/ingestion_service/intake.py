"""The intake's moving parts, which live as long as the application."""

from dataclasses import dataclass, field

from fastapi import Request

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.queue import Bell
from cogep_assist.ingestion_service.group_commit import GroupCommit
from cogep_assist.ingestion_service.job_watch import JobWatch


@dataclass(slots=True)
class Intake:
    """The writer, the watch over jobs, and the bell that wakes the workers."""

    settings: Settings
    database: Database
    bell: Bell
    writer: GroupCommit = field(init=False)
    watch: JobWatch = field(init=False)

    def __post_init__(self) -> None:
        self.writer = GroupCommit(
            self.database,
            self.bell,
            max_pending=self.settings.ingest_max_pending,
            max_attempts=self.settings.job_max_attempts,
        )
        self.watch = JobWatch(self.database)

    def start(self) -> None:
        """Begin to write."""
        self.writer.start()

    async def close(self) -> None:
        """Write what waits, and let go whoever waits for a job."""
        await self.watch.close()
        await self.writer.close()


def intake_of(request: Request) -> Intake:
    """Return the application's intake."""
    intake = request.app.state.intake
    assert isinstance(intake, Intake)
    return intake
