"""Ajustes, Importações: what came over from other systems, what did not, and the way back."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import BatchStatus, ImportBatch, RecordKind
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.actor_names import actor_names
from cogep_assist.crm_service.importers import labels
from cogep_assist.crm_service.importers.batches import (
    find_batch,
    list_batches,
    record_count,
    told_records,
)
from cogep_assist.crm_service.importers.rollback_documents import roll_back_any
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.document_batches import take_back
from cogep_assist.web.section_frame import answer_form, settings_page

HREF = "/ajustes/importacoes"
SHOWN = 100
# Taking back more than this keeps a page waiting too long: the command does it.
MOST_TAKEN_BACK = 5_000
STATE_KINDS = {
    BatchStatus.RUNNING: "info",
    BatchStatus.COMPLETED: "good",
    BatchStatus.ROLLED_BACK: "",
}
router = guarded_router(include_in_schema=False)
IMPORT = rule(Login.SESSION, Act.IMPORT_CUSTOMERS)


@router.get(HREF, dependencies=[IMPORT])
async def batches(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """List the newest batches, and say how one is begun."""
    found = await list_batches(session, principal, limit=SHOWN)
    return settings_page(
        request, "imports.html", batches=found, labels=labels, state_kinds=STATE_KINDS
    )


@router.get(f"{HREF}/{{batch_id}}", dependencies=[IMPORT])
async def batch(
    request: Request,
    batch_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    depois: Annotated[str, Query(max_length=600)] = "",
) -> Response:
    """Show one batch: what came, what was refused and why."""
    return await _page(request, session, principal, batch_id, after=depois)


@router.post(f"{HREF}/{{batch_id}}/desfazer", dependencies=[IMPORT])
async def undo(
    request: Request,
    batch_id: UUID,
    principal: PrincipalDep,
    manter: Annotated[bool, Form()] = False,
) -> Response:
    """Take a batch back, all of it or, where asked, but what somebody worked on."""

    async def work(session: AsyncSession) -> None:
        count = await record_count(session, principal, batch_id)
        if count > MOST_TAKEN_BACK:
            raise AppError("import_too_large_for_page", count=count, id=str(batch_id))
        await roll_back_any(session, principal, batch_id, take_back, keep_edited=manter)

    notice = "O lote foi desfeito."
    return await answer_form(
        request, principal, work, _page, batch_id, href=f"{HREF}/{batch_id}", notice=notice
    )


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    batch_id: UUID,
    problem: AppError | None = None,
    *,
    after: str = "",
) -> Response:
    found = await find_batch(session, principal, batch_id)
    told = await told_records(session, principal, batch_id, after=_place(after), limit=SHOWN + 1)
    last = told[SHOWN - 1] if len(told) > SHOWN else None
    acted = [one for one in (found.created_by, found.rolled_back_by) if one]
    return settings_page(
        request,
        "import.html",
        problem,
        batch=found,
        names=await actor_names(session, acted),
        counts=_counts(found),
        told=[(one, [labels.problem_words(code) for code in one.problems]) for one in told[:SHOWN]],
        next_after=f"{last.kind.value}:{last.external_id}" if last else "",
        after=after,
        labels=labels,
        state_kinds=STATE_KINDS,
        edited=problem is not None and problem.code == "import_records_edited",
    )


def _place(cursor: str) -> tuple[RecordKind, str] | None:
    kind, _, external_id = cursor.partition(":")
    if not cursor:
        return None
    try:
        return RecordKind(kind), external_id
    except ValueError:
        raise AppError("cursor_invalid") from None


def _counts(batch: ImportBatch) -> list[tuple[str, int]]:
    return [
        (words.strip(), int(batch.counts[name]))
        for name, words in labels.COUNTS.items()
        if batch.counts.get(name)
    ]
