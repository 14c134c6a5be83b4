"""Who a data subject is: the rows of their record, their account, the values they are known by."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.brazil.cnpj import normalize_cnpj
from cogep_assist.core.brazil.cpf import normalize_cpf
from cogep_assist.core.brazil.email_address import normalize_email
from cogep_assist.core.brazil.names import fold_name
from cogep_assist.core.brazil.phone import normalize_phone
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ContactKind, Customer, CustomerContact, Role, User
from cogep_assist.lgpd_service.subject_data.known_values import KnownValue, ValueKind

_FAMILY = sa.text("""
    WITH RECURSIVE above AS (
        SELECT id, merged_into_id FROM crm.customer WHERE id = :id
        UNION SELECT c.id, c.merged_into_id FROM crm.customer c
                JOIN above a ON c.id = a.merged_into_id
    ), family AS (
        SELECT id FROM above
        UNION SELECT c.id FROM crm.customer c JOIN family f ON c.merged_into_id = f.id
    ) SELECT id FROM family ORDER BY id
""")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A spelling in one row that may be the subject's, and what was decided of it, if anything.

    ``key`` has the row's key by column, as texts; ``beside``: the row names the subject surely.
    """

    number: int
    table: str
    key: dict[str, str]
    column: str
    surface: str
    reason: str
    context: str
    beside: bool
    erase: bool | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A data subject, a customer or known by identifiers alone.

    ``shared`` are values that are another living customer's too: they go with the subject's own
    rows and stay in other people's. ``staff_ids`` are accounts of people who work here, which
    are not erased at a customer's request. ``doubts`` go where somebody decided so.
    """

    customer_ids: tuple[UUID, ...] = ()
    user_ids: tuple[UUID, ...] = ()
    staff_ids: tuple[UUID, ...] = ()
    values: tuple[KnownValue, ...] = ()
    shared: tuple[KnownValue, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def customer_id(self) -> UUID | None:
        """The record that the others were merged into, or None."""
        return self.customer_ids[0] if self.customer_ids else None

    @property
    def actors(self) -> list[str]:
        """The labels under which the subject's account is remembered."""
        return [f"user:{user_id}" for user_id in self.user_ids]

    def dump(self) -> bytes:
        """Write the subject down, to be sealed."""
        return json.dumps(asdict(self), default=str, ensure_ascii=False).encode()

    @classmethod
    def load(cls, data: bytes) -> "Subject":
        """Read what ``dump`` wrote."""
        told = json.loads(data)

        def ids(name: str) -> tuple[UUID, ...]:
            return tuple(UUID(item) for item in told[name])

        def values(name: str) -> tuple[KnownValue, ...]:
            return tuple(KnownValue(ValueKind(v["kind"]), v["text"]) for v in told[name])

        return cls(
            ids("customer_ids"),
            ids("user_ids"),
            ids("staff_ids"),
            values("values"),
            values("shared"),
            tuple(Doubt(**doubt) for doubt in told.get("doubts", ())),
        )


async def subject_of_customer(session: AsyncSession, customer_id: UUID) -> Subject:
    """Return the subject that a customer is, with all records merged into it or it into.

    Raises AppError("subject_not_found").
    """
    family = list(await session.scalars(_FAMILY, {"id": customer_id}))
    if not family:
        raise AppError("subject_not_found")
    rows = list(await session.scalars(sa.select(Customer).where(Customer.id.in_(family))))
    rows.sort(key=lambda row: (row.merged_into_id is not None, row.id))
    contacts = await session.scalars(
        sa.select(CustomerContact).where(CustomerContact.customer_id.in_(family))
    )
    values = [value for row in rows for value in _of_record(row)]
    values += [value for contact in contacts for value in _of_contact(contact)]
    return await _with_accounts(session, [row.id for row in rows], values)


async def subject_of_values(session: AsyncSession, values: Iterable[KnownValue]) -> Subject:
    """Return the subject that identifiers lead to: a customer's whole record, or them alone.

    A CPF, e-mail address or telephone leads to a record; a name alone leads to nobody's.
    Raises AppError("subject_ambiguous") where they lead to two people.
    """
    given = tuple(values)
    found = await _customers_with(session, given)
    families = {(await subject_of_customer(session, one)).customer_ids for one in found}
    if len(families) > 1:
        raise AppError("subject_ambiguous", records=len(families))
    if not families:
        return await _with_accounts(session, [], list(given))
    known = await subject_of_customer(session, next(iter(families))[0])
    more = [value for value in given if value not in known.values and value not in known.shared]
    return Subject(
        known.customer_ids,
        known.user_ids,
        known.staff_ids,
        (*known.values, *more),
        known.shared,
    )


def typed_values(
    *,
    cpf: str | None = None,
    cnpj: str | None = None,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
) -> list[KnownValue]:
    """Return identifiers as they were typed, in their canonical forms.

    Raises AppError("subject_identifier_invalid"|"subject_without_identifiers").
    """
    normal: list[tuple[str, ValueKind, str | None, str | None]] = [
        ("cpf", ValueKind.CPF, cpf, normalize_cpf(cpf or "")),
        ("cnpj", ValueKind.CNPJ, cnpj, normalize_cnpj(cnpj or "")),
        ("name", ValueKind.NAME, name, " ".join((name or "").split())),
        ("email", ValueKind.EMAIL, email, normalize_email(email or "")),
        ("phone", ValueKind.PHONE, phone, _e164(phone)),
    ]
    for field, _, typed, canonical in normal:
        if typed and not canonical:
            raise AppError("subject_identifier_invalid", field=field)
    values = [KnownValue(kind, text) for _, kind, typed, text in normal if typed and text]
    if not any(value.searchable for value in values):
        raise AppError("subject_without_identifiers")
    return values


async def who_shares(
    session: AsyncSession, values: Sequence[KnownValue], own: Sequence[UUID]
) -> dict[UUID, set[KnownValue]]:
    """Return which other living customers have which of some values: a telephone, a namesake."""
    others = (Customer.removed_at.is_(None), Customer.id.not_in(own))
    found: dict[UUID, set[KnownValue]] = {}
    contacts = {v.text: v for v in values if v.kind in {ValueKind.EMAIL, ValueKind.PHONE}}
    for customer_id, text in await session.execute(
        sa.select(CustomerContact.customer_id, CustomerContact.canonical)
        .join(Customer, Customer.id == CustomerContact.customer_id)
        .where(CustomerContact.canonical.in_(list(contacts)), *others)
    ):
        found.setdefault(customer_id, set()).add(contacts[text])
    # One name is written in several ways.
    names: dict[str, set[KnownValue]] = {}
    for value in values:
        if value.kind is ValueKind.NAME:
            names.setdefault(fold_name(value.text), set()).add(value)
    alike = sa.or_(
        *(Customer.sort_key.startswith(key[:30], autoescape=True) for key in names), sa.false()
    )
    for customer_id, *called in await session.execute(
        sa.select(Customer.id, Customer.name, Customer.social_name).where(alike, *others)
    ):
        for name in called:
            if name and fold_name(name) in names:
                found.setdefault(customer_id, set()).update(names[fold_name(name)])
    return found


async def shared_as_of_now(session: AsyncSession, subject: Subject) -> Subject:
    """Return a subject with its values told apart anew: which another living customer has too."""
    known = (*subject.values, *subject.shared)
    shared = set().union(*(await who_shares(session, known, subject.customer_ids)).values())
    return replace(
        subject,
        values=tuple(value for value in known if value not in shared),
        shared=tuple(value for value in known if value in shared),
    )


async def _with_accounts(
    session: AsyncSession, customer_ids: Sequence[UUID], values: list[KnownValue]
) -> Subject:
    """Add the account: that of the customer, or a requester's with one of the addresses."""
    emails = [v.text for v in values if v.kind is ValueKind.EMAIL]
    users = list(
        await session.scalars(
            sa.select(User).where(
                sa.or_(
                    User.customer_id.in_(customer_ids),
                    sa.and_(User.email_key.in_(emails), User.role == Role.REQUESTER),
                )
            )
        )
    )
    own = [user for user in users if user.role is Role.REQUESTER]
    values += [v for user in own for v in _of_account(user)]
    unique = list(dict.fromkeys(values))
    shared = set().union(*(await who_shares(session, unique, customer_ids)).values())
    return Subject(
        tuple(customer_ids),
        tuple(user.id for user in own),
        tuple(user.id for user in users if user.role is not Role.REQUESTER),
        tuple(v for v in unique if v not in shared),
        tuple(v for v in unique if v in shared),
    )


def _of_record(row: Customer) -> list[KnownValue]:
    address = f"{row.street} {row.street_number}" if row.street and row.street_number else None
    found: list[tuple[ValueKind, str | None]] = [
        (ValueKind.NAME, row.name),
        (ValueKind.NAME, row.social_name),
        (ValueKind.CPF, row.cpf),
        (ValueKind.CNPJ, row.cnpj),
        (ValueKind.CODE, row.external_id),
        (ValueKind.ADDRESS, address),
    ]
    return [KnownValue(kind, text) for kind, text in found if text]


def _of_contact(contact: CustomerContact) -> list[KnownValue]:
    if contact.kind is ContactKind.EMAIL:
        forms = dict.fromkeys([contact.canonical, contact.typed.strip()])
        return [KnownValue(ValueKind.EMAIL, form) for form in forms if "@" in form]
    return [KnownValue(ValueKind.PHONE, contact.canonical)]


def _of_account(user: User) -> list[KnownValue]:
    forms = dict.fromkeys([user.email_key, user.email])
    names = [KnownValue(ValueKind.NAME, user.name)] if user.name else []
    return [*(KnownValue(ValueKind.EMAIL, form) for form in forms if "@" in form), *names]


async def _customers_with(session: AsyncSession, values: Sequence[KnownValue]) -> list[UUID]:
    def texts(*kinds: ValueKind) -> list[str]:
        return [value.text for value in values if value.kind in kinds]

    contacts = texts(ValueKind.EMAIL, ValueKind.PHONE)
    by_contact = sa.select(CustomerContact.customer_id).where(
        CustomerContact.canonical.in_(contacts)
    )
    found = await session.scalars(
        sa.select(Customer.id).where(
            sa.or_(
                Customer.cpf.in_(texts(ValueKind.CPF)),
                Customer.cnpj.in_(texts(ValueKind.CNPJ)),
                Customer.id.in_(by_contact),
            )
        )
    )
    return list(found)


def _e164(phone: str | None) -> str | None:
    found: Any = normalize_phone(phone) if phone else None
    return found.e164 if found else None
