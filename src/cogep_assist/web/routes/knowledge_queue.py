"""The queue: what waits, what runs and at which stage, what failed and what to do about it."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import JobStatus
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.queue_figures import read_queue_figures
from cogep_assist.edge.cursors import decode_number_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.intake import intake_of
from cogep_assist.ingestion_service.job_control import cancel_job, prioritise_job, retry_job
from cogep_assist.ingestion_service.job_queries import find_job, list_jobs
from cogep_assist.ingestion_service.job_words import STATUS
from cogep_assist.ingestion_service.schemas import JobReply
from cogep_assist.web.formats import counted
from cogep_assist.web.job_view import job_view
from cogep_assist.web.knowledge_tabs import knowledge_tabs
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_JOBS)
PER_PAGE = 30
MOST_RETRIED = 100
# A worker that was not heard of for so long is told to be away.
SILENT_SECONDS = 30
Control = Callable[[AsyncSession, Principal, UUID], Awaitable[JobReply]]
_CONTROLS: dict[str, tuple[Control, str]] = {
    "repetir": (retry_job, "A tarefa voltou para a fila."),
    "cancelar": (cancel_job, "A tarefa foi cancelada, ou para na próxima etapa."),
    "priorizar": (prioritise_job, "A tarefa passou à frente das outras."),
}


@router.get("/conhecimento/fila", dependencies=[MANAGE])
async def jobs(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    estado: Annotated[str, Query(max_length=20)] = "",
    depois: Annotated[str | None, Query(max_length=20)] = None,
    tarefa: UUID | None = None,
) -> Response:
    """Show the queue, or one task of it; HTMX asks for its part again while something runs."""
    status = next((one for one in JobStatus if one.value == estado), None)
    more: int | None = None
    if tarefa is not None:
        found = [await find_job(session, principal, tarefa)]
    else:
        found, more = await list_jobs(
            session, principal, status=status, limit=PER_PAGE, before=decode_number_cursor(depois)
        )
    figures = await read_queue_figures(session)
    kept = {"estado": estado} if status else {}
    place = {"tarefa": str(tarefa)} if tarefa else {"depois": depois} if depois else {}
    part = "hx-request" in request.headers
    return render(
        request,
        "knowledge/_jobs.html" if part else "knowledge/queue.html",
        tabs=knowledge_tabs(principal, "/conhecimento/fila"),
        jobs=[job_view(job) for job in found],
        busy=any(job.status in {JobStatus.PENDING, JobStatus.PROCESSING} for job in found),
        states=[("", "Todos os estados")] + [(s.value, STATUS[s].capitalize()) for s in JobStatus],
        state=estado if status else "",
        here=f"/conhecimento/fila?{urlencode(kept | place)}",
        depth={name: n for (queue, name), n in figures.depth.items() if queue == "ingestion"},
        oldest=figures.oldest_due_seconds.get("ingestion", 0.0),
        workers=sum(one.seen_seconds < SILENT_SECONDS for one in figures.workers),
        next_href=f"/conhecimento/fila?{urlencode({**kept, 'depois': str(more)})}" if more else "",
        first_href=f"/conhecimento/fila?{urlencode(kept)}" if place else "",
    )


@router.post("/conhecimento/fila/repetir-falhas", dependencies=[MANAGE])
async def retry_failed(request: Request, principal: PrincipalDep) -> Response:
    """Put the newest failed jobs back in line, those that this person may; each by itself."""
    database = edge_state(request).database
    async with database.begin() as session:
        failed, more = await list_jobs(
            session, principal, status=JobStatus.FAILED, limit=MOST_RETRIED, before=None
        )
    again = 0
    for job in failed:
        # What went wrong with one, gone meanwhile or another's to look after, stops no other.
        with suppress(AppError):
            async with database.begin() as session:
                await retry_job(session, principal, job.id)
            again += 1
    await intake_of(request).writer.ring()
    told = f"{counted(again, 'tarefa voltou', 'tarefas voltaram')} para a fila."
    left = len(failed) - again
    warning = ""
    if left:
        warning = (
            f"{counted(left, 'tarefa ficou', 'tarefas ficaram')} como estava: o conteúdo já não"
            " está guardado, ou é de uma coleção que outra equipe cuida. Envie de novo o documento."
        )
    elif more:
        warning = "Ainda há tarefas com falha. Depois que estas terminarem, repita."
    return done("/conhecimento/fila", told, warning=warning, request=request)


@router.post("/conhecimento/fila/{job_id}/{act}", dependencies=[MANAGE])
async def control(
    request: Request,
    principal: PrincipalDep,
    job_id: UUID,
    act: str,
    volta: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Try a job again, cancel it, or let it go first; then back to where it was asked for."""
    found = _CONTROLS.get(act)
    if found is None:
        raise AppError("not_found")
    work, words = found
    async with edge_state(request).database.begin() as session:
        await work(session, principal, job_id)
    await intake_of(request).writer.ring()
    inside = volta.startswith("/conhecimento/fila?") and "\\" not in volta
    return done(volta if inside else "/conhecimento/fila", words, request=request)
