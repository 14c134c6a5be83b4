"""Vectors for passages that have none of the present embedder, in the background.

So a base gets its vectors when an embedder is first set, when it is changed, and after it was away.
Searches go on meanwhile: a space is searched from the moment when it is whole, and the vectors of
every other embedder go afterwards.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from cogep_assist.core import advisory_locks
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.pipeline.embed import Embedder, text_to_embed
from cogep_assist.retrieval.dense_space import (
    Passage,
    add_vectors,
    drop_retired,
    make_ready,
    note_refusal,
    passages_without_vector,
)

FILL = "fill_vectors"
_BATCH = 64
_DROPPED_AT_ONCE = 5_000
# What every embedder has a vector for.
_PROBE = "Uma frase curta."
# What one text among others may cause: some servers answer a text too long with a 500.
_OF_A_TEXT = frozenset(
    {"embed_refused", "embed_unavailable", "embed_response_invalid", "onnx_model_unfit"}
)
log = get_logger(__name__)


async def ask_for_vectors(database: Database, embedder: Embedder | None) -> None:
    """Have what is missing made now: a worker that starts may have another embedder than before."""
    if embedder is None:
        return
    async with database.begin() as session:
        await enqueue_background(session, FILL, "")


async def fill_vectors(database: Database, embedder: Embedder) -> int:
    """Make every missing vector, then let the space be searched; return how many were made.

    Commits batch by batch and begins where nothing is done yet, so that it may be stopped and
    begun again at any moment. One process at a time. A passage that is always refused is set aside
    and found by its words alone. Raises AppError("embed_...") of an embedder that makes none.
    """
    async with _only_here(database) as ours:
        if not ours:
            return 0
        space = await _space(database, embedder)
        if space is None:
            return 0
        made = 0
        after: UUID | None = None
        while True:
            async with database.begin() as session:
                missing = await passages_without_vector(session, space, after, _BATCH)
            if not missing:
                break
            made += await _make(database, embedder, space, missing)
            after = missing[-1].chunk_id
        await _switch(database, space)
    if made:
        log.info("vectors_filled", embedder=embedder.model, passages=made)
    return made


async def _space(database: Database, embedder: Embedder) -> int | None:
    """Return the embedder's space, whose size shows in a first vector; None in an empty base."""
    async with database.begin() as session:
        first = await passages_without_vector(session, -1, None, 1)
    if not first:
        return None
    return (await embedder.embed([_PROBE])).space


async def _make(
    database: Database,
    embedder: Embedder,
    space: int,
    missing: Sequence[Passage],
    *,
    whole: bool = True,
) -> int:
    """Make the vectors of some passages, and find those among them that are always refused.

    The batch is halved until a refused passage stands alone, so that none of the others waits
    for it. An embedder that refuses a sentence of ours as well is away or wrongly set: nothing is
    held against the passage, and all is tried again later.
    """
    try:
        embedded = await embedder.embed([_text(passage) for passage in missing])
    except AppError as refusal:
        if refusal.code not in _OF_A_TEXT:
            raise
        if whole or len(missing) == 1:
            await _probe(embedder, refusal)
        if len(missing) == 1:
            await _set_aside(database, embedder, space, missing[0], refusal)
            return 0
        middle = len(missing) // 2
        made = await _make(database, embedder, space, missing[:middle], whole=False)
        return made + await _make(database, embedder, space, missing[middle:], whole=False)
    vectors = [
        (passage.chunk_id, vector)
        for passage, vector in zip(missing, embedded.vectors, strict=True)
    ]
    async with database.begin() as session:
        await add_vectors(session, space, vectors)
    return len(vectors)


async def _probe(embedder: Embedder, refusal: AppError) -> None:
    """Raise the refusal again where the embedder has no vector for any text just now."""
    try:
        await embedder.embed([_PROBE])
    except AppError:
        raise refusal from None


async def _set_aside(
    database: Database, embedder: Embedder, space: int, passage: Passage, refusal: AppError
) -> None:
    async with database.begin() as session:
        await note_refusal(session, space, passage.chunk_id, refusal.code)
    log.warning(
        "vector_refused",
        embedder=embedder.model,
        chunk_id=str(passage.chunk_id),
        code=refusal.code,
        chars=len(passage.text),
    )


async def _switch(database: Database, space: int) -> None:
    async with database.begin() as session:
        await make_ready(session, space)
    more = True
    while more:
        async with database.begin() as session:
            more = await drop_retired(session, _DROPPED_AT_ONCE)


def _text(passage: Passage) -> str:
    return text_to_embed(passage.title, passage.heading, passage.text)


@asynccontextmanager
async def _only_here(database: Database) -> AsyncIterator[bool]:
    """Hold the lock of filling, on a connection of its own and outside of any transaction."""
    connection = await database.connect()
    async with connection:
        cursor = await connection.execute(
            "SELECT pg_try_advisory_lock(%s)", (advisory_locks.VECTOR_FILL,)
        )
        row = await cursor.fetchone()
        yield bool(row and row[0])
