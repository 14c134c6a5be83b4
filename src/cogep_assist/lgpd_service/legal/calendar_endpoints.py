"""The encarregado's clocks as a calendar, for who has its secret address."""

from fastapi import Request, Response

from cogep_assist.core.calendar_feeds import open_feed
from cogep_assist.core.icalendar import calendar
from cogep_assist.core.models import FeedKind
from cogep_assist.core.public_address import link_base
from cogep_assist.edge.calendar_reply import CALENDAR, FeedToken, calendar_reply
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.legal.clock_calendar import running_clocks

router = guarded_router(tags=["calendar"])


@router.get(
    "/lgpd/calendar/{token}.ics",
    response_class=Response,
    responses=CALENDAR,
    summary="Prazos legais, para programas de agenda",
    dependencies=[rule(Login.OPEN)],
)
async def clock_calendar(request: Request, session: SessionDep, token: FeedToken) -> Response:
    """Read the feed of clocks out."""
    _, reader = await open_feed(session, token, (FeedKind.LEGAL_CLOCKS,))
    deadlines = await running_clocks(session, reader, link_base(edge_state(request).settings))
    return calendar_reply(request, calendar("Prazos da LGPD", deadlines))
