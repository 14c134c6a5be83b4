"""A base with one of everything, so that requests by id reach beyond 404."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
import sqlalchemy as sa
from api import Api
from published import publish
from signed_in import Person, sign_in

from cogep_assist.core.models import Chunk, InboundMail, OutboxMessage, Role, TicketMerge
from cogep_assist.rag_service.gap_grouping import group_gaps

LEAVE = "As férias são pedidas com trinta dias de antecedência, no sistema de pessoal."
OFFICE = [["08:00", "12:00"], ["13:30", "18:00"]]


@dataclass(slots=True)
class Seeded:
    """Who is there, and the ids of what there is, by the names that routes give them."""

    admin: httpx2.AsyncClient
    ana: Person
    agent: Person
    ids: dict[str, list[str]] = field(default_factory=dict)

    def note(self, name: str, value: Any) -> str:
        """Remember an id under the name of the path's parameter."""
        self.ids.setdefault(name, []).append(str(value))
        return str(value)


async def seed(api: Api) -> Seeded:
    """Make everything: Ana's own as Ana, the rest as an administrator and an agent of a team."""
    base = Seeded(
        admin=await api.client(Role.ADMIN, "semeia"),
        ana=await sign_in(api, "Ana Conceição", Role.REQUESTER),
        agent=await sign_in(api, "Bruno Araújo", Role.AGENT, team="Atendimento"),
    )
    await _documents(api, base)
    await _customers(base)
    await _desk(base)
    await _tickets(api, base)
    await _articles(base)
    await _people(api, base)
    await _rights(base)
    await _accountability(api, base)
    return base


async def _made(
    client: httpx2.AsyncClient, path: str, body: Mapping[str, Any], method: str = "POST"
) -> dict[str, Any]:
    reply = await client.request(method, path, json=body)
    assert reply.status_code < 300, f"{method} {path}: {reply.text}"
    told: dict[str, Any] = reply.json()
    return told


async def _documents(api: Api, base: Seeded) -> None:
    base.note("document_id", await publish(api.database, LEAVE, "Manual de férias", public=True))
    hidden = await publish(api.database, "O cofre fica no térreo.", "Cofre", collection="interna")
    base.note("document_id", hidden)
    async with api.database.begin() as session:
        for chunk in await session.scalars(sa.select(Chunk.id).order_by(Chunk.id)):
            base.note("chunk_id", chunk)
    base.note("number", 1)
    base.note("category", "health")
    for text in ("Um.", "Dois."):
        job = await _made(base.admin, "/ingest", {"text": text, "title": text})
        base.note("job_id", job["id"])
    for target in ("https://exemplo.gov.br/a", "https://exemplo.gov.br/b"):
        followed = {"kind": "url", "target": target, "schedule": "todo dia"}
        base.note("source_id", (await _made(base.admin, "/sources", followed))["id"])
    for client in (base.ana.client, base.admin):
        asked = await _made(client, "/ask", {"question": "Onde fica o refeitório da sede?"})
        base.note("answer_id", asked["id"])
        base.note("conversation_id", asked["conversation_id"])
    async with api.database.begin() as session:
        await group_gaps(session, "")
    gaps = (await base.admin.get("/gaps")).json()["items"]
    assert gaps
    base.note("gap_id", gaps[0]["id"])
    for phrase in ("férias", "crachá"):
        body = {"phrase": phrase, "alternatives": [f"{phrase} anual"]}
        base.note("synonym_id", (await _made(base.admin, "/synonyms", body))["id"])
    for name in ("Provas", "Outras"):
        questions = [{"text": "Quando peço férias?", "answers": ["trinta dias"]}]
        body = {"name": name, "questions": questions, "collection": "geral"}
        made = base.note("set_id", (await _made(base.admin, "/evaluations", body))["id"])
        (asked,) = (await base.admin.get(f"/evaluations/{made}")).json()["items"]
        base.note("question_id", asked["id"])
    # Measured by a worker; here none runs.
    base.note("run_id", UUID(int=1))
    base.note("model", (await base.admin.get("/v1/models")).json()["data"][0]["id"])


async def _customers(base: Seeded) -> None:
    names = ("Conceição Araújo", "João Batista", "Débora Lima", "Débora Lima Souza", "Íris Sá")
    made = [
        await _made(base.admin, "/crm/customers", {"kind": "person", "name": name})
        for name in names
    ]
    for customer in made[:3]:
        base.note("customer_id", customer["id"])
    related = await _made(
        base.admin,
        f"/crm/customers/{made[0]['id']}/relations",
        {"kind": "relative_of", "other_id": made[1]["id"]},
    )
    base.note("relation_id", related["id"])
    merged = await _made(
        base.admin, f"/crm/customers/{made[3]['id']}/merge", {"loser_id": made[4]["id"]}
    )
    base.note("customer_merge_id", merged["id"])
    fields = {"key": "matricula", "label": "Matrícula", "field_type": "text", "purpose": "achar"}
    base.note("key", (await _made(base.admin, "/crm/customers/fields", fields))["key"])
    for dry in ("true", "false"):
        sent = await base.admin.post(
            f"/crm/customers/imports?dry_run={dry}",
            content="nome;e-mail\nMário de Sá;mario@exemplo.br\n".encode(),
            headers={"Content-Type": "text/csv"},
        )
        assert sent.status_code < 300, sent.text
        base.note("import_id", sent.json()["id"])


async def _desk(base: Seeded) -> None:
    await _made(base.admin, "/crm/queues/Sigilo", {"team": "Atendimento"}, "PUT")
    week = [OFFICE] * 5 + [[], []]
    await _made(base.admin, "/crm/calendars/Comercial", {"week": week, "state": "SP"}, "PUT")
    targets = {"normal": {"first_reply_minutes": 60, "resolution_minutes": 480}}
    policy = {"calendar": "Comercial", "targets": targets}
    await _made(base.admin, "/crm/sla-policies/Geral", policy, "PUT")
    steps = [{"do": "tag", "add": ["visto"]}]
    await _made(base.admin, "/crm/macros/Visto", {"steps": steps}, "PUT")
    await _made(base.admin, "/crm/templates/Saudação", {"body": "Olá, {{cliente}}."}, "PUT")
    for name in ("Visto", "Sigilo", "Comercial", "Geral", "Saudação", "geral"):
        base.note("name", name)
    base.note("day", "2026-12-24")
    for client, shared in ((base.agent.client, False), (base.admin, True)):
        view = {"name": f"Minha {shared}", "shared": shared, "asked": {"status": ["open"]}}
        base.note("view_id", (await _made(client, "/crm/views", view))["id"])


async def _tickets(api: Api, base: Seeded) -> None:
    mine = await _made(
        base.ana.client, "/crm/tickets", {"subject": "Crachá", "body": "O crachá não abre."}
    )
    opened = [mine]
    for n in range(4):
        body = {"subject": f"Assunto {n}", "body": "Texto do chamado.", "queue": "Sigilo"}
        if n == 0:
            body["customer_id"] = base.ids["customer_id"][0]
        opened.append(await _made(base.agent.client, "/crm/tickets", body))
    for ticket in opened[:4]:
        path = ticket["links"]["self"]
        base.note("ticket_id", ticket["id"])
        base.note("other_id", ticket["id"])
        base.note("protocol", ticket["protocol"])
        await _made(base.admin, f"{path}/comments", {"body": "Vamos ver."})
    sent = await base.admin.post(
        f"{opened[0]['links']['self']}/attachments",
        files={"file": ("laudo.txt", b"Laudo.", "text/plain")},
    )
    assert sent.status_code < 300, sent.text
    shown = (await base.admin.get(opened[0]["links"]["self"])).json()
    files = [one["id"] for entry in shown["entries"] for one in entry["attachments"]]
    base.note("attachment_id", files[0])
    base.note("entry_id", shown["entries"][0]["id"])
    path = opened[3]["links"]["self"]
    await _made(base.admin, f"{path}/transition", {"status": "resolved"})
    await _made(base.admin, f"{opened[1]['links']['self']}/merge", {"other_id": opened[4]["id"]})
    async with api.database.begin() as session:
        base.note("merge_id", await session.scalar(sa.select(TicketMerge.id)))
    base.ids["merge_id"] += base.ids["customer_merge_id"]


async def _articles(base: Seeded) -> None:
    ended = {"ticket_id": base.ids["ticket_id"][3]}
    gap = {"gap_id": base.ids["gap_id"][0]}
    for path, body in (("from-ticket", ended), ("from-gap", gap)):
        base.note("article_id", (await _made(base.admin, f"/crm/articles/{path}", body))["id"])


async def _people(api: Api, base: Seeded) -> None:
    base.note("user_id", base.ana.id)
    base.note("user_id", base.agent.id)
    team = await _made(base.admin, "/access/teams", {"name": "Sobreaviso"})
    base.note("team_id", team["id"])
    key = await _made(base.admin, "/access/keys", {"name": "robô", "role": "agent"})
    base.note("key_id", key["id"])
    feed = {"kind": "my_tickets"}
    base.note("feed_id", (await _made(base.agent.client, "/access/calendar-feeds", feed))["id"])
    # Of nobody's feed: whoever knows the address of one may read it.
    base.note("token", "0" * 43)
    sessions = await base.admin.get(f"/access/users/{base.ana.id}/sessions")
    base.note("session_id", sessions.json()["items"][0]["id"])
    events = (await base.admin.get("/webhooks/events")).json()["items"]
    hook = {
        "name": "integração",
        "url": "https://exemplo.gov.br/gancho",
        "events": [event["name"] for event in events[:1]],
    }
    base.note("webhook_id", (await _made(base.admin, "/webhooks", hook))["id"])
    site = {"name": "Portal", "origins": ["https://www.exemplo.gov.br"]}
    base.note("site_id", (await _made(base.admin, "/sites", site))["id"])
    async with api.database.begin() as session:
        base.note("message_id", await session.scalar(sa.select(OutboxMessage.id)) or UUID(int=1))


async def _rights(base: Seeded) -> None:
    asked = {"right": "access", "name": "Ana Conceição", "email": "ana@exemplo.gov.br"}
    request = await _made(base.ana.client, "/lgpd/requests", asked)
    base.note("request_id", request["id"])
    sent = await base.ana.client.post(
        f"{request['links']['self']}/papers", files={"file": ("a.txt", b"texto", "text/plain")}
    )
    base.note("paper_id", sent.json()["documents"][0]["id"])
    officer = {
        "kind": "holder",
        "name": "Débora Lima",
        "email": "dpo@exemplo.gov.br",
        "act_reference": "Portaria 12/2026",
        "signed_on": "2026-01-05",
        "starts_on": "2026-01-05",
    }
    base.note("officer_id", (await _made(base.admin, "/lgpd/officers", officer))["id"])
    incident = await _made(base.admin, "/lgpd/incidents", {"title": "Notebook perdido"})
    base.note("incident_id", incident["id"])
    decided = (await base.ana.client.get("/lgpd/decisions")).json()["items"][0]
    base.note("decision_id", decided["id"])
    review = await _made(base.ana.client, f"{decided['links']['self']}/review", {})
    base.note("review_id", review["reviews"][0]["id"])


async def _accountability(api: Api, base: Seeded) -> None:
    """What the encarregado keeps: providers, reports, orders, copies, erasures, holds."""
    dpo = await api.client(Role.DPO, "semeia como encarregado")
    provider = {"host": "modelo.exemplo.org.br", "legal_entity": "A própria", "country": "BR"}
    provider["ownership"] = "own"
    base.note("provider_id", (await _made(dpo, "/lgpd/providers", provider))["id"])
    base.note("report_id", (await _made(dpo, "/lgpd/ripd", {"title": "Impacto"}))["id"])
    policy = {"kind": "policy", "title": "Política", "reference": "DOU", "held_on": "2026-01-05"}
    base.note("record_id", (await _made(dpo, "/lgpd/governance", policy))["id"])
    order = {
        "authority": "1a Vara",
        "reference": "0012345-67.2026",
        "since": "2026-01-01T00:00:00Z",
        "until": "2026-02-01T00:00:00Z",
    }
    base.note("order_id", (await _made(dpo, "/lgpd/access-records/orders", order))["id"])
    whose = {"customer_id": base.ids["customer_id"][2]}
    base.note("export_id", (await _made(dpo, "/lgpd/exports", whose))["id"])
    base.note("erasure_id", (await _made(dpo, "/lgpd/erasures", whose))["id"])
    keeping = {
        "object_type": "customer",
        "object_id": whose["customer_id"],
        "ground": "legal_obligation",
        "reference": "Lei 8.159/1991",
    }
    base.note("keeping_id", (await _made(dpo, "/lgpd/keepings", keeping))["id"])
    held = {**whose, "reason": "Processo 12/2026"}
    base.note("hold_id", (await _made(dpo, "/lgpd/holds", held))["id"])
    async with api.database.begin() as session:
        mail = InboundMail(place="hook:semente", sender="ana@exemplo.gov.br")
        session.add(mail)
        await session.flush()
        base.note("mail_id", mail.id)
