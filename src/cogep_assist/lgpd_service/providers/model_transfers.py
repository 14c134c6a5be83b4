"""What left for models, newest first."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import ModelTransfer
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.providers.provider_schemas import TransferReply


async def list_transfers(
    session: AsyncSession, principal: Principal, *, limit: int = 50, before: UUID | None = None
) -> tuple[list[TransferReply], UUID | None]:
    """Return calls to models, and the id after which they go on."""
    principal.require(Act.READ_PROVIDERS)
    found = sa.select(ModelTransfer).order_by(ModelTransfer.id.desc()).limit(limit + 1)
    if before is not None:
        found = found.where(ModelTransfer.id < before)
    rows = list(await session.scalars(found))
    more = rows[limit - 1].id if len(rows) > limit else None
    return [TransferReply.model_validate(row) for row in rows[:limit]], more
