"""What people asked and nobody could answer: list, one of them, set aside, open again."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import GapStatus
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import decode_id_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.rag_service.gap_schemas import GapReply
from cogep_assist.rag_service.gaps import dismiss_gap, list_gaps, read_gap, reopen_gap
from cogep_assist.web.knowledge_tabs import knowledge_tabs
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render
from cogep_assist.web.source_view import passage_href

router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_GAPS)
PER_PAGE = 40
STATES = (
    (GapStatus.OPEN, "Em aberto"),
    (GapStatus.ANSWERED, "Respondidas"),
    (GapStatus.DISMISSED, "Deixadas de lado"),
)
Turn = Callable[[AsyncSession, Principal, UUID], Awaitable[GapReply]]
_TURNS: dict[str, tuple[Turn, str]] = {
    "deixar-de-lado": (dismiss_gap, "A lacuna foi deixada de lado."),
    "reabrir": (reopen_gap, "A lacuna está em aberto de novo."),
}


@router.get("/conhecimento/lacunas", dependencies=[READ])
async def gaps(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    estado: Annotated[str, Query(max_length=20)] = "open",
    depois: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """List questions of one meaning that found no good answer."""
    status = next((one for one, _ in STATES if one.value == estado), GapStatus.OPEN)
    found, more = await list_gaps(
        session, principal, status=status, limit=PER_PAGE, before=decode_id_cursor(depois)
    )
    query = urlencode({"estado": status.value, "depois": str(more)})
    return render(
        request,
        "knowledge/gaps.html",
        tabs=knowledge_tabs(principal, "/conhecimento/lacunas"),
        gaps=found,
        states=[(one.value, words) for one, words in STATES],
        state=status.value,
        next_href=f"/conhecimento/lacunas?{query}" if more else "",
        first_href=f"/conhecimento/lacunas?estado={status.value}" if depois else "",
    )


@router.get("/conhecimento/lacunas/{gap_id}", dependencies=[READ])
async def gap(
    request: Request, session: SessionDep, principal: PrincipalDep, gap_id: UUID
) -> Response:
    """Show one with every way it was asked, and what comes nearest today."""
    found = await read_gap(session, principal, gap_id)
    nearest = [
        (one.title, passage_href(one.document_id, one.version, one.start, one.end))
        for one in found.closest
    ]
    return render(
        request,
        "knowledge/gap.html",
        gap=found,
        nearest=nearest,
        open=found.status is GapStatus.OPEN,
        may_draft=principal.may(Act.DRAFT_ARTICLES),
        may_turn=principal.may(Act.MANAGE_GAPS),
    )


@router.post(
    "/conhecimento/lacunas/{gap_id}/{turn}", dependencies=[rule(Login.SESSION, Act.MANAGE_GAPS)]
)
async def turn(
    request: Request, session: SessionDep, principal: PrincipalDep, gap_id: UUID, turn: str
) -> Response:
    """Set a gap aside, or open it again."""
    found = _TURNS.get(turn)
    if found is None:
        raise AppError("not_found")
    work, words = found
    await work(session, principal, gap_id)
    return done("/conhecimento/lacunas", words, request=request)
