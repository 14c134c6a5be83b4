"""Ajustes, Cópias: make a sealed copy now, take it elsewhere, see how to bring one back."""

from fastapi import Request, Response
from fastapi.responses import FileResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.backup.shelf import FOLDER, find_copy, list_copies, remove_copy
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.copy_in_progress import copy_in_progress
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render
from cogep_assist.web.section_frame import answer_form, settings_page

HREF = "/ajustes/copias"
router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_INSTALLATION)


@router.get(HREF, dependencies=[READ])
async def copies(request: Request) -> Response:
    """Show the copies on the shelf and the one that is being made."""
    return _page(request)


@router.get(f"{HREF}/andamento", dependencies=[READ])
async def progress(request: Request) -> Response:
    """Show how far the copy is, as a part of the page."""
    copying = copy_in_progress(request)
    reply = render(request, "settings/_copy_progress.html", copying=copying)
    if not copying.running:
        reply.headers["HX-Refresh"] = "true"
    return reply


@router.post(HREF, dependencies=[READ])
async def begin(request: Request, principal: PrincipalDep) -> Response:
    """Begin a copy and lead back to where its progress is shown."""
    try:
        copy_in_progress(request).begin(edge_state(request), principal)
    except AppError as problem:
        return _page(request, problem)
    return done(HREF, "A cópia começou. Você pode sair desta página.", request=request)


@router.post(f"{HREF}/{{name}}/baixar", dependencies=[READ])
async def download(
    request: Request, name: str, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Hand a copy out; that is an act of its own, and is recorded."""
    path = find_copy(edge_state(request).settings, name)
    await audit.record(session, principal, "backup_downloaded", "backup", name)
    return FileResponse(
        path,
        filename=name,
        media_type="application/octet-stream",
        headers={"Cache-Control": "no-store"},
    )


@router.post(f"{HREF}/{{name}}/excluir", dependencies=[READ])
async def remove(request: Request, name: str, principal: PrincipalDep) -> Response:
    """Take a copy off the shelf."""

    async def work(session: AsyncSession) -> None:
        await audit.record(session, principal, "backup_removed", "backup", name)
        remove_copy(edge_state(request).settings, name)

    return await answer_form(
        request, principal, work, _page_again, href=HREF, notice="A cópia foi excluída."
    )


async def _page_again(
    request: Request, _session: AsyncSession, _principal: Principal, problem: AppError
) -> Response:
    return _page(request, problem)


def _page(request: Request, problem: AppError | None = None) -> Response:
    settings = edge_state(request).settings
    copying = copy_in_progress(request)
    return settings_page(
        request,
        "copies.html",
        problem or copying.problem,
        copies=list_copies(settings),
        copying=copying,
        folder=str(settings.data_dir / FOLDER),
        keep_days=settings.backup_keep_days,
        own_key=settings.secret_key is not None,
    )
