"""Take a subject's own rows away: some vanish, some stay as figures without a person."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.brazil.names import fold_name
from cogep_assist.core.models import (
    BackgroundJob,
    Base,
    Chunk,
    Collection,
    Document,
    NameWord,
)
from cogep_assist.lgpd_service.subject_data.identity import Subject
from cogep_assist.lgpd_service.subject_data.known_values import ValueKind
from cogep_assist.lgpd_service.subject_data.owned_rows import OwnRows, of_fate, own_rows
from cogep_assist.lgpd_service.subject_data.rules import Fate


async def erase_own(session: AsyncSession, subject: Subject) -> tuple[Counter[str], set[UUID]]:
    """Erase a subject's own rows; return how many of each table, and the indexes they left."""
    done, left = await erase_rows(session, await own_rows(session, subject))
    await _forget_name_words(session, subject)
    return done, left


async def erase_rows(
    session: AsyncSession, rows: Sequence[OwnRows]
) -> tuple[Counter[str], set[UUID]]:
    """Give each table's rows the fate that the inventory says. Returns as ``erase_own``.

    Anonymised first, so that nothing refers any more to what is then deleted; deleted from the
    tables that refer to others up to those that are referred to.
    """
    done: Counter[str] = Counter()
    left = await _forget_in_search(session, _tickets(rows), await _ids(session, rows))
    for own in of_fate(rows, Fate.ANONYMIZE):
        changes = {own.table.c[name]: value for name, value in own.rule.emptied.items()}
        await session.execute(sa.update(own.table).where(own.condition).values(changes))
        done[own.table.fullname] += own.count
    order = {table.fullname: place for place, table in enumerate(Base.metadata.sorted_tables)}
    eliminated = of_fate(rows, Fate.ELIMINATE)
    for own in sorted(eliminated, key=lambda own: -order[own.table.fullname]):
        await session.execute(sa.delete(own.table).where(own.condition))
        done[own.table.fullname] += own.count
    return done, left


def _tickets(rows: Sequence[OwnRows]) -> OwnRows | None:
    return next((own for own in rows if own.table.fullname == "crm.ticket"), None)


async def _ids(session: AsyncSession, rows: Sequence[OwnRows]) -> list[str]:
    """Return the ids by which waiting work names what is about to go."""
    named = {"crm.ticket", "crm.customer", "access.user", "ai.conversation"}
    found: list[str] = []
    for own in rows:
        if own.table.fullname in named:
            found += map(str, await session.scalars(sa.select(own.table.c.id).where(own.condition)))
    return found


async def _forget_in_search(
    session: AsyncSession, tickets: OwnRows | None, ids: Sequence[str]
) -> set[UUID]:
    """Remove what was indexed of the tickets, and the work that would index them again."""
    await session.execute(sa.delete(BackgroundJob).where(BackgroundJob.subject.in_(ids)))
    if tickets is None:
        return set()
    # Whoever indexes a ticket holds it: what was read of it is there to be forgotten afterwards,
    # and whoever comes later reads what is left.
    key = tickets.table.c.id
    await session.execute(sa.select(key).where(tickets.condition).order_by(key).with_for_update())
    keys = [f"ticket:{one}" for one in ids]
    desks = sa.select(Collection.id).where(Collection.queue_id.is_not(None))
    mine = sa.select(Document.id).where(
        Document.source_key.in_(keys), Document.collection_id.in_(desks)
    )
    await session.execute(sa.delete(Chunk).where(Chunk.document_id.in_(mine)))
    gone = await session.scalars(
        sa.delete(Document).where(Document.id.in_(mine)).returning(Document.collection_id)
    )
    return set(gone)


async def _forget_name_words(session: AsyncSession, subject: Subject) -> None:
    """Remove the words of the subject's names that no living customer's name holds."""
    names = [v.text for v in (*subject.values, *subject.shared) if v.kind is ValueKind.NAME]
    words = sorted({word for name in names for word in fold_name(name).split()})
    held = sa.text(
        "NOT EXISTS (SELECT FROM crm.customer c WHERE c.removed_at IS NULL "
        "AND c.search @@ CAST(concat('''', crm.name_word.word, '''') AS tsquery))"
    )
    await session.execute(sa.delete(NameWord).where(NameWord.word.in_(words), held))
