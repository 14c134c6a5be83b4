"""One answer: read it again, rate it, or take it to a person."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Answer,
    FeedbackRating,
    FeedbackReason,
    TicketChannel,
    TicketLevel,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.ticket_from_answer import open_from_answer
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, Opened, open_ticket
from cogep_assist.crm_service.tickets.ticket_schemas import FromAnswerBody
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.rag_service.answer_notices import close_notice, notices_of, want_mail
from cogep_assist.rag_service.answer_record import find_answer
from cogep_assist.rag_service.cited_versions import version_days
from cogep_assist.rag_service.conversation_schemas import FeedbackBody
from cogep_assist.rag_service.feedback import find_feedback, give_feedback, withdraw_feedback
from cogep_assist.web.answer_view import AnswerView, answer_view
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render
from cogep_assist.web.routes.ask_page import ask_page

router = guarded_router(include_in_schema=False)
WITHDRAWN = "retirar"
URGENCIES = ((TicketLevel.LOW, "Baixa"), (TicketLevel.MEDIUM, "Média"), (TicketLevel.HIGH, "Alta"))
READ = rule(Login.SESSION, Act.ASK)
OPEN = rule(Login.SESSION, Act.OPEN_TICKETS)
Line = Annotated[str, Form(max_length=1000)]
Text = Annotated[str, Form(max_length=60_000)]


@router.get("/respostas/{answer_id}", dependencies=[READ])
async def answer(
    request: Request, session: SessionDep, principal: PrincipalDep, answer_id: UUID
) -> Response:
    """Show an answer that this person got, as it stands now."""
    shown = await _shown(session, principal, answer_id)
    return await ask_page(request, session, principal, turns=[shown], title="Resposta")


@router.post(
    "/respostas/{answer_id}/avaliar", dependencies=[rule(Login.SESSION, Act.GIVE_FEEDBACK)]
)
async def rate(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    answer_id: UUID,
    nota: Annotated[str, Form(max_length=10)] = "",
    motivo: Annotated[list[str] | None, Form(max_length=10)] = None,
    comentario: Text = "",
) -> Response:
    """Keep what a person thought of an answer of theirs, or take it back."""
    if nota == WITHDRAWN:
        await withdraw_feedback(session, principal, answer_id)
        return await _rated(request, session, principal, answer_id, "Sua avaliação foi retirada.")
    try:
        rating = FeedbackRating(nota)
        reasons = [FeedbackReason(one) for one in motivo or []]
    except ValueError:
        raise invalid_field("nota", "diz se a resposta ajudou (up) ou não (down)") from None
    down = rating is FeedbackRating.DOWN
    body = FeedbackBody(
        rating=rating, reasons=reasons if down else [], comment=comentario[:2000] or None
    )
    await give_feedback(session, principal, answer_id, body)
    return await _rated(request, session, principal, answer_id, "Obrigado: sua avaliação ficou.")


@router.post("/respostas/{answer_id}/aviso", dependencies=[READ])
async def notice_by_mail(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    answer_id: UUID,
    quero: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Keep whether a letter is wanted when the base has the answer ("sim"), or none ("nao")."""
    await want_mail(session, principal, answer_id, wanted=quero == "sim")
    if "hx-request" not in request.headers:
        return done(f"/respostas/{answer_id}", request=request)
    shown = await _shown(session, principal, answer_id)
    return render(request, "ask/_awaited.html", answer=shown)


@router.post("/respostas/{answer_id}/aviso/fechar", dependencies=[READ])
async def notice_closed(
    request: Request, session: SessionDep, principal: PrincipalDep, answer_id: UUID
) -> Response:
    """Put aside the notice that a question has its answer now."""
    await close_notice(session, principal, answer_id)
    return done("/perguntar", "O aviso foi dispensado.", request=request)


async def _rated(
    request: Request, session: SessionDep, principal: PrincipalDep, answer_id: UUID, words: str
) -> Response:
    if "hx-request" not in request.headers:
        return done(f"/respostas/{answer_id}", words, request=request)
    shown = await _shown(session, principal, answer_id)
    return render(request, "ask/_feedback.html", answer=shown)


@router.get("/respostas/{answer_id}/chamado", dependencies=[OPEN])
async def ticket_form(
    request: Request, session: SessionDep, principal: PrincipalDep, answer_id: UUID
) -> Response:
    """Show the ticket as it would be opened: the question is in it already."""
    shown = await _shown(session, principal, answer_id)
    # "Quero falar com alguém" says nothing of what about.
    asked = "" if shown.courtesy else shown.question
    return _form(request, shown, subject=asked[:120], body=asked)


@router.post("/respostas/{answer_id}/chamado", dependencies=[OPEN])
async def ticket(
    request: Request,
    principal: PrincipalDep,
    answer_id: UUID,
    assunto: Line = "",
    texto: Text = "",
    urgencia: Line = "",
) -> Response:
    """Open a ticket with the question, the conversation and what was found."""
    edge = edge_state(request)
    try:
        body = FromAnswerBody(
            answer_id=answer_id,
            subject=assunto.strip() or None,
            body=texto.strip() or None,
            urgency=_urgency(urgencia),
        )
        async with edge.database.begin() as session:
            opened = await open_from_answer(session, principal, body, edge.settings.timezone)
    except (AppError, ValueError) as error:
        problem = (
            error if isinstance(error, AppError) else invalid_field("texto", "não pôde ser lido")
        )
        if problem.status != 422:
            raise problem from None
        async with edge.database.begin() as session:
            shown = await _shown(session, principal, answer_id)
        return _form(request, shown, subject=assunto, body=texto, urgency=urgencia, problem=problem)
    return _opened(request, opened, f"chamado-{answer_id}")


@router.get("/falar-com-uma-pessoa", dependencies=[OPEN])
async def person_form(request: Request) -> Response:
    """Show an empty ticket."""
    return _form(request, None)


@router.post("/falar-com-uma-pessoa", dependencies=[OPEN])
async def person(
    request: Request,
    principal: PrincipalDep,
    assunto: Line = "",
    texto: Text = "",
    urgencia: Line = "",
) -> Response:
    """Open a ticket that no answer came before."""
    edge = edge_state(request)
    new = NewTicket(assunto, texto, _urgency(urgencia), TicketChannel.WEB)
    try:
        async with edge.database.begin() as session:
            opened = await open_ticket(session, principal, new, edge.settings.timezone)
    except AppError as problem:
        if problem.status != 422:
            raise
        return _form(request, None, subject=assunto, body=texto, urgency=urgencia, problem=problem)
    return _opened(request, opened, "chamado")


@router.get("/chamado-aberto/{protocol}", dependencies=[OPEN])
async def opened_page(request: Request, protocol: str) -> Response:
    """Tell the number of a ticket that was just opened."""
    return render(request, "ask/opened.html", protocol=protocol[:20])


def _opened(request: Request, opened: Opened, draft: str) -> Response:
    return done(f"/chamado-aberto/{opened.protocol}", draft=draft, request=request)


def _urgency(given: str) -> TicketLevel:
    return next((level for level, _ in URGENCIES if level.value == given), TicketLevel.MEDIUM)


def _form(
    request: Request,
    answer: AnswerView | None,
    *,
    subject: str = "",
    body: str = "",
    urgency: str = TicketLevel.MEDIUM.value,
    problem: AppError | None = None,
) -> Response:
    return render(
        request,
        "ask/ticket.html",
        status=problem.status if problem else 200,
        answer=answer,
        subject=subject,
        body=body,
        urgency=urgency,
        urgencies=[(level.value, words) for level, words in URGENCIES],
        draft_name=f"chamado-{answer.id}" if answer else "chamado",
        back_href=f"/respostas/{answer.id}" if answer else "/perguntar",
        problem=problem,
    )


async def _shown(session: AsyncSession, principal: Principal, answer_id: UUID) -> AnswerView:
    reply = await find_answer(session, principal, answer_id)
    asked = await session.get_one(Answer, answer_id)
    quoted = [(one.document_id, one.version) for one in reply.citations]
    days = await version_days(session, principal, quoted)
    try:
        feedback = await find_feedback(session, principal, answer_id)
    except AppError:
        feedback = None
    awaited = await notices_of(session, principal, [answer_id] if reply.abstained else [])
    return answer_view(
        asked.question, reply, days, feedback, then=True, awaited=awaited.get(answer_id)
    )
