"""What a person may see, and the keys, links and sessions by which they come in."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    ApiKey,
    ArchivedJob,
    Collection,
    IdempotencyKey,
    IngestionJob,
    Role,
    Session,
    SignInLink,
    User,
    Visibility,
)
from cogep_assist.core.principal import ANONYMOUS, SYSTEM, Act, Principal, PrincipalKind

__all__ = [
    "ANONYMOUS",
    "SYSTEM",
    "Act",
    "ApiKey",
    "OpenedSession",
    "Principal",
    "PrincipalKind",
    "authenticate_key",
    "authenticate_keys",
    "authenticate_session",
    "create_key",
    "create_sign_in_link",
    "list_keys",
    "note_key_use",
    "open_session",
    "revoke_key",
    "sign_out",
    "sweep_expired",
    "visible_collections",
    "visible_jobs",
]

KEY_PREFIX = "cogep_"
RANDOM_BYTES = 32
MAX_CREDENTIAL_CHARS = 200
MAX_KEY_NAME_CHARS = 100
NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session that was just opened; the token goes into the cookie and nowhere else."""

    token: str
    csrf_token: str
    principal: Principal
    expires_at: datetime


def visible_collections(principal: Principal) -> sa.Select[UUID]:
    """Select the ids of the collections that somebody may read: where every look-up starts.

    Staff read public and internal collections, everybody else the public ones; nobody
    reads a temporary collection whose time has passed.
    """
    statement = sa.select(Collection.id).where(
        sa.or_(Collection.expires_at.is_(None), Collection.expires_at > NOW)
    )
    if principal.is_staff:
        return statement
    return statement.where(Collection.visibility == Visibility.PUBLIC)


def visible_jobs(
    principal: Principal, jobs: type[IngestionJob | ArchivedJob] = IngestionJob
) -> sa.Select[UUID]:
    """Select the ids of the jobs that somebody may see: all for curation, else their own."""
    statement = sa.select(jobs.id)
    if principal.may(Act.MANAGE_JOBS):
        return statement
    return statement.where(jobs.submitted_by == principal.label)


async def create_key(
    session: AsyncSession,
    name: str,
    role: Role,
    expires_at: datetime | None = None,
    *,
    by: Principal = SYSTEM,
) -> str:
    """Create an API key and return it; it is shown this once, only its SHA-256 is kept.

    Raises AppError("key_name_invalid"|"key_name_taken"|"expiry_in_past").
    """
    name = name.strip()
    if not 0 < len(name) <= MAX_KEY_NAME_CHARS or not name.isprintable():
        raise AppError("key_name_invalid")
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise AppError("expiry_in_past")
    plaintext = KEY_PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    key = ApiKey(
        name=name,
        role=role,
        key_hash=_hash(plaintext),
        hint=plaintext[: len(KEY_PREFIX) + 4],
        expires_at=expires_at,
    )
    try:
        async with session.begin_nested():
            session.add(key)
    except IntegrityError:
        raise AppError("key_name_taken", name=name) from None
    await audit.record(session, by, "key_created", "api_key", key.id, {"role": role.value})
    return plaintext


async def revoke_key(session: AsyncSession, name: str, *, by: Principal = SYSTEM) -> None:
    """Revoke a key by its name, at once and for good. Raises AppError("key_not_found")."""
    key_id = await session.scalar(
        sa.update(ApiKey)
        .where(ApiKey.name == name.strip(), ApiKey.revoked_at.is_(None))
        .values(revoked_at=NOW)
        .returning(ApiKey.id)
    )
    if key_id is None:
        raise AppError("key_not_found")
    await audit.record(session, by, "key_revoked", "api_key", key_id)


async def list_keys(session: AsyncSession) -> Sequence[ApiKey]:
    """Return the keys that are not revoked, by name."""
    statement = sa.select(ApiKey).where(ApiKey.revoked_at.is_(None)).order_by(ApiKey.name)
    return (await session.scalars(statement)).all()


async def authenticate_key(session: AsyncSession, plaintext: str) -> Principal:
    """Return whose key this is. Raises AppError("key_invalid")."""
    found = await authenticate_keys(session, [plaintext])
    if plaintext not in found:
        raise AppError("key_invalid")
    return found[plaintext]


async def authenticate_keys(
    session: AsyncSession, plaintexts: Iterable[str]
) -> dict[str, Principal]:
    """Return whose keys these are, in one look-up; a key that is not good is left out."""
    hashes = {
        _hash(text): text
        for text in plaintexts
        if text.startswith(KEY_PREFIX) and len(text) <= MAX_CREDENTIAL_CHARS
    }
    if not hashes:
        return {}
    rows = await session.execute(
        sa.select(ApiKey.id, ApiKey.role, ApiKey.key_hash, ApiKey.scopes).where(
            ApiKey.key_hash.in_(list(hashes)),
            ApiKey.revoked_at.is_(None),
            sa.or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > NOW),
        )
    )
    return {
        text: Principal(
            PrincipalKind.KEY,
            row.role,
            row.id,
            scopes=None if row.scopes is None else frozenset(row.scopes),
        )
        for row in rows
        for digest, text in hashes.items()
        if hmac.compare_digest(bytes(row.key_hash), digest)
    }


async def note_key_use(session: AsyncSession, key_ids: Iterable[UUID]) -> None:
    """Write when keys were used last, at most once a minute each; never part of a read."""
    await session.execute(
        sa.update(ApiKey)
        .where(
            ApiKey.id.in_(list(key_ids)),
            sa.or_(
                ApiKey.last_used_at.is_(None),
                ApiKey.last_used_at < NOW - sa.literal_column("interval '1 minute'"),
            ),
        )
        .values(last_used_at=NOW)
    )


async def create_sign_in_link(
    session: AsyncSession, role: Role = Role.ADMIN, minutes: int = 15, *, by: Principal = SYSTEM
) -> str:
    """Return the token of a link that opens one session, once, within some minutes."""
    token = secrets.token_urlsafe(RANDOM_BYTES)
    link = SignInLink(
        token_hash=_hash(token),
        role=role,
        expires_at=NOW + sa.literal(timedelta(minutes=minutes)),
    )
    session.add(link)
    await session.flush()
    await audit.record(session, by, "sign_in_link_created", "sign_in_link", link.id)
    return token


async def open_session(
    session: AsyncSession, token: str, *, hours: int = 12
) -> OpenedSession | None:
    """Use up a sign-in link and open a session, or return None for a link that is no good.

    Two at once: the update takes the row, and the second finds it used. A refusal is
    audited in the caller's transaction, which must therefore commit either way.
    """
    row = (
        await session.execute(
            sa.update(SignInLink)
            .where(
                SignInLink.token_hash == _hash(token),
                SignInLink.used_at.is_(None),
                SignInLink.expires_at > NOW,
            )
            .values(used_at=NOW)
            .returning(SignInLink.id, SignInLink.role)
        )
    ).first()
    if row is None:
        await audit.record(session, ANONYMOUS, "sign_in_refused", "sign_in_link", "-")
        return None
    secret = secrets.token_urlsafe(RANDOM_BYTES)
    opened = Session(
        token_hash=_hash(secret),
        csrf_token=secrets.token_urlsafe(RANDOM_BYTES),
        role=row.role,
        expires_at=NOW + sa.literal(timedelta(hours=hours)),
    )
    session.add(opened)
    await session.flush()
    await session.refresh(opened, ["expires_at"])
    principal = Principal(PrincipalKind.SESSION, opened.role, opened.id, opened.id)
    await audit.record(session, principal, "sign_in", "session", opened.id, {"link": str(row.id)})
    return OpenedSession(secret, opened.csrf_token, principal, opened.expires_at)


async def authenticate_session(session: AsyncSession, token: str) -> tuple[Principal, str] | None:
    """Return whose session this is and its CSRF token, or None once it has ended."""
    if not 0 < len(token) <= MAX_CREDENTIAL_CHARS:
        return None
    row = (
        await session.execute(
            sa.select(Session.id, Session.role, Session.csrf_token, Session.user_id)
            .add_columns(User.role.label("user_role"), User.customer_id)
            .outerjoin(User, User.id == Session.user_id)
            .where(
                Session.token_hash == _hash(token),
                Session.revoked_at.is_(None),
                Session.expires_at > NOW,
                User.disabled_at.is_(None),
            )
        )
    ).first()
    if row is None:
        return None
    if row.user_id is None:
        return Principal(PrincipalKind.SESSION, row.role, row.id, row.id), row.csrf_token
    # The role as it is now, not as it was when the session was opened.
    user = Principal(PrincipalKind.USER, row.user_role, row.user_id, row.id, None, row.customer_id)
    return user, row.csrf_token


async def sign_out(session: AsyncSession, principal: Principal) -> None:
    """End a principal's session; nothing happens for one who came in by a key."""
    if principal.session_id is None:
        return
    ended = await session.scalar(
        sa.update(Session)
        .where(Session.id == principal.session_id, Session.revoked_at.is_(None))
        .values(revoked_at=NOW)
        .returning(Session.id)
    )
    if ended is not None:
        await audit.record(session, principal, "sign_out", "session", ended)


async def sweep_expired(session: AsyncSession) -> int:
    """Delete links, sessions and idempotency keys whose time has passed; return how many."""
    day: sa.ColumnClause[timedelta] = sa.literal_column("interval '24 hours'")
    swept = 0
    for statement in (
        sa.delete(SignInLink).where(SignInLink.expires_at < NOW - day),
        sa.delete(Session).where(Session.expires_at < NOW - day),
        sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < NOW - day),
    ):
        result = await session.execute(statement)
        swept += getattr(result, "rowcount", 0)
    return swept


def _hash(credential: str) -> bytes:
    return hashlib.sha256(credential.encode("utf-8", "surrogatepass")).digest()
