"""Server-sent events: that something changed, for the open pages to ask for it anew."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_sessions import ENDED, session_lives
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customers import find_customer
from cogep_assist.crm_service.tickets.ticket_access import find_ticket
from cogep_assist.edge.live_hub import LOOK_ANEW, LiveHub
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.ingestion_service.job_queries import find_job
from cogep_assist.rag_service.ask_events import EVENT_STREAM
from cogep_assist.rag_service.ask_events import HEADERS as UNBUFFERED

router = guarded_router(include_in_schema=False)
# Who may hear that anything at all of a topic changes; what it is, the page that asks anew is told
# or not.
TOPICS: dict[str, Act] = {
    "job": Act.READ_METRICS,
    "ticket": Act.WORK_TICKETS,
    "presence": Act.WORK_TICKETS,
    "customer": Act.SEE_EVERY_CUSTOMER,
    "lgpd": Act.MANAGE_SUBJECT_REQUESTS,
}
# Of one thing alone hears who may see it: of these also who may not hear of all.
OWN = frozenset({"job", "ticket", "customer"})
FINDERS: dict[str, Callable[[AsyncSession, Principal, UUID], Awaitable[object]]] = {
    "job": find_job,
    # Heard is that something changed, never what.
    "ticket": partial(find_ticket, text=False),
    "presence": partial(find_ticket, text=False),
    "customer": find_customer,
}
BEAT_SECONDS = 20.0
# The session is looked at again when the browser comes back after this.
MOST_SECONDS = 600.0
MOST_TOPICS = 20
# Of what one person is told, that person hears.
NOTICE = "notice"


@router.get("/ao-vivo", dependencies=[rule(Login.SESSION, Act.ASK)])
async def live(
    request: Request,
    principal: PrincipalDep,
    topico: Annotated[list[str] | None, Query(max_length=MOST_TOPICS)] = None,
) -> Response:
    """Send an event named after each topic ("ticket", "ticket:ID") that changes."""
    topics = [name[:80] for name in topico or []]
    # Nobody waits for news of nothing.
    if not topics:
        raise AppError("not_found")
    async with edge_state(request).database.begin() as session:
        for name in topics:
            await _admit(session, principal, *name.partition(":")[::2])
    hub: LiveHub = request.app.state.live_hub
    hub.refuse_too_many(principal.session_id)
    return StreamingResponse(
        _events(request, principal.session_id, topics), media_type=EVENT_STREAM, headers=UNBUFFERED
    )


async def _events(
    request: Request, session_id: UUID | None, topics: list[str]
) -> AsyncIterator[str]:
    """Yield what changes, until the session ends: whoever is signed out hears nothing more."""
    hub: LiveHub = request.app.state.live_hub
    until, end = time.monotonic() + MOST_SECONDS, f"{ENDED}:{session_id}"
    async with hub.listening([*topics, end], session_id) as listener:
        yield ": aberto\n\n"
        while not listener.closed and time.monotonic() < until:
            heard = await listener.next(BEAT_SECONDS)
            if end in heard or (LOOK_ANEW in heard and not await _lives(request, session_id)):
                yield "event: over\ndata: .\n\n"
                return
            yield "".join(f"event: change\ndata: {name}\n\n" for name in heard) or ": .\n\n"


async def _lives(request: Request, session_id: UUID | None) -> bool:
    """Say whether a session goes on, when its end may have been missed."""
    if session_id is None:
        return False
    async with edge_state(request).database.begin() as session:
        return await session_lives(session, session_id)


async def _admit(session: AsyncSession, principal: Principal, topic: str, subject: str) -> None:
    """Raise an AppError of 404 for what is none of somebody's business, or is not there."""
    if topic == NOTICE and subject == str(principal.user_id):
        return
    whole = TOPICS.get(topic)
    if whole is None or not (principal.may(whole) or (subject and topic in OWN)):
        raise AppError("not_found")
    if subject and topic in FINDERS:
        try:
            await FINDERS[topic](session, principal, UUID(subject))
        except ValueError:
            raise AppError("not_found") from None
