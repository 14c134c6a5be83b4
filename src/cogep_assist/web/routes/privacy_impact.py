"""LGPD, Registro: a report on impact (RIPD, art. 38): drafted, weighed, approved."""

import asyncio
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.lgpd_service.record.impact_measures import (
    STANDINGS,
    UNTOLD,
    count_measures,
    is_late,
    measures_of,
    standing_words,
)
from cogep_assist.lgpd_service.record.impact_reports import (
    LEVELS,
    approve_report,
    draft_report,
    edit_report,
    find_report,
    report_pdf,
    risk_level,
)
from cogep_assist.web.outcome import done
from cogep_assist.web.section_frame import Work, answer_form, privacy_page

RECORD = "/protecao-de-dados/registro"
HREF = f"{RECORD}/relatorios"
router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_ROPA)
MANAGE = rule(Login.SESSION, Act.MANAGE_ROPA)
Text = Annotated[str, Form(max_length=20_000)]
# The texts of a report in the order of art. 38, with what they are called.
TEXTS = {
    "description": "Descrição do tratamento",
    "collection_and_security": "Coleta e segurança",
    "necessity": "Necessidade e proporcionalidade",
    "analysis": "Análise do controlador",
}
MOST_MEASURES = 50
WEIGHTS = ("probability", "impact", "residual_probability", "residual_impact")


@router.post(HREF, dependencies=[MANAGE])
async def draft(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    titulo: Annotated[str, Form(max_length=200)] = "",
    atividades: Annotated[list[str], Form(max_length=200)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Draft a report on some activities, or on all."""
    if not titulo.strip():
        raise invalid_field("título", "diga de que tratamento o relatório fala")
    made = await draft_report(session, principal, titulo.strip(), atividades)
    return done(f"{HREF}/{made.id}", "A minuta está feita a partir do registro.", request=request)


@router.get(f"{HREF}/{{report_id}}", dependencies=[READ])
async def report(
    request: Request, report_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Show a report."""
    return await _page(request, session, principal, report_id)


@router.get(f"{HREF}/{{report_id}}/arquivo", dependencies=[READ])
async def file(report_id: UUID, session: SessionDep, principal: PrincipalDep) -> Response:
    """Hand a report out, to be printed."""
    found = await find_report(session, principal, report_id)
    content = await asyncio.to_thread(report_pdf, found)
    name = {"Content-Disposition": 'attachment; filename="ripd.pdf"'}
    return Response(content, media_type="application/pdf", headers=name)


@router.post(f"{HREF}/{{report_id}}", dependencies=[MANAGE])
async def edit(
    request: Request,
    report_id: UUID,
    principal: PrincipalDep,
    description: Text = "",
    collection_and_security: Text = "",
    necessity: Text = "",
    analysis: Text = "",
    revisao: Annotated[int | None, Form(ge=1)] = None,
) -> Response:
    """Keep the texts and the weighing of a draft."""
    form = await request.form()
    texts = (description, collection_and_security, necessity, analysis)

    async def work(session: AsyncSession) -> None:
        found = await find_report(session, principal, report_id)
        risks = [
            {**risk, **_weights(form, place)} for place, risk in enumerate(found.content["risks"])
        ]
        changes = {**dict(zip(TEXTS, texts, strict=True)), "risks": risks}
        await edit_report(session, principal, report_id, changes, revisao)

    return await _done(request, principal, report_id, work, "A minuta está guardada.")


@router.post(f"{HREF}/{{report_id}}/aprovar", dependencies=[MANAGE])
async def approve(request: Request, report_id: UUID, principal: PrincipalDep) -> Response:
    """Approve a report, which then stays as it is."""

    async def work(session: AsyncSession) -> None:
        await approve_report(session, principal, report_id)

    return await _done(request, principal, report_id, work, "O relatório está aprovado.")


def _weights(form: Any, place: int) -> dict[str, Any]:
    """Read one line of the matrix: four weights from 1 to 5, and the measures."""
    told: dict[str, Any] = {}
    for name in WEIGHTS:
        typed = str(form.get(f"{name}_{place}", ""))
        if typed not in map(str, LEVELS):
            raise invalid_field("riscos", "cada peso vai de 1 a 5")
        told[name] = int(typed)
    told["measures"] = [
        _measure(form, f"{place}_{line}")
        for line in range(MOST_MEASURES)
        if str(form.get(f"what_{place}_{line}", "")).strip()
    ]
    return told


def _measure(form: Any, line: str) -> dict[str, Any]:
    """Read one measure: what it is, whether it is there, who answers for it, and its day."""
    standing, on = str(form.get(f"standing_{line}", "")), str(form.get(f"on_{line}", ""))
    if standing and standing not in STANDINGS:
        raise invalid_field("medidas", "a situação é planejada, em vigor ou em aberto")
    try:
        day = date.fromisoformat(on).isoformat() if on else None
    except ValueError:
        raise invalid_field("medidas", "a data não existe no calendário") from None
    return {
        "what": str(form[f"what_{line}"])[:500],
        "standing": standing or None,
        "responsible": str(form.get(f"responsible_{line}", ""))[:200],
        "on": day,
    }


async def _done(
    request: Request, principal: Principal, report_id: UUID, work: Work, notice: str
) -> Response:
    return await answer_form(
        request, principal, work, _page, report_id, href=f"{HREF}/{report_id}", notice=notice
    )


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    report_id: UUID,
    problem: AppError | None = None,
) -> Response:
    report = await find_report(session, principal, report_id)
    today = datetime.now(ZoneInfo(edge_state(request).settings.timezone)).date()
    return privacy_page(
        request,
        "impact.html",
        problem,
        report=report,
        today=today,
        count=count_measures(report.content, today),
        measures_of=measures_of,
        standing_words=standing_words,
        is_late=is_late,
        standings=[("", UNTOLD), *((one.value, words) for one, words in STANDINGS.items())],
        texts=TEXTS,
        levels=LEVELS,
        risk_level=risk_level,
        here=f"{HREF}/{report_id}",
        record_href=RECORD,
    )
