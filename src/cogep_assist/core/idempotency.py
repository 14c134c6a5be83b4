"""Requests that are repeated under one key get one act and one reply, for 24 hours."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import IdempotencyKey
from cogep_assist.core.principal import Principal

LIFETIME_HOURS = 24
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class StoredReply:
    """What the first request was told: its HTTP status, and ids and links alone."""

    status: int
    reply: dict[str, Any]


def check_key(text: str) -> str:
    """Return a client's key if it is 1 to 200 visible ASCII characters.

    Raises AppError("idempotency_key_invalid").
    """
    if not _VISIBLE_ASCII.fullmatch(text):
        raise AppError("idempotency_key_invalid")
    return text


def body_hash(*parts: bytes | str) -> bytes:
    """Return the SHA-256 of a request's parts, each told apart from the next."""
    told: list[bytes] = []
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        told += (len(data).to_bytes(8, "big"), data)
    return hashlib.sha256(b"".join(told)).digest()


async def claim(
    session: AsyncSession, principal: Principal, route: str, key: str, body: bytes
) -> StoredReply | None:
    """Take a key for this transaction, or return the reply that it already got.

    Two requests at once: the second waits here until the first has committed.
    Raises AppError("idempotency_key_reused") when the key came with another body.
    """
    old = sa.func.clock_timestamp() - sa.literal_column(f"interval '{LIFETIME_HOURS} hours'")
    fresh = {
        "body_hash": body,
        "status": 0,
        "reply": {},
        "created_at": sa.func.clock_timestamp(),
    }
    taken = await session.execute(
        insert(IdempotencyKey)
        .values(principal=principal.label, route=route, key=key, **fresh)
        .on_conflict_do_update(
            index_elements=["principal", "route", "key"],
            set_=fresh,
            where=IdempotencyKey.created_at < old,
        )
        .returning(IdempotencyKey.key)
    )
    if taken.first() is not None:
        return None
    row = (
        await session.execute(
            sa.select(IdempotencyKey.body_hash, IdempotencyKey.status, IdempotencyKey.reply).where(
                *_is(principal, route, key)
            )
        )
    ).one()
    if bytes(row.body_hash) != body:
        raise AppError("idempotency_key_reused")
    return StoredReply(row.status, row.reply)


async def peek(
    session: AsyncSession, principal: Principal, route: str, key: str, body: bytes
) -> StoredReply | None:
    """Return the reply that a key already got, without taking it or waiting for anybody.

    Raises AppError("idempotency_key_reused") when the key came with another body.
    """
    since = sa.func.clock_timestamp() - sa.literal_column(f"interval '{LIFETIME_HOURS} hours'")
    row = (
        await session.execute(
            sa.select(IdempotencyKey.body_hash, IdempotencyKey.status, IdempotencyKey.reply).where(
                *_is(principal, route, key), IdempotencyKey.created_at >= since
            )
        )
    ).one_or_none()
    if row is None:
        return None
    if bytes(row.body_hash) != body:
        raise AppError("idempotency_key_reused")
    return StoredReply(row.status, row.reply)


async def complete(
    session: AsyncSession, principal: Principal, route: str, key: str, reply: StoredReply
) -> None:
    """Keep the reply beside the key, in the transaction of the act itself."""
    await session.execute(
        sa.update(IdempotencyKey)
        .where(*_is(principal, route, key))
        .values(status=reply.status, reply=reply.reply)
    )


def _is(principal: Principal, route: str, key: str) -> list[sa.ColumnElement[bool]]:
    return [
        IdempotencyKey.principal == principal.label,
        IdempotencyKey.route == route,
        IdempotencyKey.key == key,
    ]
