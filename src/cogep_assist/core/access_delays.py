"""How long guesses of a password must wait, without keeping the rightful person out.

Wrong guesses are counted in PostgreSQL, so that several processes count together, in three
buckets: the account from one address, the account from everywhere, and the address for all
accounts. Each opens again after a delay that doubles. A browser in which the person has signed
in before has a bucket of its own: whatever strangers do to the account does not delay it. And a
link for another password is always sent: nobody can be locked out of an account by others.
"""

import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import secret_key
from cogep_assist.core.access_tokens import MAX_CREDENTIAL_CHARS, new_token, token_hash
from cogep_assist.core.access_users import email_key
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import KnownDevice, SignInDelay, User
from cogep_assist.core.network_address import network_of

LONGEST_SECONDS = 900
DEVICE_DAYS = 180
# Buckets of one account and one address or device, which the right password clears.
NARROW_FREE = 10
# Counts are forgotten after a day without a wrong guess.
MEMORY: sa.ColumnClause[timedelta] = sa.literal_column("interval '24 hours'")
NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Bucket:
    """A count of wrong guesses, and how many of them are free of delay."""

    name: bytes
    free: int


async def buckets_for(
    session: AsyncSession, email: str, address: str, device_token: str | None
) -> list[Bucket]:
    """Return the buckets that a try at an account counts in."""
    account = email_key(email)
    device = await _known_device(session, account, device_token)
    if device is not None:
        return [Bucket(_name("device", str(device)), 10)]
    network = network_of(address)
    return [
        Bucket(_name("account-address", account, network), 5),
        Bucket(_name("account", account), 50),
        Bucket(_name("address", network), 100),
    ]


def bucket_of(purpose: str, user_id: UUID, *, free: int) -> Bucket:
    """Return the bucket of one person's tries at something else than the password."""
    return Bucket(_name(purpose, str(user_id)), free)


async def begin_try(session: AsyncSession, buckets: Sequence[Bucket]) -> None:
    """Count a try as wrong beforehand, so that many at once do not slip through.

    The caller commits before it checks anything. Raises AppError("sign_in_delayed",
    retry_after=...) in seconds; a try that is refused counts in no bucket.
    """
    # In one order, so that two tries never wait for each other.
    ordered = sorted(buckets, key=lambda bucket: bucket.name)
    wait = await session.scalar(
        sa.select(sa.func.max(sa.extract("epoch", SignInDelay.closed_until - NOW))).where(
            SignInDelay.bucket.in_([bucket.name for bucket in ordered])
        )
    )
    if wait is not None and wait > 0:
        raise AppError("sign_in_delayed", retry_after=math.ceil(wait))
    for bucket in ordered:
        await session.execute(_count_one(bucket))


async def forgive(session: AsyncSession, buckets: Sequence[Bucket]) -> None:
    """Forget the tries of buckets that the right password was given in.

    The address's own count only loses this one try: one good account must not wash away the
    guesses at all others from there.
    """
    for bucket in buckets:
        narrow = bucket.free <= NARROW_FREE
        statement = sa.update(SignInDelay).where(SignInDelay.bucket == bucket.name)
        if narrow:
            statement = statement.values(failures=0, closed_until=NOW)
        else:
            statement = statement.values(failures=sa.func.greatest(SignInDelay.failures - 1, 0))
        await session.execute(statement)


async def remember_device(session: AsyncSession, user: User) -> str:
    """Return a token by which this browser is known to be the person's."""
    token = new_token()
    session.add(
        KnownDevice(
            user_id=user.id,
            token_hash=token_hash(token),
            expires_at=NOW + sa.literal(timedelta(days=DEVICE_DAYS)),
        )
    )
    await session.flush()
    return token


async def knows_device(session: AsyncSession, user: User, token: str | None) -> bool:
    """Tell whether a browser is known to be a user's."""
    return await _known_device(session, user.email_key, token) is not None


async def _known_device(session: AsyncSession, account: str, token: str | None) -> UUID | None:
    if not token or len(token) > MAX_CREDENTIAL_CHARS:
        return None
    return await session.scalar(
        sa.select(KnownDevice.id)
        .join(User, User.id == KnownDevice.user_id)
        .where(
            KnownDevice.token_hash == token_hash(token),
            KnownDevice.expires_at > NOW,
            User.email_key == account,
        )
    )


def _count_one(bucket: Bucket) -> sa.Executable:
    failures = sa.case((SignInDelay.updated_at < NOW - MEMORY, 1), else_=SignInDelay.failures + 1)
    over = failures - bucket.free
    seconds = sa.case(
        (over < 0, 0),
        else_=sa.func.least(sa.func.power(2, sa.func.least(over, 20)), LONGEST_SECONDS),
    )
    counted = insert(SignInDelay).values(
        bucket=bucket.name, failures=1, closed_until=NOW, updated_at=NOW
    )
    return counted.on_conflict_do_update(
        index_elements=[SignInDelay.bucket],
        set_={
            "failures": failures,
            "closed_until": NOW + seconds * sa.literal_column("interval '1 second'"),
            "updated_at": NOW,
        },
    )


def _name(*parts: str) -> bytes:
    """Return a bucket's name: keyed, so that the table tells nothing of who tried."""
    return hmac.digest(
        secret_key.derive("sign-in-delay"), "\x00".join(parts).encode("utf-8", "replace"), "sha256"
    )
