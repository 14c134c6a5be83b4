"""How a ticket stands, for somebody with its protocol and its code, and what they thought of it."""

from typing import Annotated

from fastapi import Form, Request, Response

from cogep_assist.core.errors import AppError
from cogep_assist.crm_service.tickets.ticket_moves import ENDED
from cogep_assist.crm_service.tickets.ticket_rating import rate_by_proof
from cogep_assist.crm_service.tickets.ticket_status import public_status
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.desk_words import SCORES, STATUS
from cogep_assist.web.rendering import render
from cogep_assist.web.ticket_view import public_entries

router = guarded_router(include_in_schema=False)
LOOK = rule(Login.OPEN, rate=Rate.SIGN_IN)
Written = Annotated[str, Form(max_length=30)]


@router.get("/acompanhar", dependencies=[rule(Login.OPEN)])
async def form(request: Request) -> Response:
    """Ask for the protocol and the code."""
    return _form(request, "", None)


# The code stays out of addresses, which browsers and proxies keep: it comes in a form.
@router.post("/acompanhar", dependencies=[LOOK])
async def look(
    request: Request, session: SessionDep, protocolo: Written = "", codigo: Written = ""
) -> Response:
    """Show how the ticket stands."""
    try:
        return await _status(request, session, protocolo, codigo)
    except AppError as problem:
        return _form(request, protocolo, problem)


@router.post("/acompanhar/avaliar", dependencies=[LOOK])
async def rate(
    request: Request,
    protocolo: Written = "",
    codigo: Written = "",
    nota: Annotated[int, Form(ge=1, le=5)] = 5,
    comentario: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Keep what the person thought of how they were attended to."""
    database = edge_state(request).database
    try:
        async with database.begin() as session:
            await rate_by_proof(session, protocolo, codigo, nota, comentario)
        async with database.begin() as session:
            return await _status(request, session, protocolo, codigo, thanks=True)
    except AppError as problem:
        return _form(request, protocolo, problem)


async def _status(
    request: Request, session: SessionDep, protocol: str, proof: str, *, thanks: bool = False
) -> Response:
    found = await public_status(session, protocol, proof)
    return render(
        request,
        "tickets/follow.html",
        found=found,
        state=STATUS[found.status],
        items=public_entries(found.entries),
        may_rate=found.status in ENDED and not thanks,
        proof=proof,
        scores=SCORES,
        thanks=thanks,
    )


def _form(request: Request, protocol: str, problem: AppError | None) -> Response:
    return render(
        request,
        "tickets/follow_form.html",
        status=problem.status if problem else 200,
        protocol=protocol,
        problem=problem,
    )
