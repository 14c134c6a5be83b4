"""Jobs that never wait share a task; one that waits holds up no other."""

import asyncio
from uuid import uuid4

import sqlalchemy as sa

from cogep_assist.core.db import Database
from cogep_assist.core.queue import BACKGROUND, Claim
from cogep_assist.worker_service.job_line import Work
from cogep_assist.worker_service.job_turns import JobTurns


async def test_a_job_that_waits_holds_up_no_other() -> None:
    # Nothing here needs the database: all jobs end well.
    database = Database(sa.make_url("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    released = asyncio.Event()
    order: list[int] = []
    tasks: set[asyncio.Task[None] | None] = set()

    async def run(claimed: Claim) -> bool:
        tasks.add(asyncio.current_task())
        order.append(claimed.attempt)
        if claimed.attempt in (3, 7):
            await released.wait()
        return True

    work = Work(BACKGROUND, run, 400)
    turns = JobTurns(database, lambda _: None)
    claims = [Claim(uuid4(), uuid4(), number, {}) for number in range(100)]
    turns.begin(work, claims[:90])
    while len(order) < 90:
        await asyncio.sleep(0)
    assert order == list(range(90))
    assert {claimed.attempt for claimed in work.running} == {3, 7}
    assert not work.waiting
    # Two that wait, who came after each of them; a few more where the machine is slow.
    assert len(tasks) < 20
    # What comes while others wait begins at once, and the end of those that waited is told.
    turns.begin(work, claims[90:])
    while len(order) < 100:
        await asyncio.sleep(0)
    assert {claimed.attempt for claimed in work.running} == {3, 7}
    released.set()
    await turns.finish([work], 5.0)
    assert not work.running
    assert not work.tasks
    assert sorted(claimed.attempt for claimed in work.finished) == list(range(100))
    await database.close()
