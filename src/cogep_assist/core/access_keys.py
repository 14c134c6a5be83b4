"""The keys of integrations: narrowed to some acts, expiring, revocable, their use noted."""

import hmac
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from psycopg import AsyncConnection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access_tokens import MAX_CREDENTIAL_CHARS, new_token, token_hash
from cogep_assist.core.db import driver_connection
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ApiKey, Role
from cogep_assist.core.principal import SYSTEM, Act, Principal, PrincipalKind

KEY_PREFIX = "cogep_"
MAX_KEY_NAME_CHARS = 100
NOW = sa.func.clock_timestamp()
_GOOD_KEYS = """
    SELECT id, role::text, key_hash, scopes FROM access.api_key
     WHERE key_hash = ANY(%s) AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > clock_timestamp())
"""


async def create_key(
    session: AsyncSession,
    name: str,
    role: Role,
    expires_at: datetime | None = None,
    *,
    scopes: Sequence[str] | None = None,
    by: Principal = SYSTEM,
) -> str:
    """Create an API key and return it; it is shown this once, only its SHA-256 is kept.

    Raises AppError("role_not_allowed"|"key_name_invalid"|"key_name_taken"|"expiry_in_past"|
    "scope_unknown"|"scope_too_wide").
    """
    plaintext, _ = await make_key(session, name, role, expires_at, scopes=scopes, by=by)
    return plaintext


async def make_key(
    session: AsyncSession,
    name: str,
    role: Role,
    expires_at: datetime | None = None,
    *,
    scopes: Sequence[str] | None = None,
    by: Principal = SYSTEM,
) -> tuple[str, ApiKey]:
    """Create an API key; return its plaintext and its row. Raises as ``create_key``."""
    by.require(Act.MANAGE_KEYS)
    name = name.strip()
    if not 0 < len(name) <= MAX_KEY_NAME_CHARS or not name.isprintable():
        raise AppError("key_name_invalid")
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise AppError("expiry_in_past")
    plaintext = KEY_PREFIX + new_token()
    key = ApiKey(
        name=name,
        role=role,
        key_hash=token_hash(plaintext),
        hint=plaintext[: len(KEY_PREFIX) + 4],
        scopes=_checked_scopes(scopes, role, by),
        expires_at=expires_at,
    )
    try:
        async with session.begin_nested():
            session.add(key)
    except IntegrityError:
        raise AppError("key_name_taken", name=name) from None
    details = {"role": role.value, "scopes": key.scopes}
    await audit.record(session, by, "key_created", "api_key", key.id, details)
    await session.refresh(key)
    return plaintext, key


async def revoke_key(session: AsyncSession, name: str, *, by: Principal = SYSTEM) -> None:
    """Revoke a key by its name, at once and for good. Raises AppError("key_not_found")."""
    await _revoke(session, ApiKey.name == name.strip(), by)


async def revoke_key_by_id(session: AsyncSession, key_id: UUID, *, by: Principal) -> None:
    """Revoke a key by its id, at once and for good. Raises AppError("key_not_found")."""
    await _revoke(session, ApiKey.id == key_id, by)


async def list_keys(session: AsyncSession, *, by: Principal = SYSTEM) -> Sequence[ApiKey]:
    """Return the keys that are not revoked, by name. Raises AppError("role_not_allowed")."""
    by.require(Act.MANAGE_KEYS)
    statement = sa.select(ApiKey).where(ApiKey.revoked_at.is_(None)).order_by(ApiKey.name)
    return (await session.scalars(statement)).all()


async def find_key(session: AsyncSession, key_id: UUID, *, by: Principal) -> ApiKey:
    """Return one key. Raises AppError("role_not_allowed"|"key_not_found")."""
    by.require(Act.MANAGE_KEYS)
    key = await session.get(ApiKey, key_id)
    if key is None:
        raise AppError("key_not_found")
    return key


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
    return await find_keys(await driver_connection(session), plaintexts)


async def find_keys(
    driver: AsyncConnection[Any], plaintexts: Iterable[str]
) -> dict[str, Principal]:
    """Look keys up as ``authenticate_keys`` does, by the driver alone."""
    hashes = {
        token_hash(text): text
        for text in plaintexts
        if text.startswith(KEY_PREFIX) and len(text) <= MAX_CREDENTIAL_CHARS
    }
    if not hashes:
        return {}
    async with driver.cursor(binary=True) as cursor:
        await cursor.execute(_GOOD_KEYS, [list(hashes)])
        rows = await cursor.fetchall()
    return {
        text: Principal(
            PrincipalKind.KEY,
            Role(role),
            key_id,
            scopes=None if scopes is None else frozenset(scopes),
            reads_sensitive=Act.READ_SENSITIVE.value in (scopes or ()),
        )
        for key_id, role, key_hash, scopes in rows
        for digest, text in hashes.items()
        if hmac.compare_digest(bytes(key_hash), digest)
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


async def _revoke(session: AsyncSession, which: sa.ColumnElement[bool], by: Principal) -> None:
    by.require(Act.MANAGE_KEYS)
    key_id = await session.scalar(
        sa.update(ApiKey)
        .where(which, ApiKey.revoked_at.is_(None))
        .values(revoked_at=NOW)
        .returning(ApiKey.id)
    )
    if key_id is None:
        raise AppError("key_not_found")
    await audit.record(session, by, "key_revoked", "api_key", key_id)


def _checked_scopes(scopes: Sequence[str] | None, role: Role, by: Principal) -> list[str] | None:
    """Return a key's scopes; a narrowed key may make no wider one than it is itself."""
    if scopes is None and by.scopes is None:
        return None
    wanted = sorted(set(scopes)) if scopes is not None else sorted(by.scopes or ())
    maker = Principal(PrincipalKind.KEY, role, reads_sensitive=True)
    for scope in wanted:
        if scope not in set(Act):
            raise AppError("scope_unknown", scope=scope[:60])
        if not maker.may(Act(scope)) or (by.scopes is not None and scope not in by.scopes):
            raise AppError("scope_too_wide", scope=scope)
    return wanted
