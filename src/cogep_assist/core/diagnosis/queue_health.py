"""Checks of the workers and the queue: who lives, what waits, and why nobody takes it."""

import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import Any

import psutil

from cogep_assist import __version__
from cogep_assist.core.diagnosis.connection import Connection, fetch
from cogep_assist.core.diagnosis.finding import Finding, fail, ok, skip, warn
from cogep_assist.core.errors import AppError
from cogep_assist.core.messages import message_for

# A job that is due waits seconds where workers are free; past this somebody should look.
OVERDUE_SECONDS = 60
_PROGRAMS = {"cogep", "cogep_assist", "cogep_assist.cli"}
_FROZEN_SECONDS = 120
_LEASE_GRACE_SECONDS = 30

_WORKERS = """
SELECT w.host, w.process_id, w.release, w.schema_revision, w.capacity, w.busy, w.idle_reason,
       extract(epoch FROM clock_timestamp() - w.seen_at)::float8 AS silent
FROM access.worker w
WHERE EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND ((l.classid::bigint << 32) | l.objid::bigint) = w.lock_key
)
ORDER BY w.host, w.process_id
"""
_PENDING = """
SELECT count(*) FILTER (WHERE waited > %(overdue)s AND NOT blocked AND NOT suspect) AS free,
       count(*) FILTER (WHERE waited > %(overdue)s AND blocked) AS blocked,
       count(*) FILTER (WHERE waited > %(overdue)s AND NOT blocked AND suspect) AS suspect,
       count(*) FILTER (WHERE waited < 0) AS scheduled,
       count(*) AS pending,
       coalesce(max(waited), 0)::float8 AS oldest,
       coalesce(min(-waited) FILTER (WHERE waited < 0), 0)::float8 AS next_in,
       (array_agg(blocker ORDER BY waited DESC) FILTER (WHERE blocked))[1]::text AS blocker
FROM (
    SELECT crashes > 0 AS suspect, blocker, blocker IS NOT NULL AS blocked,
           extract(epoch FROM clock_timestamp() - greatest(created_at, available_at)) AS waited
    FROM ai.ingestion_queue q
    LEFT JOIN LATERAL (
        SELECT e.id AS blocker FROM ai.ingestion_queue e
        WHERE e.collection_id = q.collection_id AND e.source_key = q.source_key
          AND e.status IN ('pending', 'processing') AND e.sequence < q.sequence
        ORDER BY e.sequence LIMIT 1
    ) AS earlier ON true
    WHERE status = 'pending'
    ORDER BY available_at
    LIMIT 10000
) AS waiting
"""
# Why the attempts before ended: what is told is the most frequent, in the words of one of them.
_CAUSES = """
SELECT error_code, count(*), (array_agg(error_details))[1]
FROM ai.ingestion_queue
WHERE error_code IS NOT NULL AND status = 'pending' AND available_at > clock_timestamp()
GROUP BY error_code
ORDER BY count(*) DESC, error_code
LIMIT 3
"""
_FAILED = _CAUSES.replace(
    "'pending' AND available_at > clock_timestamp()",
    "'failed' AND finished_at > clock_timestamp() - interval '1 day'",
)
_RUNNING = """
SELECT count(*) FILTER (
           WHERE status = 'processing'
             AND lease_until < clock_timestamp() - make_interval(secs => %(grace)s)),
       count(*) FILTER (
           WHERE status = 'failed' AND finished_at > clock_timestamp() - interval '1 day')
FROM ai.ingestion_queue
WHERE status IN ('processing', 'failed')
"""


@dataclass(frozen=True, slots=True)
class LiveWorker:
    """A worker whose session lock is held now."""

    host: str
    process_id: int
    release: str
    schema_revision: str
    capacity: int
    busy: int
    idle_reason: str | None
    silent_seconds: float


async def check_queue(
    connection: Connection, *, revision: str | None, stopped: bool, host: str | None = None
) -> list[Finding]:
    """Check workers and jobs. ``stopped``: the product is not running, so no worker is expected.

    ``host``: judge the workers of this machine or container alone. That others work says nothing
    about one that hangs.
    """
    workers = await live_workers(connection)
    strays = stray_workers(workers)
    if host is None or not workers:
        findings = _judge_workers(workers, strays, revision, stopped=stopped)
    elif ours := [worker for worker in workers if worker.host == host]:
        findings = _judge_workers(ours, strays, revision, stopped=stopped)
    else:
        findings = [fail("workers", "doctor_worker_none_here", host=host)]
    findings += await _judge_jobs(connection, workers, strays, revision, stopped=stopped)
    return findings


async def live_workers(connection: Connection) -> list[LiveWorker]:
    """Return the workers that hold their lock on this database."""
    return [LiveWorker(*row) for row in await fetch(connection, _WORKERS)]


def stray_workers(registered: Sequence[LiveWorker]) -> list[int]:
    """Return worker processes of this machine that this database does not know.

    They serve another database: the cause of "no pending jobs" while rows wait here.
    """
    here = platform.node()
    known = {worker.process_id for worker in registered if worker.host == here}
    return [
        process.info["pid"]
        for process in psutil.process_iter(["pid", "cmdline"])
        if is_worker_command(process.info["cmdline"] or []) and process.info["pid"] not in known
    ]


def is_worker_command(command: Sequence[str]) -> bool:
    """Tell whether a command line is that of a worker of ours: `cogep worker` or Celery's."""
    for program, word in pairwise(command):
        name = PurePath(program.replace("\\", "/")).name.removesuffix(".exe")
        if name in _PROGRAMS and word == "worker":
            return True
    return "worker" in command and any("cogep_assist.worker_service" in part for part in command)


def _judge_workers(
    workers: Sequence[LiveWorker], strays: Sequence[int], revision: str | None, *, stopped: bool
) -> list[Finding]:
    if not workers:
        if strays and not stopped:
            return [fail("workers", "doctor_worker_other_database", pids=_listed(strays))]
        if stopped:
            return [skip("workers", "doctor_worker_stopped")]
        return [fail("workers", "doctor_worker_none")]
    findings = []
    for worker in workers:
        where = {"host": worker.host, "pid": worker.process_id}
        if revision is not None and worker.schema_revision != revision:
            findings.append(
                fail(
                    "workers",
                    "doctor_worker_other_schema",
                    **where,
                    found=worker.schema_revision,
                    expected=revision,
                )
            )
        elif worker.release != __version__:
            findings.append(
                fail(
                    "workers",
                    "doctor_worker_other_release",
                    **where,
                    found=worker.release,
                    expected=__version__,
                )
            )
        elif worker.silent_seconds > _FROZEN_SECONDS:
            seconds = int(worker.silent_seconds)
            findings.append(fail("workers", "doctor_worker_frozen", **where, seconds=seconds))
    return findings or [_all_well(workers)]


def _all_well(workers: Sequence[LiveWorker]) -> Finding:
    return ok(
        "workers",
        "doctor_worker_ok",
        count=len(workers),
        busy=sum(worker.busy for worker in workers),
        capacity=sum(worker.capacity for worker in workers),
    )


async def _judge_jobs(
    connection: Connection,
    workers: Sequence[LiveWorker],
    strays: Sequence[int],
    revision: str | None,
    *,
    stopped: bool,
) -> list[Finding]:
    row = (await fetch(connection, _PENDING, {"overdue": OVERDUE_SECONDS}))[0]
    free, blocked, suspect, scheduled, pending, oldest, next_in, blocker = row
    findings: list[Finding] = []
    age = _spoken(oldest)
    if free:
        findings.append(
            _why_nobody_takes_them(workers, strays, revision, free, age, stopped=stopped)
        )
    if blocked:
        findings.append(warn("jobs", "doctor_jobs_in_order", count=blocked, job=blocker))
    if suspect:
        findings.append(warn("jobs", "doctor_jobs_suspect", count=suspect))
    if scheduled:
        findings.append(await _judge_delayed(connection, scheduled, _spoken(next_in)))
    expired, failed = (await fetch(connection, _RUNNING, {"grace": _LEASE_GRACE_SECONDS}))[0]
    if expired:
        findings.append(fail("jobs", "doctor_jobs_lease_expired", count=expired))
    if failed:
        causes = " ".join(await _causes(connection, _FAILED))
        findings.append(warn("jobs", "doctor_jobs_failed", count=failed, causes=causes))
    return findings or [ok("jobs", "doctor_jobs_ok", count=pending)]


async def _judge_delayed(connection: Connection, count: int, next_in: str) -> Finding:
    """Say what made jobs wait for another attempt: a provider that is down is told here."""
    causes = await _causes(connection, _CAUSES)
    if not causes:
        return ok("jobs", "doctor_jobs_scheduled", count=count, next=next_in)
    told = {"count": count, "next": next_in, "causes": " ".join(causes)}
    return warn("jobs", "doctor_jobs_retried", **told)


async def _causes(connection: Connection, statement: str) -> list[str]:
    return [
        f"{AppError(code, **(details or {})).text} [{code}: {number}]"
        for code, number, details in await fetch(connection, statement)
    ]


def _why_nobody_takes_them(
    workers: Sequence[LiveWorker],
    strays: Sequence[int],
    revision: str | None,
    count: int,
    age: str,
    *,
    stopped: bool,
) -> Finding:
    details: dict[str, Any] = {"count": count, "age": age}
    if not workers:
        if stopped:
            return fail("jobs", "doctor_jobs_stopped", **details)
        if strays:
            pids = _listed(strays)
            return fail("jobs", "doctor_jobs_other_database", **details, pids=pids)
        return fail("jobs", "doctor_jobs_no_worker", **details)
    able = [worker for worker in workers if revision in {None, worker.schema_revision}]
    if not able:
        found = _listed({worker.schema_revision for worker in workers})
        return fail(
            "jobs", "doctor_jobs_other_schema", **details, found=found, expected=revision or "?"
        )
    idle = [worker.idle_reason for worker in able if worker.idle_reason]
    if len(idle) == len(able):
        reasons = " ".join(sorted({message_for(reason).text for reason in idle}))
        return fail("jobs", "doctor_jobs_workers_idle", **details, reason=reasons)
    if all(worker.silent_seconds > _FROZEN_SECONDS for worker in able):
        return fail("jobs", "doctor_jobs_workers_frozen", **details)
    if sum(worker.busy for worker in able) >= sum(worker.capacity for worker in able):
        return ok("jobs", "doctor_jobs_all_busy", **details)
    return fail("jobs", "doctor_jobs_unclaimed", **details)


def _listed(items: Iterable[object]) -> str:
    return ", ".join(sorted(str(item) for item in items))


def _spoken(seconds: float) -> str:
    if seconds < 120:
        return f"{int(seconds)} s"
    if seconds < 7200:
        return f"{int(seconds // 60)} min"
    return f"{int(seconds // 3600)} h"
