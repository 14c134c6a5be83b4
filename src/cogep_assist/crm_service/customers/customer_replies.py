"""Say customers as clients see them: the CPF masked, the staff's own notes kept to the staff."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_customers import visible_customers
from cogep_assist.core.brazil.cep import format_cep
from cogep_assist.core.brazil.cnpj import format_cnpj
from cogep_assist.core.brazil.cpf import mask_cpf
from cogep_assist.core.brazil.phone import format_phone
from cogep_assist.core.models import (
    ContactKind,
    Customer,
    CustomerContact,
    CustomerDuplicate,
    CustomerTag,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_duplicates import count_duplicates
from cogep_assist.crm_service.customers.customer_labels import REASONS
from cogep_assist.crm_service.customers.customer_schemas import (
    ContactReply,
    CustomerItem,
    CustomerReply,
    DuplicateReply,
)
from cogep_assist.crm_service.customers.customer_search import Match
from cogep_assist.crm_service.customers.customers import contacts_of, tags_of

COPIED = (
    "id",
    "kind",
    "name",
    "social_name",
    "external_id",
    "birth_date",
    "language",
    "street",
    "street_number",
    "complement",
    "district",
    "city",
    "state",
    "custom",
    "revision",
    "created_at",
    "updated_at",
)


async def customer_reply(
    session: AsyncSession, principal: Principal, customer: Customer
) -> CustomerReply:
    """Say one customer whole, or without the staff's own notes where it is the customer."""
    staff = principal.may(Act.SEE_EVERY_CUSTOMER)
    return CustomerReply(
        **{name: getattr(customer, name) for name in COPIED},
        cpf_masked=mask_cpf(customer.cpf) if customer.cpf else None,
        cnpj=format_cnpj(customer.cnpj) if customer.cnpj else None,
        cep=format_cep(customer.cep) if customer.cep else None,
        contacts=[_contact(row) for row in await contacts_of(session, [customer.id])],
        customer_class=customer.customer_class if staff else None,
        notes=customer.notes if staff else None,
        tags=await tags_of(session, customer.id) if staff else [],
        duplicates=await count_duplicates(session, customer.id) if staff else 0,
        links={"self": f"/crm/customers/{customer.id}"},
    )


async def customer_items(
    session: AsyncSession, customers: Iterable[tuple[Customer, Match | None]]
) -> list[CustomerItem]:
    """Say customers as a list shows them."""
    listed = list(customers)
    ids = [customer.id for customer, _ in listed]
    reached: dict[tuple[UUID, ContactKind], str] = {}
    for contact in await contacts_of(session, ids):
        reached.setdefault((contact.customer_id, contact.kind), contact.canonical)
    tags = await customer_tags(session, ids)
    return [
        CustomerItem(
            id=customer.id,
            kind=customer.kind,
            name=customer.name,
            social_name=customer.social_name,
            cpf_masked=mask_cpf(customer.cpf) if customer.cpf else None,
            cnpj=format_cnpj(customer.cnpj) if customer.cnpj else None,
            city=customer.city,
            state=customer.state,
            customer_class=customer.customer_class,
            email=reached.get((customer.id, ContactKind.EMAIL)),
            phone=_phone(reached.get((customer.id, ContactKind.PHONE))),
            tags=tags.get(customer.id, []),
            match=match,
            revision=customer.revision,
        )
        for customer, match in listed
    ]


async def visible_contacts(
    session: AsyncSession, principal: Principal, customer_id: UUID
) -> list[ContactReply]:
    """Return how a customer is reached, the primary ones first; nothing where one may not see."""
    seen = visible_customers(principal).where(Customer.id == customer_id)
    found = await contacts_of(session, seen)
    return [_contact(row) for row in found]


async def customer_tags(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return the tags of some customers, sorted."""
    tags: dict[UUID, list[str]] = {}
    for customer_id, tag in await session.execute(
        sa.select(CustomerTag.customer_id, CustomerTag.tag).where(CustomerTag.customer_id.in_(ids))
    ):
        tags.setdefault(customer_id, []).append(tag)
    return {customer_id: sorted(found) for customer_id, found in tags.items()}


async def duplicate_replies(
    session: AsyncSession, rows: Sequence[CustomerDuplicate]
) -> list[DuplicateReply]:
    """Say suggestions with both customers and the reasons in words."""
    ids = {row.first_id for row in rows} | {row.second_id for row in rows}
    customers = await session.scalars(sa.select(Customer).where(Customer.id.in_(ids)))
    items = {i.id: i for i in await customer_items(session, [(c, None) for c in customers])}
    return [
        DuplicateReply(
            first=items[row.first_id],
            second=items[row.second_id],
            score=row.score / 1000,
            reasons=row.reasons,
            reason_labels=[REASONS.get(reason, reason) for reason in row.reasons],
            status=row.status,
            created_at=row.created_at,
        )
        for row in rows
    ]


def _contact(row: CustomerContact) -> ContactReply:
    phone = row.kind is ContactKind.PHONE
    return ContactReply(
        id=row.id,
        kind=row.kind,
        value=row.typed,
        canonical=row.canonical,
        shown=format_phone(row.canonical) if phone else row.canonical,
        label=row.label,
        is_primary=row.is_primary,
    )


def _phone(canonical: str | None) -> str | None:
    return format_phone(canonical) if canonical else None
