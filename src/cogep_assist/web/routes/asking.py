"""Ask, and read the answer with its sources."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Answer
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.disconnect import unless_gone
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.collections import list_collections
from cogep_assist.rag_service.answer_record import find_answer
from cogep_assist.rag_service.ask_stream import whole_answer
from cogep_assist.rag_service.schemas import MAX_QUESTION_CHARS
from cogep_assist.web.answer_view import AnswerView, answer_view
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)


@router.get("/perguntar", dependencies=[rule(Login.SESSION, Act.ASK)])
async def form(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show the empty form."""
    return await _page(request, session, principal)


@router.post("/perguntar", dependencies=[rule(Login.SESSION, Act.ASK, rate=Rate.ASK)])
async def ask(
    request: Request,
    principal: PrincipalDep,
    pergunta: Annotated[str, Form()] = "",
    colecao: Annotated[str, Form(max_length=64)] = "",
    conversa: Annotated[UUID | None, Form()] = None,
) -> Response:
    """Answer, and lead to the answer's own page; what found no answer is shown at once."""
    database = edge_state(request).database
    question = pergunta.replace("\r\n", "\n").strip()
    try:
        _check(question)
    except AppError as problem:
        async with database.begin() as session:
            return await _page(
                request, session, principal, draft=pergunta, collection=colecao, problem=problem
            )

    answering = whole_answer(
        database,
        principal,
        question,
        collection=colecao or None,
        conversation_id=conversa,
        writer=edge_state(request).writer,
    )
    reply = await unless_gone(request, answering)
    if not reply.abstained:
        return RedirectResponse(f"/respostas/{reply.id}", status_code=303)
    async with database.begin() as session:
        shown = answer_view(question, reply)
        return await _page(
            request, session, principal, answer=shown, draft=question, collection=colecao
        )


@router.get("/respostas/{answer_id}", dependencies=[rule(Login.SESSION, Act.ASK)])
async def answer(
    request: Request, session: SessionDep, principal: PrincipalDep, answer_id: UUID
) -> Response:
    """Show an answer that this person got, as it stands now."""
    reply = await find_answer(session, principal, answer_id)
    asked = await session.get_one(Answer, answer_id)
    return await _page(request, session, principal, answer=answer_view(asked.question, reply))


def _check(question: str) -> None:
    if not question:
        raise AppError("question_empty")
    if len(question) > MAX_QUESTION_CHARS:
        raise AppError("question_too_long", limit=MAX_QUESTION_CHARS)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    *,
    answer: AnswerView | None = None,
    draft: str = "",
    collection: str = "",
    problem: AppError | None = None,
) -> Response:
    visible = await list_collections(session, principal)
    lasting = [found for found in visible if found.expires_at is None]
    return render(
        request,
        "ask.html",
        status=problem.status if problem else 200,
        answer=answer,
        draft=draft,
        collection=collection,
        collections=[found.name for found in lasting],
        empty=not any(found.documents for found in lasting),
        question_limit=MAX_QUESTION_CHARS,
        problem={"text": problem.text, "remedy": problem.remedy} if problem else None,
    )
