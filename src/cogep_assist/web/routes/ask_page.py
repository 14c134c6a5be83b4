"""Ask: the form, the answer as it is written, and the same without a script."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_tour import awaits_tour
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.disconnect import unless_gone
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.ingestion_service.collections import list_collections
from cogep_assist.ingestion_service.intake import intake_of
from cogep_assist.ingestion_service.multipart import read_upload
from cogep_assist.ingestion_service.own_file import PREFIX, read_own_file
from cogep_assist.rag_service.answer_notices import open_notices
from cogep_assist.rag_service.ask_events import EVENT_STREAM, HEADERS
from cogep_assist.rag_service.ask_stream import stream_answer, whole_answer
from cogep_assist.rag_service.schemas import MAX_QUESTION_CHARS
from cogep_assist.rag_service.search_filters import search_filters
from cogep_assist.rag_service.suggested_questions import suggested_questions
from cogep_assist.web.answer_stream import written_answer
from cogep_assist.web.answer_view import AnswerView, answer_view
from cogep_assist.web.error_page import problem_of
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
TYPES = (
    ("pdf", "PDF"),
    ("docx", "Word"),
    ("html", "Página da web"),
    ("md", "Markdown"),
    ("txt", "Texto"),
    ("xlsx", "Planilha"),
)
FILE_READ = "O arquivo foi lido. Pergunte: a resposta sai só dele, e só você o lê."
GONE = "conversation_not_found"
FILE_WAITS = "O arquivo ainda está sendo lido. Espere um pouco e pergunte."


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a person wants to look; empty texts stand for everything."""

    collection: str = ""
    media_type: str = ""
    since: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.collection or self.media_type or self.since)

    def arguments(self, timezone: str) -> dict[str, Any]:
        """Return what the use-case takes. Raises AppError for what cannot be looked up."""
        since = None
        if self.since:
            try:
                since = date.fromisoformat(self.since)
            except ValueError:
                raise invalid_field("desde", "não é um dia") from None
        filters = search_filters(
            media_types=[self.media_type] if self.media_type else [],
            since=since,
            timezone=timezone,
        )
        return {"collection": self.collection or None, "filters": filters}


async def _scope(
    colecao: Annotated[str, Form(max_length=64)] = "",
    tipo: Annotated[str, Form(max_length=40)] = "",
    desde: Annotated[str, Form(max_length=10)] = "",
) -> Scope:
    return Scope(colecao, tipo, desde)


ScopeDep = Annotated[Scope, Depends(_scope)]
# Browsers send an empty field for a conversation that has not begun.
ConversationField = Annotated[str, Form(max_length=40)]
QuestionField = Annotated[str, Form()]


@router.get("/perguntar", dependencies=[rule(Login.SESSION, Act.ASK)])
async def form(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    colecao: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Show the empty form, with questions to begin with; ``colecao``: where to look."""
    return await ask_page(request, session, principal, scope=Scope(colecao))


@router.post(
    "/perguntar/arquivo",
    dependencies=[rule(Login.SESSION, Act.ASK, rate=Rate.INGEST, token_in_query=True)],
)
async def own_file(request: Request, principal: PrincipalDep) -> Response:
    """Take in a file to ask about, which this person alone reads."""
    intake = intake_of(request)
    try:
        async with read_upload(request, intake.settings) as submissions:
            name, ready = await read_own_file(intake, principal, submissions[0])
    except AppError as problem:
        if problem.status >= 500 or "hx-request" in request.headers:
            raise
        async with intake.database.begin() as session:
            return await ask_page(request, session, principal, problem=problem)
    return done(f"/perguntar?colecao={name}", FILE_READ if ready else FILE_WAITS, request=request)


@router.post("/perguntar", dependencies=[rule(Login.SESSION, Act.ASK, rate=Rate.ASK)])
async def ask(
    request: Request,
    principal: PrincipalDep,
    scope: ScopeDep,
    pergunta: QuestionField = "",
    conversa: ConversationField = "",
) -> Response:
    """Answer, and lead to the conversation; what found no answer is shown at once."""
    edge = edge_state(request)
    question = _plain(pergunta)
    try:
        answering = whole_answer(
            edge.database,
            principal,
            _checked(question),
            conversation_id=_conversation(conversa),
            writer=edge.writer,
            **scope.arguments(edge.settings.timezone),
        )
        reply = await unless_gone(request, answering)
    except AppError as problem:
        # A conversation that went while the page was open: what was typed begins another.
        if problem.status != 422 and problem.code != GONE:
            raise
        async with edge.database.begin() as session:
            return await ask_page(
                request, session, principal, draft=pergunta, scope=scope, problem=problem
            )
    if not reply.abstained:
        address = f"/conversas/{reply.conversation_id}#turno-{reply.id}"
        return RedirectResponse(address, status_code=303)
    async with edge.database.begin() as session:
        turns = [answer_view(question, reply)]
        return await ask_page(request, session, principal, turns=turns, draft=question, scope=scope)


@router.post("/perguntar/fluxo", dependencies=[rule(Login.SESSION, Act.ASK, rate=Rate.ASK)])
async def stream(
    request: Request,
    principal: PrincipalDep,
    scope: ScopeDep,
    pergunta: QuestionField = "",
    conversa: ConversationField = "",
) -> Response:
    """Send the answer while it is written, as parts of the page."""
    edge = edge_state(request)
    question = _checked(_plain(pergunta))
    events = stream_answer(
        edge.database,
        principal,
        question,
        conversation_id=_conversation(conversa),
        writer=edge.writer,
        **scope.arguments(edge.settings.timezone),
    )
    # What is refused is refused before the status goes out.
    try:
        first = await anext(events)
    except AppError as problem:
        if problem.code != GONE:
            raise
        return begins_anew(request, problem)

    async def whole() -> AsyncGenerator[str]:
        async with aclosing(events):
            async for part in written_answer(request, principal, question, first, events):
                yield part

    return StreamingResponse(whole(), media_type=EVENT_STREAM, headers=HEADERS)


def begins_anew(request: Request, problem: AppError) -> Response:
    """Say that the conversation is gone, and let the open page's next question begin another."""
    told = problem_of(problem)
    reply = render(request, "ask/_begins_anew.html", status=problem.status, problem=told, fields=[])
    # Among the notices, as every refusal of what the page sends by itself.
    reply.headers["HX-Retarget"] = "#avisos"
    reply.headers["HX-Reswap"] = "afterbegin"
    return reply


async def ask_page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    *,
    turns: Sequence[AnswerView] = (),
    title: str = "",
    draft: str = "",
    scope: Scope | None = None,
    problem: AppError | None = None,
    earlier: int = 0,
) -> Response:
    """Show turns of a conversation, and the form for the next; ``earlier`` are too many to show."""
    visible = await list_collections(session, principal)
    lasting = [found for found in visible if found.expires_at is None]
    empty = not any(found.documents for found in lasting)
    fresh = not turns and not empty and not (scope and scope.narrowed)
    writer = edge_state(request).writer
    return render(
        request,
        "ask/page.html",
        status=problem.status if problem else 200,
        turns=list(turns),
        earlier=earlier,
        conversation_id=turns[-1].conversation_id if turns else None,
        title=title,
        draft=draft,
        scope=scope or Scope(),
        types=TYPES,
        collections=[found.name for found in lasting],
        own_files=[found.name for found in visible if found.name.startswith(PREFIX)],
        may_attach=principal.user_id is not None,
        empty_base=empty and not turns and not (scope and scope.narrowed),
        may_ingest=principal.may(Act.INGEST),
        suggestions=await suggested_questions(session, principal) if fresh else [],
        question_limit=MAX_QUESTION_CHARS,
        model_name=writer.model_name if writer else "",
        problem=problem,
        notices=[] if turns else await open_notices(session, principal),
        invited=not turns and await awaits_tour(session, principal),
    )


def _plain(typed: str) -> str:
    return typed.replace("\r\n", "\n").strip()


def _checked(question: str) -> str:
    if not question:
        raise AppError("question_empty")
    if len(question) > MAX_QUESTION_CHARS:
        raise AppError("question_too_long", limit=MAX_QUESTION_CHARS)
    return question


def _conversation(given: str) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        raise AppError("conversation_not_found") from None
