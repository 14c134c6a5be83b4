"""Trace what is done about each job, by its kind and never by what it is about."""

from collections.abc import Awaitable, Callable

from cogep_assist.core.queue import Claim, Queue
from cogep_assist.core.tracing import traced

Run = Callable[[Claim], Awaitable[bool]]


def traced_run(queue: Queue, run: Run) -> Run:
    """Return what does a queue's jobs, with a span around each."""

    async def run_traced(claimed: Claim) -> bool:
        kind = str(claimed.row.get("kind") or "document")
        with traced(f"job {kind}", "consumer") as span:
            span.note("cogep.queue", queue.table.name)
            span.note("cogep.job.kind", kind)
            span.note("cogep.job.id", str(claimed.id))
            span.note("cogep.job.attempt", claimed.attempt)
            return await run(claimed)

    return run_traced
