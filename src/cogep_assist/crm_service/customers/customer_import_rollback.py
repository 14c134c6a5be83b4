"""Take an import back as a whole: who was made goes, who was changed is as before."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    ContactKind,
    Customer,
    CustomerImport,
    CustomerImportLine,
    ImportOutcome,
    ImportStatus,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_import import find_import
from cogep_assist.crm_service.customers.customer_index import known_words
from cogep_assist.crm_service.customers.customer_timeline import note_event
from cogep_assist.crm_service.customers.customer_values import Cleaned, Contact
from cogep_assist.crm_service.customers.customer_vocabulary import forget_words
from cogep_assist.crm_service.customers.customers import apply_change
from cogep_assist.crm_service.customers.merge_journal import references_to

UNDO_DAYS = 30
MAX_NAMED = 100
NOW = sa.func.clock_timestamp()
# What an import writes beside the customer itself, or what is made from it.
OWN = frozenset({"crm.customer_contact", "crm.customer_tag", "crm.customer_event"})
TECHNICAL = frozenset({"id", "kind", "revision", "sort_key", "match_due", "custom"})
_AT = frozenset({"created_at", "updated_at", "removed_at", "merged_into_id", "created_by"})


async def roll_back_import(
    session: AsyncSession, principal: Principal, import_id: UUID
) -> CustomerImport:
    """Undo what an import did, all of it or, where anybody worked on it since, nothing.

    Raises AppError("import_not_found"|"import_not_completed"|"import_too_old"|
    "import_edited_since") with the lines and customers that were edited.
    """
    await find_import(session, principal, import_id)
    principal.require(Act.IMPORT_CUSTOMERS)
    row = await _lock(session, import_id)
    edited = await _edited(session, import_id)
    if edited:
        raise AppError("import_edited_since", count=len(edited), lines=edited[:MAX_NAMED])
    for line in await _lines(session, import_id, ImportOutcome.UPDATED):
        await _restore(session, principal, line, import_id)
    made = sa.select(CustomerImportLine.customer_id).where(
        CustomerImportLine.import_id == import_id,
        CustomerImportLine.outcome == ImportOutcome.CREATED,
    )
    gone = await session.execute(
        sa.delete(Customer)
        .where(Customer.id.in_(made))
        .returning(Customer.name, Customer.social_name)
    )
    names = [name for row in gone for name in row]
    await forget_words(session, known_words(*names))
    await session.execute(
        sa.update(CustomerImportLine)
        .where(CustomerImportLine.import_id == import_id)
        .values(before=None)
    )
    row.status, row.rolled_back_by, row.rolled_back_at = (
        ImportStatus.ROLLED_BACK,
        principal.label,
        NOW,
    )
    await session.flush()
    details = {"removed": len(names) // 2}
    await audit.record(
        session, principal, "customer_import_rolled_back", "customer_import", import_id, details
    )
    await session.refresh(row)
    return row


async def sweep_imports(session: AsyncSession) -> int:
    """Remove the before-images and trials that are too old to be used; return of how many."""
    ids = (
        await session.scalars(
            sa.select(CustomerImport.id)
            .where(
                ~_young(),
                sa.or_(
                    CustomerImport.content.is_not(None),
                    sa.exists().where(
                        CustomerImportLine.import_id == CustomerImport.id,
                        CustomerImportLine.before.is_not(None),
                    ),
                ),
            )
            .limit(100)
        )
    ).all()
    if ids:
        await session.execute(
            sa.update(CustomerImportLine)
            .where(CustomerImportLine.import_id.in_(ids))
            .values(before=None)
        )
        await session.execute(
            sa.update(CustomerImport).where(CustomerImport.id.in_(ids)).values(content=None)
        )
    return len(ids)


async def _lock(session: AsyncSession, import_id: UUID) -> CustomerImport:
    found = (
        await session.execute(
            sa.select(CustomerImport, _young().label("young"))
            .where(CustomerImport.id == import_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()
    row: CustomerImport = found[0]
    if row.status not in {ImportStatus.COMPLETED, ImportStatus.FAILED}:
        raise AppError("import_not_completed")
    if not found.young:
        raise AppError("import_too_old", days=UNDO_DAYS)
    await session.execute(
        sa.select(Customer.id)
        .join(CustomerImportLine, CustomerImportLine.customer_id == Customer.id)
        .where(CustomerImportLine.import_id == import_id, CustomerImportLine.revision.is_not(None))
        .order_by(Customer.id)
        .with_for_update(of=Customer)
    )
    return row


async def _edited(session: AsyncSession, import_id: UUID) -> list[dict[str, Any]]:
    """Return the lines whose customer somebody changed, merged, removed or worked with since."""
    pointed = [
        sa.exists().where(column == Customer.id)
        for column in references_to(_customers())
        if str(column.table) not in OWN
    ]
    # One customer may stand behind several lines: the last of them left it as it is.
    last = (
        sa.select(
            CustomerImportLine.customer_id,
            sa.func.max(CustomerImportLine.revision).label("revision"),
            sa.func.max(CustomerImportLine.line).label("line"),
            sa.func.bool_or(CustomerImportLine.outcome == ImportOutcome.CREATED).label("made"),
        )
        .where(CustomerImportLine.import_id == import_id, CustomerImportLine.revision.is_not(None))
        .group_by(CustomerImportLine.customer_id)
        .subquery()
    )
    rows = await session.execute(
        sa.select(last.c.line, last.c.customer_id)
        .outerjoin(Customer, Customer.id == last.c.customer_id)
        .where(
            sa.or_(
                Customer.id.is_(None),
                Customer.removed_at.is_not(None),
                Customer.revision != last.c.revision,
                sa.and_(last.c.made, sa.or_(*pointed)),
            )
        )
        .order_by(last.c.line)
    )
    return [{"line": r.line, "customer_id": str(r.customer_id)} for r in rows]


async def _lines(
    session: AsyncSession, import_id: UUID, outcome: ImportOutcome
) -> Sequence[CustomerImportLine]:
    """Return lines, the last of the file first: each undoes what it did upon the earlier."""
    rows = await session.scalars(
        sa.select(CustomerImportLine)
        .where(
            CustomerImportLine.import_id == import_id,
            CustomerImportLine.outcome == outcome,
            CustomerImportLine.before.is_not(None),
        )
        .order_by(CustomerImportLine.line.desc())
    )
    return rows.all()


async def _restore(
    session: AsyncSession, principal: Principal, line: CustomerImportLine, import_id: UUID
) -> None:
    before = line.before or {}
    customer = await session.get(Customer, line.customer_id, populate_existing=True)
    assert customer is not None
    row = before["row"]
    columns = {k: v for k, v in row.items() if k not in TECHNICAL | _AT}
    if columns.get("birth_date"):
        columns["birth_date"] = date.fromisoformat(columns["birth_date"])
    was = Cleaned(
        columns,
        [Contact(ContactKind(c[0]), *c[1:]) for c in before["contacts"]],
        list(before["tags"]),
        {**dict.fromkeys(customer.custom), **row["custom"]},
    )
    changed = await apply_change(session, customer, was)
    await note_event(
        session,
        principal,
        customer.id,
        "import_rolled_back",
        object_type="customer_import",
        object_id=import_id,
        details={"fields": changed},
    )


def _customers() -> sa.Table:
    table = Customer.__table__
    assert isinstance(table, sa.Table)
    return table


def _young() -> sa.ColumnElement[bool]:
    days: sa.ColumnElement[Any] = sa.literal_column(f"interval '{UNDO_DAYS} days'")
    return CustomerImport.created_at > NOW - days
