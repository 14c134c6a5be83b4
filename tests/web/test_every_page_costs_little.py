"""Every page opens for whom it is made, with few statements, whole, and for nobody else."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from api import Api
from browser_session import HTML
from page_samples import prepare_samples
from signed_in import sign_in

from cogep_assist.core.config import load_settings
from cogep_assist.core.models import (
    RequestChannel,
    Role,
    SubjectRight,
    TicketPriority,
    TransferMechanism,
)
from cogep_assist.core.principal import ANONYMOUS, SYSTEM
from cogep_assist.crm_service.customers.customer_schemas import CustomerBody
from cogep_assist.crm_service.customers.customers import create_customer
from cogep_assist.crm_service.sla.business_calendars import set_calendar
from cogep_assist.crm_service.sla.sla_policies import set_policy
from cogep_assist.crm_service.sla.sla_schemas import CalendarBody, PolicyBody, TargetBody
from cogep_assist.edge.cookies import COOKIE
from cogep_assist.lgpd_service.incidents.incidents import IncidentFacts, report_incident
from cogep_assist.lgpd_service.providers.model_providers import register_provider
from cogep_assist.lgpd_service.providers.provider_schemas import NewProvider
from cogep_assist.lgpd_service.requests.request_open import NewRequest, open_request

MOST_STATEMENTS = 10
_ID = re.compile(r'<[a-z][^>]*?\sid="([^"]+)"')
_COUNTED: ContextVar[bool] = ContextVar("counted", default=False)
MANY = 12
ZONE = "America/Sao_Paulo"
LISTS = (
    "/protecao-de-dados",
    "/protecao-de-dados/pedidos",
    "/protecao-de-dados/incidentes",
    "/protecao-de-dados/transferencias",
    "/ajustes/expediente",
    "/ajustes/prazos",
    "/clientes",
)
# A page that tells that a one-time link is over.
OVER = {403, 410}


@pytest.mark.timeout(180)
async def test_every_page_opens_with_few_statements(api: Api) -> None:
    found = await prepare_samples(api.database)
    wrong = []
    for sample in found.pages:
        token = found.cookies[sample.role] if sample.role else ""
        client = api.anonymous(headers=HTML | ({"Cookie": f"{COOKIE}={token}"} if token else {}))
        address = sample.address.format(**found.names)
        with counted(api) as statements:
            reply = await client.get(address)
        if reply.status_code != 200 and reply.status_code not in OVER:
            wrong.append(f"{address}: {reply.status_code}")
        if len(statements) > MOST_STATEMENTS or (token and not statements):
            wrong.append(f"{address}: {len(statements)} statements")
        # Two of one name: a heading took the place on the screen that the frame's notices have.
        if twice := [name for name, n in Counter(_ID.findall(reply.text)).items() if n > 1]:
            wrong.append(f"{address}: twice {twice}")
        if sample.role is not None:
            stranger = await api.anonymous(headers=HTML).get(address)
            if (stranger.status_code, stranger.headers.get("location")) != (303, "/entrar"):
                wrong.append(f"{address}: {stranger.status_code} to a stranger")
    assert wrong == []


async def test_no_row_of_a_list_asks_by_itself(api: Api) -> None:
    await _fill(api)
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    wrong = []
    for address in LISTS:
        with counted(api) as statements:
            page = await admin.client.get(address)
        assert page.status_code == 200, address
        if len(statements) > MOST_STATEMENTS:
            wrong.append(f"{address}: {len(statements)}")
    assert wrong == []


@contextmanager
def counted(api: Api) -> Iterator[list[str]]:
    """Collect the statements of a block, those of the session's look-up included.

    What the application writes by itself every few seconds is no page's cost: it runs in a task
    that was begun before the block, and knows nothing of it.
    """
    statements: list[str] = []

    def note(*given: Any) -> None:
        if _COUNTED.get():
            statements.append(given[2])

    engine = api.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    token = _COUNTED.set(True)
    try:
        yield statements
    finally:
        _COUNTED.reset(token)
        sa.event.remove(engine, "before_cursor_execute", note)


async def _fill(api: Api) -> None:
    settings, known = load_settings(), datetime.now(UTC)
    async with api.database.begin() as session:
        for number in range(MANY):
            new = NewRequest(
                right=SubjectRight.ACCESS,
                name=f"Conceição Araújo {number}",
                email=f"pessoa{number}@exemplo.org.br",
                description="Quero saber o que guardam.",
            )
            await open_request(session, ANONYMOUS, new, settings, RequestChannel.PORTAL)
            facts = IncidentFacts(title=f"Planilha {number}")
            await report_incident(session, SYSTEM, facts, ZONE, known_at=known)
            provider = NewProvider(
                host=f"m{number}.exemplo.com.br",
                legal_entity="Modelos Ltda.",
                country="BR",
                mechanism=TransferMechanism.DOMESTIC,
                contract="Contrato 12/2026",
                valid_until=(known + timedelta(days=90)).date(),
            )
            await register_provider(session, SYSTEM, provider, ZoneInfo(ZONE))
            week = [[["08:00", "18:00"]]] * 5 + [[], []]
            await set_calendar(session, SYSTEM, f"Expediente {number}", CalendarBody(week=week))
            policy = PolicyBody(
                calendar=f"Expediente {number}",
                targets={TicketPriority.NORMAL: TargetBody(resolution_minutes=60)},
            )
            await set_policy(session, SYSTEM, f"Regra {number}", policy)
            await create_customer(session, SYSTEM, CustomerBody(name=f"Zélia Assunção {number}"))
