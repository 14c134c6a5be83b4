"""Check the work other than documents: mail, webhooks, merges, deadlines, sweeps."""

from typing import Any

from cogep_assist.core.diagnosis.connection import Connection, fetch
from cogep_assist.core.diagnosis.finding import Finding, ok, warn
from cogep_assist.core.errors import AppError

# They run within seconds where a worker has room; a merge or a sweep may hold others up for longer.
LATE_MINUTES = 10
_LATE = """
SELECT kind, count(*) FROM access.background_job
WHERE status = 'pending'
  AND greatest(created_at, available_at) < clock_timestamp() - make_interval(mins => %(late)s)
GROUP BY kind ORDER BY count(*) DESC, kind LIMIT 5
"""
_FAILED = """
SELECT kind, error_code, count(*), (array_agg(error_details))[1] FROM access.background_job
WHERE status = 'failed' AND finished_at > clock_timestamp() - interval '1 day'
GROUP BY kind, error_code ORDER BY count(*) DESC, kind LIMIT 5
"""


async def check_services(connection: Connection) -> list[Finding]:
    """Name the kinds of background work that wait for too long or failed today, with the cause."""
    findings = []
    if late := await fetch(connection, _LATE, {"late": LATE_MINUTES}):
        findings.append(warn("services", "doctor_services_late", kinds=_counted(late)))
    if failed := await fetch(connection, _FAILED):
        causes = dict.fromkeys(_cause(code, details) for _, code, _, details in failed)
        kinds = _counted((kind, number) for kind, _, number, _ in failed)
        told = {"kinds": kinds, "causes": " ".join(causes)}
        findings.append(warn("services", "doctor_services_failed", **told))
    return findings or [ok("services", "doctor_services_ok")]


def _counted(rows: Any) -> str:
    return ", ".join(f"{kind} ({number})" for kind, number in rows)


def _cause(code: str | None, details: dict[str, Any] | None) -> str:
    return f"{AppError(code, **(details or {})).text} [{code}]" if code else ""
