"""Keep, read and delete the records of accesses (Lei 12.965/2014, art. 15).

Who came from where lies sealed under a key of its own. Times are UTC, by the process's clock, which
the operating system keeps by NTP: the moment is part of what the law wants to know.
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import sealing, secret_key
from cogep_assist.core.models import AccessRecord, PreservationOrder
from cogep_assist.core.network_address import plain_address

PURPOSE = "access-record"
TOKEN_BYTES = 16


@dataclass(slots=True)
class Access:
    """One use of the application; ``user`` is the label of who came in."""

    accessed_at: datetime
    user: str
    ip: str
    port: int
    requests: int = 1


async def write_accesses(session: AsyncSession, accesses: Sequence[Access]) -> None:
    """Write many records in one statement."""
    await session.execute(sa.insert(AccessRecord), [_row(access) for access in accesses])


def open_record(record: AccessRecord) -> Access:
    """Unseal a record. Raises AppError("sealed_unreadable")."""
    sealed = sealing.unseal(PURPOSE, bytes(record.sealed), str(record.id))
    values = json.loads(sealed)
    return Access(record.accessed_at, **values)


def token(kind: str, value: str) -> bytes:
    """Return by what a user ("user") or an address ("ip") is found, for who holds the key."""
    key = secret_key.derive(f"access-record-{kind}")
    value = plain_address(value) if kind == "ip" else value
    return hmac.digest(key, value.encode(), "sha256")[:TOKEN_BYTES]


async def delete_old_records(session: AsyncSession, months: int) -> int:
    """Delete what is past its term and under no order; return how many that were."""
    order = PreservationOrder
    preserved = sa.exists().where(
        order.ended_at.is_(None),
        AccessRecord.accessed_at >= order.covers_at,
        AccessRecord.accessed_at < order.covers_until,
        sa.or_(order.user_token.is_(None), order.user_token == AccessRecord.user_token),
        sa.or_(order.ip_token.is_(None), order.ip_token == AccessRecord.ip_token),
    )
    term = sa.func.make_interval(0, months)
    gone = await session.execute(
        sa.delete(AccessRecord)
        .where(AccessRecord.accessed_at < sa.func.now() - term, ~preserved)
        .returning(AccessRecord.id)
    )
    return len(gone.all())


def _row(access: Access) -> dict[str, object]:
    record_id = uuid7()
    values = {
        "user": access.user,
        "ip": access.ip,
        "port": access.port,
        "requests": access.requests,
    }
    return {
        "id": record_id,
        "accessed_at": access.accessed_at,
        "user_token": token("user", access.user),
        "ip_token": token("ip", access.ip),
        "sealed": sealing.seal(PURPOSE, json.dumps(values).encode(), str(record_id)),
    }
