"""Merging customers and taking it back: everything moves, everything returns, nothing is lost."""

import json
import random
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    AuditEvent,
    Base,
    Customer,
    CustomerContact,
    CustomerMerge,
    CustomerRelation,
    CustomerTag,
    MergeChange,
    RelationKind,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.customers.customer_fields import create_field
from cogep_assist.crm_service.customers.customer_merge import (
    merge_customers,
    sweep_merge_journals,
    undo_merge,
)
from cogep_assist.crm_service.customers.customer_relations import add_relation
from cogep_assist.crm_service.customers.customer_schemas import (
    CustomerBody,
    CustomerValues,
    FieldBody,
    RelationBody,
)
from cogep_assist.crm_service.customers.customers import change_customer, create_customer
from cogep_assist.crm_service.customers.merge_journal import references_to

CUSTOMER = Base.metadata.tables["crm.customer"]
# Counted up by every change and made from the rest: not what somebody entered.
TECHNICAL = {"revision", "updated_at", "search", "match_keys", "sort_key", "match_due"}
# What tells that something happened is added to by every act.
HISTORY = {"crm.customer_event", "crm.customer_merge", "crm.merge_change", "crm.customer_duplicate"}
CPFS = ["529.982.247-25", "111.444.777-35", "935.411.347-80", "862.883.667-57"]


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    """The audit seals with the installation's key."""


async def snapshot(session: AsyncSession) -> dict[str, list[str]]:
    """Return every business column of every table that is, or points to, a customer."""
    tables = [
        CUSTOMER,
        *{c.table for c in references_to(CUSTOMER) if isinstance(c.table, sa.Table)},
    ]
    found = {}
    for table in sorted(tables, key=lambda table: table.fullname):
        if table.fullname in HISTORY:
            continue
        columns = [c for c in table.columns if c.name not in TECHNICAL]
        rows = await session.execute(sa.select(*columns))
        found[table.fullname] = sorted(json.dumps(list(row), default=str) for row in rows)
    return found


def person(chance: random.Random, number: int, cpf: str | None) -> CustomerBody:
    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.6 else None

    contacts = [
        {"kind": "phone", "value": f"(61) 9{chance.randrange(8000, 8004)}-0001"},
        {"kind": "email", "value": f"ana{chance.randrange(3)}@exemplo.org"},
        {"kind": "email", "value": f"ana{chance.randrange(3, 6)}@exemplo.org"},
    ]
    return CustomerBody.model_validate(
        {
            "name": f"Ana Conceição {number}",
            "social_name": maybe("Ana C."),
            "cpf": cpf,
            "external_id": maybe(f"M-{number}"),
            "birth_date": maybe("1984-01-31"),
            "cep": maybe("01310-100"),
            "street_number": maybe(str(number)),
            "notes": maybe(f"Observação {number}\nde duas linhas"),
            "customer_class": chance.choice(["padrao", "prioritario"]),
            "contacts": chance.sample(contacts, chance.randrange(4)),
            "tags": chance.sample(["vip", "servidora", "aposentada"], chance.randrange(4)),
            "custom": {"setor": maybe("RH"), "filhos": maybe(number % 4)},
        }
    )


async def two(session: AsyncSession, chance: random.Random, number: int) -> tuple[UUID, UUID]:
    cpfs = [CPFS[0] if chance.random() < 0.5 else None, None]
    chance.shuffle(cpfs)
    one = await create_customer(session, SYSTEM, person(chance, number, cpfs[0]))
    other = await create_customer(session, SYSTEM, person(chance, number + 1, cpfs[1]))
    third = await create_customer(session, SYSTEM, person(chance, number + 2, None))
    for first, second in ((one, third), (other, third), (third, other), (one, other)):
        if chance.random() < 0.7:
            body = RelationBody(kind=RelationKind.RELATIVE_OF, other_id=second.id)
            await add_relation(session, SYSTEM, first.id, body)
    return one.id, other.id


async def test_undoing_a_merge_restores_every_business_column(database: Database) -> None:
    async with database.begin() as session:
        for key, kind in (("setor", "text"), ("filhos", "number")):
            body = {"key": key, "label": key, "field_type": kind, "purpose": "atender melhor"}
            await create_field(session, SYSTEM, FieldBody.model_validate(body))
    for seed in range(12):
        chance = random.Random(seed)
        async with database.sessions() as session:
            winner, loser = await two(session, chance, seed * 10)
            before = await snapshot(session)
            sides = {
                name: chance.choice(["winner", "loser"])
                for name in ("name", "cpf", "address", "custom.setor", "primary_contacts", "notes")
                if chance.random() < 0.5
            }
            sides.pop("custom.setor", None)
            merged = await merge_customers(session, SYSTEM, winner, loser, sides)  # type: ignore[arg-type]
            assert await snapshot(session) != before
            await no_reference_is_left(session, loser, merged.moved.kept)
            await undo_merge(session, SYSTEM, merged.id)
            assert await snapshot(session) == before, f"seed {seed}"
            await session.rollback()


async def no_reference_is_left(session: AsyncSession, loser: UUID, kept: dict[str, int]) -> None:
    left: dict[str, int] = {}
    for column in references_to(CUSTOMER):
        name = str(column.table)
        count = await session.scalar(
            sa.select(sa.func.count()).select_from(column.table).where(column == loser)
        )
        # That it was merged is told of the one that went as well.
        left[name] = left.get(name, 0) + (count or 0) - (name == "crm.customer_event")
    assert {name: count for name, count in left.items() if count} == kept


def test_every_reference_to_a_customer_moves_or_says_why_not() -> None:
    pointing = {
        column
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.column.table is CUSTOMER for key in column.foreign_keys)
    }
    moving = set(references_to(CUSTOMER))
    assert {f"{c.table}.{c.name}" for c in moving} >= {
        "crm.customer_contact.customer_id",
        "crm.customer_tag.customer_id",
        "crm.customer_relation.customer_id",
        "crm.customer_relation.other_id",
        "crm.customer_event.customer_id",
        "crm.ticket.customer_id",
        "access.user.customer_id",
    }
    for column in pointing - moving:
        assert len(column.info["stays_on_merge"]) > 10, f"{column} stays without a reason"


async def test_the_application_may_move_every_reference(database: Database) -> None:
    async with database.begin() as session:
        for column in references_to(CUSTOMER):
            table = column.table
            assert isinstance(table, sa.Table)
            allowed = await session.scalar(
                sa.select(
                    sa.func.has_column_privilege(
                        f'{table.schema}."{table.name}"', column.name, "UPDATE"
                    )
                )
            )
            assert allowed, f"{column} cannot be moved by the application's role"


async def test_a_later_edit_is_not_undone_and_is_named(database: Database) -> None:
    async with database.begin() as session:
        one = await create_customer(
            session, SYSTEM, CustomerBody(name="João Antônio Sá", notes="velha")
        )
        other = await create_customer(
            session,
            SYSTEM,
            CustomerBody.model_validate(
                {
                    "name": "Joao A. Sá",
                    "birth_date": "1990-02-03",
                    "contacts": [{"kind": "email", "value": "joao@exemplo.org"}],
                }
            ),
        )
        merged = await merge_customers(session, SYSTEM, one.id, other.id)
        kept_contact = await session.scalar(sa.select(CustomerContact.id))
    async with database.begin() as session:
        await change_customer(
            session,
            SYSTEM,
            one.id,
            CustomerValues(birth_date="1990-03-02", city="Olinda", contacts=[]),
            expected=None,
        )
    async with database.begin() as session:
        with pytest.raises(AppError) as refused:
            await undo_merge(session, SYSTEM, merged.id)
    assert refused.value.code == "undo_conflicts"
    conflicts = {c["table"]: c for c in refused.value.details["conflicts"]}
    # The city was not the merge's doing, and no conflict.
    assert conflicts["crm.customer"]["columns"] == ["birth_date"]
    assert conflicts["crm.customer"]["row"] == {"id": str(one.id)}
    assert conflicts["crm.customer_contact"]["removed"] is True
    assert conflicts["crm.customer_contact"]["row"] == {"id": str(kept_contact)}
    async with database.begin() as session:
        still = await session.get(Customer, other.id)
        assert still is not None
        assert still.merged_into_id == one.id


async def test_what_was_entered_after_the_merge_stays_with_the_one_that_stayed(
    database: Database,
) -> None:
    async with database.begin() as session:
        one = await create_customer(session, SYSTEM, CustomerBody(name="Márcia Nóbrega"))
        other = await create_customer(
            session, SYSTEM, CustomerBody(name="Marcia Nobrega", tags=["vip"], cpf=CPFS[1])
        )
        merged = await merge_customers(session, SYSTEM, one.id, other.id)
        changed = CustomerValues(city="Natal", tags=["vip", "nova"])
        await change_customer(session, SYSTEM, one.id, changed, expected=None)
        await undo_merge(session, SYSTEM, merged.id)
        tags = (await session.execute(sa.select(CustomerTag.customer_id, CustomerTag.tag))).all()
        await session.refresh(one)
        assert (one.city, one.cpf) == ("Natal", None)
        assert {tuple(row) for row in tags} == {(other.id, "vip"), (one.id, "nova")}


async def test_an_identifier_that_was_given_away_since_stops_the_undoing(
    database: Database,
) -> None:
    async with database.begin() as session:
        one = await create_customer(session, SYSTEM, CustomerBody(name="Rui Brandão", cpf=CPFS[0]))
        other = await create_customer(
            session, SYSTEM, CustomerBody(name="Ruy Brandao", cpf=CPFS[1])
        )
        with pytest.raises(AppError, match="merge_identifiers_differ"):
            await merge_customers(session, SYSTEM, one.id, other.id)
        merged = await merge_customers(session, SYSTEM, one.id, other.id, {"cpf": "winner"})
        await create_customer(session, SYSTEM, CustomerBody(name="Outra Pessoa", cpf=CPFS[1]))
    async with database.begin() as session:
        with pytest.raises(AppError) as refused:
            await undo_merge(session, SYSTEM, merged.id)
    (conflict,) = refused.value.details["conflicts"]
    assert (conflict["table"], conflict["columns"]) == ("crm.customer", ["cpf"])


async def test_merges_of_merged_customers_are_undone_from_the_newest(database: Database) -> None:
    async with database.begin() as session:
        a, b, c = [
            (await create_customer(session, SYSTEM, CustomerBody(name=f"Íris {letter}"))).id
            for letter in "ABC"
        ]
        first = await merge_customers(session, SYSTEM, b, a)
        second = await merge_customers(session, SYSTEM, c, b)
        with pytest.raises(AppError) as refused:
            await undo_merge(session, SYSTEM, first.id)
        assert refused.value.details["merge_id"] == str(second.id)
        with pytest.raises(AppError, match="customer_merged"):
            await merge_customers(session, SYSTEM, c, a)
        await undo_merge(session, SYSTEM, second.id)
        await undo_merge(session, SYSTEM, first.id)
        with pytest.raises(AppError, match="merge_undone_already"):
            await undo_merge(session, SYSTEM, first.id)
        living = (
            await session.scalars(sa.select(Customer.id).where(Customer.removed_at.is_(None)))
        ).all()
    async with database.begin() as session:
        acts = (await session.scalars(sa.select(AuditEvent.act))).all()
    assert set(living) == {a, b, c}
    assert acts.count("customer_merged") == 2
    assert acts.count("customer_merge_undone") == 4


async def test_after_thirty_days_a_merge_stays_and_its_journal_goes(database: Database) -> None:
    async with database.begin() as session:
        one = await create_customer(session, SYSTEM, CustomerBody(name="Lúcia Fé"))
        other = await create_customer(session, SYSTEM, CustomerBody(name="Lucia Fe", city="Belém"))
        merged = await merge_customers(session, SYSTEM, one.id, other.id)
        assert await sweep_merge_journals(session) == 0
        ago = sa.func.clock_timestamp() - sa.literal_column("interval '31 days'")
        await session.execute(sa.update(CustomerMerge).values(merged_at=ago))
        with pytest.raises(AppError, match="merge_too_old"):
            await undo_merge(session, SYSTEM, merged.id)
        assert await sweep_merge_journals(session) == 1
        assert (await session.scalars(sa.select(MergeChange.id))).all() == []
        assert await sweep_merge_journals(session) == 0


async def test_an_odd_couple_is_refused(database: Database) -> None:
    async with database.begin() as session:
        one = await create_customer(session, SYSTEM, CustomerBody(name="Padaria Sol"))
        firm = CustomerBody.model_validate({"name": "Padaria Sol", "kind": "organization"})
        other = await create_customer(session, SYSTEM, firm)
        for pair, fields, code in (
            ((one.id, one.id), {}, "merge_with_itself"),
            ((one.id, other.id), {}, "merge_kinds_differ"),
            ((one.id, UUID(int=7)), {}, "customer_not_found"),
        ):
            with pytest.raises(AppError, match=code):
                await merge_customers(session, SYSTEM, *pair, fields)
        twin = await create_customer(session, SYSTEM, CustomerBody(name="Padaria do Sol"))
        with pytest.raises(AppError, match="merge_field_unknown"):
            await merge_customers(session, SYSTEM, one.id, twin.id, {"revision": "loser"})
        count = await session.scalar(sa.select(sa.func.count()).select_from(CustomerRelation))
        assert count == 0
