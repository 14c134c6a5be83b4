"""The worker makes the vectors that are missing, once an embedder is set."""

from uuid import uuid4

import sqlalchemy as sa
from vector_service import vector_service, vector_settings

from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    BackgroundJob,
    BackgroundStatus,
    Chunk,
    Collection,
    Document,
    DocumentVersion,
    VectorState,
)
from cogep_assist.pipeline.vector_fill import FILL
from cogep_assist.retrieval.dense_space import spaces
from cogep_assist.worker_service.process import drain_once


async def test_a_base_gets_its_vectors_from_the_worker(database: Database, settings) -> None:
    async with database.begin() as session:
        collection = Collection(name="geral")
        session.add(collection)
        await session.flush()
        document = Document(
            collection_id=collection.id,
            source_key=str(uuid4()),
            title="Férias",
            media_type="text/plain",
        )
        session.add(document)
        await session.flush()
        version = DocumentVersion(
            document_id=document.id,
            number=1,
            title="Férias",
            text="Folga.",
            content_sha256=b"",
            parser="teste",
            pipeline_release=1,
            media_type="text/plain",
        )
        session.add(version)
        await session.flush()
        chunk = {"collection_id": collection.id, "document_id": document.id}
        session.add_all(
            Chunk(**chunk, version_id=version.id, ordinal=n, start_offset=0, end_offset=6, text="x")
            for n in range(3)
        )
    # Without an embedder the duty is done at once and makes nothing.
    for embedded in (0, 3):
        async with vector_service() as web:
            chosen = vector_settings(web, data_dir=settings.data_dir) if embedded else settings
            async with database.begin() as session:
                await enqueue_background(session, FILL, "")
            await drain_once(chosen, database)
        async with database.begin() as session:
            found = await spaces(session)
            ended = await session.scalars(
                sa.select(BackgroundJob.status).where(BackgroundJob.kind == FILL)
            )
            assert set(ended) == {BackgroundStatus.COMPLETED}
        assert [(one.state, one.embedded) for one in found] == (
            [(VectorState.READY, 3)] if embedded else []
        )
