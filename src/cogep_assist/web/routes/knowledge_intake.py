"""Bring documents in: files, addresses, or the sample base."""

from typing import Annotated

from fastapi import Form, Request, Response

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.collections import list_collections, require_curated
from cogep_assist.ingestion_service.intake import intake_of
from cogep_assist.ingestion_service.intake_request import IntakeRequest
from cogep_assist.ingestion_service.multipart import read_upload
from cogep_assist.ingestion_service.sample_base import sample_submissions
from cogep_assist.ingestion_service.submission import Options, Submission, url_submission
from cogep_assist.web.formats import counted
from cogep_assist.web.knowledge_tabs import knowledge_tabs
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
MOST_ADDRESSES = 1000
INGEST = rule(Login.SESSION, Act.INGEST, rate=Rate.INGEST)


@router.get("/conhecimento/enviar", dependencies=[rule(Login.SESSION, Act.INGEST)])
async def form(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show where files are dropped and addresses pasted."""
    return await _page(request, session, principal)


@router.post(
    "/conhecimento/enviar/arquivos",
    dependencies=[rule(Login.SESSION, Act.INGEST, rate=Rate.INGEST, token_in_query=True)],
)
async def files(request: Request, principal: PrincipalDep) -> Response:
    """Put every file of a form into the queue, all or none."""
    async with read_upload(request, intake_of(request).settings) as submissions:
        return await _accepted(request, principal, submissions)


@router.post("/conhecimento/enviar/enderecos", dependencies=[INGEST])
async def addresses(
    request: Request,
    principal: PrincipalDep,
    enderecos: Annotated[str, Form(max_length=500_000)] = "",
    colecao: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Put every address into the queue, one of a line; a wrong one refuses all."""
    lines = [line.strip() for line in enderecos.splitlines() if line.strip()]
    try:
        if not lines:
            raise AppError("no_addresses")
        if len(lines) > MOST_ADDRESSES:
            raise AppError("too_many_addresses", limit=MOST_ADDRESSES)
        options = Options(collection=colecao or None)
        return await _accepted(
            request, principal, [url_submission(line, options) for line in lines]
        )
    except AppError as problem:
        if problem.status != 422:
            raise
        async with intake_of(request).database.begin() as session:
            return await _page(request, session, principal, typed=enderecos, problem=problem)


@router.get("/conhecimento/exemplo", dependencies=[rule(Login.SESSION, Act.INGEST)])
async def sample_page(request: Request) -> Response:
    """Say what the sample base is before it comes in."""
    return render(request, "knowledge/sample.html")


@router.post("/conhecimento/exemplo", dependencies=[INGEST])
async def sample(request: Request, principal: PrincipalDep) -> Response:
    """Put the sample base into the queue."""
    submissions = sample_submissions(intake_of(request).settings)
    return await _accepted(request, principal, submissions)


async def _accepted(
    request: Request, principal: Principal, submissions: list[Submission]
) -> Response:
    intake = intake_of(request)
    if principal.role is not Role.ADMIN:
        async with intake.database.begin() as session:
            await require_curated(session, principal, {s.collection for s in submissions})
    accepted = await intake.writer.submit(IntakeRequest(principal, submissions))
    words = counted(len(accepted.job_ids), "documento está", "documentos estão")
    return done("/conhecimento/fila", f"{words} na fila.", draft="enderecos", request=request)


async def _page(
    request: Request,
    session: SessionDep,
    principal: Principal,
    *,
    typed: str = "",
    problem: AppError | None = None,
) -> Response:
    visible = await list_collections(session, principal)
    settings = intake_of(request).settings
    return render(
        request,
        "knowledge/intake.html",
        status=problem.status if problem else 200,
        tabs=knowledge_tabs(principal, ""),
        collections=[one.name for one in visible if one.expires_at is None],
        most_files=settings.ingest_max_files,
        most_bytes=settings.ingest_max_file_bytes,
        typed=typed,
        base=str(request.base_url),
        problem=problem,
    )
