"""What one person is told: the bell of every page, and all of it on a page."""

from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from cogep_assist.core.models import ClockObject, TicketNoticeKind
from cogep_assist.core.principal import Act
from cogep_assist.crm_service.sla.sla_notices import MOST_SHOWN as MOST_DEADLINES
from cogep_assist.crm_service.sla.sla_notices import count_deadline_notices
from cogep_assist.crm_service.tickets.ticket_notices import (
    count_ticket_notices,
    see_all,
    ticket_notices,
)
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.legal.clock_notices import clock_notices, count_clock_notices
from cogep_assist.rag_service.answer_notices import open_notices
from cogep_assist.web.outcome import done
from cogep_assist.web.privacy_words import clock_words
from cogep_assist.web.rendering import render
from cogep_assist.web.routes.ticket_deadlines import shown_deadlines

router = guarded_router(include_in_schema=False)
ASK = rule(Login.SESSION, Act.ASK)
WORDS = {
    TicketNoticeKind.ASSIGNED: ("hand", "O chamado foi passado para você."),
    TicketNoticeKind.MENTIONED: ("lock", "Um colega citou você em uma nota interna."),
    TicketNoticeKind.MESSAGE: ("message-circle-question-mark", "Quem pediu escreveu de novo."),
    TicketNoticeKind.REPLIED: ("headset", "A equipe respondeu."),
    TicketNoticeKind.RESOLVED: ("circle-check", "A equipe resolveu o seu pedido."),
    TicketNoticeKind.ANSWERABLE: (
        "book-open",
        "A base já responde ao que este chamado pergunta. Abra-o e peça “Sugerir resposta”.",
    ),
}
CLOCK_PLACES = {
    ClockObject.REQUEST: ("Pedido", "/protecao-de-dados/pedidos"),
    ClockObject.INCIDENT: ("Incidente", "/protecao-de-dados/incidentes"),
}


@router.get("/avisos", dependencies=[ASK])
async def notices(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show everything that somebody was told and has not seen."""
    zone = ZoneInfo(edge_state(request).settings.timezone)
    tickets = [(*WORDS[one.kind], one) for one in await ticket_notices(session, principal)]
    deadlines: dict[str, Any] = {"late": False, "deadlines": []}
    if principal.may(Act.WORK_TICKETS):
        deadlines = await shown_deadlines(request, session, principal, most=MOST_DEADLINES)
    return render(
        request,
        "notices.html",
        tickets=tickets,
        clocks=[
            (CLOCK_PLACES[one.kind], clock_words(one), one)
            for one in await clock_notices(session, principal, zone)
        ],
        answers=await open_notices(session, principal),
        zone=zone,
        **deadlines,
    )


@router.get("/avisos/sino", dependencies=[ASK])
async def bell(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Count what somebody was told and has not seen, for the bell of every page."""
    count = await count_ticket_notices(session, principal)
    count += await count_deadline_notices(session, principal)
    zone = ZoneInfo(edge_state(request).settings.timezone)
    count += await count_clock_notices(session, principal, zone)
    count += len(await open_notices(session, principal))
    return render(request, "_bell.html", count=count)


@router.post("/avisos/vistos", dependencies=[ASK])
async def seen(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Put aside what somebody was told of tickets."""
    await see_all(session, principal)
    return done("/avisos", "Os avisos de chamados foram marcados como vistos.", request=request)
