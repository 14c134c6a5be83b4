"""Trace what is done about each job, by its kind and never by what it is about.

Its lines and its span name the job and the request that brought it, so that one leads to the other.
"""

from collections.abc import Awaitable, Callable

from cogep_assist.core.logging import JOB_ID, REQUEST_ID
from cogep_assist.core.queue import Claim, Queue
from cogep_assist.core.tracing import is_safe_id, traced

Run = Callable[[Claim], Awaitable[bool]]


def traced_run(queue: Queue, run: Run) -> Run:
    """Return what does a queue's jobs, with a span around each.

    The names are left in the task's context: how the job ended is told there afterwards, and the
    task's next job brings its own.
    """

    async def run_traced(claimed: Claim) -> bool:
        request_id = claimed.row.get("request_id")
        REQUEST_ID.set(request_id)
        JOB_ID.set(claimed.id)
        kind = str(claimed.row.get("kind") or "document")
        with traced(f"job {kind}", "consumer") as span:
            span.note("cogep.queue", queue.table.name)
            span.note("cogep.job.kind", kind)
            span.note("cogep.job.id", str(claimed.id))
            span.note("cogep.job.attempt", claimed.attempt)
            if request_id is not None and is_safe_id(request_id):
                span.note("cogep.request_id", request_id)
            return await run(claimed)

    return run_traced
