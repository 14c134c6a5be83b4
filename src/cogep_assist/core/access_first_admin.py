"""The first run: the one-time link that the command line shows makes the first administrator."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import advisory_locks
from cogep_assist.core.access_passwords import check_strength
from cogep_assist.core.access_sessions import use_sign_in_link
from cogep_assist.core.access_users import (
    add_user,
    check_email,
    check_person_name,
    has_admin,
    set_password,
)
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role, User
from cogep_assist.core.principal import SYSTEM


async def create_first_admin(
    session: AsyncSession,
    token: str,
    name: str,
    email: str,
    password: str,
    *,
    organization: str | None = None,
) -> User:
    """Use up an administrator's sign-in link and make its holder the first administrator.

    Whoever fails here rolls back, so that the link stays good for another try.
    Raises AppError("sign_in_link_invalid"|"admin_exists") and those of user and password.
    """
    address, shown = check_email(email), check_person_name(name)
    check_strength(password, known=[address, shown, organization or ""])
    # Two links at once must not make two first administrators.
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(advisory_locks.ADMINISTRATORS)))
    used = await use_sign_in_link(session, token)
    if used is None or used[1] is not Role.ADMIN:
        raise AppError("sign_in_link_invalid")
    if await has_admin(session):
        raise AppError("admin_exists")
    user = await add_user(session, address, Role.ADMIN, name=shown, by=SYSTEM)
    await set_password(session, user, password, SYSTEM, organization=organization)
    await session.refresh(user)
    return user
