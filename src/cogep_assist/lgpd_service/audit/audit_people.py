"""Find who appears in the audit under a pseudonym, by what people know of them.

The rows keep their pseudonyms: a name leads to a label, and never the other way for who cannot
already see that person. That somebody was looked for is an act itself, without the words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access_users import email_key, sort_key
from cogep_assist.core.models import ApiKey, User
from cogep_assist.core.principal import Act, Principal, PrincipalKind
from cogep_assist.lgpd_service.audit.audit_acts import PSEUDONYM

MOST_FOUND = 20
MAX_WORDS = 8
_KINDS = frozenset(PrincipalKind)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who may have acted; ``label`` is what the audit's filter takes."""

    label: str
    name: str
    address: str | None = None


def is_label(text: str) -> bool:
    """Tell whether a text names an actor as the audit does: a pseudonym, ``user:<id>``, a kind."""
    return bool(PSEUDONYM.fullmatch(text)) or text.partition(":")[0] in _KINDS


async def find_actors(session: AsyncSession, principal: Principal, text: str) -> Sequence[Actor]:
    """Return the people and keys of a name, or of an e-mail address, by name.

    Raises AppError("role_not_allowed").
    """
    principal.require(Act.READ_AUDIT)
    words = sort_key(text).split()[:MAX_WORDS]
    if not words:
        return []
    called = [User.sort_key.contains(word, autoescape=True) for word in words]
    people = await session.scalars(
        sa.select(User)
        .where(sa.or_(User.email_key == email_key(text), sa.and_(*called)))
        .order_by(User.sort_key, User.id)
        .limit(MOST_FOUND)
    )
    keys = await session.scalars(
        sa.select(ApiKey)
        .where(sa.func.lower(ApiKey.name).contains(text.lower(), autoescape=True))
        .order_by(ApiKey.name, ApiKey.id)
        .limit(MOST_FOUND)
    )
    found = [_person(user) for user in people] + [_key(key) for key in keys]
    return found[:MOST_FOUND]


async def actor_of(session: AsyncSession, principal: Principal, label: str) -> Actor | None:
    """Return who a label such as ``user:<id>`` names; None for a pseudonym, or nobody any more.

    Raises AppError("role_not_allowed").
    """
    principal.require(Act.READ_AUDIT)
    kind, _, text = label.partition(":")
    try:
        actor_id = UUID(text)
    except ValueError:
        return None
    if kind == PrincipalKind.USER:
        user = await session.get(User, actor_id)
        return _person(user) if user else None
    key = await session.get(ApiKey, actor_id) if kind == PrincipalKind.KEY else None
    return _key(key) if key else None


async def note_person_sought(session: AsyncSession, principal: Principal, found: int) -> None:
    """Write down that somebody was looked for by name, and how many were found."""
    details = {"found": found}
    await audit.record(session, principal, "audit_person_sought", "audit", "-", details)


def _person(user: User) -> Actor:
    return Actor(f"{PrincipalKind.USER}:{user.id}", user.name, user.email)


def _key(key: ApiKey) -> Actor:
    return Actor(f"{PrincipalKind.KEY}:{key.id}", key.name)
