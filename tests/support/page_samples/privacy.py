"""Samples of the pages of data protection, the public ones and the encarregado's desk."""

from datetime import date

from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    ConsentChannel,
    KeepingGround,
    RequestChannel,
    Role,
    SubjectRight,
)
from cogep_assist.core.principal import ANONYMOUS, Principal
from cogep_assist.crm_service.customers.customer_schemas import CustomerBody
from cogep_assist.crm_service.customers.customers import create_customer
from cogep_assist.lgpd_service.consent.consent_links import revocation_address
from cogep_assist.lgpd_service.consent.consent_purposes import PurposeWords, publish_purpose
from cogep_assist.lgpd_service.consent.consents import Consent, grant_consent
from cogep_assist.lgpd_service.erasure.erasures import plan_erasure
from cogep_assist.lgpd_service.incidents.incidents import IncidentFacts, report_incident
from cogep_assist.lgpd_service.keeping.keepings import keep
from cogep_assist.lgpd_service.keeping.legal_holds import place_hold
from cogep_assist.lgpd_service.legal.decisions import ask_review, list_decisions
from cogep_assist.lgpd_service.record.impact_reports import draft_report
from cogep_assist.lgpd_service.requests.request_open import NewRequest, open_request
from cogep_assist.lgpd_service.subject_data.identity import subject_of_customer
from page_samples import Sample

DESK = "/protecao-de-dados"
SECTIONS = (
    "pedidos", "eliminacoes", "guardas", "retencao", "consentimentos", "incidentes", "registro",
    "decisoes", "governanca", "prazos", "acessos", "transferencias", "auditoria", "encarregado",
    "temporalidade",
)  # fmt: skip
PAGES = [
    Sample("/privacidade", "/privacidade", None),
    Sample("/privacidade/acompanhar", "/privacidade/acompanhar", None),
    Sample("/privacidade/aviso", "/privacidade/aviso", None),
    Sample("/conta/decisoes", "/conta/decisoes", Role.REQUESTER),
    Sample("/privacidade/revogar", "/privacidade/revogar?c={revocation}", None),
    Sample("/meus-consentimentos", "/meus-consentimentos", Role.REQUESTER),
    Sample(
        "/clientes/{customer_id}/consentimentos", "/clientes/{customer}/consentimentos", Role.AGENT
    ),
    Sample(DESK, DESK, Role.DPO),
    *(Sample(f"{DESK}/{section}", f"{DESK}/{section}", Role.DPO) for section in SECTIONS),
    Sample(f"{DESK}/pedidos/{{request_id}}", f"{DESK}/pedidos/{{request}}", Role.DPO),
    Sample(f"{DESK}/incidentes/{{incident_id}}", f"{DESK}/incidentes/{{incident}}", Role.DPO),
    Sample(
        f"{DESK}/registro/relatorios/{{report_id}}",
        f"{DESK}/registro/relatorios/{{report}}",
        Role.DPO,
    ),
    Sample(f"{DESK}/eliminacoes/{{erasure_id}}", f"{DESK}/eliminacoes/{{erasure}}", Role.DPO),
]


WORDS = PurposeWords(
    "Pesquisa de satisfação",
    "Usaremos seu e-mail para perguntar o que achou do atendimento.",
    "Sem consentir, você não recebe a pesquisa; o atendimento não muda.",
)


async def prepare(database: Database, people: dict[Role, Principal]) -> dict[str, str]:
    """Put a request, an erasure that was planned and a hold there."""
    dpo = people[Role.DPO]
    new = NewRequest(
        right=SubjectRight.ERASURE,
        name="Conceição Araújo Lima",
        email="conceicao.lima@exemplo.org.br",
        description="Quero que apaguem os meus dados da pesquisa de satisfação.",
    )
    async with database.begin() as session:
        request = await open_request(
            session, ANONYMOUS, new, load_settings(), RequestChannel.PORTAL
        )
        body = CustomerBody(name="Conceição Araújo Lima", cpf="390.533.447-05")
        customer = await create_customer(session, people[Role.ADMIN], body)
        request.customer_id = customer.id
        erasure = await plan_erasure(
            session, dpo, await subject_of_customer(session, customer.id), request_id=request.id
        )
        facts = IncidentFacts(title="Planilha enviada ao destinatário errado")
        incident = await report_incident(session, dpo, facts, load_settings().timezone)
        await place_hold(session, dpo, reason="Processo 12/2026", customer_id=customer.id)
        code, over = KeepingGround.PUBLIC_ARCHIVE, date(2020, 12, 31)
        await keep(session, dpo, "customer", customer.id, code, "020.1", over)
        await publish_purpose(session, dpo, "pesquisa", WORDS)
        said = Consent(customer.id, "pesquisa", ConsentChannel.DESK, proof="formulário 12")
        await grant_consent(session, dpo, said, load_settings().timezone)
        # One of the requester's decisions waits for a person to look at it again.
        own, _ = await list_decisions(session, people[Role.REQUESTER], own=True)
        await ask_review(session, people[Role.REQUESTER], own[-1].decision.id, "", load_settings())
        address = revocation_address("", customer.id, "pesquisa")
        return {
            "revocation": address.partition("?c=")[2],
            "request": str(request.id),
            "erasure": str(erasure.id),
            "incident": str(incident.id),
            "report": str((await draft_report(session, dpo, "Atendimento com IA", [])).id),
        }
