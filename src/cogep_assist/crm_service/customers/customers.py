"""Customers: make, look at, change and remove one; every change is an event and audited."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.access_customers import sees_customer
from cogep_assist.core.errors import AppError
from cogep_assist.core.events import publish
from cogep_assist.core.models import (
    ContactKind,
    Customer,
    CustomerContact,
    CustomerKind,
    CustomerTag,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_duplicates import suggest_duplicates
from cogep_assist.crm_service.customers.customer_fields import clean_custom, living_fields
from cogep_assist.crm_service.customers.customer_index import (
    CustomerIndex,
    index_customer,
    known_words,
)
from cogep_assist.crm_service.customers.customer_schemas import CustomerBody, CustomerValues
from cogep_assist.crm_service.customers.customer_timeline import note_event
from cogep_assist.crm_service.customers.customer_values import Cleaned, Contact, clean_values
from cogep_assist.crm_service.customers.customer_vocabulary import forget_words, learn_words
from cogep_assist.edge.entity_tags import check_revision

NOW = sa.func.clock_timestamp()
UNIQUE = {
    "uq_customer_living_cpf": ("cpf", "CPF"),
    "uq_customer_living_cnpj": ("cnpj", "CNPJ"),
    "uq_customer_living_external_id": ("external_id", "código externo"),
}
INDEXED = ("kind", "name", "social_name", "cnpj", "external_id", "birth_date", "cep")
REINDEXED_BY = frozenset({*INDEXED, "street_number"})


async def create_customer(
    session: AsyncSession, principal: Principal, body: CustomerBody
) -> Customer:
    """Make a customer and look for its duplicates.

    Raises AppError("customer_invalid"|"customer_exists"|"role_not_allowed").
    """
    principal.require(Act.MANAGE_CUSTOMERS)
    given = body.model_dump(exclude_unset=True)
    cleaned = clean_values(given, body.kind)
    fields = await living_fields(session)
    clean_custom(given.get("custom"), fields, body.kind, cleaned, is_new=True)
    cleaned.refuse_problems()
    made = new_customer(body.kind, cleaned, principal)
    async with refusing_taken(session, cleaned.columns):
        session.add(made)
    await session.refresh(made)
    await learn_words(session, _index(made, cleaned.contacts or []).words)
    await write_contacts(session, made.id, cleaned.contacts or [])
    await write_tags(session, made.id, cleaned.tags or [])
    await note_event(session, principal, made.id, "created")
    await audit.record(session, principal, "customer_created", "customer", made.id)
    await publish(
        session,
        "customer.created",
        made.id,
        ids={"customer_id": made.id},
        facts={"kind": made.kind.value},
        personal={"name": made.name},
    )
    await suggest_duplicates(session, made.id)
    return made


async def find_customer(session: AsyncSession, principal: Principal, customer_id: UUID) -> Customer:
    """Return a customer. Raises AppError("customer_not_found"|"customer_merged")."""
    principal.require(Act.READ_CUSTOMERS)
    return await _find(session, principal, customer_id, lock=False)


async def lock_customer(session: AsyncSession, principal: Principal, customer_id: UUID) -> Customer:
    """Return a customer that nobody else may change until the commit. Raises as finding."""
    principal.require(Act.MANAGE_CUSTOMERS)
    return await _find(session, principal, customer_id, lock=True)


async def hold_customer(session: AsyncSession, principal: Principal, customer_id: UUID) -> None:
    """See that nobody merges or removes a customer until the commit. Raises as finding.

    Who writes by themselves reaches the desk, be their data blocked or not.
    """
    is_own = customer_id == principal.customer_id
    seen = Customer.removed_at.is_(None) if is_own else sees_customer(principal)
    held = sa.select(Customer.id).where(Customer.id == customer_id, seen)
    if await session.scalar(held.with_for_update(read=True, of=Customer)) is None:
        raise await _absent(session, principal, customer_id)


async def change_customer(
    session: AsyncSession,
    principal: Principal,
    customer_id: UUID,
    change: CustomerValues,
    *,
    expected: int | None,
) -> Customer:
    """Change what is named; what stays as it was is no change.

    Raises AppError("customer_not_found"|"changed_meanwhile"|"customer_invalid"|
    "customer_exists").
    """
    customer = await lock_customer(session, principal, customer_id)
    check_revision(expected, customer.revision)
    given = change.model_dump(exclude_unset=True)
    cleaned = clean_values(given, customer.kind)
    fields = await living_fields(session)
    clean_custom(given.get("custom"), fields, customer.kind, cleaned, is_new=False)
    cleaned.refuse_problems()
    changed = await apply_change(session, customer, cleaned)
    if changed:
        await note_event(session, principal, customer.id, "updated", details={"fields": changed})
        await audit.record(
            session, principal, "customer_changed", "customer", customer.id, {"fields": changed}
        )
        await suggest_duplicates(session, customer.id)
    return customer


async def remove_customer(
    session: AsyncSession, principal: Principal, customer_id: UUID, *, expected: int | None
) -> None:
    """Take a customer out of lists and searches. Raises as ``change_customer``."""
    customer = await lock_customer(session, principal, customer_id)
    check_revision(expected, customer.revision)
    customer.removed_at = NOW
    customer.revision += 1
    await session.flush()
    await forget_words(session, known_words(customer.name, customer.social_name))
    await note_event(session, principal, customer_id, "removed")
    await audit.record(session, principal, "customer_removed", "customer", customer_id)


def new_customer(kind: CustomerKind, cleaned: Cleaned, principal: Principal) -> Customer:
    """Build the row of a new customer, index included."""
    customer = Customer(
        id=uuid7(),
        kind=kind,
        custom={k: v for k, v in (cleaned.custom or {}).items() if v is not None},
        created_by=principal.label,
        revision=1,
        **cleaned.columns,
    )
    index = _index(customer, cleaned.contacts or [])
    set_index(customer, index)
    return customer


def set_index(customer: Customer, index: CustomerIndex) -> None:
    """Write what is made from the other columns."""
    customer.sort_key = index.sort_key
    customer.search = index.search
    customer.match_keys = index.match_keys


async def apply_change(session: AsyncSession, customer: Customer, cleaned: Cleaned) -> list[str]:
    """Write what differs from what is there; return the names of the fields that changed."""
    changed = [name for name, value in cleaned.columns.items() if getattr(customer, name) != value]
    # Nothing is changed before the savepoint, which would be written ahead of it.
    async with refusing_taken(session, cleaned.columns):
        for name in changed:
            setattr(customer, name, cleaned.columns[name])
        changed += _change_custom(customer, cleaned.custom)
        changed += await _change_parts(session, customer, cleaned)
        if changed:
            reindex = bool({*changed} & {*REINDEXED_BY, "contacts"})
            await touch(session, customer, reindex=reindex)
    return sorted(changed)


async def touch(session: AsyncSession, customer: Customer, *, reindex: bool) -> None:
    """Give a changed customer its next revision and, where needed, its index."""
    if reindex:
        contacts = await contacts_of(session, [customer.id])
        index = _index(customer, contacts)
        set_index(customer, index)
        await learn_words(session, index.words)
    customer.revision += 1
    customer.updated_at = NOW
    await session.flush()
    await session.refresh(customer)


async def contacts_of(
    session: AsyncSession, customer_ids: Sequence[UUID] | sa.Select[UUID]
) -> Sequence[CustomerContact]:
    """Return the contacts of some customers, the primary ones first."""
    statement = (
        sa.select(CustomerContact)
        .where(CustomerContact.customer_id.in_(customer_ids))
        .order_by(
            CustomerContact.customer_id, CustomerContact.is_primary.desc(), CustomerContact.id
        )
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).all()


async def tags_of(session: AsyncSession, customer_id: UUID) -> list[str]:
    """Return a customer's tags, sorted."""
    statement = (
        sa.select(CustomerTag.tag)
        .where(CustomerTag.customer_id == customer_id)
        .order_by(CustomerTag.tag.collate("C"))
    )
    return sorted(await session.scalars(statement))


async def write_contacts(
    session: AsyncSession, customer_id: UUID, contacts: Iterable[Contact]
) -> None:
    """Make these a customer's contacts; one that stays keeps its row."""
    there = {(c.kind, c.canonical): c for c in await contacts_of(session, [customer_id])}
    wanted = {(contact.kind, contact.canonical): contact for contact in contacts}
    for key, row in there.items():
        if key not in wanted:
            await session.delete(row)
    for key, contact in wanted.items():
        found = there.get(key)
        row = found or CustomerContact(
            customer_id=customer_id, kind=contact.kind, canonical=contact.canonical
        )
        row.typed, row.label, row.is_primary = contact.typed, contact.label, contact.is_primary
        if found is None:
            session.add(row)
    await session.flush()


async def write_tags(session: AsyncSession, customer_id: UUID, tags: Sequence[str]) -> None:
    """Make these a customer's tags."""
    await session.execute(
        sa.delete(CustomerTag).where(
            CustomerTag.customer_id == customer_id, CustomerTag.tag.not_in(tags)
        )
    )
    there = set(await tags_of(session, customer_id))
    session.add_all(
        CustomerTag(customer_id=customer_id, tag=tag) for tag in tags if tag not in there
    )
    await session.flush()


@asynccontextmanager
async def refusing_taken(session: AsyncSession, columns: Mapping[str, Any]) -> AsyncIterator[None]:
    """Write what the block changes, or raise AppError("customer_exists") naming whose it is."""
    try:
        async with session.begin_nested():
            yield
            await session.flush()
    except IntegrityError as error:
        diagnosis = getattr(error.orig, "diag", None)
        found = UNIQUE.get(getattr(diagnosis, "constraint_name", None) or "")
        if found is None:
            raise
        column, what = found
        holder = await session.scalar(
            sa.select(Customer.id).where(
                getattr(Customer, column) == columns.get(column), Customer.removed_at.is_(None)
            )
        )
        raise AppError(
            "customer_exists", what=what, field=column, customer_id=str(holder) if holder else None
        ) from None


async def _find(
    session: AsyncSession, principal: Principal, customer_id: UUID, *, lock: bool
) -> Customer:
    statement = (
        sa.select(Customer)
        .where(Customer.id == customer_id, sees_customer(principal))
        .execution_options(populate_existing=True)
    )
    customer = await session.scalar(statement.with_for_update() if lock else statement)
    if customer is None:
        raise await _absent(session, principal, customer_id)
    return customer


async def _absent(session: AsyncSession, principal: Principal, customer_id: UUID) -> AppError:
    """Return why somebody does not find a customer: merged, or not there for them."""
    if principal.may(Act.SEE_EVERY_CUSTOMER):
        kept = await final_customer(session, customer_id)
        if kept is not None:
            return AppError("customer_merged", merged_into=str(kept))
    return AppError("customer_not_found")


async def final_customer(session: AsyncSession, customer_id: UUID) -> UUID | None:
    """Return whom a merged customer was merged into in the end, or None for no merged one."""
    trail = (
        sa.select(Customer.id, Customer.merged_into_id)
        .where(Customer.id == customer_id)
        .cte("trail", recursive=True)
    )
    trail = trail.union(
        sa.select(Customer.id, Customer.merged_into_id).where(Customer.id == trail.c.merged_into_id)
    )
    statement = sa.select(trail.c.id).where(
        trail.c.merged_into_id.is_(None), trail.c.id != customer_id
    )
    return await session.scalar(statement)


def _index(
    customer: Customer, contacts: Iterable[Contact] | Iterable[CustomerContact]
) -> CustomerIndex:
    columns = {name: getattr(customer, name, None) for name in (*INDEXED, "street_number")}
    return index_customer(columns, [(c.kind, c.canonical) for c in contacts])


def _change_custom(customer: Customer, custom: Mapping[str, Any] | None) -> list[str]:
    if custom is None:
        return []
    changed = [key for key, value in custom.items() if customer.custom.get(key) != value]
    if changed:
        merged = {**customer.custom, **custom}
        customer.custom = {key: value for key, value in merged.items() if value is not None}
    return [f"custom.{key}" for key in changed]


async def _change_parts(session: AsyncSession, customer: Customer, cleaned: Cleaned) -> list[str]:
    changed = []
    if cleaned.contacts is not None and await _contacts_differ(
        session, customer.id, cleaned.contacts
    ):
        await write_contacts(session, customer.id, cleaned.contacts)
        changed.append("contacts")
    if cleaned.tags is not None and cleaned.tags != await tags_of(session, customer.id):
        await write_tags(session, customer.id, cleaned.tags)
        changed.append("tags")
    return changed


async def _contacts_differ(
    session: AsyncSession, customer_id: UUID, contacts: Sequence[Contact]
) -> bool:
    def facts(one: Contact | CustomerContact) -> tuple[ContactKind, str, str, str, bool]:
        return one.kind, one.canonical, one.typed, one.label or "", one.is_primary

    there = await contacts_of(session, [customer_id])
    return {facts(contact) for contact in contacts} != {facts(row) for row in there}
