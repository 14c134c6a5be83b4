"""The deadlines of tickets as a calendar, for who has its secret address."""

from fastapi import Request, Response

from cogep_assist.core.calendar_feeds import open_feed
from cogep_assist.core.icalendar import calendar
from cogep_assist.core.models import FeedKind
from cogep_assist.core.public_address import link_base
from cogep_assist.crm_service.sla.due_calendar import due_tickets
from cogep_assist.edge.calendar_reply import CALENDAR, FeedToken, calendar_reply
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep

KINDS = (FeedKind.MY_TICKETS, FeedKind.TEAM_TICKETS)
NAMES = {
    FeedKind.MY_TICKETS: "Prazos dos meus chamados",
    FeedKind.TEAM_TICKETS: "Prazos dos chamados da equipe",
}
router = guarded_router(tags=["calendar"])


@router.get(
    "/crm/calendar/{token}.ics",
    response_class=Response,
    responses=CALENDAR,
    summary="Prazos de chamados, para programas de agenda",
    dependencies=[rule(Login.OPEN)],
)
async def ticket_calendar(request: Request, session: SessionDep, token: FeedToken) -> Response:
    """Read a feed of tickets out."""
    feed, reader = await open_feed(session, token, KINDS)
    base = link_base(edge_state(request).settings)
    deadlines = await due_tickets(session, reader, feed, base)
    return calendar_reply(request, calendar(NAMES[feed.kind], deadlines))
