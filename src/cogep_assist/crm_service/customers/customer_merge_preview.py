"""What a merge would do: the fields that differ side by side, and the rows that would move."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.brazil.cpf import mask_cpf
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Customer
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_labels import FIELDS
from cogep_assist.crm_service.customers.customer_merge import ADDRESS, IDENTIFIERS, SINGLE
from cogep_assist.crm_service.customers.customer_replies import customer_items
from cogep_assist.crm_service.customers.customer_schemas import FieldComparison, MergePreview
from cogep_assist.crm_service.customers.customers import find_customer
from cogep_assist.crm_service.customers.merge_journal import references_to


async def preview_merge(
    session: AsyncSession, principal: Principal, winner_id: UUID, loser_id: UUID
) -> MergePreview:
    """Compare two customers. Raises AppError as merging them would."""
    principal.require(Act.MERGE_CUSTOMERS)
    if winner_id == loser_id:
        raise AppError("merge_with_itself")
    winner = await find_customer(session, principal, winner_id)
    loser = await find_customer(session, principal, loser_id)
    if winner.kind is not loser.kind:
        raise AppError("merge_kinds_differ")
    items = await customer_items(session, [(winner, None), (loser, None)])
    return MergePreview(
        winner=items[0],
        loser=items[1],
        fields=_compared(winner, loser),
        moves=await _moves(session, loser_id),
    )


def _compared(winner: Customer, loser: Customer) -> list[FieldComparison]:
    pairs = [(name, getattr(winner, name), getattr(loser, name)) for name in SINGLE]
    pairs.append(("address", _address(winner), _address(loser)))
    pairs.append(("notes", winner.notes, loser.notes))
    pairs += [
        (f"custom.{key}", winner.custom.get(key), loser.custom.get(key))
        for key in sorted({*winner.custom, *loser.custom})
    ]
    return [
        FieldComparison(
            field=name,
            label=FIELDS.get(name, "endereço" if name == "address" else name),
            winner=_shown(name, mine),
            loser=_shown(name, theirs),
            default=_default(name, mine, theirs),
        )
        for name, mine, theirs in pairs
        if mine != theirs
    ]


def _default(name: str, mine: Any, theirs: Any) -> Any:
    if name == "notes":
        return "both"
    if name in IDENTIFIERS and mine and theirs:
        return "choose"
    return "loser" if not mine and theirs else "winner"


def _shown(name: str, value: Any) -> Any:
    if name == "cpf" and value:
        return mask_cpf(value)
    return value.isoformat() if isinstance(value, date) else value


def _address(customer: Customer) -> str | None:
    return ", ".join(filter(None, (getattr(customer, name) for name in ADDRESS))) or None


async def _moves(session: AsyncSession, loser_id: UUID) -> dict[str, int]:
    """Count what points to the loser, by table."""
    table = Customer.__table__
    assert isinstance(table, sa.Table)
    columns = list(references_to(table))
    counts = sa.select(
        *(
            sa.select(sa.func.count()).where(column == loser_id).scalar_subquery()
            for column in columns
        )
    )
    found: dict[str, int] = {}
    row = (await session.execute(counts)).one()
    for column, count in zip(columns, row, strict=True):
        if count:
            found[str(column.table)] = found.get(str(column.table), 0) + int(count)
    return found
