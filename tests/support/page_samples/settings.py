"""The settings, as an administrator sees them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.access_service.site_schemas import SiteBody
from cogep_assist.access_service.sites import add_site
from cogep_assist.access_service.webhook_schemas import WebhookBody
from cogep_assist.access_service.webhooks import create_webhook, send_test
from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    BatchStatus,
    ImportRecord,
    OutboxAttempt,
    PastSystem,
    RecordKind,
    RecordOutcome,
    Role,
    Team,
    WebhookStatus,
)
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.principal import SYSTEM, Principal
from cogep_assist.core.sealing import seal
from cogep_assist.crm_service.importers.batches import begin_batch
from cogep_assist.integrations.http import HttpPolicy
from page_samples import Sample

SECTIONS = (
    *("campos", "chaves", "colecoes", "copias", "envios", "equipes", "expediente"),
    *(
        "filas",
        "importacoes",
        "modelos",
        "pessoas",
        "prazos",
        "saude",
        "sites",
        "textos",
        "webhooks",
    ),
)
PAGES = [
    Sample("/ajustes", "/ajustes"),
    *(Sample(f"/ajustes/{name}", f"/ajustes/{name}") for name in SECTIONS),
    Sample("/ajustes/importacoes/{batch_id}", "/ajustes/importacoes/{batch}"),
    Sample("/ajustes/equipes/{team_id}", "/ajustes/equipes/{team}"),
    Sample("/ajustes/pessoas/{user_id}", "/ajustes/pessoas/{user}"),
    Sample("/widget/{site_id}", "/widget/{site}", None),
    Sample("/ajustes/envios/{message_id}", "/ajustes/envios/{message}"),
    Sample("/ajustes/webhooks/{webhook_id}", "/ajustes/webhooks/{webhook}"),
]


async def prepare(database: Database, people: dict[Role, Principal]) -> dict[str, str]:
    async with database.begin() as session:
        team = Team(name="Gestão de Pessoas", name_key="gestao de pessoas")
        session.add(team)
        await session.flush()
        await post(session, MAIL, "amostra", {"subject": "Convite"})
        webhook, message = await _delivered(session)
        batch = await _imported(session)
        site = await add_site(
            session,
            people[Role.ADMIN],
            SiteBody(name="Portal do órgão", origins=["https://www.exemplo.gov.br"]),
        )
    user = people[Role.AGENT].user_id
    return {
        "team": str(team.id),
        "batch": str(batch),
        "user": str(user),
        "message": str(message),
        "site": str(site),
        "webhook": str(webhook),
    }


async def _imported(session: AsyncSession) -> UUID:
    """A batch that came over from another system, but for two of its records."""
    source = "zammad-2026-11"
    batch = await begin_batch(session, SYSTEM, PastSystem.ZAMMAD, "zammad", source, {})
    batch.counts = {"customer_created": 1840, "ticket_created": 12_403, "ticket_refused": 1}
    batch.status = BatchStatus.COMPLETED
    for kind, number, outcome, problems in (
        (RecordKind.CUSTOMER, "4711", RecordOutcome.CREATED, ["cpf:cpf_invalid"]),
        (RecordKind.TICKET, "20931", RecordOutcome.REFUSED, ["created_at:date_before_1990"]),
    ):
        session.add(
            ImportRecord(
                batch_id=batch.id,
                kind=kind,
                external_id=number,
                outcome=outcome,
                problems=problems,
            )
        )
    return batch.id


async def _delivered(session: AsyncSession) -> tuple[UUID, UUID]:
    """A webhook with a delivery that was refused once, and then taken."""
    body = WebhookBody(
        name="n8n da Gestão de Pessoas",
        url="https://n8n.exemplo.gov.br/webhook/entrada",
        events=["ticket.created", "ticket.resolved"],
        fields=["priority"],
        filters={"priority": ["high", "urgent"]},
    )
    webhook, _ = await create_webhook(session, SYSTEM, body, HttpPolicy())
    webhook.status = WebhookStatus.ACTIVE
    message = await send_test(session, SYSTEM, webhook.id)
    for attempt, status in ((1, 503), (2, 204)):
        session.add(
            OutboxAttempt(
                outbox_id=message,
                attempt=attempt,
                delivered=status == 204,
                error_code=None if status == 204 else "webhook_refused",
                reply=f"HTTP {status}",
                request={
                    "target": "https://n8n.exemplo.gov.br",
                    "headers": {"X-Cogep-Timestamp": "1780000000"},
                    "bytes": 143,
                },
                status_code=status,
                reply_body=seal("outbox-reply", b"em manuten\xc3\xa7\xc3\xa3o", str(message)),
                duration_ms=41,
            )
        )
    return webhook.id, message
