"""A question under an Idempotency-Key: one answer, however often it is asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.idempotency import StoredReply, body_hash, check_key, peek
from cogep_assist.core.principal import Principal
from cogep_assist.edge.idempotent import once, route_name
from cogep_assist.rag_service.answer_record import find_answer
from cogep_assist.rag_service.schemas import AskReply


@dataclass(frozen=True, slots=True)
class AskOnce:
    """The key of one request; without a key every request is answered anew."""

    request: Request
    principal: Principal
    key: str | None
    body: bytes

    async def earlier(self, session: AsyncSession) -> AskReply | None:
        """Return what the key was answered before, as it stands now.

        Raises AppError("idempotency_key_invalid"|"idempotency_key_reused").
        """
        if self.key is None:
            return None
        digest = body_hash(self.request.method, self.request.url.path, self.body)
        route = route_name(self.request)
        stored = await peek(session, self.principal, route, check_key(self.key), digest)
        return await self._told(session, stored) if stored else None

    async def keep(
        self, session: AsyncSession, answer: Callable[[], Awaitable[AskReply]]
    ) -> AskReply:
        """Answer and keep the answer's id under the key, or tell the one that came first."""
        fresh: list[AskReply] = []

        async def work() -> StoredReply:
            fresh.append(await answer())
            # The id alone: what it names is told as it stands when it is told again.
            return StoredReply(200, {"answer_id": str(fresh[0].id)})

        stored = await once(self.request, session, self.principal, self.key, self.body, work)
        return fresh[0] if fresh else await self._told(session, stored)

    async def _told(self, session: AsyncSession, stored: StoredReply) -> AskReply:
        return await find_answer(session, self.principal, UUID(stored.reply["answer_id"]))
