"""Bring documents in: files, addresses, or the sample base."""

from textwrap import shorten
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
# A notice is read at a glance: of many files that stayed behind, so many are named.
MOST_TOLD = 3
OF_AN_ADDRESS = {
    "url_invalid",
    "url_scheme_not_allowed",
    "url_port_not_allowed",
    "url_credentials_refused",
}
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
    """Put the files of a form into the queue; one that cannot be taken is told of, and left out."""
    refused: list[AppError] = []
    settings = intake_of(request).settings
    async with read_upload(request, settings, set_aside=refused) as submissions:
        if not submissions:
            raise refused[0] if len(refused) == 1 else AppError("no_file_fit", count=len(refused))
        return await _accepted(request, principal, submissions, _left_out(refused))


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
        found = [_of_line(place, line, options) for place, line in enumerate(lines, 1)]
        return await _accepted(request, principal, found)
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


def _of_line(place: int, line: str, options: Options) -> Submission:
    """Take an address; of a wrong one, say which it is: there may be hundreds."""
    try:
        return url_submission(line, options)
    except AppError as error:
        if error.code not in OF_AN_ADDRESS:
            raise
        told = shorten(line, 80, placeholder="…")
        raise AppError(
            "address_refused", line=place, address=told, cause=error.text, advice=error.remedy
        ) from None


def _left_out(refused: list[AppError]) -> str:
    """Tell which files stayed behind, and why; of many, the first and how many more."""
    if not refused:
        return ""
    told = [shorten(one.text, 120, placeholder="…") for one in refused[:MOST_TOLD]]
    more = len(refused) - len(told)
    if more:
        told.append(f"E mais {counted(more, 'arquivo', 'arquivos')}.")
    return " ".join(["Ficou de fora:" if len(refused) == 1 else "Ficaram de fora:", *told])


async def _accepted(
    request: Request, principal: Principal, submissions: list[Submission], left_out: str = ""
) -> Response:
    intake = intake_of(request)
    if principal.role is not Role.ADMIN:
        async with intake.database.begin() as session:
            await require_curated(session, principal, {s.collection for s in submissions})
    accepted = await intake.writer.submit(IntakeRequest(principal, submissions))
    words = counted(len(accepted.job_ids), "documento está", "documentos estão")
    return done(
        "/conhecimento/fila",
        f"{words} na fila.",
        draft="enderecos",
        warning=left_out,
        request=request,
    )


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
