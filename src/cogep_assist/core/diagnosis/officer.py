"""Check that somebody is encarregado, and terms that the law gave and nobody kept."""

from cogep_assist.core.diagnosis.connection import Connection, fetch
from cogep_assist.core.diagnosis.finding import Finding, ok, skip, warn

_HOLDS = """
SELECT count(*) FILTER (WHERE kind = 'holder'), count(*)
FROM lgpd.officer_appointment
WHERE starts_on <= current_date AND (ends_on IS NULL OR ends_on >= current_date)
"""
_MISSED = """
SELECT count(*) FROM lgpd.legal_clock
WHERE met_at IS NULL AND stopped_at IS NULL AND due_at <= clock_timestamp()
"""


async def check_officer(connection: Connection) -> list[Finding]:
    """Tell of a vacant place (art. 41) and of terms of requests and incidents that are over."""
    there = await fetch(connection, "SELECT to_regclass('lgpd.officer_appointment') IS NOT NULL")
    if not there[0][0]:
        return [skip("dpo", "doctor_needs_schema", what="encarregado")]
    holders, anybody = (await fetch(connection, _HOLDS))[0]
    if not anybody:
        found = warn("dpo", "doctor_dpo_vacant")
    elif not holders:
        found = warn("dpo", "doctor_dpo_substitute")
    else:
        found = ok("dpo", "doctor_dpo_ok")
    missed = (await fetch(connection, _MISSED))[0][0]
    return [found, warn("dpo", "doctor_terms_missed", count=missed)] if missed else [found]
