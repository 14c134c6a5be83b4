"""A queue's place in a worker: what is done about its jobs, and which of them this worker holds."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from cogep_assist.core.queue import Claim, Queue
from cogep_assist.worker_service.outcome import Outcome

# Where there are more slots than these, so many are used at first. They double while jobs end as
# fast as they are claimed: a batch of quick jobs is worth a round trip, and slow ones are left to
# other workers instead of being held here in line.
FIRST_SLOTS = 16
# For each slot, so many jobs may have ended whose end is not in the table yet: they would be done
# again if this worker died now.
MAX_UNRECORDED = 2


@dataclass(slots=True)
class Work:
    """One queue, what to do with a claim of it, and how many at a time.

    ``run`` ends the job itself, in the transaction that holds its effects, and returns
    False; or it returns True, and the job is completed together with others.
    """

    queue: Queue
    run: Callable[[Claim], Awaitable[bool]]
    slots: int
    # Ended well, and not in the table yet; then those whose end is being written at this moment.
    finished: list[Claim] = field(default_factory=list)
    recording: list[Claim] = field(default_factory=list)
    # Claimed and not ended: those that wait for their turn in this process, and those under way.
    running: set[Claim] = field(default_factory=set)
    waiting: deque[Claim] = field(default_factory=deque)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    # The task that takes the next job if the one under way has to wait for something.
    spare: asyncio.Task[None] | None = None
    turn: int = 0
    # Ends that could not be written when they came, because the database was away.
    late: list[tuple[Claim, Outcome]] = field(default_factory=list)
    # The task that writes ends, while there are any to write.
    recorder: asyncio.Task[None] | None = None
    suspects: bool = False
    suspects_looked_at: float = 0.0
    alone: bool = False
    # Whether the last claim found as much as it asked for, so that more may be due.
    full: bool = False
    # Each queue has a connection to claim by, so that none waits for the other's answer. One claim
    # at a time: two side by side would both count the same slots as free.
    connection: AsyncConnection[Any] | None = None
    claiming: asyncio.Lock = field(default_factory=asyncio.Lock)
    # Whether something may be due: the bell rang, a job ended, or it is time to look.
    look: bool = True
    looked_at: float = 0.0
    open_slots: int = field(init=False)

    def __post_init__(self) -> None:
        self.open_slots = min(self.slots, FIRST_SLOTS)

    @property
    def name(self) -> str:
        """Name of the queue's table, for logs."""
        return self.queue.table.name

    @property
    def batch(self) -> int:
        """How many jobs the next claim may take.

        Half of the slots where there are many: the database works on the next half while the
        last one runs. None while the ends of many wait for a disk that is slow.
        """
        if len(self.finished) + len(self.recording) > MAX_UNRECORDED * self.slots:
            return 0
        free = self.open_slots - len(self.running)
        return min(free, self.open_slots // 2) if self.slots > FIRST_SLOTS else free

    def learn(self, limit: int, claimed: int) -> None:
        """Open more slots while jobs end as fast as they come, and few again once none are due."""
        if claimed < limit:
            self.open_slots = min(self.slots, FIRST_SLOTS)
        elif not self.running:
            self.open_slots = min(self.slots, self.open_slots * 2)

    @property
    def unrecorded(self) -> bool:
        """Whether jobs have ended whose end is not in the table yet."""
        return bool(self.finished or self.recording or self.late)

    @property
    def held(self) -> list[UUID]:
        """Ids of the jobs that this worker answers for."""
        ids = [claimed.id for claimed in self.running]
        ids += [claimed.id for claimed in self.finished + self.recording]
        return ids + [claimed.id for claimed, _ in self.late]
