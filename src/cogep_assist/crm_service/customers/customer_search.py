"""Find customers by name with or without accents, by parts, by number, contact or protocol."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_customers import sees_customer
from cogep_assist.core.brazil.cpf import normalize_cpf
from cogep_assist.core.brazil.names import PARTICLES, fold_name, name_words, sound
from cogep_assist.core.brazil.phone import normalize_phone
from cogep_assist.core.brazil.typed_text import plain
from cogep_assist.core.models import Customer, CustomerKind, CustomerTag, Ticket
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_index import SOUND, phone_lexemes, quoted
from cogep_assist.crm_service.customers.customer_vocabulary import nearest_words

MAX_QUERY_CHARS = 200
MAX_WORDS = 8
# What a word too common brings is not gone through to its end.
MAX_MATCHES = 400
ENOUGH = 5
Match = Literal["identifier", "contact", "protocol", "name", "similar"]
_PROTOCOL = re.compile(r"[0-9]{4}\.[0-9]{6,9}-[0-9]")
_NUMBER = re.compile(r"[0-9A-Za-z]{0,3}[0-9+()./\- ]{2,40}[0-9]")


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list or a search down."""

    kind: CustomerKind | None = None
    tag: str | None = None
    customer_class: str | None = None
    external_id: str | None = None

    def conditions(self, principal: Principal) -> list[sa.ColumnElement[bool]]:
        """Return the conditions, what somebody may see among them."""
        conditions = [sees_customer(principal)]
        if self.kind is not None:
            conditions.append(Customer.kind == self.kind)
        if self.customer_class is not None:
            conditions.append(Customer.customer_class == self.customer_class)
        if self.external_id is not None:
            conditions.append(Customer.external_id == plain(self.external_id))
        if self.tag is not None:
            conditions.append(
                sa.exists().where(
                    CustomerTag.customer_id == Customer.id,
                    CustomerTag.tag == plain(self.tag).lower(),
                )
            )
        return conditions


@dataclass(frozen=True, slots=True)
class Found:
    """Customers in order, each with how it was found, and whether there were more."""

    items: list[tuple[Customer, Match]]
    more: bool


async def list_customers(
    session: AsyncSession,
    principal: Principal,
    filters: Filters,
    *,
    limit: int,
    after: UUID | None,
) -> tuple[Sequence[Customer], UUID | None]:
    """Return customers by name, and the id after which the list goes on."""
    principal.require(Act.READ_CUSTOMERS)
    statement = (
        sa.select(Customer)
        .where(*filters.conditions(principal))
        .order_by(Customer.sort_key, Customer.id)
        .limit(limit + 1)
    )
    if after is not None:
        # Of the row itself, removed or not, so that a list goes on where it was.
        key = await session.scalar(sa.select(Customer.sort_key).where(Customer.id == after))
        if key is None:
            return [], None
        statement = statement.where(
            sa.tuple_(Customer.sort_key, Customer.id) > sa.tuple_(sa.literal(key), after)
        )
    rows = (await session.scalars(statement)).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


async def search_customers(
    session: AsyncSession, principal: Principal, text: str, filters: Filters, *, limit: int
) -> Found:
    """Return the best matches: numbers and contacts first, then names, then similar names."""
    principal.require(Act.READ_CUSTOMERS)
    wanted = plain(text[: 4 * MAX_QUERY_CHARS])[:MAX_QUERY_CHARS]
    conditions = filters.conditions(principal)
    found: dict[UUID, Match] = {}
    for match, statement in _exact(wanted, principal):
        for customer_id in await session.scalars(statement.where(*conditions).limit(limit)):
            found.setdefault(customer_id, match)
    words = _words(wanted)
    more = False
    if words and len(found) < limit:
        more = await _by_name(session, conditions, wanted, words, found, limit)
    if words and len(found) < min(limit, ENOUGH):
        await _by_likeness(session, conditions, words, found, limit)
    return Found(await _load(session, found, limit), more or len(found) > limit)


def customers_named(principal: Principal, text: str) -> sa.Select[UUID] | None:
    """Select the ids of the customers that a text names as a whole, or None where it names nobody.

    By number, by contact, or by a name: one word as it stands, of several the beginning of each,
    since a single beginning ("port") is more often a thing than somebody.
    """
    wanted = plain(text[: 4 * MAX_QUERY_CHARS])[:MAX_QUERY_CHARS]
    ways = [ids for match, ids in _exact(wanted, principal) if match != "protocol"]
    words = _words(wanted)
    if words and len(name_words(wanted)) <= MAX_WORDS:
        ends = ":*" if len(words) > 1 else ""
        ways.append(sa.select(Customer.id).where(_matches([quoted(w) + ends for w in words])))
    conditions = Filters().conditions(principal)
    found = [ids.where(*conditions).limit(MAX_MATCHES).subquery() for ids in ways]
    return sa.union(*(sa.select(one.c.id) for one in found)).subquery().select() if found else None


def _exact(text: str, principal: Principal) -> list[tuple[Match, sa.Select[UUID]]]:
    """Return the look-ups by what names one customer or one of its contacts."""
    lookups: list[tuple[Match, sa.Select[UUID]]] = []
    ids = sa.select(Customer.id)
    cpf = normalize_cpf(text)
    if cpf is not None:
        lookups.append(("identifier", ids.where(Customer.cpf == cpf)))
    if _PROTOCOL.fullmatch(text) and principal.may(Act.SEE_EVERY_CUSTOMER):
        owner = sa.select(Ticket.customer_id).where(Ticket.protocol == text)
        lookups.append(("protocol", ids.where(Customer.id.in_(owner))))
    phone = normalize_phone(text)
    if phone is not None:
        forms = [quoted(form) for form in phone_lexemes(phone.e164)[:1]]
        lookups.append(("contact", ids.where(_matches(forms))))
    elif _NUMBER.fullmatch(text) and cpf is None:
        digits = re.sub(r"[^0-9A-Za-z]", "", text).lower()
        match: Match = "identifier" if len(digits) > 9 or not digits.isdigit() else "contact"
        lookups.append((match, ids.where(_matches([f"{quoted(digits)}:*"]))))
    if "@" in text and " " not in text:
        lookups.append(("contact", ids.where(_matches([f"{quoted(text.lower())}:*"]))))
    return lookups


def _words(text: str) -> list[str]:
    words = name_words(text)[:MAX_WORDS]
    return [word for word in words if word not in PARTICLES] or words


async def _by_name(
    session: AsyncSession,
    conditions: Sequence[sa.ColumnElement[bool]],
    text: str,
    words: Sequence[str],
    found: dict[UUID, Match],
    limit: int,
) -> bool:
    """Add those whose name begins like this, then those that hold every word's beginning."""
    begins = fold_name(text)
    first = (
        sa.select(Customer.id)
        .where(
            *conditions,
            Customer.sort_key >= begins,
            Customer.sort_key < begins + "\U0010ffff",
        )
        .order_by(Customer.sort_key, Customer.id)
        .limit(limit + 1)
    )
    for customer_id in await session.scalars(first):
        found.setdefault(customer_id, "name")
    if len(found) > limit:
        return True
    matching = (
        sa.select(Customer.id, Customer.sort_key)
        .where(*conditions, _matches([f"{quoted(word)}:*" for word in words]))
        .limit(MAX_MATCHES)
        .cte("matching")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    ordered = sa.select(matching.c.id).order_by(matching.c.sort_key, matching.c.id)
    rows = (await session.scalars(ordered)).all()
    for customer_id in rows:
        found.setdefault(customer_id, "name")
    return len(rows) == MAX_MATCHES


async def _by_likeness(
    session: AsyncSession,
    conditions: Sequence[sa.ColumnElement[bool]],
    words: Sequence[str],
    found: dict[UUID, Match],
    limit: int,
) -> None:
    """Add those whose words sound like these or lie a slip of the keyboard away."""
    parts = []
    for word in words:
        forms = [f"{quoted(word)}:*", quoted(SOUND + sound(word))]
        if len(word) > 3:
            forms += [quoted(near) for near in await nearest_words(session, word)]
        parts.append(f"({' | '.join(forms)})")
    statement = (
        sa.select(Customer.id)
        .where(*conditions, _matches(parts))
        .order_by(Customer.sort_key, Customer.id)
        .limit(limit)
    )
    for customer_id in await session.scalars(statement):
        found.setdefault(customer_id, "similar")


def _matches(parts: Sequence[str]) -> sa.ColumnElement[bool]:
    query: sa.ColumnElement[str] = sa.cast(sa.literal(" & ".join(parts)), TSQUERY)
    return Customer.search.op("@@", return_type=sa.Boolean())(query)


async def _load(
    session: AsyncSession, found: dict[UUID, Match], limit: int
) -> list[tuple[Customer, Match]]:
    ids = list(found)[:limit]
    rows = await session.scalars(sa.select(Customer).where(Customer.id.in_(ids)))
    by_id = {row.id: row for row in rows}
    return [(by_id[i], found[i]) for i in ids if i in by_id]
