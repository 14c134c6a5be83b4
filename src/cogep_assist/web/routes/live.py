"""Server-sent events: that something changed, for the open pages to ask for it anew."""

import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act
from cogep_assist.edge.live_hub import LiveHub
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.rag_service.ask_events import EVENT_STREAM
from cogep_assist.rag_service.ask_events import HEADERS as UNBUFFERED

router = guarded_router(include_in_schema=False)
# Who may hear that something of a topic changes; what it is, the page that asks is told or not.
TOPICS: dict[str, Act] = {
    "job": Act.READ_JOBS,
    "ticket": Act.READ_TICKETS,
    # Who is at a ticket is for those who work on it.
    "presence": Act.WORK_TICKETS,
    "customer": Act.READ_CUSTOMERS,
    "lgpd": Act.MANAGE_SUBJECT_REQUESTS,
}
BEAT_SECONDS = 20.0
# The session is looked at again when the browser comes back after this.
MOST_SECONDS = 600.0
MOST_TOPICS = 20


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
    for name in topics:
        topic, _, subject = name.partition(":")
        act = TOPICS.get(topic)
        # That anything at all changed is for those who work on all of it.
        if act is None or not principal.may(act) or not (subject or principal.is_staff):
            raise AppError("not_found")
    hub: LiveHub = request.app.state.live_hub
    return StreamingResponse(_events(hub, topics), media_type=EVENT_STREAM, headers=UNBUFFERED)


async def _events(hub: LiveHub, topics: list[str]) -> AsyncIterator[str]:
    until = time.monotonic() + MOST_SECONDS
    async with hub.listening(topics) as listener:
        yield ": aberto\n\n"
        while not listener.closed and time.monotonic() < until:
            heard = await listener.next(BEAT_SECONDS)
            yield "".join(f"event: change\ndata: {name}\n\n" for name in heard) or ": .\n\n"
