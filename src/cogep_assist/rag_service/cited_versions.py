"""When the versions that an answer quotes were made."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import visible_collections
from cogep_assist.core.models import Document, DocumentVersion
from cogep_assist.core.principal import Principal


async def version_days(
    session: AsyncSession, principal: Principal, versions: Iterable[tuple[UUID, int]]
) -> dict[tuple[UUID, int], datetime]:
    """Return when each (document, version number) was made, as far as somebody may see it."""
    wanted = set(versions)
    if not wanted:
        return {}
    rows = await session.execute(
        sa.select(DocumentVersion.document_id, DocumentVersion.number, DocumentVersion.created_at)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(
            sa.tuple_(DocumentVersion.document_id, DocumentVersion.number).in_(wanted),
            Document.collection_id.in_(visible_collections(principal)),
        )
    )
    return {(row.document_id, row.number): row.created_at for row in rows}
