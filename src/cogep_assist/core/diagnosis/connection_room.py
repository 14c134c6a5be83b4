"""Whether the server takes as many connections as our processes may ask for."""

from cogep_assist.core.diagnosis.connection import Connection, fetch
from cogep_assist.core.diagnosis.finding import Finding, warn

# Beside the pool and what it may grow by: LISTEN, the bell, the intake, and a check like this one.
BESIDE_THE_POOL = 4
# `reserved_connections` is known since 16; a limit of -1 is none, and least() passes NULLs over.
_TAKEN_AT_MOST = """
    SELECT least(
        current_setting('max_connections')::int
            - current_setting('superuser_reserved_connections')::int
            - coalesce(current_setting('reserved_connections', true)::int, 0),
        nullif(role.rolconnlimit, -1),
        nullif(base.datconnlimit, -1)
    ), to_regclass('access.worker') IS NOT NULL
    FROM pg_roles role, pg_database base
    WHERE role.rolname = session_user AND base.datname = current_database()
"""
_WORKERS = """
    SELECT count(*) FROM access.worker WHERE seen_at > clock_timestamp() - interval '1 minute'
"""


async def check_room(connection: Connection, pool_size: int) -> list[Finding]:
    """Warn where one API and the workers of this moment may be refused a connection."""
    room, has_workers = (await fetch(connection, _TAKEN_AT_MOST))[0]
    workers = (await fetch(connection, _WORKERS))[0][0] if has_workers else 0
    processes = 1 + max(1, workers)
    needed = processes * most_of_one(pool_size)
    if needed <= room:
        return []
    fitting = max(1, (room // processes - BESIDE_THE_POOL) // 2)
    details = {"room": room, "processes": processes, "needed": needed, "fitting": fitting}
    return [warn("database", "doctor_database_room", **details)]


def most_of_one(pool_size: int) -> int:
    """Return how many connections one process has at most: its pool may double under load."""
    return 2 * pool_size + BESIDE_THE_POOL
