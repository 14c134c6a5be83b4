"""The acronyms that the documents themselves explain, for whoever looks after the words."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import visible_collections
from cogep_assist.core.models import AcronymUse, Chunk, Document
from cogep_assist.core.principal import Act, Principal
from cogep_assist.retrieval.acronyms import sought_key
from cogep_assist.retrieval.portuguese import fold


@dataclass(frozen=True, slots=True)
class KnownAcronym:
    """A short form, what it stands for, in how many passages, and one document that says so."""

    short: str
    long: str
    passages: int
    document_id: UUID
    title: str


async def known_acronyms(
    session: AsyncSession, principal: Principal, *, limit: int, after: str = "", sought: str = ""
) -> tuple[list[KnownAcronym], str]:
    """Return acronyms of what the person may read, in order, and the key of the page's last.

    All that one short form stands for is on one page: a second meaning is seen beside the first.
    ``sought``: only short forms that begin so, or stand for something that says it.
    """
    principal.require(Act.READ_SYNONYMS)
    seen: sa.ColumnElement[bool] = AcronymUse.collection_id.in_(visible_collections(principal))
    if sought.strip():
        seen &= sa.or_(
            AcronymUse.short_key.startswith(fold(sought).strip(), autoescape=True),
            AcronymUse.long_key.contains(sought_key(sought), autoescape=True),
        )
    keys = (
        sa.select(AcronymUse.short_key)
        .where(seen, AcronymUse.short_key > after)
        .group_by(AcronymUse.short_key)
        .order_by(AcronymUse.short_key)
        .limit(limit + 1)
    )
    found = list(await session.scalars(keys))
    shown = found[:limit]
    uses = (
        sa.select(
            sa.func.min(AcronymUse.short).label("short"),
            sa.func.min(AcronymUse.long).label("long"),
            sa.func.count(AcronymUse.chunk_id.distinct()).label("passages"),
            # The newest passage's: ids are in order of time.
            sa.func.max(sa.cast(AcronymUse.chunk_id, sa.Text)).label("chunk"),
            AcronymUse.short_key,
        )
        .where(seen, AcronymUse.short_key.in_(shown))
        .group_by(AcronymUse.short_key, AcronymUse.long_key)
        .subquery()
    )
    rows = await session.execute(
        sa.select(uses.c.short, uses.c.long, uses.c.passages, Document.id, Document.title)
        .join(Chunk, Chunk.id == sa.cast(uses.c.chunk, sa.Uuid()))
        .join(Document, Document.id == Chunk.document_id)
        .order_by(uses.c.short_key, uses.c.passages.desc())
    )
    last = shown[-1] if len(found) > limit else ""
    made = [
        KnownAcronym(short, long, passages, document_id, title)
        for short, long, passages, document_id, title in rows
    ]
    return made, last
