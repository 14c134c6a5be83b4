"""Who rows name by their label ("user:<uuid>"), in words for colleagues."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import ApiKey, Customer, User
from cogep_assist.core.principal import PrincipalKind

# What stands for whoever has no name of their own.
NAMELESS = {
    PrincipalKind.SYSTEM.value: "Sistema",
    PrincipalKind.SESSION.value: "Pessoa sem cadastro",
    PrincipalKind.ANONYMOUS.value: "Pessoa sem cadastro",
    PrincipalKind.VISITOR.value: "Visitante do site",
}
GONE = "Pessoa removida"
# Who wrote in another system and has no account here: the label is their name.
PAST = "past"


async def actor_names(session: AsyncSession, labels: Iterable[str]) -> dict[str, str]:
    """Return a name for each label, in two queries at most."""
    wanted = set(labels)
    ids = {PrincipalKind.USER: _ids(wanted, "user"), PrincipalKind.KEY: _ids(wanted, "key")}
    named: dict[str, str] = {}
    if any(ids.values()):
        rows = await session.execute(
            sa.union_all(
                sa.select(sa.literal("user").label("kind"), User.id, User.name).where(
                    User.id.in_(ids[PrincipalKind.USER])
                ),
                sa.select(sa.literal("key").label("kind"), ApiKey.id, ApiKey.name).where(
                    ApiKey.id.in_(ids[PrincipalKind.KEY])
                ),
            )
        )
        named = {f"{row.kind}:{row.id}": row.name for row in rows}
    named |= await _customers(session, _ids(wanted, PrincipalKind.MAIL.value))
    return {label: named.get(label) or _nameless(label) for label in wanted}


async def _customers(session: AsyncSession, ids: list[UUID]) -> dict[str, str]:
    """Return the names of customers in whose name letters, or another system's tickets, came in."""
    if not ids:
        return {}
    rows = await session.execute(
        sa.select(Customer.id, Customer.social_name, Customer.name).where(Customer.id.in_(ids))
    )
    return {f"{PrincipalKind.MAIL.value}:{row.id}": row.social_name or row.name for row in rows}


def _ids(labels: Iterable[str], kind: str) -> list[UUID]:
    found = []
    for label in labels:
        name, _, key = label.partition(":")
        if name == kind and len(key) == 36:
            found.append(UUID(key))
    return found


def _nameless(label: str) -> str:
    kind, _, name = label.partition(":")
    if kind == PAST:
        return f"{name} (sistema anterior)"
    return NAMELESS.get(kind, GONE)
