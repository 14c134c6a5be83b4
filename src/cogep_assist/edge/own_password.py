"""The password asked for again before an account is changed, with the same patience for guesses."""

from fastapi import Request

from cogep_assist.core.access_delays import begin_try, bucket_of, forgive
from cogep_assist.core.access_passwords import verify_password
from cogep_assist.core.access_users import own_account
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Principal
from cogep_assist.edge.state import edge_state

FREE = 5


async def require_own_password(request: Request, principal: Principal, password: str) -> None:
    """Check the password of whoever is signed in: a session left open is not enough.

    Raises AppError("account_needed"|"password_wrong"|"sign_in_delayed").
    """
    database = edge_state(request).database
    async with database.begin() as session:
        user = await own_account(session, principal)
        bucket = bucket_of("own-password", user.id, free=FREE)
        await begin_try(session, [bucket])
    if not await verify_password(password, user.password_hash):
        raise AppError("password_wrong")
    async with database.begin() as session:
        await forgive(session, [bucket])
