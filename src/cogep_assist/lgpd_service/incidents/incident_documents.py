"""The notices of an incident, prepared: to the agency as a document, to data subjects as letters.

Contents after Res. CD/ANPD 15/2024, arts. 6 and 9. A field that nobody filled in says so, so that
it is not sent by oversight.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cogep_assist.core.letter import Letter
from cogep_assist.core.models import Incident, OfficerAppointment, OrganizationProfile
from cogep_assist.core.pdf_document import render_pdf
from cogep_assist.core.pdf_parts import Facts, Grid, Heading, Part, Words
from cogep_assist.lgpd_service.incidents.incident_questions import DATA_KINDS, HARMED, QUESTIONS
from cogep_assist.lgpd_service.legal.organization_profile import has_small_terms

BLANK = "(a preencher)"


def agency_parts(
    incident: Incident,
    profile: OrganizationProfile,
    officer: OfficerAppointment | None,
    clocks: Sequence[Mapping[str, Any]],
    zone: ZoneInfo,
) -> list[Part]:
    """Return the communication to the agency, section by section, filled in as far as is known.

    ``clocks`` are those of ``clock_replies``.
    """
    small = "sim" if has_small_terms(profile) else "não"
    contact = [officer.name, officer.email, officer.phone] if officer else []
    return [
        Facts(
            [
                ("Registro interno", incident.number),
                ("Controlador", profile.name or BLANK),
                ("Agente de pequeno porte", small),
                ("Encarregado", " · ".join(part for part in contact if part) or BLANK),
                ("Ocorrência", _moment(incident.occurred_at, zone)),
                ("Detecção", _moment(incident.detected_at, zone)),
                ("Conhecimento", _moment(incident.known_at, zone)),
                ("Titulares afetados", _count(incident.subject_count)),
            ]
        ),
        Heading("1. Descrição do incidente, com a causa principal, se identificada"),
        Words(_text(incident.circumstances)),
        Heading("2. Natureza e categoria dos dados afetados"),
        Words(_listed(incident.data_kinds, DATA_KINDS)),
        Words(f"Propriedades afetadas: {_listed(incident.harmed, HARMED)}"),
        Heading("3. Titulares: quem são, e quantos são crianças, adolescentes ou idosos"),
        Words(_text(incident.subject_kinds)),
        Heading("4. Medidas técnicas e de segurança, antes e depois"),
        Words(f"Antes: {_text(incident.measures_before)}"),
        Words(f"Depois, para reverter ou mitigar os efeitos: {_text(incident.measures_after)}"),
        Heading("5. Riscos relacionados, com os possíveis impactos aos titulares"),
        Words(_text(incident.risks)),
        Heading("6. Motivos da demora, se a comunicação não foi feita no prazo"),
        Words(incident.delay_reason or "Não se aplica, ou a preencher."),
        Heading("7. Avaliação do risco ou dano relevante (art. 5º)"),
        Grid(
            ["Pergunta", "Resposta"],
            [[text, _answer(incident.answers.get(key))] for key, text in QUESTIONS.items()],
            [4, 1],
        ),
        Words(f"Decisão: {_text(incident.decision_reason)}"),
        Heading("8. Prazos"),
        Grid(
            ["Prazo", "Até", "Fundamento"],
            [[one["name"], f"{one['due_on']:%d/%m/%Y}", one["reference"]] for one in clocks],
            [2, 1, 4],
        ),
    ]


def agency_pdf(
    incident: Incident,
    profile: OrganizationProfile,
    officer: OfficerAppointment | None,
    clocks: Sequence[Mapping[str, Any]],
    zone: ZoneInfo,
) -> bytes:
    """Return the communication as a PDF. Takes some milliseconds: call it in a thread."""
    title = "Comunicação de incidente de segurança à ANPD"
    parts = [
        Words(
            "Texto preparado a partir do registro de incidentes (LGPD, art. 48; Res. CD/ANPD "
            "15/2024, art. 6º). O envio é feito no formulário eletrônico da Agência."
        ),
        *agency_parts(incident, profile, officer, clocks, zone),
    ]
    return render_pdf(title, parts, footer=f"{incident.number} · rascunho para conferência")


def subject_letter(
    incident: Incident,
    name: str,
    profile: OrganizationProfile,
    officer: OfficerAppointment | None,
    zone: ZoneInfo,
) -> Letter:
    """Return the notice to one data subject, in plain words (art. 9)."""
    sender = profile.name or "A organização"
    known = _moment(incident.known_at, zone)
    contact = f"{officer.name}, {officer.email}" if officer else "o encarregado"
    return Letter(
        subject="Aviso sobre a segurança dos seus dados pessoais",
        name=name,
        paragraphs=(
            (
                f"{sender} avisa você, como manda o art. 48 da LGPD, de um incidente de segurança "
                "que atingiu dados pessoais seus."
            ),
            f"O que aconteceu: {incident.title}. {incident.circumstances}".strip(),
            f"Dados atingidos: {_listed(incident.data_kinds, DATA_KINDS)}.",
            f"Riscos e possíveis impactos: {_text(incident.risks)}",
            f"Medidas de segurança que protegiam os dados: {_text(incident.measures_before)}",
            f"O que foi feito e será feito: {_text(incident.measures_after)}",
            *([f"Por que só agora: {incident.delay_reason}"] if incident.delay_reason else []),
            f"Data em que a organização soube: {known}.",
            f"Dúvidas e pedidos: {contact}. Registro {incident.number}.",
        ),
    )


def missing_in_letter(
    incident: Incident, officer: OfficerAppointment | None, *, late: bool
) -> list[str]:
    """Return what art. 9 wants told to data subjects and nobody wrote yet, as the page names it."""
    told = {
        "a descrição": incident.circumstances,
        "os dados atingidos": incident.data_kinds,
        "os riscos": incident.risks,
        "as medidas que havia": incident.measures_before,
        "as medidas tomadas": incident.measures_after,
        "o motivo da demora": incident.delay_reason or not late,
        "o encarregado": officer,
    }
    return [name for name, value in told.items() if not value]


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d/%m/%Y %H:%M}" if moment else BLANK


def _count(count: int | None) -> str:
    return BLANK if count is None else str(count)


def _text(text: str) -> str:
    return text or BLANK


def _listed(keys: Sequence[str], names: Mapping[str, str]) -> str:
    return "; ".join(names[key] for key in keys) or BLANK


def _answer(value: bool | None) -> str:
    return BLANK if value is None else "sim" if value else "não"
