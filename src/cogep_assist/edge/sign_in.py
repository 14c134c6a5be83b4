"""Signing in by password and second step, in short transactions around the slow check."""

from dataclasses import dataclass

from fastapi import Request, Response

from cogep_assist.core import audit
from cogep_assist.core.access_delays import (
    Bucket,
    begin_try,
    bucket_of,
    buckets_for,
    forgive,
    knows_device,
    remember_device,
)
from cogep_assist.core.access_passwords import verify_password
from cogep_assist.core.access_sessions import OpenedSession, end_replaced, open_user_session
from cogep_assist.core.access_totp import answer_challenge, challenge, challenged_user
from cogep_assist.core.access_users import find_by_email
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import User
from cogep_assist.core.principal import ANONYMOUS
from cogep_assist.edge.cookies import (
    COOKIE,
    DEVICE_COOKIE,
    read_cookie,
    set_device_cookie,
    set_session_cookie,
)
from cogep_assist.edge.device import device_words
from cogep_assist.edge.state import edge_state

SECOND_STEP_FREE = 10


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was opened, and the token of a browser that was not known yet."""

    opened: OpenedSession
    device: str | None

    def give_to(self, request: Request, response: Response) -> None:
        """Set the cookies of the session and, where it is new, of the browser."""
        set_session_cookie(request, response, self.opened)
        if self.device is not None:
            set_device_cookie(request, response, self.device)


@dataclass(frozen=True, slots=True)
class SecondStepNeeded:
    """The password was right; a code is still missing."""

    token: str


async def sign_in_by_password(
    request: Request, email: str, password: str
) -> SignedIn | SecondStepNeeded:
    """Check e-mail and password; the reply and its time are the same for a stranger's address.

    Raises AppError("sign_in_failed"|"sign_in_delayed").
    """
    database = edge_state(request).database
    async with database.begin() as session:
        buckets = await buckets_for(
            session, email, address_of(request), read_cookie(request, DEVICE_COOKIE)
        )
        await begin_try(session, buckets)
    async with database.begin() as session:
        user = await find_by_email(session, email)
    known = user if user is not None and user.disabled_at is None else None
    if not await verify_password(password, known.password_hash if known else None):
        known = None
    if known is None:
        async with database.begin() as session:
            await audit.record(session, ANONYMOUS, "sign_in_refused", "user", "-")
        raise AppError("sign_in_failed")
    if known.totp_confirmed_at is None:
        return await _open(request, known, "password", buckets)
    async with database.begin() as session:
        await forgive(session, buckets)
        return SecondStepNeeded(await challenge(session, known))


async def sign_in_by_code(request: Request, step: str, code: str) -> SignedIn:
    """Check the code of a second step. Wrong ones wait longer and longer, as passwords do.

    Raises AppError("second_step_over"|"second_step_wrong"|"sign_in_delayed").
    """
    database = edge_state(request).database
    async with database.begin() as session:
        user = await challenged_user(session, step)
        if user is None:
            raise AppError("second_step_over")
        known = await knows_device(session, user, read_cookie(request, DEVICE_COOKIE))
        purpose = "code-known-device" if known else "code"
        buckets = [bucket_of(purpose, user.id, free=SECOND_STEP_FREE)]
        await begin_try(session, buckets)
    async with database.begin() as session:
        answered = await answer_challenge(session, step, code)
        if answered is None:
            await audit.record(session, ANONYMOUS, "sign_in_refused", "user", user.id)
    if answered is None:
        raise AppError("second_step_wrong")
    return await _open(request, answered, "password_and_code", buckets)


async def sign_in_as(request: Request, user: User, how: str) -> SignedIn | SecondStepNeeded:
    """Sign in somebody whom a link or an identity provider proved; a second step stays needed."""
    if user.totp_confirmed_at is None:
        return await _open(request, user, how, [])
    async with edge_state(request).database.begin() as session:
        return SecondStepNeeded(await challenge(session, user))


def address_of(request: Request) -> str:
    """Return the network address that a request comes from."""
    return request.client.host if request.client else "-"


async def _open(request: Request, user: User, how: str, buckets: list[Bucket]) -> SignedIn:
    edge = edge_state(request)
    async with edge.database.begin() as session:
        await forgive(session, buckets)
        opened = await open_user_session(
            session, user, how, hours=edge.settings.session_hours, device=device_words(request)
        )
        known = await knows_device(session, user, read_cookie(request, DEVICE_COOKIE))
        device = None if known else await remember_device(session, user)
        await end_replaced(session, read_cookie(request, COOKIE))
    return SignedIn(opened, device)
