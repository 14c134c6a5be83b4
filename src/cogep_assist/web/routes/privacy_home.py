"""LGPD: what presses today, and the way to everything else."""

from zoneinfo import ZoneInfo

from fastapi import Request, Response

from cogep_assist.core.models import ClockObject, IncidentStatus
from cogep_assist.core.principal import Act
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.incidents.incidents import list_incidents
from cogep_assist.lgpd_service.keeping.retention import count_due_within
from cogep_assist.lgpd_service.legal.clock_words import clock_readings
from cogep_assist.lgpd_service.legal.legal_clocks import clocks_of
from cogep_assist.lgpd_service.legal.officers import current_officers
from cogep_assist.lgpd_service.requests.request_list import pressing_requests
from cogep_assist.lgpd_service.requests.request_replies import item_with
from cogep_assist.web.privacy_words import INCIDENT_STATUS, REQUEST_STATUS
from cogep_assist.web.routes.privacy_retention import AHEAD
from cogep_assist.web.section_frame import privacy_page

MOST = 5
UNDER_WAY = (IncidentStatus.OPEN, IncidentStatus.ASSESSED, IncidentStatus.COMMUNICATED)
PURPOSES = {
    "pedidos": "O que as pessoas pedem sobre os próprios dados, com o prazo.",
    "eliminacoes": "O impacto, a confirmação e o certificado.",
    "decisoes": "O que se decidiu sem uma pessoa, e as revisões.",
    "guardas": "O que não pode mudar enquanto há um processo.",
    "retencao": "Quanto tempo cada classe fica, com simulador.",
    "temporalidade": "A listagem e os termos de eliminação do arquivo.",
    "consentimentos": "As finalidades e as palavras que a pessoa lê.",
    "incidentes": "O relógio da ANPD, quem foi afetado e os avisos.",
    "registro": "O registro das operações, que nasce do banco.",
    "transferencias": "O que foi a modelos, mascarado, e para onde.",
    "auditoria": "Cada ato, em uma cadeia que se verifica.",
    "acessos": "Quem entrou e de onde, lido só por um motivo.",
    "prazos": "Cada prazo com a lei de onde vem, a organização e feriados.",
    "governanca": "Políticas, treinamentos, instruções e números.",
    "encarregado": "Quem responde, e o ato de indicação.",
}
router = guarded_router(include_in_schema=False)


@router.get("/protecao-de-dados", dependencies=[rule(Login.SESSION, Act.MANAGE_SUBJECT_REQUESTS)])
async def home(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show what presses, and the sections."""
    zone = ZoneInfo(edge_state(request).settings.timezone)
    pressing = await pressing_requests(session, principal, MOST)
    incidents, _ = await list_incidents(session, principal, statuses=UNDER_WAY, limit=MOST)
    clocks = await clocks_of(session, ClockObject.INCIDENT, [one.id for one in incidents])
    ticking = {one.request.id: one.clocks for one in pressing}
    readings = await clock_readings(session, {**ticking, **clocks}, zone)
    may_keep = principal.may(Act.MANAGE_RETENTION)
    return privacy_page(
        request,
        "home.html",
        items=[item_with(one.request, readings[one.request.id]) for one in pressing],
        incidents=[(one, readings[one.id]) for one in incidents],
        incident_states=INCIDENT_STATUS,
        officers=await current_officers(session, zone),
        states=REQUEST_STATUS,
        purposes=PURPOSES,
        expiring=await count_due_within(session, principal, AHEAD) if may_keep else None,
        ahead=AHEAD,
    )
