"""A request that changes something and may be sent again: its work is done once."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Protocol, TypeVar
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Principal
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import PrincipalDep
from cogep_assist.edge.transactions import SessionDep

Reply = TypeVar("Reply", bound=BaseModel)


class Made(Protocol):
    """Something that has an id."""

    id: Any


class OnceDoor:
    """A request with its session, its principal and its Idempotency-Key.

    Replies that are kept for a repetition hold no personal data: what names persons keeps ids
    and is looked up again, as ``TicketDoor`` does.
    """

    def __init__(
        self,
        request: Request,
        response: Response,
        session: SessionDep,
        principal: PrincipalDep,
        idempotency_key: IdempotencyKeyHeader = None,
    ) -> None:
        self.request, self.response, self.key = request, response, idempotency_key
        self.session: AsyncSession = session
        self.principal: Principal = principal

    async def once(self, work: Callable[[], Awaitable[StoredReply]], body: bytes) -> StoredReply:
        """Do some work, or return what it answered the first time."""
        return await once(self.request, self.session, self.principal, self.key, body, work)

    async def do(
        self, work: Callable[[], Awaitable[object]], body: BaseModel | None = None
    ) -> None:
        """Do some work once; what it changed is looked up again by who shows it."""

        async def stored() -> StoredReply:
            await work()
            return StoredReply(200, {})

        await self.once(stored, raw(body))

    async def make(self, work: Callable[[], Awaitable[Made]], body: BaseModel) -> UUID:
        """Do work that makes something, once, and return its id, the first time's or the same."""

        async def stored() -> StoredReply:
            return StoredReply(201, {"id": str((await work()).id)})

        return UUID((await self.once(stored, raw(body))).reply["id"])

    async def reply(
        self,
        shape: type[Reply],
        work: Callable[[], Awaitable[Reply]],
        body: BaseModel | None = None,
    ) -> Reply:
        """Do some work and answer with what it returns."""

        async def stored() -> StoredReply:
            return StoredReply(200, (await work()).model_dump(mode="json"))

        return shape.model_validate((await self.once(stored, raw(body))).reply)

    async def put(
        self,
        shape: type[Reply],
        work: Callable[[], Awaitable[tuple[Reply, bool]]],
        body: BaseModel,
    ) -> Reply:
        """Create or replace a thing; answer 201 where the work says that it is new."""

        async def stored() -> StoredReply:
            made, created = await work()
            return StoredReply(201 if created else 200, made.model_dump(mode="json"))

        told = await self.once(stored, raw(body))
        self.response.status_code = told.status
        return shape.model_validate(told.reply)

    async def remove(self, work: Callable[[], Awaitable[None]]) -> Response:
        """Remove a thing and answer 204."""

        async def stored() -> StoredReply:
            await work()
            return StoredReply(204, {})

        await self.once(stored, b"")
        return Response(status_code=204)


Door = Annotated[OnceDoor, Depends(OnceDoor)]


def raw(body: BaseModel | None) -> bytes:
    """Return what two requests are compared by: the fields that were sent."""
    return b"" if body is None else body.model_dump_json(exclude_unset=True).encode()
