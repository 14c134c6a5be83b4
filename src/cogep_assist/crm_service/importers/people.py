"""Customers that come over: whom of ours each is, and the rows of those who are new."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.brazil.cnpj import normalize_cnpj
from cogep_assist.core.brazil.names import telling_words
from cogep_assist.core.models import (
    ContactKind,
    Customer,
    CustomerContact,
    CustomerEvent,
    CustomerField,
    CustomerKind,
    RecordOutcome,
)
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.customers.customer_fields import clean_custom
from cogep_assist.crm_service.customers.customer_index import known_words
from cogep_assist.crm_service.customers.customer_timeline import event_row
from cogep_assist.crm_service.customers.customer_values import Cleaned, clean_values
from cogep_assist.crm_service.customers.customer_vocabulary import learn_words
from cogep_assist.crm_service.customers.customers import new_customer
from cogep_assist.crm_service.importers.mapping import WordMap
from cogep_assist.crm_service.importers.records import PastPerson

DOCUMENTS = ("cpf", "cnpj")


@dataclass(slots=True)
class Candidate:
    """A person of the export: what of them can be stored, and what became of them."""

    past: PastPerson
    kind: CustomerKind
    cleaned: Cleaned
    outcome: RecordOutcome = RecordOutcome.REFUSED
    customer_id: UUID | None = None
    by: str = ""
    problems: list[str] = field(default_factory=list)

    def keys(self, name: str) -> list[str]:
        """Return the identifiers of one kind by which the person is known."""
        if name in DOCUMENTS or name == "external_id":
            value = self.cleaned.columns.get(name)
            return [] if value is None else [f"{name}:{value}"]
        return [
            f"{name}:{contact.canonical}"
            for contact in self.cleaned.contacts or []
            if contact.kind.value == name
        ]


@dataclass(frozen=True, slots=True)
class Known:
    """A customer that is there: who they are as far as it tells two people apart."""

    id: UUID
    name: str
    cpf: str | None
    cnpj: str | None


@dataclass(slots=True)
class Register:
    """The customers that identifiers lead to, those of the database and those of this run."""

    by_key: dict[str, dict[UUID, Known]] = field(default_factory=dict)

    def add(self, key: str, known: Known) -> None:
        """Note that an identifier leads to a customer."""
        self.by_key.setdefault(key, {})[known.id] = known

    def joined(self, other: "Register") -> "Register":
        """Return who either knows."""
        keys = {*self.by_key, *other.by_key}
        return Register({k: self.by_key.get(k, {}) | other.by_key.get(k, {}) for k in keys})

    def under(self, keys: Iterable[str]) -> dict[UUID, Known]:
        """Return the customers that any of these lead to."""
        return {k.id: k for key in keys for k in self.by_key.get(key, {}).values()}


def candidate_of(past: PastPerson, mapping: WordMap, fields: Sequence[CustomerField]) -> Candidate:
    """Bring a person's values to the form that is stored; what cannot be is left out and said."""
    given: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for name, value in past.fields.items():
        led = mapping.customer_field(name)
        if led == "document":
            led = "cnpj" if normalize_cnpj(value) else "cpf"
        if led is not None and led.startswith("custom."):
            custom[led.removeprefix("custom.")] = value
        elif led is not None:
            given[led] = value
    kind = past.kind
    if "cnpj" in given and "cpf" not in given:
        kind = CustomerKind.ORGANIZATION
    emails = [{"kind": "email", "value": value, "label": None} for value in past.emails]
    phones = [{"kind": "phone", "value": value, "label": None} for value in past.phones]
    address = past.emails[0].partition("@")[0] if past.emails else ""
    given["contacts"] = [*emails, *phones]
    given["name"] = past.name or address or (past.phones[0] if past.phones else None)
    cleaned = clean_values(given, kind)
    clean_custom(custom or None, fields, kind, cleaned, is_new=True)
    made = Candidate(past, kind, cleaned)
    made.problems = [f"{_named(p.field, emails)}:{p.code}" for p in cleaned.problems]
    cleaned.problems = []
    return made


async def register_of(session: AsyncSession, candidates: Sequence[Candidate]) -> Register:
    """Return the living customers that hold an identifier of these people."""
    register = Register()
    shown = (Customer.id, Customer.name, Customer.cpf, Customer.cnpj)
    for name in (*DOCUMENTS, "external_id"):
        column = getattr(Customer, name)
        values = {k.partition(":")[2] for one in candidates for k in one.keys(name)}
        if values:
            rows = await session.execute(
                sa.select(column.label("key"), *shown).where(
                    column.in_(values), Customer.removed_at.is_(None)
                )
            )
            for row in rows:
                register.add(f"{name}:{row.key}", Known(row.id, row.name, row.cpf, row.cnpj))
    for kind in ContactKind:
        values = {k.partition(":")[2] for one in candidates for k in one.keys(kind.value)}
        if values:
            rows = await session.execute(
                sa.select(CustomerContact.canonical.label("key"), *shown)
                .join(Customer, Customer.id == CustomerContact.customer_id)
                .where(
                    CustomerContact.kind == kind,
                    CustomerContact.canonical.in_(values),
                    Customer.removed_at.is_(None),
                )
            )
            for row in rows:
                known = Known(row.id, row.name, row.cpf, row.cnpj)
                register.add(f"{kind.value}:{row.key}", known)
    return register


def settle(one: Candidate, register: Register) -> None:
    """Say whom of ours a person is: by CPF or CNPJ, by e-mail, by telephone; or that they are new.

    A document that differs tells two people apart who share an address. A telephone is shared
    by a house: it counts where the first name is the same.
    """
    if "name" not in one.cleaned.columns:
        one.problems.append("line:missing")
        return
    found = _owners(one, register)
    if len(found) > 1:
        one.problems.append("line:matches_several")
        return
    if found:
        one.outcome, one.customer_id = RecordOutcome.MATCHED, next(iter(found))
        return
    _leave_out_taken(one, register)
    one.outcome, one.customer_id = RecordOutcome.CREATED, uuid7()
    columns = one.cleaned.columns
    known = Known(one.customer_id, columns["name"], columns.get("cpf"), columns.get("cnpj"))
    for name in (*DOCUMENTS, "external_id", "email", "phone"):
        for key in one.keys(name):
            register.add(key, known)


async def write_people(
    session: AsyncSession, principal: Principal, batch_id: UUID, made: Sequence[Candidate]
) -> None:
    """Write the customers that are new; duplicates are looked for afterwards."""
    words: set[str] = set()
    for one in made:
        customer = new_customer(one.kind, one.cleaned, principal)
        assert one.customer_id is not None
        customer.id = one.customer_id
        customer.match_due = True
        words.update(known_words(customer.name, customer.social_name))
        session.add(customer)
    await session.flush()
    contacts = [
        {
            "id": uuid7(),
            "customer_id": one.customer_id,
            "kind": contact.kind,
            "canonical": contact.canonical,
            "typed": contact.typed,
            "is_primary": contact.is_primary,
        }
        for one in made
        for contact in one.cleaned.contacts or []
    ]
    if contacts:
        await session.execute(sa.insert(CustomerContact), contacts)
    events = [
        event_row(principal, one.customer_id, "imported", "import_batch", batch_id)
        for one in made
        if one.customer_id is not None
    ]
    if events:
        await session.execute(sa.insert(CustomerEvent), events)
    await learn_words(session, words)


def _owners(one: Candidate, register: Register) -> dict[UUID, Known]:
    by_document = register.under(key for name in DOCUMENTS for key in one.keys(name))
    if by_document:
        one.by = "document"
        return by_document
    by_mail = _not_other(one, register.under(one.keys("email")))
    if by_mail:
        one.by = "email"
        return by_mail
    mine = telling_words(one.cleaned.columns["name"])[:1]
    by_phone = {
        id_: known
        for id_, known in _not_other(one, register.under(one.keys("phone"))).items()
        if mine and telling_words(known.name)[:1] == mine
    }
    one.by = "phone" if by_phone else ""
    return by_phone


def _not_other(one: Candidate, found: dict[UUID, Known]) -> dict[UUID, Known]:
    """Return those whose documents do not say that they are somebody else."""
    columns = one.cleaned.columns
    return {
        id_: known
        for id_, known in found.items()
        if not any(
            columns.get(name) and getattr(known, name) and columns[name] != getattr(known, name)
            for name in DOCUMENTS
        )
    }


def _leave_out_taken(one: Candidate, register: Register) -> None:
    """Leave a number of the organisation's own to who has it."""
    if register.under(one.keys("external_id")):
        one.cleaned.columns.pop("external_id")
        one.problems.append("external_id:repeated_in_file")


def _named(name: str, emails: Sequence[object]) -> str:
    """Name a contact's problem by what it is; an export has no list of contacts."""
    if not name.startswith("contacts["):
        return name.partition("[")[0]
    place = int(name.removeprefix("contacts[").partition("]")[0])
    return "email" if place < len(emails) else "phone"
