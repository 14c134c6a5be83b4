"""Whom an address belongs to, and whether it may write on a ticket."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_users import email_key
from cogep_assist.core.models import (
    ContactKind,
    Customer,
    CustomerContact,
    InboundMail,
    MailAddress,
    MailStatus,
    Role,
    Ticket,
    TicketLetter,
    User,
)
from cogep_assist.core.principal import SYSTEM, Principal, PrincipalKind
from cogep_assist.crm_service.customers.customer_schemas import ContactBody, CustomerBody
from cogep_assist.crm_service.customers.customers import create_customer

NOW = sa.func.clock_timestamp()


def by_mail(customer_id: UUID | None) -> Principal:
    """Return who acts when a letter is taken in: the desk, in the name of who wrote it.

    What may be done with the letter is decided before, by ``may_write``.
    """
    return Principal(PrincipalKind.MAIL, Role.ADMIN, customer_id, customer_id=customer_id)


async def customers_of(session: AsyncSession, address: str) -> Sequence[UUID]:
    """Return the living customers that are reached at an address."""
    found = await session.scalars(
        sa.select(Customer.id)
        .join(CustomerContact, CustomerContact.customer_id == Customer.id)
        .where(
            CustomerContact.kind == ContactKind.EMAIL,
            CustomerContact.canonical == address,
            Customer.removed_at.is_(None),
        )
        .distinct()
        .limit(3)
    )
    return found.all()


async def customer_for(session: AsyncSession, address: str, name: str) -> UUID | None:
    """Return the one customer of an address, made if there is none; None where there are many."""
    found = await customers_of(session, address)
    if len(found) > 1:
        return None
    if found:
        return found[0]
    linked = await session.scalar(
        sa.select(User.customer_id).where(
            User.email_key == email_key(address), User.disabled_at.is_(None)
        )
    )
    if linked is not None:
        return linked
    body = CustomerBody(
        name=_plausible(name) or address.partition("@")[0],
        contacts=[ContactBody(kind=ContactKind.EMAIL, value=address, is_primary=True)],
    )
    return (await create_customer(session, SYSTEM, body)).id


async def may_write(session: AsyncSession, address: str, ticket: Ticket) -> bool:
    """Tell whether who writes from an address takes part in a ticket already.

    That is its customer, who opened it, and whoever wrote or was written to on it before.
    """
    kind, _, key = ticket.opened_by.partition(":")
    takes_part: list[sa.ColumnElement[bool]] = [
        sa.exists().where(
            InboundMail.ticket_id == ticket.id,
            InboundMail.sender == address,
            InboundMail.status == MailStatus.ACCEPTED,
        ),
        sa.exists().where(TicketLetter.ticket_id == ticket.id, TicketLetter.recipient == address),
    ]
    if ticket.customer_id is not None:
        takes_part.append(
            sa.exists().where(
                CustomerContact.customer_id == ticket.customer_id,
                CustomerContact.kind == ContactKind.EMAIL,
                CustomerContact.canonical == address,
            )
        )
    if kind == PrincipalKind.USER.value:
        takes_part.append(
            sa.exists().where(User.id == UUID(key), User.email_key == email_key(address))
        )
    return bool(await session.scalar(sa.select(sa.or_(*takes_part))))


async def reach(session: AsyncSession, ticket: Ticket) -> tuple[str, bool] | None:
    """Return where the person of a ticket is written to, and whether they want notices.

    The address of their last letter, else their customer's, else their account's; None where
    there is none, or mail to it came back.
    """
    kind, _, key = ticket.opened_by.partition(":")
    wrote = (
        sa.select(InboundMail.sender)
        .where(InboundMail.ticket_id == ticket.id, InboundMail.status == MailStatus.ACCEPTED)
        .order_by(InboundMail.received_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    contact = (
        sa.select(CustomerContact.canonical)
        .where(
            CustomerContact.customer_id == ticket.customer_id,
            CustomerContact.kind == ContactKind.EMAIL,
        )
        .order_by(CustomerContact.is_primary.desc(), CustomerContact.id)
        .limit(1)
        .scalar_subquery()
    )
    ways: list[sa.ColumnElement[str]] = [wrote, contact]
    if kind == PrincipalKind.USER.value:
        account = sa.select(User.email).where(User.id == UUID(key), User.disabled_at.is_(None))
        ways.append(account.scalar_subquery())
    address = await session.scalar(sa.select(sa.func.coalesce(*ways)))
    if address is None:
        return None
    known = await session.get(MailAddress, address.lower(), populate_existing=True)
    if known is not None and known.bounced_at is not None:
        return None
    return address, known is None or known.notices_off_at is None


def _plausible(name: str) -> str:
    """Return the name that a header gives, as far as it is one."""
    cleaned = " ".join(name.replace('"', " ").split())[:120]
    return cleaned if "@" not in cleaned and any(char.isalpha() for char in cleaned) else ""
