"""The door to one case of the LGPD: an incident, or what a data subject asks for."""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, Self, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.principal import Principal
from cogep_assist.edge.entity_tags import IfMatchHeader, expected_revision, set_entity_tag
from cogep_assist.edge.idempotent import IdempotencyKeyHeader
from cogep_assist.edge.once_door import OnceDoor
from cogep_assist.edge.rules import PrincipalDep
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep


class Case(Protocol):
    """What is shown of a case: its revision is the ETag."""

    revision: int


Shown = TypeVar("Shown", bound=Case)
Show = Callable[[AsyncSession, Principal, UUID, ZoneInfo], Awaitable[Shown]]


class CaseDoor(OnceDoor, Generic[Shown]):
    """A request to change one case: done once, shown as it then stands."""

    case_id: UUID
    _show: Show[Shown]

    def __init__(
        self,
        request: Request,
        response: Response,
        session: SessionDep,
        principal: PrincipalDep,
        if_match: IfMatchHeader = None,
        idempotency_key: IdempotencyKeyHeader = None,
    ) -> None:
        super().__init__(request, response, session, principal, idempotency_key)
        self.expected = expected_revision(if_match)
        self.settings = edge_state(request).settings

    def to(self, case_id: UUID, show: Show[Shown]) -> Self:
        """Lead to one case, as the path names it, and say how it is shown."""
        self.case_id, self._show = case_id, show
        return self

    async def change(
        self, work: Callable[[], Awaitable[Any]], body: BaseModel | None = None
    ) -> Shown:
        """Do some work in the request's transaction and show what it changed."""
        await self.do(work, body)
        zone = ZoneInfo(self.settings.timezone)
        reply = await self._show(self.session, self.principal, self.case_id, zone)
        set_entity_tag(self.response, reply.revision)
        return reply
