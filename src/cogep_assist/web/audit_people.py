"""Whose acts, or acts on whom: the audit's filters by what a person is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.brazil.cpf import mask_cpf
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Customer
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.customers.customer_search import Filters, search_customers
from cogep_assist.crm_service.customers.customers import find_customer
from cogep_assist.lgpd_service.audit.audit_acts import PSEUDONYM
from cogep_assist.lgpd_service.audit.audit_people import (
    MOST_FOUND,
    actor_of,
    find_actors,
    is_label,
    note_person_sought,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who was found: how they are told apart, and the filters that stand for them."""

    name: str
    more: str
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sought:
    """What came of looking for somebody; ``certain`` are the filters where it can be no other."""

    by_name: bool = False
    found: Sequence[Choice] = ()
    certain: Mapping[str, str] | None = None


NOBODY_SOUGHT = Sought()


async def seek(session: AsyncSession, principal: Principal, who: str, subject: str) -> Sought:
    """Look for those who are asked for by name, address or number, and write that down.

    What names them as the audit does (a pseudonym, an id) is not looked for.
    Raises AppError("role_not_allowed").
    """
    if who and not is_label(who):
        found, near = await _actors(session, principal, who), False
    elif subject and not _is_subject(subject):
        found, near = await _subjects(session, principal, subject)
    else:
        return NOBODY_SOUGHT
    await note_person_sought(session, principal, len(found))
    certain = found[0].filters if len(found) == 1 and not near else None
    return Sought(True, found, certain)


async def whose_acts(
    session: AsyncSession, principal: Principal, who: str, subject: str
) -> Sequence[str]:
    """Say in names what the filters say in ids; pseudonyms stay pseudonyms."""
    told = []
    actor = await actor_of(session, principal, who) if who else None
    if actor is not None:
        told.append(f"feitos por {actor.name}" + (f" ({actor.address})" if actor.address else ""))
    customer = await _customer(session, principal, subject)
    if customer is not None:
        told.append(f"sobre {customer.name}")
    return told


async def _actors(session: AsyncSession, principal: Principal, text: str) -> list[Choice]:
    return [
        Choice(one.name, one.address or "chave", {"quem": one.label})
        for one in await find_actors(session, principal, text)
    ]


async def _subjects(
    session: AsyncSession, principal: Principal, text: str
) -> tuple[list[Choice], bool]:
    """Return the customers who may be meant, and whether they are only called alike."""
    found = await search_customers(session, principal, text, Filters(), limit=MOST_FOUND)
    choices = [
        Choice(one.name, mask_cpf(one.cpf) if one.cpf else "", {"titular": str(one.id)})
        for one, _ in found.items
    ]
    return choices, any(match == "similar" for _, match in found.items)


def _is_subject(text: str) -> bool:
    if PSEUDONYM.fullmatch(text):
        return True
    try:
        UUID(text)
    except ValueError:
        return False
    return True


async def _customer(session: AsyncSession, principal: Principal, subject: str) -> Customer | None:
    if not subject or PSEUDONYM.fullmatch(subject) or not _is_subject(subject):
        return None
    try:
        return await find_customer(session, principal, UUID(subject))
    except AppError:
        # Erased, or nobody's: their acts are there all the same.
        return None
