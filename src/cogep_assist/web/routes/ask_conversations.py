"""My conversations: list, go on, delete."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import decode_id_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.rag_service.answer_notices import notices_of, open_notices
from cogep_assist.rag_service.cited_versions import version_days
from cogep_assist.rag_service.conversations import (
    days_kept,
    delete_conversation,
    list_conversations,
    read_conversation,
)
from cogep_assist.web.answer_view import answer_view
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render
from cogep_assist.web.routes.ask_page import ask_page

router = guarded_router(include_in_schema=False)
PER_PAGE = 30


@router.get("/conversas", dependencies=[rule(Login.SESSION, Act.READ_CONVERSATIONS)])
async def conversations(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    depois: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """List one's own conversations, newest first."""
    found, more = await list_conversations(
        session, principal, limit=PER_PAGE, before=decode_id_cursor(depois)
    )
    return render(
        request,
        "ask/conversations.html",
        conversations=found,
        next_href=f"/conversas?depois={more}" if more else "",
        first_href="/conversas" if depois else "",
        keep_days=await days_kept(session),
        notices=await open_notices(session, principal),
    )


@router.get("/conversas/{conversation_id}", dependencies=[rule(Login.SESSION, Act.ASK)])
async def conversation(
    request: Request, session: SessionDep, principal: PrincipalDep, conversation_id: UUID
) -> Response:
    """Show one of one's own conversations, and the form for the next question."""
    found = await read_conversation(session, principal, conversation_id)
    quoted = {(one.document_id, one.version) for t in found.turns for one in t.answer.citations}
    days = await version_days(session, principal, quoted)
    missing = [t.answer.id for t in found.turns if t.answer.abstained]
    awaited = await notices_of(session, principal, missing)
    turns = [
        answer_view(
            t.question, t.answer, days, t.feedback, then=True, awaited=awaited.get(t.answer.id)
        )
        for t in found.turns
    ]
    earlier = found.questions - len(turns)
    return await ask_page(
        request, session, principal, turns=turns, title="Conversa", earlier=earlier
    )


@router.post(
    "/conversas/{conversation_id}/apagar",
    dependencies=[rule(Login.SESSION, Act.DELETE_CONVERSATIONS)],
)
async def remove(
    request: Request, session: SessionDep, principal: PrincipalDep, conversation_id: UUID
) -> Response:
    """Delete one of one's own conversations."""
    await delete_conversation(session, principal, conversation_id)
    return done("/conversas", "A conversa foi apagada.", request=request)
