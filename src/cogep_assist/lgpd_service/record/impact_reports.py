"""The RIPD (art. 38): drafted from the record of processing, weighed, approved for good."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit, signing
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ImpactReport
from cogep_assist.core.pdf_document import render_pdf
from cogep_assist.core.pdf_parts import Facts, Grid, Heading, Part, Words
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.record.impact_measures import (
    checked_measures,
    measure_rows,
    measures_of,
)
from cogep_assist.lgpd_service.record.ropa import record_now

LEVELS = {1: "muito baixa", 2: "baixa", 3: "média", 4: "alta", 5: "muito alta"}
# From these products of probability and impact on, a risk is moderate, and high.
MODERATE, HIGH = 6, 12
# What such a system is exposed to, as a start: who drafts the report weighs it for their case.
RISKS: tuple[tuple[str, int, int, str], ...] = (
    ("Acesso por quem não deve ver", 2, 4, "Papéis, coleções e equipes; segundo fator; auditoria"),
    ("Vazamento de cópias ou do banco", 2, 5, "Cópias cifradas; chave fora do banco; permissões"),
    ("Envio de dados a modelo externo", 2, 4, "Pseudonimização que falha fechada; registro"),
    ("Resposta com dado de terceiro", 2, 3, "Só se busca no que a pessoa pode ver; citações"),
    ("Decisão automatizada injusta", 2, 4, "Dossiê de cada decisão; revisão humana a pedido"),
    ("Guarda além do necessário", 3, 3, "Prazos por classe; simulador; eliminação com prova"),
    ("Alteração ou apagamento de provas", 1, 4, "Auditoria encadeada, assinada e conferível"),
    ("Perda de dados", 2, 4, "Cópia em uso, conferida; restauração testada"),
)


async def draft_report(
    session: AsyncSession, principal: Principal, title: str, activities: Sequence[str]
) -> ImpactReport:
    """Draft a report on some activities (none named: all) from the record as it stands.

    Raises AppError("role_not_allowed"|"activity_not_found").
    """
    principal.require(Act.MANAGE_ROPA)
    record = await record_now(session)
    known = {activity["key"]: activity for activity in record["activities"]}
    for key in activities:
        if key not in known:
            raise AppError("activity_not_found", key=key)
    chosen = [known[key] for key in activities] or list(known.values())
    report = ImpactReport(title=title, content=_draft(record, chosen), made_by=principal.label)
    session.add(report)
    await session.flush()
    await session.refresh(report)
    await _note(session, principal, "impact_report_drafted", report)
    return report


async def list_reports(session: AsyncSession, principal: Principal) -> Sequence[ImpactReport]:
    """Return every report, newest first. Raises AppError("role_not_allowed")."""
    principal.require(Act.READ_ROPA)
    return (await session.scalars(sa.select(ImpactReport).order_by(ImpactReport.id.desc()))).all()


async def find_report(
    session: AsyncSession, principal: Principal, report_id: UUID, *, lock: bool = False
) -> ImpactReport:
    """Return one report. Raises AppError("role_not_allowed"|"impact_report_not_found")."""
    principal.require(Act.READ_ROPA)
    report = await session.get(ImpactReport, report_id, with_for_update=lock or None)
    if report is None:
        raise AppError("impact_report_not_found")
    return report


async def edit_report(
    session: AsyncSession,
    principal: Principal,
    report_id: UUID,
    changes: Mapping[str, Any],
    expected_revision: int | None = None,
) -> ImpactReport:
    """Change texts or the matrix of a draft.

    Raises AppError("role_not_allowed"|"impact_report_not_found"|"impact_report_approved"|
    "changed_meanwhile"|"impact_measure_incomplete").
    """
    principal.require(Act.MANAGE_ROPA)
    report = await find_report(session, principal, report_id, lock=True)
    _refuse_approved(report)
    if expected_revision is not None and expected_revision != report.revision:
        raise AppError("changed_meanwhile", current=report.revision)
    given = dict(changes)
    report.title = given.pop("title", None) or report.title
    if "risks" in given:
        given["risks"] = [{**risk, "measures": checked_measures(risk)} for risk in given["risks"]]
    report.content = {**report.content, **given}
    report.revision += 1
    await _note(session, principal, "impact_report_edited", report)
    return report


async def approve_report(
    session: AsyncSession, principal: Principal, report_id: UUID
) -> ImpactReport:
    """Approve a report; from then on it stays as it is.

    Whoever made it may approve it where the organisation has no second person for it: the report
    names both. Raises AppError("role_not_allowed"|"impact_report_not_found"|
    "impact_report_approved").
    """
    principal.require(Act.MANAGE_ROPA)
    report = await find_report(session, principal, report_id, lock=True)
    _refuse_approved(report)
    report.approved_by = principal.label
    report.approved_at = await session.scalar(sa.text("SELECT clock_timestamp()"))
    report.sha256 = hashlib.sha256(signing.canonical(report.content)).digest()
    report.revision += 1
    await _note(session, principal, "impact_report_approved", report)
    return report


def risk_level(probability: int, impact: int) -> str:
    """Return how high a risk is, as people read it: the product of both, from 1 to 25."""
    product = probability * impact
    return "alto" if product >= HIGH else "moderado" if product >= MODERATE else "baixo"


def report_pdf(report: ImpactReport, *, footer: str = "") -> bytes:
    """Return a report as a document."""
    content = report.content
    parts: list[Part] = [
        Facts(
            [
                ("Situação", "aprovado" if report.approved_at else "minuta"),
                ("Revisão", str(report.revision)),
                ("SHA-256", report.sha256.hex() if report.sha256 else "ao ser aprovado"),
            ]
        ),
        Words("Lei 13.709/2018, arts. 5º, XVII, e 38."),
    ]
    for title, key in (
        ("Descrição do tratamento", "description"),
        ("Coleta e segurança", "collection_and_security"),
        ("Necessidade e proporcionalidade", "necessity"),
        ("Análise do controlador", "analysis"),
    ):
        parts += [Heading(title), Words(content.get(key) or "a escrever")]
    parts += [
        Heading("Atividades"),
        _activity_grid(content),
        Heading("Riscos"),
        _risk_grid(content),
        Heading("Medidas"),
        Grid(["Risco", "Medida", "Situação", "Responde por ela"], measure_rows(content)),
    ]
    return render_pdf(report.title, parts, footer=footer)


def _draft(record: dict[str, Any], chosen: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("key", "title", "legal_basis", "legal_basis_text", "subjects", "data", "classes")
    return {
        "organization": record["organization"],
        "description": "; ".join(activity["title"] for activity in chosen) + ".",
        "collection_and_security": "\n".join(sorted({a["security"] for a in chosen})),
        "necessity": "",
        "analysis": "",
        "activities": [
            {**{name: activity[name] for name in names}, "retention": activity["retention"]}
            for activity in chosen
        ],
        "processors": record["processors"],
        "risks": [
            {
                "threat": threat,
                "probability": probability,
                "impact": impact,
                "measures": measures_of({"measures": measures}),
                "residual_probability": max(1, probability - 1),
                "residual_impact": impact,
            }
            for threat, probability, impact, measures in RISKS
        ],
    }


def _refuse_approved(report: ImpactReport) -> None:
    if report.approved_at is not None:
        raise AppError("impact_report_approved")


async def _note(
    session: AsyncSession, principal: Principal, act: str, report: ImpactReport
) -> None:
    details: dict[str, Any] = {"revision": report.revision}
    if report.sha256 is not None:
        details["sha256"] = report.sha256.hex()
    await session.flush()
    await audit.record(session, principal, act, "impact_report", report.id, details)


def _activity_grid(content: dict[str, Any]) -> Grid:
    rows = [
        [a["title"], a["legal_basis_text"], a["subjects"], a["data"], a["retention"]]
        for a in content.get("activities", [])
    ]
    return Grid(["Atividade", "Base legal", "Titulares", "Dados", "Conservação"], rows)


def _risk_grid(content: dict[str, Any]) -> Grid:
    rows = []
    for risk in content.get("risks", []):
        before = risk_level(risk["probability"], risk["impact"])
        after = risk_level(risk["residual_probability"], risk["residual_impact"])
        scale = f"{LEVELS[risk['probability']]} x {LEVELS[risk['impact']]}: {before}"
        rows.append([risk["threat"], scale, after])
    return Grid(["Risco", "Probabilidade x impacto", "Risco que resta"], rows)
