"""A key that acts for a named person: with the person's rights, and never beyond its own."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_users import find_by_email
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role, User
from cogep_assist.core.principal import Act, Principal, PrincipalKind

# Whoever gets in by somebody's name must not come out with their credentials, or anybody's.
NEVER_FOR_OTHERS = frozenset(
    {
        Act.ACT_FOR_OTHERS,
        Act.END_SESSION,
        Act.MANAGE_KEYS,
        Act.MANAGE_OWN_ACCOUNT,
        Act.MANAGE_USERS,
    }
)


async def act_for(session: AsyncSession, key: Principal, named: str) -> Principal:
    """Return the person whom a key names, by e-mail or id, narrowed to what the key may too.

    The key must have been given the act by name: no role has it by itself. It acts for people of
    its own role and for requesters; an administrator's key for everybody. Raises
    AppError("on_behalf_not_allowed"|"on_behalf_person_unknown").
    """
    if Act.ACT_FOR_OTHERS.value not in (key.scopes or ()) or key.kind is not PrincipalKind.KEY:
        raise AppError("on_behalf_not_allowed")
    user = await _find(session, named.strip())
    if user is None or user.disabled_at is not None or not _within(key.role, user.role):
        raise AppError("on_behalf_person_unknown")
    shared = frozenset(act.value for act in set(Act) - NEVER_FOR_OTHERS if key.may(act))
    return Principal(
        PrincipalKind.USER,
        user.role,
        user.id,
        scopes=shared,
        customer_id=user.customer_id,
        by_key=key.id,
        reads_sensitive=user.reads_sensitive,
    )


async def _find(session: AsyncSession, named: str) -> User | None:
    try:
        user_id = UUID(named)
    except ValueError:
        return await find_by_email(session, named) if named.isprintable() else None
    return await session.scalar(sa.select(User).where(User.id == user_id))


def _within(role: Role | None, person: Role) -> bool:
    return role is Role.ADMIN or person in (role, Role.REQUESTER)
