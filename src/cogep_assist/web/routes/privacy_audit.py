"""LGPD, Auditoria: look acts up, verify the chain, take its end and its rows along."""

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.audit_report import VerifyReport
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import AuditEvent
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.audit.audit_acts import list_acts
from cogep_assist.lgpd_service.audit.audit_export import export_chain, note_audit_export
from cogep_assist.lgpd_service.audit.audit_verification import newest_checkpoint, verify_on_request
from cogep_assist.web.audit_asked import AuditAsked
from cogep_assist.web.audit_people import NOBODY_SOUGHT, Sought, seek, whose_acts
from cogep_assist.web.audit_sheet import acts_as_csv
from cogep_assist.web.audit_words import ACTORS, act_words, object_words
from cogep_assist.web.section_frame import privacy_page

HREF = "/protecao-de-dados/auditoria"
PAGE = 50
router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_AUDIT)
VERIFY = rule(Login.SESSION, Act.READ_AUDIT, rate=Rate.ASK)
AskedDep = Annotated[AuditAsked, Depends()]
MOST_IN_SHEET = 10_000


@router.get(HREF, dependencies=[READ])
async def acts(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    asked: AskedDep,
    cursor: IdCursor = None,
) -> Response:
    """List acts, the newest first; a name leads on to the one whose it is, or to a choice."""
    sought = await seek(session, principal, asked.quem.strip(), asked.titular.strip())
    if sought.certain is not None:
        return RedirectResponse(f"{HREF}?{asked.with_(**sought.certain).query}", status_code=303)
    return await _page(request, session, principal, asked, cursor=cursor, sought=sought)


@router.get(f"{HREF}/planilha", dependencies=[VERIFY])
async def sheet(
    request: Request, session: SessionDep, principal: PrincipalDep, asked: AskedDep
) -> Response:
    """Hand out the acts that are asked for, the newest first, as a spreadsheet."""
    zone = ZoneInfo(edge_state(request).settings.timezone)
    await note_audit_export(session, principal)
    found = await list_acts(session, principal, asked.wanted(zone), limit=MOST_IN_SHEET)
    return Response(
        await asyncio.to_thread(acts_as_csv, found, zone),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="atos.csv"'},
    )


@router.post(f"{HREF}/verificar", dependencies=[VERIFY])
async def verify(request: Request, principal: PrincipalDep) -> Response:
    """Verify the whole chain now, and say what was found."""
    edge = edge_state(request)
    report, problem = None, None
    try:
        report = await verify_on_request(edge.database, principal, edge.settings.data_dir)
    except AppError as refused:
        problem = refused
    async with edge.database.begin() as session:
        return await _page(
            request, session, principal, AuditAsked(), problem=problem, report=report
        )


@router.get(f"{HREF}/fim", dependencies=[READ])
async def checkpoint(request: Request, principal: PrincipalDep) -> Response:
    """Hand out the chain's end, signed, to be kept elsewhere."""
    document = await newest_checkpoint(edge_state(request).database, principal)
    return Response(
        json.dumps(document, ensure_ascii=False, indent=2),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="fim-da-cadeia.json"'},
    )


@router.get(f"{HREF}/exportar", dependencies=[VERIFY])
async def export(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Hand out every act with its place in the chain."""
    await note_audit_export(session, principal)
    return StreamingResponse(
        export_chain(edge_state(request).database),
        media_type="application/x-ndjson",
        headers={"Content-Disposition": 'attachment; filename="auditoria.jsonl"'},
    )


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    asked: AuditAsked,
    *,
    cursor: str | None = None,
    problem: AppError | None = None,
    report: VerifyReport | None = None,
    sought: Sought = NOBODY_SOUGHT,
) -> Response:
    wanted = asked.wanted(ZoneInfo(edge_state(request).settings.timezone))
    after: UUID | None = decode_id_cursor(cursor)
    found: Sequence[AuditEvent] = []
    if not sought.by_name:
        found = await list_acts(session, principal, wanted, before=after, limit=PAGE + 1)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return privacy_page(
        request,
        "audit.html",
        problem,
        acts=found[:PAGE],
        next_cursor=encode_cursor(more),
        first=cursor is None,
        wanted=asked.typed,
        sought=sought,
        choices=[(one, f"{HREF}?{asked.with_(**one.filters).query}") for one in sought.found],
        whose=await whose_acts(session, principal, asked.quem.strip(), asked.titular.strip()),
        query=asked.query,
        most_in_sheet=MOST_IN_SHEET,
        report=report,
        findings=_findings(report) if report else [],
        act_words=act_words,
        object_words=object_words,
        actors=ACTORS,
    )


def _findings(report: VerifyReport) -> list[tuple[str, int]]:
    """Return what is not as it was written, in words, each with how many."""
    told = [
        ("atos mudados depois de escritos", len(report.altered) + len(report.refused)),
        ("atos apagados", len(report.missing)),
        ("atos postos por fora do programa", len(report.unsealed)),
        ("elos da cadeia mudados, tirados ou forjados", len(report.broken)),
        ("atos cortados do fim da cadeia", report.cut),
        (
            "fins assinados que a cadeia não confirma",
            sum(not checkpoint.good for checkpoint in report.checkpoints),
        ),
    ]
    return [(words, count) for words, count in told if count]
