"""Whose account it is that an identity provider vouches for, and sign-ins that are under way."""

import hmac
import json
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit, secret_key
from cogep_assist.core.access_tokens import MAX_CREDENTIAL_CHARS, new_token, token_hash
from cogep_assist.core.access_users import add_user, find_by_email
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import OidcAttempt, OidcIdentity, Role, User
from cogep_assist.core.principal import SYSTEM, Principal, PrincipalKind
from cogep_assist.core.sealing import seal, unseal

ATTEMPT_MINUTES = 10
NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Attempt:
    """The secrets of one sign-in at a provider."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


async def begin_attempt(session: AsyncSession, issuer: str, redirect_uri: str) -> Attempt:
    """Begin a sign-in; its state is good once and for a few minutes."""
    attempt = Attempt(new_token(), new_token(), new_token(), redirect_uri)
    kept = {"nonce": attempt.nonce, "verifier": attempt.verifier, "redirect_uri": redirect_uri}
    digest = token_hash(attempt.state)
    session.add(
        OidcAttempt(
            state_hash=digest,
            issuer=issuer,
            sealed=seal("oidc", json.dumps(kept).encode(), digest.hex()),
            expires_at=NOW + sa.literal(timedelta(minutes=ATTEMPT_MINUTES)),
        )
    )
    await session.flush()
    return attempt


async def take_attempt(session: AsyncSession, state: str, issuer: str) -> Attempt:
    """Use up a sign-in's state. Raises AppError("oidc_attempt_over")."""
    sealed = None
    digest = token_hash(state)
    if 0 < len(state) <= MAX_CREDENTIAL_CHARS:
        sealed = await session.scalar(
            sa.delete(OidcAttempt)
            .where(
                OidcAttempt.state_hash == digest,
                OidcAttempt.issuer == issuer,
                OidcAttempt.expires_at > NOW,
            )
            .returning(OidcAttempt.sealed)
        )
    if sealed is None:
        raise AppError("oidc_attempt_over")
    return Attempt(state=state, **json.loads(unseal("oidc", sealed, digest.hex())))


async def account_for(
    session: AsyncSession,
    issuer: str,
    subject: str,
    *,
    email: str | None,
    email_verified: bool,
    name: str | None,
    auto_create: bool,
) -> User:
    """Return the user whom a provider vouches for: by its subject, else by a verified address.

    Users are made by administrators alone or with a verified address, so that nobody can wait
    in an account for its owner to come. An account that a subject of the provider has already
    opens to no other one: addresses are given to somebody new, subjects are not (OpenID Connect
    Core, 5.7). Raises AppError("oidc_account_missing"|"oidc_account_taken"|
    "oidc_email_unverified").
    """
    digest = _subject_hash(issuer, subject)
    user = await session.scalar(
        sa.select(User)
        .join(OidcIdentity, OidcIdentity.user_id == User.id)
        .where(OidcIdentity.issuer == issuer, OidcIdentity.subject_hash == digest)
    )
    if user is not None:
        return _active(user)
    if not email or not email_verified:
        raise AppError("oidc_email_unverified")
    user = await find_by_email(session, email)
    if user is None and auto_create:
        user = await add_user(session, email, Role.REQUESTER, name=name or None, by=SYSTEM)
    if user is None:
        raise AppError("oidc_account_missing")
    _active(user)
    # Two subjects that come at once: the second waits here and finds the first.
    await session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())
    if await session.scalar(sa.select(sa.exists(sa.select(1).where(*_linked(user, issuer))))):
        raise AppError("oidc_account_taken")
    session.add(OidcIdentity(user_id=user.id, issuer=issuer, subject_hash=digest))
    await session.execute(
        sa.update(User)
        .where(User.id == user.id, User.email_verified_at.is_(None))
        .values(email_verified_at=NOW)
    )
    principal = Principal(PrincipalKind.USER, user.role, user.id)
    await audit.record(session, principal, "oidc_linked", "user", user.id)
    return user


def _linked(user: User, issuer: str) -> tuple[sa.ColumnElement[bool], ...]:
    return OidcIdentity.user_id == user.id, OidcIdentity.issuer == issuer


def _active(user: User) -> User:
    if user.disabled_at is not None:
        raise AppError("oidc_account_missing")
    return user


def _subject_hash(issuer: str, subject: str) -> bytes:
    """Return the keyed digest of a subject: a CPF has few digits and needs the key to be safe."""
    return hmac.digest(
        secret_key.derive("oidc-subject"), f"{issuer}\x00{subject}".encode(), "sha256"
    )
