"""Check that the master key in force is the one whose seals the database holds."""

from datetime import datetime

from cogep_assist.core import secret_key, signing
from cogep_assist.core.config import Settings
from cogep_assist.core.diagnosis.connection import Connection, fetch
from cogep_assist.core.diagnosis.finding import Finding, fail, ok, skip, warn

_IS_THERE = "SELECT to_regclass('lgpd.audit_seal') IS NOT NULL"
# The audit is sealed all the time, so its links tell whose key was in force when.
_KEYS = """
WITH recent AS (SELECT key_id, sealed_at FROM lgpd.audit_seal ORDER BY number DESC LIMIT 500)
SELECT (SELECT key_id FROM lgpd.audit_seal ORDER BY number LIMIT 1),
       (SELECT max(sealed_at) FROM recent WHERE key_id <> %(ours)s),
       (SELECT min(sealed_at) FROM recent WHERE key_id = %(ours)s),
       clock_timestamp()
"""
_DAYS_TOLD = 30


async def check_master_key(connection: Connection, settings: Settings) -> Finding:
    """Tell of a key that is missing here, or is not the one that sealed what the database holds."""
    there = await fetch(connection, _IS_THERE)
    if not there[0][0]:
        return skip("key", "doctor_needs_schema", what="chave-mestra")
    where = settings.data_dir / secret_key.FILE_NAME
    if settings.secret_key is None and not where.exists():
        # An examination makes no key where there is none yet.
        sealed = await fetch(connection, "SELECT EXISTS (SELECT FROM lgpd.audit_seal)")
        known = warn("key", "doctor_key_missing", path=str(where))
        return known if sealed[0][0] else ok("key", "doctor_key_not_yet")
    secret_key.load(settings)
    ours = signing.key_id()
    first, theirs, since, now = (await fetch(connection, _KEYS, {"ours": ours}))[0]
    return _judge(first in {None, ours}, theirs, since, now)


def _judge(
    is_first: bool, theirs: datetime | None, since: datetime | None, now: datetime
) -> Finding:
    if theirs is not None and since is None:
        return fail("key", "doctor_key_other")
    recent = since is not None and (now - since).days < _DAYS_TOLD
    if not is_first and since is not None and recent:
        return fail("key", "doctor_key_changed", since=f"{since:%d/%m/%Y}")
    if theirs is not None and (now - theirs).days < 1:
        return warn("key", "doctor_key_two")
    return ok("key", "doctor_key_ok")
