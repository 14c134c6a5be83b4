"""Possible duplicates: looked for as customers change, shown with reasons, set aside."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access_customers import sees_customer, visible_customers
from cogep_assist.core.brazil.email_address import mailbox
from cogep_assist.core.brazil.names import fold_name, telling_words
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    ContactKind,
    Customer,
    CustomerContact,
    CustomerDuplicate,
    DuplicateStatus,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_matching import Profile, compare
from cogep_assist.crm_service.customers.customer_timeline import note_event

# A key that more customers share than this says little; the others of the customer speak.
MAX_SHARERS = 100
MAX_SUGGESTIONS = 20
NOW = sa.func.clock_timestamp()


async def suggest_duplicates(session: AsyncSession, customer_id: UUID) -> int:
    """Look for the duplicates of one customer and renew its suggestions; return how many.

    Bounded: each of a customer's few keys brings at most ``MAX_SHARERS`` others.
    """
    return await suggest_for(session, [customer_id])


async def suggest_for(session: AsyncSession, customer_ids: Sequence[UUID]) -> int:
    """Look for the duplicates of some living customers; return how many were suggested."""
    pairs = await _candidates(session, customer_ids)
    profiles = await profiles_of(session, {one for pair in pairs for one in pair})
    found: dict[UUID, list[dict[str, object]]] = {}
    for first, second in sorted(pairs):
        if first not in profiles or second not in profiles:
            continue
        likeness = compare(profiles[first], profiles[second])
        if likeness.is_suggested:
            found.setdefault(first, []).append(
                {
                    "first_id": first,
                    "second_id": second,
                    "score": round(likeness.score * 1000),
                    "reasons": list(likeness.reasons),
                }
            )
    rows = [
        row
        for several in found.values()
        for row in sorted(several, key=lambda row: -int(str(row["score"])))[:MAX_SUGGESTIONS]
    ]
    # In one order, so that two at once wait and never lock each other out.
    rows.sort(key=lambda row: (str(row["first_id"]), str(row["second_id"])))
    await _renew(session, customer_ids, rows)
    return len(rows)


async def suggest_due(database: Database, *, at_once: int = 200) -> int:
    """Look for the duplicates of those whom an import brought; return how many were done."""
    done = 0
    while True:
        async with database.begin() as session:
            ids = (
                await session.scalars(
                    sa.select(Customer.id)
                    .where(Customer.match_due)
                    .order_by(Customer.id)
                    .limit(at_once)
                    .with_for_update(skip_locked=True)
                )
            ).all()
            if not ids:
                return done
            await suggest_for(session, ids)
            await session.execute(
                sa.update(Customer).where(Customer.id.in_(ids)).values(match_due=False)
            )
        done += len(ids)


async def profiles_of(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Profile]:
    """Return what is compared of some living customers."""
    wanted = list(ids)
    contacts: dict[UUID, list[tuple[ContactKind, str]]] = {}
    rows = await session.execute(
        sa.select(
            CustomerContact.customer_id, CustomerContact.kind, CustomerContact.canonical
        ).where(CustomerContact.customer_id.in_(wanted))
    )
    for customer_id, kind, canonical in rows:
        contacts.setdefault(customer_id, []).append((kind, canonical))
    found = await session.execute(
        sa.select(
            Customer.id,
            Customer.kind,
            Customer.name,
            Customer.social_name,
            Customer.cpf,
            Customer.cnpj,
            Customer.birth_date,
            Customer.cep,
            Customer.street_number,
        ).where(Customer.id.in_(wanted), Customer.removed_at.is_(None))
    )
    return {row.id: _profile(row, contacts.get(row.id, [])) for row in found}


async def list_duplicates(
    session: AsyncSession,
    principal: Principal,
    *,
    customer_id: UUID | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[Sequence[CustomerDuplicate], int | None]:
    """Return open suggestions, the likeliest first, and where the list goes on."""
    principal.require(Act.SEE_EVERY_CUSTOMER)
    living = sa.select(Customer.id).where(sees_customer(principal))
    statement = (
        sa.select(CustomerDuplicate)
        .where(
            CustomerDuplicate.status == DuplicateStatus.OPEN,
            CustomerDuplicate.first_id.in_(living),
            CustomerDuplicate.second_id.in_(living),
        )
        .order_by(
            CustomerDuplicate.score.desc(),
            CustomerDuplicate.first_id,
            CustomerDuplicate.second_id,
        )
        .offset(offset)
        .limit(limit + 1)
    )
    if customer_id is not None:
        statement = statement.where(
            sa.or_(
                CustomerDuplicate.first_id == customer_id,
                CustomerDuplicate.second_id == customer_id,
            )
        )
    rows = (await session.scalars(statement)).all()
    return rows[:limit], offset + limit if len(rows) > limit else None


async def count_duplicates(session: AsyncSession, customer_id: UUID) -> int:
    """Return how many open suggestions a customer has."""
    one, other = CustomerDuplicate.first_id, CustomerDuplicate.second_id
    count = await session.scalar(
        sa.select(sa.func.count())
        .select_from(CustomerDuplicate)
        .join(
            Customer,
            Customer.id == sa.case((one == customer_id, other), else_=one),
        )
        .where(
            sa.or_(one == customer_id, other == customer_id),
            CustomerDuplicate.status == DuplicateStatus.OPEN,
            Customer.removed_at.is_(None),
        )
    )
    return count or 0


async def dismiss_duplicate(
    session: AsyncSession, principal: Principal, one: UUID, other: UUID
) -> None:
    """Say that two are not the same; they are not suggested again.

    Raises AppError("duplicate_not_found").
    """
    principal.require(Act.MERGE_CUSTOMERS)
    first, second = sorted((one, other))
    row = await session.scalar(
        sa.select(CustomerDuplicate)
        .where(
            CustomerDuplicate.first_id == first,
            CustomerDuplicate.second_id == second,
            CustomerDuplicate.first_id.in_(visible_customers(principal)),
            CustomerDuplicate.second_id.in_(visible_customers(principal)),
        )
        .with_for_update()
    )
    if row is None:
        raise AppError("duplicate_not_found")
    if row.status is DuplicateStatus.DISMISSED:
        return
    row.status, row.decided_by = DuplicateStatus.DISMISSED, principal.label
    row.decided_at = NOW
    await session.flush()
    for customer_id, twin in ((first, second), (second, first)):
        await note_event(
            session,
            principal,
            customer_id,
            "duplicate_dismissed",
            object_type="customer",
            object_id=twin,
        )
    details = {"other": str(second)}
    await audit.record(
        session, principal, "customer_duplicate_dismissed", "customer", first, details
    )


async def _candidates(
    session: AsyncSession, customer_ids: Sequence[UUID]
) -> set[tuple[UUID, UUID]]:
    asked = (
        sa.select(Customer.id, sa.func.unnest(Customer.match_keys).label("key"))
        .where(Customer.id.in_(customer_ids), Customer.removed_at.is_(None))
        .cte("asked")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    twin = sa.orm.aliased(Customer)
    # One more than the limit: a key that has it is told to be too common.
    sharing = (
        sa.select(twin.id)
        .where(
            twin.removed_at.is_(None),
            twin.match_keys.contains(sa.func.array_append(_NO_KEYS, asked.c.key)),
        )
        .limit(MAX_SHARERS + 1)
        .lateral("sharing")
    )
    rows = await session.execute(
        sa.select(asked.c.id, asked.c.key, sharing.c.id).join(sharing, sa.true())
    )
    sharers: dict[tuple[UUID, int], list[UUID]] = {}
    for customer_id, key, other in rows:
        sharers.setdefault((customer_id, key), []).append(other)
    return {
        (min(customer_id, other), max(customer_id, other))
        for (customer_id, _), others in sharers.items()
        if len(others) <= MAX_SHARERS
        for other in others
        if other != customer_id
    }


_NO_KEYS = sa.cast(sa.literal("{}"), sa.ARRAY(sa.BigInteger))


async def _renew(
    session: AsyncSession, customer_ids: Sequence[UUID], rows: Sequence[Mapping[str, object]]
) -> None:
    """Put these suggestions in the place of the open ones; what was set aside stays so."""
    kept = sa.tuple_(CustomerDuplicate.first_id, CustomerDuplicate.second_id).not_in(
        [(row["first_id"], row["second_id"]) for row in rows]
    )
    await session.execute(
        sa.delete(CustomerDuplicate).where(
            CustomerDuplicate.status == DuplicateStatus.OPEN,
            sa.or_(
                CustomerDuplicate.first_id.in_(customer_ids),
                CustomerDuplicate.second_id.in_(customer_ids),
            ),
            kept,
        )
    )
    if rows:
        made = insert(CustomerDuplicate)
        await session.execute(
            made.on_conflict_do_update(
                index_elements=["first_id", "second_id"],
                set_={"score": made.excluded.score, "reasons": made.excluded.reasons},
                where=CustomerDuplicate.status == DuplicateStatus.OPEN,
            ),
            list(rows),
        )


def _profile(row: Any, contacts: Sequence[tuple[ContactKind, str]]) -> Profile:
    emails = frozenset(canonical for kind, canonical in contacts if kind is ContactKind.EMAIL)
    return Profile(
        kind=row.kind,
        names=tuple(tuple(telling_words(n)) for n in (row.name, row.social_name) if n),
        cpf=row.cpf,
        cnpj=row.cnpj,
        birth_date=row.birth_date,
        emails=emails,
        mailboxes=frozenset(mailbox(email) for email in emails),
        phones=frozenset(canonical for kind, canonical in contacts if kind is ContactKind.PHONE),
        address=(row.cep, fold_name(row.street_number)) if row.cep and row.street_number else None,
    )
