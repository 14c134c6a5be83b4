"""The tour of the first minutes: who has not gone through it yet."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import User
from cogep_assist.core.principal import Act, Principal


async def awaits_tour(session: AsyncSession, principal: Principal) -> bool:
    """Tell whether somebody is still to be invited; a visitor without an account never is."""
    if principal.user_id is None:
        return False
    new = sa.select(User.id).where(User.id == principal.user_id, User.tour_ended_at.is_(None))
    return await session.scalar(new) is not None


async def end_tour(session: AsyncSession, principal: Principal) -> None:
    """Invite somebody no more. Raises AppError("account_needed")."""
    principal.require(Act.MANAGE_OWN_ACCOUNT)
    if principal.user_id is None:
        raise AppError("account_needed")
    await session.execute(
        sa.update(User)
        .where(User.id == principal.user_id)
        .values(tour_ended_at=sa.func.clock_timestamp())
    )
