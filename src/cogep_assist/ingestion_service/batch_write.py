"""Write any intake requests in one transaction, step by step, through the driver itself.

What ``batch_statement`` leaves out is for here: keys that were used before, new collections,
large contents. The same batch can be written again after a lost connection: what was committed
the first time is met by its id and changes nothing.
"""

import asyncio
import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, AsyncCursor
from uuid_utils.compat import uuid7

from cogep_assist.core import audit, audit_commit
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import PrincipalKind
from cogep_assist.ingestion_service.batch_statement import HELD_BLOB_BYTES
from cogep_assist.ingestion_service.intake_request import (
    ROUTE,
    IntakeReply,
    IntakeRequest,
    Outcome,
)


async def write_batch(
    connection: AsyncConnection[Any], requests: Sequence[IntakeRequest], *, max_attempts: int
) -> list[Outcome]:
    """Write requests in one transaction and return each one's outcome, in order.

    No two requests may bring the same idempotency key of one principal. Raises whatever
    the database refuses, and AppError("collection_not_found"): then nothing was written.
    """
    # In a pipeline, what needs no answer is sent with what comes next: two trips and not five.
    async with connection.pipeline(), connection.transaction(), connection.cursor() as cursor:
        outcomes = await _refuse_revoked(cursor, requests)
        await _claim_keys(cursor, requests, outcomes)
        fresh = [r for r, done in zip(requests, outcomes, strict=True) if done is None]
        if fresh:
            collections = await _collections(cursor, fresh)
            blobs = await _insert_blobs(cursor, fresh)
            await _insert_jobs(cursor, fresh, collections, blobs, max_attempts)
            await _insert_audit(cursor, [r.audit_row for r in fresh])
    return [
        IntakeReply(request.job_texts) if done is None else done
        for request, done in zip(requests, outcomes, strict=True)
    ]


async def _refuse_revoked(
    cursor: AsyncCursor[Any], requests: Sequence[IntakeRequest]
) -> list[Outcome | None]:
    """Refuse requests whose key was revoked since they were let in by it."""
    asked = {r.principal.id for r in requests if r.principal.kind is PrincipalKind.KEY}
    if not asked:
        return [None] * len(requests)
    await cursor.execute(
        """
        SELECT id FROM access.api_key
        WHERE id = ANY(%s::uuid[]) AND revoked_at IS NULL
          AND (expires_at IS NULL OR expires_at > clock_timestamp())
        """,
        [list(asked)],
    )
    revoked = asked - {row[0] for row in await cursor.fetchall()}
    return [
        AppError("key_invalid")
        if r.principal.kind is PrincipalKind.KEY and r.principal.id in revoked
        else None
        for r in requests
    ]


async def _claim_keys(
    cursor: AsyncCursor[Any], requests: Sequence[IntakeRequest], outcomes: list[Outcome | None]
) -> None:
    """Take the requests' idempotency keys, and note the outcome of those that had been taken."""
    claims = {
        r.claim: r
        for r, done in zip(requests, outcomes, strict=True)
        if r.claim is not None and done is None
    }
    if not claims:
        return
    # In one order everywhere, so that two processes never wait for each other.
    ordered = [claims[claim] for claim in sorted(claims)]
    await cursor.execute(
        """
        INSERT INTO access.idempotency_key AS k (principal, route, key, body_hash, status, reply)
        SELECT u.principal, %s, u.key, u.body_hash, 202, u.reply::jsonb
        FROM unnest(%s::text[], %s::text[], %b::bytea[], %s::text[])
             AS u(principal, key, body_hash, reply)
        ON CONFLICT (principal, route, key) DO UPDATE
            SET body_hash = excluded.body_hash, status = excluded.status,
                reply = excluded.reply, created_at = clock_timestamp()
            WHERE k.created_at < clock_timestamp() - interval '24 hours'
        RETURNING principal, key
        """,
        [
            ROUTE,
            [r.label for r in ordered],
            [r.idempotency_key for r in ordered],
            [r.body_hash for r in ordered],
            [json.dumps({"ids": r.job_texts}) for r in ordered],
        ],
    )
    taken = set(await cursor.fetchall())
    lost = [r for r in ordered if r.claim not in taken]
    earlier = await _earlier_replies(cursor, lost) if lost else {}
    for n, request in enumerate(requests):
        if request.claim in claims:
            outcomes[n] = earlier.get(request.claim)


async def _earlier_replies(
    cursor: AsyncCursor[Any], lost: Sequence[IntakeRequest]
) -> dict[tuple[str, str] | None, Outcome]:
    await cursor.execute(
        """
        SELECT k.principal, k.key, k.body_hash, k.reply
        FROM unnest(%s::text[], %s::text[]) AS u(principal, key)
        JOIN access.idempotency_key k USING (principal, key)
        WHERE k.route = %s
        """,
        [[r.label for r in lost], [r.idempotency_key for r in lost], ROUTE],
    )
    rows = {(row[0], row[1]): (bytes(row[2]), row[3]) for row in await cursor.fetchall()}
    replies: dict[tuple[str, str] | None, Outcome] = {}
    for request in lost:
        assert request.claim is not None
        stored_hash, reply = rows[request.claim]
        if stored_hash == request.body_hash:
            replies[request.claim] = IntakeReply(reply["ids"], repeated=True)
        else:
            replies[request.claim] = AppError("idempotency_key_reused")
    return replies


async def _collections(
    cursor: AsyncCursor[Any], requests: Sequence[IntakeRequest]
) -> dict[str, UUID]:
    wanted = {s.collection: r.principal for r in requests for s in r.submissions}
    found = await _find_collections(cursor, wanted)
    missing = sorted(set(wanted) - set(found))
    if missing:
        await cursor.execute(
            """
            INSERT INTO ai.collection (id, name)
            SELECT * FROM unnest(%s::uuid[], %s::text[]) ON CONFLICT (name) DO NOTHING
            RETURNING id, name
            """,
            [[uuid7() for _ in missing], missing],
        )
        created = await cursor.fetchall()
        await _insert_audit(
            cursor,
            [
                audit.sealed_row(
                    wanted[name],
                    "collection_created",
                    "collection",
                    collection_id,
                    {"visibility": "internal"},
                )
                for collection_id, name in created
            ],
        )
        found = await _find_collections(cursor, wanted)
    for name in wanted:
        if name not in found:
            # A temporary collection whose time has passed, and that awaits its sweep.
            raise AppError("collection_not_found", name=name)
    return found


async def _find_collections(cursor: AsyncCursor[Any], names: Iterable[str]) -> dict[str, UUID]:
    await cursor.execute(
        """
        SELECT name, id FROM ai.collection
        WHERE name = ANY(%s::text[]) AND (expires_at IS NULL OR expires_at > clock_timestamp())
        """,
        [list(names)],
    )
    return dict(await cursor.fetchall())


async def _insert_blobs(
    cursor: AsyncCursor[Any], requests: Sequence[IntakeRequest]
) -> dict[UUID, UUID]:
    """Return the blob of each job that brings bytes; a large one is read when its turn comes."""
    blobs: dict[UUID, UUID] = {}
    held = []
    for request in requests:
        for job_id, submission in zip(request.job_ids, request.submissions, strict=True):
            content = submission.content
            if content is None:
                continue
            # Of the job's own id, so that a batch written again meets its own blobs.
            blobs[job_id] = job_id
            if content.size <= HELD_BLOB_BYTES:
                held.append((job_id, content.sha256, content.size, content.read()))
                continue
            data = await asyncio.to_thread(content.read)
            await cursor.execute(
                """
                INSERT INTO ai.blob (id, sha256, size, content) VALUES (%s, %b, %s, %b)
                ON CONFLICT (id) DO NOTHING
                """,
                [job_id, content.sha256, content.size, data],
            )
    if held:
        ids, hashes, sizes, contents = (list(column) for column in zip(*held, strict=True))
        await cursor.execute(
            """
            INSERT INTO ai.blob (id, sha256, size, content)
            SELECT * FROM unnest(%s::uuid[], %b::bytea[], %s::bigint[], %b::bytea[])
            ON CONFLICT (id) DO NOTHING
            """,
            [ids, hashes, sizes, contents],
        )
    return blobs


async def _insert_jobs(
    cursor: AsyncCursor[Any],
    requests: Sequence[IntakeRequest],
    collections: dict[str, UUID],
    blobs: dict[UUID, UUID],
    max_attempts: int,
) -> None:
    rows = [
        {
            "id": str(job_id),
            "kind": s.kind.value,
            "collection_id": str(collections[s.collection]),
            "source_key": s.source_key,
            "uri": s.uri,
            "title": s.title,
            "file_name": s.file_name,
            "declared_type": s.declared_type,
            "blob_id": str(blobs[job_id]) if job_id in blobs else None,
            "metadata": s.metadata,
            "priority": s.priority,
            "callback_url": s.callback_url,
            "submitted_by": request.label,
            "request_id": request.audit_row["request_id"],
        }
        for request in requests
        for job_id, s in zip(request.job_ids, request.submissions, strict=True)
    ]
    # One text for all: twelve arrays would be put together value by value.
    await cursor.execute(
        """
        INSERT INTO ai.ingestion_queue
            (id, source_kind, collection_id, source_key, uri, title, file_name, declared_type,
             blob_id, metadata, priority, callback_url, submitted_by, request_id, max_attempts)
        SELECT u.id, u.kind::ai.source_kind, u.collection_id, u.source_key, u.uri, u.title,
               u.file_name, u.declared_type, u.blob_id, u.metadata::jsonb, u.priority,
               u.callback_url, u.submitted_by, u.request_id, %s
        FROM ROWS FROM (json_to_recordset(%s::json) AS
                (id uuid, kind text, collection_id uuid, source_key text, uri text, title text,
                 file_name text, declared_type text, blob_id uuid, metadata text,
                 priority smallint, callback_url text, submitted_by text, request_id text))
             WITH ORDINALITY AS u(id, kind, collection_id, source_key, uri, title, file_name,
                                  declared_type, blob_id, metadata, priority, callback_url,
                                  submitted_by, request_id, place)
        ORDER BY u.place
        ON CONFLICT (id) DO NOTHING
        """,
        [max_attempts, json.dumps(rows, ensure_ascii=False)],
    )


async def _insert_audit(cursor: AsyncCursor[Any], rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    columns = [[row[name] for row in rows] for name in (*audit_commit.COLUMNS, "mac")]
    details = audit_commit.COLUMNS.index("details")
    columns[details] = [json.dumps(value) for value in columns[details]]
    await cursor.execute(
        """
        INSERT INTO lgpd.audit_event
            (id, occurred_at, actor_kind, actor, act, object_type, object_id, details,
             request_id, mac)
        SELECT u.id, u.occurred_at, u.actor_kind, u.actor, u.act, u.object_type, u.object_id,
               u.details::jsonb, u.request_id, u.mac
        FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::text[], %s::text[],
                    %s::text[], %s::text[], %s::text[], %s::text[], %b::bytea[])
             AS u(id, occurred_at, actor_kind, actor, act, object_type, object_id, details,
                  request_id, mac)
        ON CONFLICT (id) DO NOTHING
        """,
        columns,
    )
