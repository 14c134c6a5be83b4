"""Merge two customers that are one, field by field, and take the merge back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.access_customers import sees_customer
from cogep_assist.core.errors import AppError
from cogep_assist.core.events import publish
from cogep_assist.core.models import (
    Customer,
    CustomerContact,
    CustomerMerge,
    MergeChange,
    Ticket,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_duplicates import suggest_duplicates
from cogep_assist.crm_service.customers.customer_timeline import note_event
from cogep_assist.crm_service.customers.customers import contacts_of, find_customer, touch
from cogep_assist.crm_service.customers.merge_journal import (
    Moved,
    change_row,
    move_references,
    undo_changes,
)
from cogep_assist.edge.entity_tags import check_revision

UNDO_DAYS = 30
NOW = sa.func.clock_timestamp()
Side = Literal["winner", "loser", "both"]
TABLE = Customer.__table__
ADDRESS = ("cep", "street", "street_number", "complement", "district", "city", "state")
SINGLE = (
    "name",
    "social_name",
    "cpf",
    "cnpj",
    "external_id",
    "birth_date",
    "language",
    "customer_class",
)
IDENTIFIERS = {"cpf": "CPF", "cnpj": "CNPJ"}
# Who keeps the first place among the contacts of a kind.
PRIMARY = "primary_contacts"


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge that was done: its id, and what moved and what stayed."""

    id: UUID
    moved: Moved


async def merge_customers(
    session: AsyncSession,
    principal: Principal,
    winner_id: UUID,
    loser_id: UUID,
    fields: Mapping[str, Side] | None = None,
    *,
    expected: int | None = None,
) -> Merged:
    """Merge the loser into the winner; everything that points to the loser moves along.

    Where nothing is chosen, the winner's value stays and an empty one is filled from the
    loser's; an address goes as a whole, notes are put together. Raises
    AppError("customer_not_found"|"merge_with_itself"|"merge_kinds_differ"|
    "merge_identifiers_differ"|"merge_field_unknown"|"changed_meanwhile").
    """
    principal.require(Act.MERGE_CUSTOMERS)
    winner, loser = await _lock_two(session, principal, winner_id, loser_id)
    check_revision(expected, winner.revision)
    values = merged_values(winner, loser, fields or {})
    merge = CustomerMerge(
        id=uuid7(), winner_id=winner.id, loser_id=loser.id, merged_by=principal.label
    )
    session.add(merge)
    await session.flush()
    # The loser goes first: no two living customers may hold one CPF.
    retired = {"removed_at": NOW, "merged_into_id": winner.id}
    await change_row(session, merge.id, _table(), {"id": loser.id}, retired)
    await change_row(session, merge.id, _table(), {"id": winner.id}, values)
    keeps = "loser" if (fields or {}).get(PRIMARY) == "loser" else "winner"
    await _step_back(session, merge.id, loser.id if keeps == "winner" else winner.id, winner, loser)
    moved = await move_references(session, merge.id, _table(), loser.id, winner.id)
    await _settle(session, [winner.id, loser.id])
    for one, kind, other in (
        (winner.id, "merged", loser.id),
        (loser.id, "merged_away", winner.id),
    ):
        await _tell(session, principal, one, kind, merge.id, other)
    await suggest_duplicates(session, winner.id)
    await publish(
        session,
        "customer.merged",
        winner.id,
        ids={"customer_id": winner.id, "merged_customer_id": loser.id},
        facts={"kind": winner.kind.value},
        personal={"name": winner.name},
    )
    return Merged(merge.id, moved)


async def undo_merge(session: AsyncSession, principal: Principal, merge_id: UUID) -> CustomerMerge:
    """Take a merge back: both customers are as they were, and what moved is back.

    Raises AppError("merge_not_found"|"merge_undone_already"|"merge_too_old"|
    "merge_has_later"|"undo_conflicts").
    """
    principal.require(Act.MERGE_CUSTOMERS)
    merge = await _lock_merge(session, merge_id)
    winner = await session.get(Customer, merge.winner_id, populate_existing=True)
    assert winner is not None
    if winner.merged_into_id is not None:
        later = await session.scalar(
            sa.select(CustomerMerge.id).where(
                CustomerMerge.loser_id == winner.id, CustomerMerge.undone_at.is_(None)
            )
        )
        raise AppError("merge_has_later", merge_id=str(later))
    if winner.removed_at is not None:
        raise AppError("customer_not_found")
    await undo_changes(session, merge.id)
    merge.undone_by, merge.undone_at = principal.label, NOW
    await session.flush()
    await _settle(session, [merge.winner_id, merge.loser_id])
    for one, other in (
        (merge.winner_id, merge.loser_id),
        (merge.loser_id, merge.winner_id),
    ):
        await _tell(session, principal, one, "merge_undone", merge.id, other)
        await suggest_duplicates(session, one)
    await session.refresh(merge)
    return merge


async def find_merge(session: AsyncSession, principal: Principal, merge_id: UUID) -> CustomerMerge:
    """Return a merge. Raises AppError("merge_not_found")."""
    principal.require(Act.MERGE_CUSTOMERS)
    merge = await session.get(CustomerMerge, merge_id)
    if merge is None:
        raise AppError("merge_not_found")
    return merge


async def sweep_merge_journals(session: AsyncSession) -> int:
    """Remove before-images that no undo may use any more; return of how many merges."""
    old = sa.select(CustomerMerge.id).where(
        CustomerMerge.journal_removed_at.is_(None),
        sa.or_(~_young(), CustomerMerge.undone_at.is_not(None)),
    )
    ids = (await session.scalars(old.limit(1000).with_for_update(skip_locked=True))).all()
    if ids:
        await session.execute(sa.delete(MergeChange).where(MergeChange.merge_id.in_(ids)))
        await session.execute(
            sa.update(CustomerMerge).where(CustomerMerge.id.in_(ids)).values(journal_removed_at=NOW)
        )
    return len(ids)


def merged_values(winner: Customer, loser: Customer, fields: Mapping[str, Side]) -> dict[str, Any]:
    """Return the winner's columns that change, by what was chosen. Raises as merging does."""
    _check_choices(winner, loser, fields)
    chosen: dict[str, Any] = {}
    for name in SINGLE:
        mine, theirs = getattr(winner, name), getattr(loser, name)
        chosen[name] = theirs if _takes_loser(fields.get(name), mine, theirs) else mine
    has_address = any(getattr(winner, name) for name in ADDRESS)
    side = fields.get("address", "winner" if has_address else "loser")
    chosen |= {name: getattr(loser if side == "loser" else winner, name) for name in ADDRESS}
    chosen["notes"] = _notes(winner.notes, loser.notes, fields.get("notes", "both"))
    chosen["custom"] = {
        key: value
        for key in (*loser.custom, *winner.custom)
        if (value := _custom(key, winner.custom, loser.custom, fields)) is not None
    }
    return {name: value for name, value in chosen.items() if getattr(winner, name) != value}


def _check_choices(winner: Customer, loser: Customer, fields: Mapping[str, Side]) -> None:
    if winner.kind is not loser.kind:
        raise AppError("merge_kinds_differ")
    known = {*SINGLE, "address", "notes", PRIMARY}
    known |= {f"custom.{key}" for key in (*winner.custom, *loser.custom)}
    for name, side in fields.items():
        if name not in known or (side == "both" and name != "notes"):
            raise AppError("merge_field_unknown", field=name[:60])
    for name, what in IDENTIFIERS.items():
        values = {getattr(winner, name), getattr(loser, name)} - {None}
        if len(values) > 1 and name not in fields:
            raise AppError("merge_identifiers_differ", what=what, field=name)


def _takes_loser(side: Side | None, mine: Any, theirs: Any) -> bool:
    return side == "loser" or (side is None and mine is None and theirs is not None)


def _notes(mine: str | None, theirs: str | None, side: Side) -> str | None:
    if side == "both":
        parts = list(dict.fromkeys(filter(None, (mine, theirs))))
        return "\n\n".join(parts) or None
    return theirs if side == "loser" else mine


def _custom(
    key: str, mine: Mapping[str, Any], theirs: Mapping[str, Any], fields: Mapping[str, Side]
) -> Any:
    if _takes_loser(fields.get(f"custom.{key}"), mine.get(key), theirs.get(key)):
        return theirs.get(key)
    return mine.get(key)


async def _lock_two(
    session: AsyncSession, principal: Principal, winner_id: UUID, loser_id: UUID
) -> tuple[Customer, Customer]:
    if winner_id == loser_id:
        raise AppError("merge_with_itself")
    await _lock_tickets(session, loser_id)
    # Both at once and in one order: two merges of the same two wait, and never lock up.
    await session.execute(
        sa.select(Customer.id)
        .where(Customer.id.in_([winner_id, loser_id]), sees_customer(principal))
        .order_by(Customer.id)
        .with_for_update()
    )
    winner = await find_customer(session, principal, winner_id)
    return winner, await find_customer(session, principal, loser_id)


async def _lock_merge(session: AsyncSession, merge_id: UUID) -> CustomerMerge:
    row = (
        await session.execute(
            sa.select(CustomerMerge, _young().label("young"))
            .where(CustomerMerge.id == merge_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if row is None:
        raise AppError("merge_not_found")
    merge: CustomerMerge = row[0]
    if merge.undone_at is not None:
        raise AppError("merge_undone_already")
    if not row.young or merge.journal_removed_at is not None:
        raise AppError("merge_too_old", days=UNDO_DAYS)
    await _lock_tickets(session, merge.winner_id)
    await session.execute(
        sa.select(Customer.id)
        .where(Customer.id.in_([merge.winner_id, merge.loser_id]))
        .order_by(Customer.id)
        .with_for_update()
    )
    return merge


async def _lock_tickets(session: AsyncSession, customer_id: UUID) -> None:
    """Lock what is about to move: whoever works on a ticket holds it before its customer.

    Taken the other way round, an agent and a merge would wait for each other.
    """
    tickets = sa.select(Ticket.id).where(Ticket.customer_id == customer_id).order_by(Ticket.id)
    await session.execute(tickets.with_for_update(key_share=True))


async def _step_back(
    session: AsyncSession, merge_id: UUID, stepping: UUID, winner: Customer, loser: Customer
) -> None:
    """Take the first place from one side's contacts, where the other has some of the kind."""
    contacts = await contacts_of(session, [winner.id, loser.id])
    others = {contact.kind for contact in contacts if contact.customer_id != stepping}
    for contact in contacts:
        if contact.customer_id == stepping and contact.is_primary and contact.kind in others:
            table = CustomerContact.__table__
            assert isinstance(table, sa.Table)
            await change_row(session, merge_id, table, {"id": contact.id}, {"is_primary": False})


async def _settle(session: AsyncSession, ids: list[UUID]) -> None:
    """Give both customers a new revision and an index of what they hold now."""
    for customer_id in ids:
        customer = await session.get(Customer, customer_id, populate_existing=True)
        assert customer is not None
        await touch(session, customer, reindex=True)


async def _tell(
    session: AsyncSession,
    principal: Principal,
    customer_id: UUID,
    kind: str,
    merge_id: UUID,
    other: UUID,
) -> None:
    details = {"merge_id": str(merge_id), "other": str(other)}
    await note_event(
        session,
        principal,
        customer_id,
        kind,
        object_type="customer_merge",
        object_id=merge_id,
        details=details,
    )
    await audit.record(session, principal, f"customer_{kind}", "customer", customer_id, details)


def _young() -> sa.ColumnElement[bool]:
    days: sa.ColumnElement[Any] = sa.literal_column(f"interval '{UNDO_DAYS} days'")
    return CustomerMerge.merged_at > NOW - days


def _table() -> sa.Table:
    assert isinstance(TABLE, sa.Table)
    return TABLE
