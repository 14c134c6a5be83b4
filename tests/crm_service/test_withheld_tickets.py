"""Who may not read sensitive data sees that such a ticket exists, and no word of it, anywhere."""

import json
import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
import sqlalchemy as sa
from api import Api
from fastapi.routing import iter_route_contexts
from signed_in import sign_in

from cogep_assist.core.access_keys import create_key
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    AuditEvent,
    OutboxMessage,
    Role,
    Ticket,
    User,
    Webhook,
    WebhookStatus,
)
from cogep_assist.core.outbox import open_payload
from cogep_assist.core.principal import SYSTEM, Principal, PrincipalKind
from cogep_assist.crm_service.tickets.ticket_access import WITHHELD_SUBJECT
from cogep_assist.crm_service.tickets.ticket_index import index_ticket
from cogep_assist.edge.state import EdgeState
from cogep_assist.mcp_server.tools import TOOLS

# A word that stands in every text of the ticket and nowhere else.
CANARY = "xilofanta"
# Another word of it, by which to look for it: a page may show again what was typed.
KNOWN = "fratura"
ASKED = {"q": KNOWN, "tag": KNOWN, "etiqueta": KNOWN, "visao": "resolvidos"}
PDF = b"%PDF-1.7\n% " + CANARY.encode()
UNKNOWN = "019a0000-0000-7000-8000-000000000000"
ENDLESS = {"/ao-vivo": "is a stream of the names of what changed, and of nothing else"}
READ = ("sensitive_ticket_read", "sensitive_tickets_listed")
# What an act on a ticket asks for, so that it is refused for its text and for nothing else.
ACTS: dict[str, dict[str, Any]] = {
    "comments": {"body": "Resposta."},
    "transition": {"status": "open", "reason": "Faltou algo"},
    "snooze": {"until": None},
    "merge": {"other_id": "{other}"},
    "split": {"subject": "Outro", "entry_ids": ["{entry}"]},
    "links": {"kind": "related_to", "other_id": "{other}"},
    "classification": {"accept": ["queue"]},
}


@dataclass(frozen=True)
class Case:
    """A sensitive ticket of a customer, with everything that can hang on one."""

    id: str
    protocol: str
    other: str
    parts: dict[str, str]


@pytest.fixture
async def case(api: Api) -> Case:
    """A ticket whose subject, text, file, note, tag, history and rating hold the canary."""
    ana = await sign_in(api, "Ana Lúcia", Role.REQUESTER)
    carlos = await sign_in(api, "Carlos Antunes", Role.ADMIN)
    customer = (
        await carlos.client.post("/crm/customers", json={"kind": "person", "name": "Ana Lúcia"})
    ).json()["id"]
    async with api.database.begin() as session:
        await session.execute(
            sa.update(User).where(User.id == ana.id).values(customer_id=UUID(customer))
        )
    said = {"subject": f"Licença {CANARY}", "body": f"Atestado médico: fratura {CANARY}."}
    made = (await ana.client.post("/crm/tickets", json=said)).json()
    path = f"/crm/tickets/{made['id']}"
    other = (await carlos.client.post("/crm/tickets", json={"subject": "A", "body": "B"})).json()
    changed = {"customer_id": customer, "tags": [CANARY, KNOWN]}
    assert (await carlos.client.patch(path, json=changed)).status_code == 200
    note = {"body": f"Nota {CANARY}", "kind": "note"}
    entry = (await carlos.client.post(f"{path}/comments", json=note)).json()
    attached = await ana.client.post(
        f"{path}/attachments", files=[("file", (f"{CANARY}.pdf", PDF, "application/pdf"))]
    )
    moved = {"status": "resolved", "reason": f"Feito {CANARY}"}
    assert (await carlos.client.post(f"{path}/transition", json=moved)).status_code == 200
    rated = await ana.client.post(f"{path}/rating", json={"score": 5, "comment": f"Bom {CANARY}"})
    assert rated.status_code < 300, rated.text
    async with api.database.begin() as session:
        await session.execute(
            sa.update(Ticket)
            .where(Ticket.id == UUID(made["id"]))
            .values(handover={"current_objective": CANARY})
        )
        await index_ticket(session, made["id"])
    parts = {
        "{ticket_id}": made["id"],
        "{attachment_id}": attached.json()["attachments"][0]["id"],
        "{entry_id}": entry["id"],
        "{customer_id}": customer,
    }
    return Case(made["id"], made["protocol"], other["id"], parts)


def addresses(api: Api, method: str, case: Case) -> list[tuple[str, dict[str, str]]]:
    """Every address that a method asks for, of this ticket where it can be: once by itself and,
    for what lists or finds tickets, once by each way of asking for it."""
    found: dict[tuple[str, ...], tuple[str, dict[str, str]]] = {}
    for context in iter_route_contexts(api.app.routes):
        path = str(context.path_format)
        if method not in (context.methods or ()) or path in ENDLESS:
            continue
        ways: list[dict[str, str]] = [{}]
        if re.search("chamados|tickets|search|buscar|clientes|customers|avisos", path):
            ways += [{name: value} for name, value in ASKED.items()]
        for name, value in case.parts.items():
            path = path.replace(name, value)
        path = re.sub(r"\{\w+_id\}", UNKNOWN, path).replace("{number}", "1").replace("{name}", "xx")
        found |= {(path, *way): (path, way) for way in ways if not way or case.id not in path}
    return list(found.values())


async def reads(api: Api) -> int:
    async with api.database.begin() as session:
        counted = await session.scalar(
            sa.select(sa.func.count())
            .select_from(AuditEvent)
            .where(AuditEvent.act.in_((*READ, "attachment_read")))
        )
    return counted or 0


# Every address of the product is asked for, on a machine that may do other things meanwhile.
@pytest.mark.timeout(600)
async def test_no_address_tells_a_word_to_who_may_not_read_it(api: Api, case: Case) -> None:
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT)
    before = await reads(api)
    found = addresses(api, "GET", case)
    assert len(found) > 150
    for path, way in found:
        assert CANARY not in (await bruno.client.get(path, params=way)).text, (path, way)
    assert await reads(api) == before


# Every address of the product is asked for, on a machine that may do other things meanwhile.
@pytest.mark.timeout(600)
async def test_every_address_that_tells_it_is_recorded(api: Api, case: Case) -> None:
    bruna = await sign_in(api, "Bruna Araújo", Role.AGENT, reads_sensitive=True)
    telling = set()
    recorded = await reads(api)
    for path, way in addresses(api, "GET", case):
        if CANARY not in (await bruna.client.get(path, params=way)).text:
            continue
        telling.add(path)
        before, recorded = recorded, await reads(api)
        assert recorded > before, (path, way)
    ticket, file = case.id, case.parts["{attachment_id}"]
    assert {
        "/crm/tickets",
        "/crm/tickets/search",
        "/chamados",
        f"/crm/tickets/{ticket}",
        f"/chamados/{ticket}",
        f"/crm/tickets/{ticket}/attachments/{file}",
    } <= telling


async def test_it_is_seen_to_exist_and_handed_on(api: Api, case: Case) -> None:
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT)
    bruna = await sign_in(api, "Bruna Araújo", Role.AGENT, reads_sensitive=True)
    path = f"/crm/tickets/{case.id}"
    shown = (await bruno.client.get(path)).json()
    assert (shown["protocol"], shown["status"]) == (case.protocol, "resolved")
    assert (shown["subject"], shown["withheld"]) == (WITHHELD_SUBJECT, True)
    assert (shown["entries"], shown["events"], shown["tags"], shown["sensitive"]) == ([],) * 4
    # Nor is it found by what is said of it.
    tagged = (await bruno.client.get("/crm/tickets", params={"tag": KNOWN})).json()
    assert tagged["items"] == []
    page = (await bruno.client.get(f"/chamados/{case.id}")).text
    assert case.protocol in page
    by_number = (await bruno.client.get("/crm/tickets/search", params={"q": case.protocol})).json()
    assert [one["ticket"]["subject"] for one in by_number["items"]] == [WITHHELD_SUBJECT]
    assert "não é mostrado a você" in page
    handed = await bruno.client.post(f"{path}/assign", json={"user_id": str(bruna.id)})
    assert handed.status_code == 200, handed.text
    assert CANARY not in handed.text
    # Nobody lifts their own mask.
    lifted = await bruno.client.put(f"{path}/sensitivity/health", json={"upheld": False})
    assert lifted.status_code == 403
    assert (await bruna.client.put(f"{path}/sensitivity/health", json={"upheld": False})).is_success
    assert CANARY in (await bruno.client.get(path)).text


async def test_no_act_changes_what_cannot_be_read(api: Api, case: Case) -> None:
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT)
    door = f"/crm/tickets/{case.id}/"
    tried = set()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path, _ in addresses(api, method, case):
            if case.id not in path:
                continue
            act = path.removeprefix(door).split("/")[0]
            body = json.dumps(ACTS.get(act, {})).replace("{other}", case.other)
            body = body.replace("{entry}", case.parts["{entry_id}"])
            json_type = {"Content-Type": "application/json"}
            reply = await bruno.client.request(method, path, content=body, headers=json_type)
            assert CANARY not in reply.text, path
            if path == door + act and method == "POST" and act in ACTS:
                tried.add(act)
                assert reply.json()["error"]["code"] == "ticket_withheld", (act, reply.text)
    assert tried == set(ACTS)
    said = {"subject": "Outro assunto"}
    assert (await bruno.client.patch(door.rstrip("/"), json=said)).status_code == 403
    into = await bruno.client.post(f"/crm/tickets/{case.other}/merge", json={"other_id": case.id})
    assert into.json()["error"]["code"] == "ticket_withheld"


async def test_no_tool_tells_it(api: Api, case: Case) -> None:
    agent = Principal(PrincipalKind.KEY, Role.AGENT, UUID(UNKNOWN))
    edge = cast("EdgeState", SimpleNamespace(**api.app.state._state)).edge  # type: ignore[attr-defined]
    given = {
        "question": KNOWN,
        "query": KNOWN,
        "protocol": case.protocol,
        "document_id": UNKNOWN,
        "gap_id": UNKNOWN,
        "job_id": UNKNOWN,
    }
    asked = 0
    for tool in TOOLS:
        if not tool.read_only:
            continue
        fields = tool.arguments.model_fields
        wanted = tool.arguments(**{name: given[name] for name in fields if name in given})
        try:
            reply = await tool.run(edge, agent, wanted)
        except AppError:
            continue
        asked += 1
        assert CANARY not in reply.model_dump_json(), tool.name
    assert asked >= 3


async def test_a_key_reads_it_only_where_it_was_said(api: Api, case: Case) -> None:
    async with api.database.begin() as session:
        plain = await create_key(session, "formulário", Role.AGENT)
        scopes = ["read_tickets", "work_tickets", "read_sensitive"]
        named = await create_key(session, "prontuário", Role.AGENT, scopes=scopes)
    for key, reads_it in ((plain, False), (named, True)):
        client = api.anonymous(headers={"Authorization": f"Bearer {key}"})
        assert (CANARY in (await client.get(f"/crm/tickets/{case.id}")).text) is reads_it


async def test_what_is_sent_to_others_hides_the_subject(api: Api, case: Case) -> None:
    carlos = await sign_in(api, "Carlos Aurélio", Role.ADMIN)
    async with api.database.begin() as session:
        session.add(
            Webhook(
                name="outro sistema",
                url_sealed=b"-",
                target="exemplo.gov.br",
                status=WebhookStatus.ACTIVE,
                events=["ticket.created", "ticket.updated"],
                fields=["protocol", "subject"],
                filters={},
                secret_sealed=b"-",
                created_by=SYSTEM.label,
            )
        )
    said = {"subject": f"Prontuário {CANARY}", "body": "Fui internada."}
    assert (await carlos.client.post("/crm/tickets", json=said)).status_code == 201
    open_again = {"status": "open", "reason": "Falta algo"}
    await carlos.client.post(f"/crm/tickets/{case.id}/transition", json=open_again)
    async with api.database.begin() as session:
        rows = await session.scalars(
            sa.select(OutboxMessage).where(OutboxMessage.webhook_id.is_not(None))
        )
        bodies = [(open_payload(row) or {})["body"] for row in rows]
    assert len(bodies) == 2
    assert all(WITHHELD_SUBJECT in body and CANARY not in body for body in bodies)


async def test_what_is_written_is_withheld_at_once(api: Api) -> None:
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT)
    ana = await sign_in(api, "Ana Lúcia", Role.REQUESTER)
    said = {"subject": "Dúvida", "body": "Como peço férias?"}
    made = (await ana.client.post("/crm/tickets", json=said)).json()
    path = made["links"]["self"]
    assert (await bruno.client.get(path)).json()["withheld"] is False
    # No worker has looked at it yet.
    await ana.client.post(f"{path}/comments", json={"body": f"Estou com depressão. {CANARY}"})
    assert CANARY not in (await bruno.client.get(path)).text
    assert CANARY in (await ana.client.get(path)).text


async def test_nobody_is_handed_what_they_may_not_read(api: Api) -> None:
    carlos = await sign_in(api, "Carlos Antunes", Role.ADMIN)
    await sign_in(api, "Bruno Araújo", Role.AGENT)
    bruna = await sign_in(api, "Bruna Araújo", Role.AGENT, reads_sensitive=True)
    for rule in ("round_robin", "least_loaded"):
        made = await carlos.client.put(f"/crm/queues/{rule}", json={"assignment": rule})
        assert made.is_success, made.text
        for _ in range(2):
            said = {"subject": "Licença", "body": "Atestado médico.", "queue": rule}
            ticket = (await carlos.client.post("/crm/tickets", json=said)).json()
            assert ticket["assignee"]["id"] == str(bruna.id)
