"""The programme of governance in figures (art. 50, par. 2): what is shown to whoever asks."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import GovernanceKind, GovernanceRecord
from cogep_assist.core.pdf_document import render_pdf
from cogep_assist.core.pdf_parts import Facts, Grid, Heading, Part, Words
from cogep_assist.core.principal import STAFF, Act, Principal
from cogep_assist.lgpd_service.legal.officers import current_officers
from cogep_assist.lgpd_service.record.governance_schemas import ProgrammeReply

KINDS = {
    GovernanceKind.INSTRUCTION: "instrução do controlador",
    GovernanceKind.POLICY: "política",
    GovernanceKind.TRAINING: "treinamento",
}
FIGURES = {
    "requests_received": "Pedidos de titulares recebidos em 12 meses",
    "requests_answered": "Pedidos encerrados em 12 meses",
    "requests_answered_late": "Encerrados depois do prazo",
    "requests_overdue": "Pedidos com prazo vencido hoje",
    "incidents": "Incidentes registrados em 12 meses",
    "incidents_communicated": "Comunicados à ANPD",
    "reviews_waiting": "Decisões automatizadas que esperam revisão",
    "policies": "Políticas em vigor",
    "reviews_of_policies_overdue": "Políticas e instruções com revisão vencida",
    "instructions": "Instruções em vigor",
    "people_trained": "Pessoas treinadas em 12 meses",
    "staff": "Pessoas da casa com acesso",
    "impact_reports_approved": "Relatórios de impacto aprovados",
    "record_version": "Última versão do registro das operações",
}
_COUNTS = sa.text("""
    SELECT
      (SELECT count(*) FROM lgpd.subject_request WHERE received_at > since) AS requests_received,
      (SELECT count(*) FROM lgpd.subject_request WHERE closed_at > since) AS requests_answered,
      (SELECT count(DISTINCT c.object_id) FROM lgpd.legal_clock c
        WHERE c.object_kind = 'request' AND c.met_at > since AND c.met_at >= c.due_at)
        AS requests_answered_late,
      (SELECT count(DISTINCT c.object_id) FROM lgpd.legal_clock c
        WHERE c.object_kind = 'request' AND c.met_at IS NULL AND c.stopped_at IS NULL
          AND c.due_at <= clock_timestamp()) AS requests_overdue,
      (SELECT count(*) FROM lgpd.incident WHERE created_at > since) AS incidents,
      (SELECT count(*) FROM lgpd.incident WHERE agency_told_at > since) AS incidents_communicated,
      (SELECT count(*) FROM lgpd.decision_review WHERE outcome IS NULL) AS reviews_waiting,
      (SELECT count(*) FROM lgpd.governance_record
        WHERE kind = 'policy' AND withdrawn_at IS NULL) AS policies,
      (SELECT count(*) FROM lgpd.governance_record
        WHERE withdrawn_at IS NULL AND review_on < current_date) AS reviews_of_policies_overdue,
      (SELECT count(*) FROM lgpd.governance_record
        WHERE kind = 'instruction' AND withdrawn_at IS NULL) AS instructions,
      (SELECT coalesce(sum(people), 0) FROM lgpd.governance_record
        WHERE withdrawn_at IS NULL AND held_on > since) AS people_trained,
      (SELECT count(*) FROM access."user"
        WHERE disabled_at IS NULL AND role::text = ANY(:staff)) AS staff,
      (SELECT count(*) FROM lgpd.impact_report WHERE approved_at IS NOT NULL)
        AS impact_reports_approved,
      (SELECT max(number) FROM lgpd.ropa_version) AS record_version
    FROM (SELECT clock_timestamp() - interval '12 months' AS since) AS period
""")


async def programme(session: AsyncSession, principal: Principal, zone: ZoneInfo) -> ProgrammeReply:
    """Return the programme in figures. Raises AppError("role_not_allowed")."""
    principal.require(Act.READ_ROPA)
    staff = [role.value for role in STAFF]
    found = (await session.execute(_COUNTS, {"staff": staff})).mappings().one()
    officers = await current_officers(session, zone)
    return ProgrammeReply(**found, officer_vacant=officers.acting is None)


def programme_pdf(figures: ProgrammeReply, rows: Sequence[GovernanceRecord]) -> bytes:
    """Return the report as a document. Takes some milliseconds: call it in a thread."""
    told: dict[str, Any] = figures.model_dump()
    facts = [(words, _figure(told[key])) for key, words in FIGURES.items()]
    facts.append(("Encarregado", "lugar vago" if figures.officer_vacant else "designado"))
    table = [[KINDS[r.kind], r.title, r.reference, f"{r.held_on:%d/%m/%Y}"] for r in rows]
    parts: list[Part] = [
        Words("Programa de governança em privacidade (LGPD, art. 50, § 2º)."),
        Facts(facts),
        Heading("Instruções, políticas e treinamentos"),
        Grid(["Tipo", "Título", "Referência", "Data"], table, [2, 4, 3, 1]),
    ]
    return render_pdf("Relatório do programa de governança", parts)


def _figure(value: int | None) -> str:
    return "nenhuma" if value is None else str(value)
