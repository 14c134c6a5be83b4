"""The duty after a gap is closed: who asked is told, and so is who attends their tickets."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import Settings
from cogep_assist.core.models import Gap, GapAsk, GapStatus
from cogep_assist.crm_service.tickets.ticket_notices import tell_holders
from cogep_assist.rag_service.gap_told import tell_askers


async def tell_of_gap(session: AsyncSession, subject: str, settings: Settings) -> None:
    """Tell the next askers of a gap and, at the first turn, those who attend tickets out of it."""
    await tell_askers(session, subject, settings)
    gap_id, _, after = subject.partition(" ")
    gap = await session.get(Gap, UUID(gap_id))
    if after or gap is None or gap.status is not GapStatus.ANSWERED:
        return
    if gap.answering_document_id is not None:
        asked = await session.scalars(sa.select(GapAsk.answer_id).where(GapAsk.gap_id == gap.id))
        await tell_holders(session, gap.id, asked.all(), gap.answering_document_id)
