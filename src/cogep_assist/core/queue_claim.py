"""The queue's hot path: claim, complete, renew, in one statement each, through the driver.

Claims and ends go by connections of their own, so that no claim waits for the disk that the end
of a job waits for. docs/adr/0006 tells where the time goes and what was tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, LiteralString
from uuid import UUID

import sqlalchemy as sa
from psycopg import AsyncConnection, sql
from psycopg.types.json import set_json_loads
from pydantic_core import from_json

from cogep_assist.core.queue import Claim, Queue

# Statistics of a queue are always stale: empty a minute ago, a million rows now. These keep the
# few statements of a claiming connection on their indexes, whatever the planner believes.
PLANNER_SETTINGS = (
    "SET enable_seqscan = off",
    "SET enable_bitmapscan = off",
    "SET enable_sort = off",
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
    "SET plan_cache_mode = force_generic_plan",
    "SET jit = off",
)
# A claim that a power cut forgets does no harm: the job waits again, and what its worker writes
# about it is refused. So a claim need not wait for the disk, unlike the end of a job.
NEED_NOT_LAST = "SET synchronous_commit = off"


async def tune(connection: AsyncConnection[Any]) -> None:
    """Prepare a connection that does nothing but complete jobs."""
    for setting in PLANNER_SETTINGS:
        await connection.execute(setting)


async def tune_for_claims(connection: AsyncConnection[Any]) -> None:
    """Prepare a connection that does nothing but claim jobs and give them back."""
    await tune(connection)
    await connection.execute(NEED_NOT_LAST)
    # Each job brings its payload: the library's own reader takes four times as long for it.
    set_json_loads(from_json, connection)


async def claim(
    connection: AsyncConnection[Any],
    queue: Queue,
    *,
    worker_id: UUID,
    revision: str,
    limit: int,
    lease_seconds: float,
    suspects: bool = False,
) -> list[Claim]:
    """Take up to ``limit`` jobs that are due, in order of priority and submission.

    A job under which a worker died is a suspect: it is only given to a caller that asks
    for ``suspects`` and runs it alone, so that it cannot take others with it. A worker
    whose code is of another schema revision than the database gets nothing.
    """
    statements = _statements(queue)
    values = {
        "worker": worker_id,
        "revision": revision,
        "limit": 1 if suspects else limit,
        "lease": lease_seconds,
    }
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(
            statements.claim_suspect if suspects else statements.claim, values, prepare=True
        )
        rows = await cursor.fetchall()
    rows.sort(key=_by_priority)
    return statements.read(rows, worker_id)


async def complete_together(
    connection: AsyncConnection[Any], queue: Queue, worker_id: UUID, ended: Sequence[Claim]
) -> None:
    """End jobs of a worker well; what is no longer this worker's stays as it is."""
    values = {
        "worker": worker_id,
        # As texts of arrays: the driver takes ten times as long to put lists into words.
        "ended": "{" + ",".join([claimed.id.hex for claimed in ended]) + "}",
        "ended_attempts": "{" + ",".join([str(claimed.attempt) for claimed in ended]) + "}",
    }
    await connection.execute(_statements(queue).complete, values, prepare=True)


async def has_suspects(connection: AsyncConnection[Any], queue: Queue, revision: str) -> bool:
    """Tell whether a job that must run alone is waiting, due, and next in its order."""
    cursor = await connection.execute(
        _statements(queue).suspects, {"revision": revision}, prepare=True
    )
    return await cursor.fetchone() is not None


async def renew_leases(
    connection: AsyncConnection[Any],
    queue: Queue,
    worker_id: UUID,
    held: Sequence[UUID],
    lease_seconds: float,
) -> None:
    """Push back the end of the leases of jobs that a worker holds, and knows that it holds.

    A row that is locked is being ended at this moment, and needs no lease for it.
    """
    if held:
        values = {"worker": worker_id, "held": list(held), "lease": lease_seconds}
        await connection.execute(_statements(queue).renew, values, prepare=True)


async def release_forgotten(
    connection: AsyncConnection[Any], queue: Queue, worker_id: UUID, held: Sequence[UUID]
) -> int:
    """Give back jobs that the table says are a worker's, but of which the worker knows nothing.

    That is what a connection leaves behind that is lost between a claim's commit and its
    reply. Return how many there were.
    """
    cursor = await connection.execute(
        _statements(queue).release, {"worker": worker_id, "held": list(held)}
    )
    return cursor.rowcount


@dataclass(frozen=True, slots=True)
class _Statements:
    claim: bytes
    claim_suspect: bytes
    complete: bytes
    suspects: bytes
    renew: bytes
    release: bytes
    columns: tuple[str, ...]
    enums: tuple[tuple[str, type[Enum]], ...]

    def read(self, rows: list[tuple[Any, ...]], worker_id: UUID) -> list[Claim]:
        """Make claims of rows; enums come as text and become members."""
        claims = []
        for values in rows:
            row = dict(zip(self.columns, values, strict=True))
            for name, members in self.enums:
                if row[name] is not None:
                    row[name] = members(row[name])
            claims.append(Claim(values[0], worker_id, values[1], row))
        return claims


HEALTHY: LiteralString = "job.crashes = 0"
SUSPECT: LiteralString = "job.crashes > 0"
# The first four are read by their places.
COMMON_COLUMNS = ("id", "attempts", "priority", "sequence", "crashes")

# By array and place in it, not by a join: a hundred ids cost a hundred look-ups, and no more. The
# status is compared as text so that no partial index fits: by old statistics each looks empty, and
# reading all of it cheaper than looking up ids.
COMPLETE = """
    UPDATE {table} AS job
    SET status = 'completed', finished_at = now(), lease_until = NULL,
        error_code = NULL, error_details = NULL
    WHERE job.id = ANY (%(ended)s::uuid[]) AND job.worker_id = %(worker)s
      AND job.status::text = 'processing'
      AND job.attempts = (%(ended_attempts)s::integer[])[array_position(%(ended)s::uuid[], job.id)]
"""
DUE = """
    SELECT job.ctid FROM {table} AS job
    WHERE job.status = 'pending' AND job.available_at <= now() AND {crashes}
      AND (SELECT version_num FROM access.alembic_version) = %(revision)s
      {in_order}
"""
# The rows' places as an array: the planner then fetches each one, whatever it thinks of the LIMIT.
# They hold for as long as the rows are locked, and no index is asked a second time.
CLAIM = """
    UPDATE {table} AS job
    SET status = 'processing', worker_id = %(worker)s, attempts = job.attempts + 1,
        lease_until = now() + %(lease)s * interval '1 second', started_at = now()
    WHERE job.ctid = ANY (ARRAY({due}
        ORDER BY {order} LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
    RETURNING {columns}
"""
# The first of its document's jobs that have not ended. As a subquery with LIMIT it is looked up for
# each candidate; as NOT EXISTS it becomes a join, which old statistics turn into reading it all.
NEXT_IN_ORDER = """
      AND job.sequence = (
          SELECT first.sequence FROM {table} AS first
          WHERE {same} AND first.status IN ('pending', 'processing')
          ORDER BY first.sequence LIMIT 1)
"""
RENEW = """
    UPDATE {table} AS job SET lease_until = now() + %(lease)s * interval '1 second'
    WHERE job.id = ANY (ARRAY(
        SELECT held.id FROM {table} AS held
        WHERE held.id = ANY (%(held)s::uuid[])
          AND held.worker_id = %(worker)s AND held.status::text = 'processing'
        FOR NO KEY UPDATE SKIP LOCKED))
"""
RELEASE = """
    UPDATE {table} SET status = 'pending', worker_id = NULL, lease_until = NULL
    WHERE worker_id = %(worker)s AND status = 'processing' AND id <> ALL (%(held)s::uuid[])
"""


def _by_priority(row: tuple[Any, ...]) -> tuple[int, int]:
    return -row[2], row[3]


@cache
def _statements(queue: Queue) -> _Statements:
    table = sql.Identifier(queue.table.schema or "public", queue.table.name)
    columns = (*COMMON_COLUMNS, *queue.hands_over)
    types = {name: queue.table.c[name].type for name in columns}
    enums = tuple(
        (name, kind.enum_class)
        for name, kind in types.items()
        if isinstance(kind, sa.Enum) and kind.enum_class is not None
    )
    returned = sql.SQL(", ").join(
        sql.SQL("job.{}::text").format(sql.Identifier(name))
        if name in dict(enums)
        else sql.Identifier("job", name)
        for name in columns
    )
    in_order = _next_in_order(queue, table)

    def due(crashes: LiteralString) -> sql.Composed:
        return sql.SQL(DUE).format(table=table, crashes=sql.SQL(crashes), in_order=in_order)

    def claiming(crashes: LiteralString) -> sql.Composed:
        # Each order is that of an index: nothing is sorted, and only what is taken is read.
        order = "job.sequence" if crashes == SUSPECT else "job.priority DESC, job.sequence"
        return sql.SQL(CLAIM).format(
            table=table, due=due(crashes), columns=returned, order=sql.SQL(order)
        )

    return _Statements(
        claim=claiming(HEALTHY).as_bytes(),
        claim_suspect=claiming(SUSPECT).as_bytes(),
        complete=sql.SQL(COMPLETE).format(table=table).as_bytes(),
        suspects=(due(SUSPECT) + sql.SQL(" LIMIT 1")).as_bytes(),
        renew=sql.SQL(RENEW).format(table=table).as_bytes(),
        release=sql.SQL(RELEASE).format(table=table).as_bytes(),
        columns=columns,
        enums=enums,
    )


def _next_in_order(queue: Queue, table: sql.Identifier) -> sql.Composable:
    if not queue.ordering:
        return sql.SQL("")
    same = sql.SQL(" AND ").join(
        sql.SQL("first.{0} = job.{0}").format(sql.Identifier(name)) for name in queue.ordering
    )
    return sql.SQL(NEXT_IN_ORDER).format(table=table, same=same)
