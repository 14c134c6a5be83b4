"""Relations between customers: who works where, is whose family, represents whom."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access_customers import sees_customer
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Customer, CustomerKind, CustomerRelation, RelationKind
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_labels import (
    RELATION_KIND,
    RELATION_SEEN_FROM_THE_OTHER,
)
from cogep_assist.crm_service.customers.customer_schemas import RelationBody, RelationReply
from cogep_assist.crm_service.customers.customer_timeline import note_event
from cogep_assist.crm_service.customers.customer_values import ProblemError, clean_text
from cogep_assist.crm_service.customers.customers import find_customer, lock_customer

MAX_SHOWN = 500
PERSON, ORGANIZATION = CustomerKind.PERSON, CustomerKind.ORGANIZATION
POSSIBLE = {
    RelationKind.WORKS_AT: {(PERSON, ORGANIZATION)},
    RelationKind.RELATIVE_OF: {(PERSON, PERSON)},
    RelationKind.LEGAL_REPRESENTATIVE_OF: {(PERSON, ORGANIZATION), (PERSON, PERSON)},
    RelationKind.GUARDIAN_OF: {(PERSON, PERSON)},
}
NEEDED = {
    RelationKind.WORKS_AT: "uma pessoa trabalha em uma organização",
    RelationKind.RELATIVE_OF: "parentes são pessoas",
    RelationKind.LEGAL_REPRESENTATIVE_OF: "quem representa é uma pessoa",
    RelationKind.GUARDIAN_OF: "responsável e responsabilizado são pessoas",
}


async def list_relations(
    session: AsyncSession, principal: Principal, customer_id: UUID
) -> list[RelationReply]:
    """Return everybody whom a customer is related to, from both sides."""
    await find_customer(session, principal, customer_id)
    return await relations_of(session, principal, customer_id)


async def relations_of(
    session: AsyncSession, principal: Principal, customer_id: UUID
) -> list[RelationReply]:
    """Return the relations of a customer that was found visible."""
    principal.require(Act.SEE_EVERY_CUSTOMER)
    rows = await session.execute(
        sa.select(CustomerRelation, Customer.id, Customer.name)
        .join(
            Customer,
            sa.or_(
                sa.and_(
                    CustomerRelation.customer_id == customer_id,
                    Customer.id == CustomerRelation.other_id,
                ),
                sa.and_(
                    CustomerRelation.other_id == customer_id,
                    Customer.id == CustomerRelation.customer_id,
                ),
            ),
        )
        .where(sees_customer(principal))
        .order_by(CustomerRelation.kind, Customer.sort_key, CustomerRelation.id)
        .limit(MAX_SHOWN)
    )
    return [_reply(relation, customer_id, other, name) for relation, other, name in rows]


async def add_relation(
    session: AsyncSession, principal: Principal, customer_id: UUID, body: RelationBody
) -> CustomerRelation:
    """Say what one customer is to another.

    Raises AppError("customer_not_found"|"relation_not_possible"|"relation_exists").
    """
    customer = await lock_customer(session, principal, customer_id)
    other = await find_customer(session, principal, body.other_id)
    if customer.id == other.id:
        raise AppError("relation_not_possible", reason="são o mesmo cadastro")
    if (customer.kind, other.kind) not in POSSIBLE[body.kind]:
        raise AppError("relation_not_possible", reason=NEEDED[body.kind])
    made = CustomerRelation(
        customer_id=customer.id,
        other_id=other.id,
        kind=body.kind,
        note=_note(body.note),
        created_by=principal.label,
    )
    try:
        async with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise AppError("relation_exists") from None
    await _note_both(session, principal, made, "relation_added")
    await session.refresh(made)
    return made


async def remove_relation(
    session: AsyncSession, principal: Principal, customer_id: UUID, relation_id: UUID
) -> None:
    """Take a relation back, from either side. Raises AppError("relation_not_found")."""
    await lock_customer(session, principal, customer_id)
    relation = await session.scalar(
        sa.select(CustomerRelation)
        .where(
            CustomerRelation.id == relation_id,
            sa.or_(
                CustomerRelation.customer_id == customer_id,
                CustomerRelation.other_id == customer_id,
            ),
        )
        .with_for_update()
    )
    if relation is None:
        raise AppError("relation_not_found")
    await session.delete(relation)
    await session.flush()
    await _note_both(session, principal, relation, "relation_removed")


async def _note_both(
    session: AsyncSession, principal: Principal, relation: CustomerRelation, kind: str
) -> None:
    details = {"relation": relation.kind.value}
    for one, other in (
        (relation.customer_id, relation.other_id),
        (relation.other_id, relation.customer_id),
    ):
        await note_event(
            session, principal, one, kind, object_type="customer", object_id=other, details=details
        )
    await audit.record(
        session,
        principal,
        f"customer_{kind}",
        "customer",
        relation.customer_id,
        {"other": str(relation.other_id), **details},
    )


def _note(text: str | None) -> str | None:
    try:
        return clean_text(text, 300) if text is not None else None
    except ProblemError:
        raise AppError("relation_not_possible", reason="a nota é longa demais") from None


def _reply(relation: CustomerRelation, customer_id: UUID, other: UUID, name: str) -> RelationReply:
    outgoing = relation.customer_id == customer_id
    labels = RELATION_KIND if outgoing else RELATION_SEEN_FROM_THE_OTHER
    return RelationReply(
        id=relation.id,
        kind=relation.kind,
        outgoing=outgoing,
        label=labels[relation.kind],
        other_id=other,
        other_name=name,
        note=relation.note,
        created_at=relation.created_at,
    )
