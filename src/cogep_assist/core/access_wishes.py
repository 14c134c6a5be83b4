"""What a person wishes of the house: whether it writes to them of deadlines."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import User
from cogep_assist.core.principal import Act, Principal


async def wish_deadline_mail(session: AsyncSession, principal: Principal, *, wanted: bool) -> None:
    """Keep whether a letter is wanted when a ticket's deadline is near or was missed.

    Raises AppError("account_needed"|"role_not_allowed").
    """
    principal.require(Act.MANAGE_OWN_ACCOUNT)
    principal.require(Act.WORK_TICKETS)
    if principal.user_id is None:
        raise AppError("account_needed")
    await session.execute(
        sa.update(User).where(User.id == principal.user_id).values(deadline_mail=wanted)
    )
    details = {"wanted": wanted}
    await audit.record(
        session, principal, "deadline_mail_chosen", "user", principal.user_id, details
    )
