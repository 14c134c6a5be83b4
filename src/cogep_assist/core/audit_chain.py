"""The chain over the audit: every committed act becomes part of one signed link.

An act's row is written in the act's transaction and noted by a trigger as waiting. The sealer
takes what waits, whenever it was committed, hashes the rows as the database holds them, chains the
hash to the previous link and signs it. The hash is a plain SHA-256 and the signature Ed25519, so
that whoever holds an export and the public key can check both without this installation.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit, audit_commit, signing
from cogep_assist.core.models import AuditSeal

CHECKPOINT = "audit-checkpoint"
BEGINNING = bytes(32)
BATCH = 1000
ID_BYTES = 16
# One row as one line of JSON, written by the database: reading a million back costs seconds, and
# an export holds the very bytes that were hashed. Sessions run in UTC.
LINE = """json_build_array(e.id, e.occurred_at, e.actor_kind, e.actor, e.act, e.object_type,
    e.object_id, e.details, e.request_id, encode(e.mac, 'hex'))::text"""
TAKE = sa.text(
    f"""
    WITH taken AS (
        DELETE FROM lgpd.audit_pending
        WHERE ctid = ANY(ARRAY(SELECT ctid FROM lgpd.audit_pending LIMIT :batch))
        RETURNING event_id
    )
    SELECT taken.event_id, CASE WHEN e.id IS NOT NULL THEN {LINE} END, clock_timestamp()
    FROM taken LEFT JOIN lgpd.audit_event e ON e.id = taken.event_id
    ORDER BY taken.event_id
    """  # noqa: S608 - our own constant
)
_TIP = (
    sa.select(AuditSeal.number, AuditSeal.position, AuditSeal.link)
    .order_by(AuditSeal.number.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Seal:
    """A link's header: what is hashed into the next link, and signed as a checkpoint."""

    number: int
    position: int
    previous: bytes
    body: bytes
    refused: tuple[UUID, ...]
    sealed_at: datetime
    # How many acts were taken for it; no part of what is signed, which counts them by position.
    taken: int = 0

    @property
    def header(self) -> dict[str, Any]:
        """The signed fields: ``position`` counts all acts up to the last one of this link."""
        return {
            "number": self.number,
            "position": self.position,
            "previous": self.previous.hex(),
            "body": self.body.hex(),
            "refused": [str(event) for event in self.refused],
            "sealed_at": self.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        }

    @cached_property
    def link(self) -> bytes:
        """The SHA-256 of the canonical header."""
        return hashlib.sha256(signing.canonical(self.header)).digest()

    def checkpoint(self) -> dict[str, Any]:
        """Return the header as a signed document, to be kept outside the database."""
        return signing.sign_document(CHECKPOINT, self.header)


async def seal_waiting(session: AsyncSession, batch: int = BATCH) -> Seal | None:
    """Chain at most ``batch`` acts that wait; return the new link, or None where none waits.

    One caller at a time, who holds the sealer's lock; a second one fails at the link's number.
    """
    taken = (await session.execute(TAKE, {"batch": batch})).all()
    if not taken:
        return None
    lines = [line for _, line, _ in taken if line is not None]
    # Not the whole link: its list of acts is long.
    tip = (await session.execute(_TIP)).first()
    seal = Seal(
        number=tip.number + 1 if tip else 1,
        position=(tip.position if tip else 0) + len(lines),
        previous=bytes(tip.link) if tip else BEGINNING,
        body=hash_of(line.encode() for line in lines),
        refused=tuple(_refused(taken)),
        sealed_at=taken[0][2],
        taken=len(taken),
    )
    await session.execute(
        sa.insert(AuditSeal).values(
            number=seal.number,
            position=seal.position,
            events=b"".join(event.bytes for event, line, _ in taken if line is not None),
            refused=list(seal.refused),
            sealed_at=seal.sealed_at,
            body=seal.body,
            link=seal.link,
            signature=signing.sign(CHECKPOINT, signing.canonical(seal.header)),
            key_id=signing.key_id(),
        )
    )
    return seal


async def chain_end(session: AsyncSession) -> Seal | None:
    """Return the header of the last link, or None before the first act."""
    tip = await newest_seal(session)
    if tip is None:
        return None
    before = await session.get(AuditSeal, tip.number - 1)
    previous = bytes(before.link) if before else BEGINNING
    return Seal(
        tip.number, tip.position, previous, bytes(tip.body), tuple(tip.refused), tip.sealed_at
    )


async def newest_seal(session: AsyncSession) -> AuditSeal | None:
    """Return the last link of the chain."""
    newest = sa.select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1)
    return (await session.scalars(newest)).first()


def hash_of(lines: Iterable[bytes]) -> bytes:
    """Hash rows in their order, one line each."""
    return hashlib.sha256(b"".join(line + b"\n" for line in lines)).digest()


def line_is_good(line: str | bytes, *, only_own: bool = False) -> bool:
    """Tell whether a row is as the product wrote it.

    One of another key cannot be judged: it passes unless ``only_own``.
    """
    values = json.loads(line)
    row = dict(zip(audit_commit.COLUMNS, values[:-1], strict=True))
    row["occurred_at"] = datetime.fromisoformat(row["occurred_at"])
    unaltered = audit.is_unaltered(row, bytes.fromhex(values[-1]))
    return unaltered is True or (unaltered is None and not only_own)


def _refused(taken: Sequence[Any]) -> list[UUID]:
    """Return what vanished or was changed between its commit and this moment."""
    return [event for event, line, _ in taken if line is None or not line_is_good(line)]
