"""Tickets in the search index: by the same code as documents, a collection to each queue.

A ticket is one document whose text is all that was written on it. It is indexed in the
background, a moment after it was written; its old text is gone in the same commit.
"""

import hashlib
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.models import (
    Chunk,
    Collection,
    Document,
    DocumentVersion,
    Ticket,
    TicketEntry,
)
from cogep_assist.crm_service.tickets.ticket_sensitivity import flag_ticket
from cogep_assist.pipeline.chunk import chunk
from cogep_assist.pipeline.index import IndexedPassages, add_to_index, index_passages
from cogep_assist.pipeline.parse.document import Block, ParsedDocument
from cogep_assist.pipeline.run import RELEASE

INDEX_TICKET = "index_ticket"
PARSER = "ticket"
# Of a thread that long, the newest end is what people look for.
MAX_CHARS = 200_000


async def index_soon(session: AsyncSession, ticket_id: UUID) -> None:
    """Have a ticket indexed a moment after the caller's commit."""
    await enqueue_background(session, INDEX_TICKET, str(ticket_id))


async def index_ticket(session: AsyncSession, subject: str) -> None:
    """Index what is written on a ticket now, in place of what was written on it before."""
    # Locked, so that of two duties of one ticket the later one writes the later text.
    ticket = await session.scalar(
        sa.select(Ticket).where(Ticket.id == UUID(subject)).with_for_update()
    )
    await _forget(session, UUID(subject))
    if ticket is None or ticket.merged_into_id is not None:
        return
    bodies = await _bodies(session, ticket.id)
    await flag_ticket(session, ticket.id, (ticket.subject, *bodies))
    parsed = _as_document(ticket, bodies)
    pieces = chunk(parsed)
    if not pieces:
        # Nothing is left of one whose person was erased.
        return
    passages = await index_passages(parsed, ticket.subject, pieces, None, owner=ticket.id)
    collection_id = await desk_collection(session, ticket.queue_id)
    await _store(session, collection_id, ticket, parsed, passages)


async def desk_collection(session: AsyncSession, queue_id: UUID) -> UUID:
    """Return the collection of a queue's tickets; its first ticket makes it.

    Its name holds a colon, so that no client can name it.
    """
    await session.execute(
        insert(Collection)
        .values(id=uuid7(), name=f"fila:{queue_id}", queue_id=queue_id)
        .on_conflict_do_nothing()
    )
    found = await session.scalars(sa.select(Collection.id).where(Collection.queue_id == queue_id))
    return found.one()


def source_key(ticket_id: UUID) -> str:
    """Return by which key a ticket's document is found."""
    return f"ticket:{ticket_id}"


async def _bodies(session: AsyncSession, ticket_id: UUID) -> list[str]:
    rows = await session.scalars(
        sa.select(TicketEntry.body)
        .where(TicketEntry.ticket_id == ticket_id, TicketEntry.held_until.is_(None))
        .order_by(TicketEntry.id.desc())
    )
    kept: list[str] = []
    room = MAX_CHARS
    for body in rows:
        if room <= 0:
            break
        kept.append(body[:room])
        room -= len(body)
    return kept[::-1]


def _as_document(ticket: Ticket, bodies: list[str]) -> ParsedDocument:
    blocks: list[Block] = []
    position = 0
    for body in bodies:
        blocks.append(Block("paragraph", position, position + len(body)))
        position += len(body) + 2
    return ParsedDocument(
        text="\n\n".join(bodies),
        title=ticket.subject,
        blocks=tuple(blocks),
        media_type="text/plain",
        language="pt",
        parser=PARSER,
    )


async def _forget(session: AsyncSession, ticket_id: UUID) -> None:
    """Remove a ticket's document, from whichever queue it was in."""
    desks = sa.select(Collection.id).where(Collection.queue_id.is_not(None))
    mine = sa.select(Document.id).where(
        Document.collection_id.in_(desks), Document.source_key == source_key(ticket_id)
    )
    await session.execute(sa.delete(Chunk).where(Chunk.document_id.in_(mine)))
    await session.execute(sa.delete(Document).where(Document.id.in_(mine)))


async def _store(
    session: AsyncSession,
    collection_id: UUID,
    ticket: Ticket,
    parsed: ParsedDocument,
    passages: IndexedPassages,
) -> None:
    document_id, version_id = uuid7(), uuid7()
    await session.execute(
        sa.insert(Document).values(
            id=document_id,
            collection_id=collection_id,
            source_key=source_key(ticket.id),
            title=ticket.subject,
            media_type=parsed.media_type,
        )
    )
    await session.execute(
        sa.insert(DocumentVersion).values(
            id=version_id,
            document_id=document_id,
            number=1,
            title=ticket.subject,
            text=parsed.text,
            content_sha256=hashlib.sha256(parsed.text.encode()).digest(),
            parser=PARSER,
            pipeline_release=RELEASE,
            media_type=parsed.media_type,
        )
    )
    await session.execute(
        sa.update(Document).where(Document.id == document_id).values(current_version_id=version_id)
    )
    rows = [
        {
            "id": chunk_id,
            "collection_id": collection_id,
            "document_id": document_id,
            "version_id": version_id,
            "ordinal": piece.ordinal,
            "start_offset": piece.start,
            "end_offset": piece.end,
            "text": parsed.text[piece.start : piece.end],
        }
        for chunk_id, piece in zip(passages.chunk_ids, passages.chunks, strict=True)
    ]
    if rows:
        await session.execute(sa.insert(Chunk), rows)
        await add_to_index(session, collection_id, passages)
