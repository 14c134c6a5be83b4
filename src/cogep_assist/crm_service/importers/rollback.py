"""Take a batch back: exactly what it made, and nothing that somebody worked on since."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    BatchStatus,
    Blob,
    Chunk,
    Customer,
    CustomerEvent,
    Document,
    ImportBatch,
    ImportRecord,
    InboundMail,
    RecordKind,
    RecordOutcome,
    Ticket,
    TicketAttachment,
    TicketEntry,
    TicketEvent,
    TicketLink,
    TicketMerge,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_import_rollback import OWN
from cogep_assist.crm_service.customers.customer_index import known_words
from cogep_assist.crm_service.customers.customer_vocabulary import forget_words
from cogep_assist.crm_service.customers.merge_journal import references_to
from cogep_assist.crm_service.importers.batches import find_batch
from cogep_assist.crm_service.importers.row_values import IMPORTED
from cogep_assist.crm_service.tickets.ticket_index import source_key

MAX_NAMED = 100
AT_ONCE = 1000
NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many tickets and customers went, and which stayed because somebody worked on them."""

    tickets: int
    customers: int
    kept: list[dict[str, str]]
    documents: int = 0


async def roll_back_batch(
    session: AsyncSession, principal: Principal, batch_id: UUID, *, keep_edited: bool = False
) -> TakenBack:
    """Undo what a batch made: all of it or, where anybody worked on it since, nothing.

    ``keep_edited`` leaves those and takes the rest. Customers that were there before the batch
    are as it found them. Raises AppError("import_not_found"|"import_rolled_back"|
    "import_records_edited") with the tickets and customers that were edited.
    """
    principal.require(Act.IMPORT_CUSTOMERS)
    batch = await lock_to_roll_back(session, principal, batch_id)
    edited = await _edited_tickets(session, batch_id)
    refuse_edited(edited, keep=keep_edited)
    kept = {UUID(one["id"]) for one in edited}
    tickets = await _remove_tickets(session, batch_id, kept)
    # With the batch's own tickets gone, whatever points to its customers is somebody's work.
    worked = await _edited_customers(session, batch_id)
    refuse_edited(worked, keep=keep_edited)
    customers = await _remove_customers(session, batch_id, {UUID(one["id"]) for one in worked})
    await _forget(session, batch_id, {*kept, *(UUID(one["id"]) for one in worked)})
    taken = TakenBack(tickets, customers, [*edited, *worked])
    await end_rollback(session, principal, batch, taken)
    return taken


async def end_rollback(
    session: AsyncSession, principal: Principal, batch: ImportBatch, taken: TakenBack
) -> None:
    """Write down that a batch was taken back."""
    batch.status, batch.rolled_back_at = BatchStatus.ROLLED_BACK, NOW
    batch.rolled_back_by = principal.label
    await session.flush()
    details = {"tickets": taken.tickets, "customers": taken.customers, "kept": len(taken.kept)}
    details["documents"] = taken.documents
    await audit.record(session, principal, "import_rolled_back", "import_batch", batch.id, details)


async def lock_to_roll_back(
    session: AsyncSession, principal: Principal, batch_id: UUID
) -> ImportBatch:
    """Return a batch that nobody goes on with until the commit.

    Raises AppError("import_not_found"|"import_already_rolled_back").
    """
    batch = await find_batch(session, principal, batch_id)
    key = sa.func.hashtextextended(f"import:{batch.origin}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
    await session.refresh(batch, with_for_update=True)
    if batch.status is BatchStatus.ROLLED_BACK:
        raise AppError("import_already_rolled_back")
    return batch


def refuse_edited(edited: Sequence[dict[str, str]], *, keep: bool) -> None:
    """Raise AppError("import_records_edited") naming what somebody worked on since."""
    if edited and not keep:
        raise AppError(
            "import_records_edited",
            count=len(edited),
            names=", ".join(one["name"] for one in edited[:10]),
            records=list(edited[:MAX_NAMED]),
        )


def _made(batch_id: UUID, kind: RecordKind, column: Any) -> sa.Select[Any]:
    return sa.select(column).where(
        ImportRecord.batch_id == batch_id,
        ImportRecord.kind == kind,
        ImportRecord.outcome == RecordOutcome.CREATED,
        column.is_not(None),
    )


async def _edited_tickets(session: AsyncSession, batch_id: UUID) -> list[dict[str, str]]:
    """Return the batch's tickets on which anything happened since; all are locked."""
    mine = _made(batch_id, RecordKind.TICKET, ImportRecord.ticket_id)
    await session.execute(
        sa.select(Ticket.id).where(Ticket.id.in_(mine)).order_by(Ticket.id).with_for_update()
    )
    happened = sa.exists().where(
        TicketEvent.ticket_id == Ticket.id,
        TicketEvent.kind != IMPORTED,
        TicketEvent.details["batch"].astext.is_distinct_from(str(batch_id)),
    )
    linked = sa.exists().where(
        sa.or_(TicketLink.ticket_id == Ticket.id, TicketLink.other_id == Ticket.id)
    )
    merged = sa.exists().where(
        sa.or_(TicketMerge.kept_id == Ticket.id, TicketMerge.merged_id == Ticket.id)
    )
    rows = await session.execute(
        sa.select(Ticket.id, Ticket.protocol)
        .where(Ticket.id.in_(mine), sa.or_(Ticket.revision != 1, happened, linked, merged))
        .order_by(Ticket.id)
    )
    return [{"kind": "ticket", "id": str(row.id), "name": row.protocol} for row in rows]


async def _remove_tickets(session: AsyncSession, batch_id: UUID, kept: set[UUID]) -> int:
    mine = await session.scalars(_made(batch_id, RecordKind.TICKET, ImportRecord.ticket_id))
    ids = [one for one in mine if one not in kept]
    for start in range(0, len(ids), AT_ONCE):
        await _remove_some(session, ids[start : start + AT_ONCE])
    return len(ids)


async def _remove_some(session: AsyncSession, ids: Sequence[UUID]) -> None:
    entries = sa.select(TicketEntry.id).where(TicketEntry.ticket_id.in_(ids))
    files = await session.scalars(
        sa.select(TicketAttachment.blob_id).where(TicketAttachment.entry_id.in_(entries))
    )
    blobs = files.all()
    documents = sa.select(Document.id).where(
        Document.source_key.in_([source_key(one) for one in ids])
    )
    told = [str(one) for one in ids]
    for statement in (
        # Out of the search in the same commit.
        sa.delete(Chunk).where(Chunk.document_id.in_(documents)),
        sa.delete(Document).where(Document.id.in_(documents)),
        sa.delete(InboundMail).where(
            InboundMail.ticket_id.in_(ids), InboundMail.reason == IMPORTED
        ),
        sa.delete(CustomerEvent).where(
            CustomerEvent.object_type == "ticket", CustomerEvent.object_id.in_(told)
        ),
        sa.delete(Ticket).where(Ticket.id.in_(ids)),
        sa.delete(Blob).where(Blob.id.in_(blobs)),
    ):
        await session.execute(statement.execution_options(synchronize_session=False))


async def _edited_customers(session: AsyncSession, batch_id: UUID) -> list[dict[str, str]]:
    """Return the batch's customers whom somebody changed or removed, or has anything to do with."""
    mine = _made(batch_id, RecordKind.CUSTOMER, ImportRecord.customer_id)
    await session.execute(
        sa.select(Customer.id).where(Customer.id.in_(mine)).order_by(Customer.id).with_for_update()
    )
    table = Customer.__table__
    assert isinstance(table, sa.Table)
    pointed = [
        sa.exists().where(column == Customer.id)
        for column in references_to(table)
        if str(column.table) not in OWN
    ]
    # A later batch of the same or another origin found them here.
    matched = sa.exists().where(
        ImportRecord.customer_id == Customer.id,
        ImportRecord.batch_id != batch_id,
        ImportRecord.outcome == RecordOutcome.MATCHED,
    )
    rows = await session.execute(
        sa.select(Customer.id)
        .where(
            Customer.id.in_(mine),
            sa.or_(Customer.revision != 1, Customer.removed_at.is_not(None), matched, *pointed),
        )
        .order_by(Customer.id)
    )
    return [
        {"kind": "customer", "id": str(one), "name": f"cliente {one}"} for one in rows.scalars()
    ]


async def _remove_customers(session: AsyncSession, batch_id: UUID, kept: set[UUID]) -> int:
    mine = await session.scalars(_made(batch_id, RecordKind.CUSTOMER, ImportRecord.customer_id))
    ids = [one for one in mine if one not in kept]
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        gone = await session.execute(
            sa.delete(Customer)
            .where(Customer.id.in_(some))
            .returning(Customer.name, Customer.social_name)
            .execution_options(synchronize_session=False)
        )
        await forget_words(session, known_words(*(name for row in gone for name in row)))
    return len(ids)


async def _forget(session: AsyncSession, batch_id: UUID, kept: set[UUID]) -> None:
    """Let what went come over again; what stayed is known, so that it does not come twice."""
    stays = sa.or_(ImportRecord.ticket_id.in_(kept), ImportRecord.customer_id.in_(kept))
    await session.execute(
        sa.delete(ImportRecord).where(
            ImportRecord.batch_id == batch_id,
            sa.or_(ImportRecord.outcome != RecordOutcome.CREATED, stays.is_not(True)),
        )
    )
