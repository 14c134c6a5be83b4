"""Vector spaces: which embedders have vectors here, how far they are, and which are searched."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import (
    Chunk,
    ChunkEmbedding,
    Collection,
    Document,
    VectorRefusal,
    VectorSpace,
    VectorState,
)
from cogep_assist.core.models.base import VECTOR_INDEX_PREFIX

_NOW = sa.func.clock_timestamp()
# What was written on tickets is found by its words alone and goes to no embedder.
_OF_THE_BASE = Chunk.collection_id.in_(
    sa.select(Collection.id).where(Collection.queue_id.is_(None))
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that has no vector in a space yet."""

    chunk_id: UUID
    title: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class SpaceProgress:
    """How many of all passages have their vector in a space."""

    embedder: str
    dimensions: int
    state: VectorState
    embedded: int
    passages: int
    refused: int


async def ensure_space(session: AsyncSession, embedder: str, dimensions: int) -> int:
    """Return the number of an embedder's space, made with its index where there is none.

    In a base without passages it is searched at once, else once every passage has its vector.
    The caller commits before any vector is written: the index is made under a lock.
    """
    key = (VectorSpace.embedder == embedder, VectorSpace.dimensions == dimensions)
    known = (
        await session.execute(sa.select(VectorSpace.number, VectorSpace.state).where(*key))
    ).first()
    if known is not None:
        if known.state is VectorState.RETIRED:
            await session.execute(
                sa.update(VectorSpace).where(*key).values(state=VectorState.FILLING)
            )
            await session.execute(sa.select(sa.func.ai.make_vector_index(known.number)))
        return int(known.number)
    empty = not await session.scalar(sa.select(sa.exists().where(_OF_THE_BASE)))
    made = await session.scalar(
        insert(VectorSpace)
        .values(
            embedder=embedder,
            dimensions=dimensions,
            state=VectorState.READY if empty else VectorState.FILLING,
            ready_at=_NOW if empty else None,
        )
        .on_conflict_do_nothing()
        .returning(VectorSpace.number)
    )
    if made is None:  # another worker was first
        return int((await session.scalars(sa.select(VectorSpace.number).where(*key))).one())
    await session.execute(sa.select(sa.func.ai.make_vector_index(made)))
    return int(made)


async def passages_without_vector(
    session: AsyncSession, space: int, after: UUID | None, most: int
) -> Sequence[Passage]:
    """Return passages that lack a vector in a space, by id, from after one on.

    Those that its embedder refuses are left out.
    """
    has_vector = sa.exists().where(
        ChunkEmbedding.chunk_id == Chunk.id, ChunkEmbedding.space_number == space
    )
    refused = sa.exists().where(
        VectorRefusal.chunk_id == Chunk.id, VectorRefusal.space_number == space
    )
    statement = (
        sa.select(Chunk.id, Document.title, Chunk.heading, Chunk.text)
        .join(Document, Document.id == Chunk.document_id)
        .where(~has_vector, ~refused, _OF_THE_BASE)
        .order_by(Chunk.id)
        .limit(most)
    )
    if after is not None:
        statement = statement.where(Chunk.id > after)
    return [Passage(*row) for row in await session.execute(statement)]


async def add_vectors(
    session: AsyncSession, space: int, vectors: Sequence[tuple[UUID, Sequence[float]]]
) -> None:
    """Write vectors of passages that are still there; one that has its vector keeps it."""
    ids = [chunk_id for chunk_id, _ in vectors]
    # Locked in order, so that a removal meanwhile waits or has gone first, and nobody deadlocks.
    there = await session.scalars(
        sa.select(Chunk.id)
        .where(Chunk.id.in_(ids))
        .order_by(Chunk.id)
        .with_for_update(read=True, key_share=True)
    )
    alive = set(there)
    rows = [
        {"chunk_id": chunk_id, "space_number": space, "embedding": list(vector)}
        for chunk_id, vector in vectors
        if chunk_id in alive
    ]
    if rows:
        await session.execute(insert(ChunkEmbedding).on_conflict_do_nothing(), rows)


async def note_refusal(session: AsyncSession, space: int, chunk_id: UUID, code: str) -> None:
    """Go on without the vector of a passage that is still there, and remember why."""
    row = sa.select(Chunk.id, sa.literal(space), sa.literal(code)).where(Chunk.id == chunk_id)
    columns = ["chunk_id", "space_number", "error_code"]
    await session.execute(insert(VectorRefusal).from_select(columns, row).on_conflict_do_nothing())


async def forget_refusals(session: AsyncSession) -> int:
    """Let refused passages be tried again; return how many there were."""
    gone = await session.scalars(sa.delete(VectorRefusal).returning(VectorRefusal.chunk_id))
    return len(gone.all())


async def refused_passages(session: AsyncSession, most: int) -> Sequence[tuple[UUID, str, int]]:
    """Return the documents, by id and title, and the passages' places of what was refused."""
    rows = await session.execute(
        sa.select(Document.id, Document.title, Chunk.ordinal)
        .join(Chunk, Chunk.document_id == Document.id)
        .join(VectorRefusal, VectorRefusal.chunk_id == Chunk.id)
        .join(VectorSpace, VectorSpace.number == VectorRefusal.space_number)
        .where(VectorSpace.state != VectorState.RETIRED)
        .distinct()
        .order_by(Document.title, Document.id, Chunk.ordinal)
        .limit(most)
    )
    return [(row.id, row.title, row.ordinal) for row in rows]


async def make_ready(session: AsyncSession, space: int) -> bool:
    """Search a filled space from now on and retire every other; tell whether it was new."""
    made = await session.scalar(
        sa.update(VectorSpace)
        .where(VectorSpace.number == space, VectorSpace.state != VectorState.READY)
        .values(state=VectorState.READY, ready_at=_NOW)
        .returning(VectorSpace.number)
    )
    await session.execute(
        sa.update(VectorSpace)
        .where(VectorSpace.number != space, VectorSpace.state != VectorState.RETIRED)
        .values(state=VectorState.RETIRED)
    )
    await session.execute(sa.delete(VectorRefusal).where(VectorRefusal.space_number != space))
    return made is not None


async def drop_retired(session: AsyncSession, most: int) -> bool:
    """Drop the index of a retired space, or else up to so many of its vectors; False when done.

    The space's row stays: a worker that still writes to it must not fail for that.
    """
    retired = sa.select(VectorSpace.number).where(VectorSpace.state == VectorState.RETIRED)
    for number in await session.scalars(retired.order_by(VectorSpace.number)):
        index = f"ai.{VECTOR_INDEX_PREFIX}{number}"
        if await session.scalar(sa.select(sa.func.to_regclass(index))) is not None:
            await session.execute(sa.select(sa.func.ai.drop_vector_index(number)))
            return True
        some = (
            sa.select(ChunkEmbedding.chunk_id)
            .where(ChunkEmbedding.space_number == number)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        gone = await session.scalars(
            sa.delete(ChunkEmbedding)
            .where(ChunkEmbedding.space_number == number, ChunkEmbedding.chunk_id.in_(some))
            .returning(ChunkEmbedding.chunk_id)
        )
        if gone.first() is not None:
            return True
    return False


async def spaces(session: AsyncSession) -> list[SpaceProgress]:
    """Return every space and how far it is, the newest first."""
    held = (
        sa.select(sa.func.count())
        .where(ChunkEmbedding.space_number == VectorSpace.number)
        .scalar_subquery()
    )
    refused = (
        sa.select(sa.func.count())
        .where(VectorRefusal.space_number == VectorSpace.number)
        .scalar_subquery()
    )
    passages = sa.select(sa.func.count()).select_from(Chunk).where(_OF_THE_BASE).scalar_subquery()
    rows = await session.execute(
        sa.select(
            VectorSpace.embedder, VectorSpace.dimensions, VectorSpace.state, held, passages, refused
        ).order_by(VectorSpace.number.desc())
    )
    return [SpaceProgress(*row) for row in rows]
