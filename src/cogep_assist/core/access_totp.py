"""The second step: codes of an authenticator (RFC 6238) and recovery codes on paper."""

import hashlib
import hmac
import io
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pyotp
import segno
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit, secret_key
from cogep_assist.core.access_links import link_user, make_link
from cogep_assist.core.access_sessions import end_sessions_of
from cogep_assist.core.access_tokens import MAX_CREDENTIAL_CHARS, token_hash
from cogep_assist.core.access_users import own_account
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import LinkPurpose, RecoveryCode, User, UserLink
from cogep_assist.core.principal import Act, Principal, PrincipalKind
from cogep_assist.core.sealing import seal, unseal

ISSUER = "COGEP Assist"
STEP_SECONDS = 30
# One step early or late: a telephone's clock, and the time it takes to type.
DRIFT_STEPS = 1
RECOVERY_CODES = 10
CHALLENGE = timedelta(minutes=5)
CHALLENGE_TRIES = 5
# Without letters and digits that look alike on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator is set up with: a secret to type, and a QR code that says the same."""

    secret: str
    address: str

    @property
    def qr_svg(self) -> str:
        """The QR code as an inline SVG without a declaration."""
        drawn = io.BytesIO()
        segno.make(self.address, error="m").save(
            drawn, kind="svg", scale=5, border=2, xmldecl=False, svgns=True, light="white"
        )
        return drawn.getvalue().decode()


async def begin_enrolment(session: AsyncSession, principal: Principal) -> Enrolment:
    """Make a new secret, which counts once a code of it was given.

    Raises AppError("account_needed"|"second_step_on").
    """
    user = await own_account(session, principal)
    if user.totp_confirmed_at is not None:
        raise AppError("second_step_on")
    secret = pyotp.random_base32(32)
    await session.execute(
        sa.update(User)
        .where(User.id == user.id)
        .values(totp_secret=_sealed(user.id, secret), totp_last_step=None)
    )
    return _enrolment(user, secret)


async def current_enrolment(session: AsyncSession, principal: Principal) -> Enrolment:
    """Return the secret that waits for its first code. Raises AppError("second_step_off")."""
    user = await own_account(session, principal)
    if user.totp_secret is None or user.totp_confirmed_at is not None:
        raise AppError("second_step_off")
    secret = unseal("totp", user.totp_secret, str(user.id)).decode()
    return _enrolment(user, secret)


async def confirm_enrolment(session: AsyncSession, principal: Principal, code: str) -> list[str]:
    """Turn the second step on by a first code; return the recovery codes, shown this once.

    Raises AppError("second_step_off"|"second_step_on"|"second_step_wrong").
    """
    user = await own_account(session, principal)
    if user.totp_confirmed_at is not None:
        raise AppError("second_step_on")
    if user.totp_secret is None:
        raise AppError("second_step_off")
    if not await _take_totp(session, user, code):
        raise AppError("second_step_wrong")
    await session.execute(
        sa.update(User)
        .where(User.id == user.id)
        .values(totp_confirmed_at=NOW, revision=User.revision + 1)
    )
    await end_sessions_of(session, user.id, principal, keep=principal.session_id)
    await audit.record(session, principal, "second_step_on", "user", user.id)
    return await _new_recovery_codes(session, user.id)


async def remove_second_step(session: AsyncSession, principal: Principal, user_id: UUID) -> None:
    """Turn off somebody's second step: one's own, or anybody's for who manages users.

    Raises AppError("user_not_found").
    """
    if user_id != principal.user_id:
        principal.require(Act.MANAGE_USERS)
    changed = await session.scalar(
        sa.update(User)
        .where(User.id == user_id)
        .values(
            totp_secret=None,
            totp_confirmed_at=None,
            totp_last_step=None,
            revision=User.revision + 1,
        )
        .returning(User.id)
    )
    if changed is None:
        raise AppError("user_not_found")
    await session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    await audit.record(session, principal, "second_step_off", "user", user_id)


async def challenge(session: AsyncSession, user: User) -> str:
    """Return the token of a second step, for who has just given the right password."""
    return await make_link(session, user, LinkPurpose.SECOND_STEP, CHALLENGE)


async def challenged_user(session: AsyncSession, token: str) -> User | None:
    """Return who is asked for a code, or None once the step is over."""
    return await link_user(session, token, LinkPurpose.SECOND_STEP)


async def answer_challenge(session: AsyncSession, token: str, code: str) -> User | None:
    """Return who answered a second step, or None for a wrong code.

    A step takes a few tries and is over then; the caller must commit either way, so that a
    try counts. Raises AppError("second_step_over").
    """
    user_id = None
    if 0 < len(token) <= MAX_CREDENTIAL_CHARS:
        user_id = await session.scalar(
            sa.update(UserLink)
            .where(
                UserLink.token_hash == token_hash(token),
                UserLink.purpose == LinkPurpose.SECOND_STEP,
                UserLink.used_at.is_(None),
                UserLink.expires_at > NOW,
                UserLink.attempts < CHALLENGE_TRIES,
            )
            .values(attempts=UserLink.attempts + 1)
            .returning(UserLink.user_id)
        )
    user = await session.get(User, user_id, populate_existing=True) if user_id else None
    if user is None or user.disabled_at is not None:
        raise AppError("second_step_over")
    if not await check_code(session, user, code):
        return None
    await session.execute(
        sa.update(UserLink).where(UserLink.token_hash == token_hash(token)).values(used_at=NOW)
    )
    return user


async def check_code(session: AsyncSession, user: User, code: str) -> bool:
    """Tell whether a code is good now, and use it up: the same code never works twice."""
    cleaned = "".join(c for c in code.casefold() if c.isalnum())
    if cleaned.isascii() and cleaned.isdigit():
        return await _take_totp(session, user, cleaned)
    return await _take_recovery(session, user, cleaned)


async def recovery_codes_left(session: AsyncSession, user_id: UUID) -> int:
    """Return how many recovery codes were not used yet."""
    statement = sa.select(sa.func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return await session.scalar(statement) or 0


def _enrolment(user: User, secret: str) -> Enrolment:
    address = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)
    return Enrolment(secret, address)


async def _take_totp(session: AsyncSession, user: User, code: str) -> bool:
    if user.totp_secret is None:
        return False
    given = "".join(code.split()).encode("utf-8", "replace")
    otp = pyotp.TOTP(unseal("totp", user.totp_secret, str(user.id)).decode())
    epoch = await session.scalar(sa.select(sa.extract("epoch", NOW)))
    current = int(epoch or 0) // STEP_SECONDS
    good = None
    # Every step is compared, so that the time does not tell which one it was.
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        if hmac.compare_digest(otp.generate_otp(step).encode(), given):
            good = step
    if good is None:
        return False
    taken = await session.scalar(
        sa.update(User)
        .where(
            User.id == user.id,
            sa.or_(User.totp_last_step.is_(None), User.totp_last_step < good),
        )
        .values(totp_last_step=good)
        .returning(User.id)
    )
    return taken is not None


async def _take_recovery(session: AsyncSession, user: User, code: str) -> bool:
    taken = await session.scalar(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.code_hash == _recovery_hash(user.id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=NOW)
        .returning(RecoveryCode.id)
    )
    if taken is None:
        return False
    principal = Principal(PrincipalKind.USER, user.role, user.id)
    await audit.record(session, principal, "recovery_code_used", "user", user.id)
    return True


async def _new_recovery_codes(session: AsyncSession, user_id: UUID) -> list[str]:
    await session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(user_id=user_id, code_hash=_recovery_hash(user_id, code)) for code in codes
    )
    await session.flush()
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _recovery_hash(user_id: UUID, code: str) -> bytes:
    """Return the keyed digest of a code of 49 random bits: worthless without the master key."""
    key = secret_key.derive("recovery-code")
    return hmac.digest(key, user_id.bytes + code.encode("utf-8", "replace"), hashlib.sha256)


def _sealed(user_id: UUID, secret: str) -> bytes:
    return seal("totp", secret.encode(), str(user_id))
