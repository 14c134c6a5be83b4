"""The desk's doors: what each person may do with a ticket, and what they never see."""

import asyncio
from typing import Any

import httpx2
import sqlalchemy as sa
from api import Api
from signed_in import Person, sign_in

from cogep_assist.core.models import AuditEvent, Role, Ticket, TicketEvent
from cogep_assist.crm_service.tickets.protocol import read_protocol

UNKNOWN = "019a0000-0000-7000-8000-000000000000"


async def opened(client: httpx2.AsyncClient, **fields: Any) -> dict[str, Any]:
    body = {"subject": "Impressora sem toner", "body": "A da sala 12 parou.", **fields}
    reply = await client.post("/crm/tickets", json=body)
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


async def act(who: Person, ticket: dict[str, Any], door: str, **body: Any) -> httpx2.Response:
    return await who.client.post(f"{ticket['links']['self']}/{door}", json=body)


async def code(reply: httpx2.Response, status: int) -> str:
    assert reply.status_code == status, reply.text
    return str(reply.json()["error"]["code"])


async def queue(admin: Person, name: str, **fields: Any) -> None:
    reply = await admin.client.put(f"/crm/queues/{name}", json=fields)
    assert reply.status_code in {200, 201}, reply.text


async def test_a_requester_opens_one_and_follows_it_to_its_end(api: Api) -> None:
    ana = await sign_in(api, "Ana Lúcia", Role.REQUESTER)
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT)
    ticket = await opened(ana.client, urgency="high")
    assert read_protocol(ticket["protocol"]) == ticket["protocol"]
    assert (ticket["status"], ticket["priority"]) == ("new", "high")
    assert ticket["queue"] == "Atendimento"

    claimed = (await act(bruno, ticket, "claim")).json()
    assert claimed["assignee"] == {"id": str(bruno.id), "name": "Bruno Araújo"}
    assert claimed["status"] == "open"
    note = await act(bruno, ticket, "comments", body="Falta no estoque?", kind="note")
    assert note.status_code == 201
    reply = await act(bruno, ticket, "comments", body="Já pedimos o toner.")
    assert reply.json()["kind"] == "reply"
    waiting = await act(bruno, ticket, "transition", status="waiting", waiting_on="customer")
    assert waiting.json()["waiting_on"] == "customer"

    # Her answer takes it up again; she sees neither the note nor who wrote what.
    assert (await act(ana, ticket, "comments", body="Obrigada, já chegou.")).status_code == 201
    shown = (await ana.client.get(ticket["links"]["self"])).json()
    assert shown["status"] == "open"
    assert [entry["body"] for entry in shown["entries"]] == [
        "A da sala 12 parou.",
        "Já pedimos o toner.",
        "Obrigada, já chegou.",
    ]
    assert [entry["author"] for entry in shown["entries"] if not entry["mine"]] == ["reply"]
    assert shown["events"] == []
    assert shown["handover"] is None

    assert await code(await act(ana, ticket, "rating", score=5), 409) == "rating_too_early"
    resolved = await act(bruno, ticket, "transition", status="resolved")
    assert resolved.json()["resolved_at"] is not None
    assert (await act(ana, ticket, "rating", score=5, comment="Ótimo!")).status_code == 200
    whole = (await bruno.client.get(ticket["links"]["self"])).json()
    assert whole["rating"] == {"score": 5, "comment": "Ótimo!"}
    kinds = [event["kind"] for event in whole["events"]]
    assert kinds[:2] == ["opened", "claimed"]
    assert kinds.count("moved") == 3
    assert whole["first_replied_at"] is not None


async def test_a_program_says_by_which_channel_a_ticket_came(agent: httpx2.AsyncClient) -> None:
    for channel in ("web", "api", "phone"):
        made = await opened(agent, channel=channel)
        whole = (await agent.get(made["links"]["self"])).json()
        assert whole["channel"] == channel
    body = {"subject": "a", "body": "b", "channel": "email"}
    refused = await agent.post("/crm/tickets", json=body)
    assert await code(refused, 422) == "request_invalid"
    assert "um destes: 'web', 'api' ou 'phone'." in refused.json()["error"]["message"]


async def test_what_the_desk_decides_is_not_a_requesters_to_say(api: Api) -> None:
    ana = await sign_in(api, "Ana", Role.REQUESTER)
    for decided in ({"priority": "urgent"}, {"queue": "x"}, {"impact": "high"}, {"tags": ["a"]}):
        reply = await ana.client.post("/crm/tickets", json={"subject": "a", "body": "b", **decided})
        assert await code(reply, 403) == "role_not_allowed", decided
    mass = {"subject": "a", "body": "b", "status": "closed", "protocol": "2026.000001-0"}
    assert (await ana.client.post("/crm/tickets", json=mass)).status_code == 422
    ticket = await opened(ana.client)
    assert await code(await act(ana, ticket, "claim"), 403) == "role_not_allowed"
    note = await act(ana, ticket, "comments", body="x", kind="note")
    assert await code(note, 403) == "role_not_allowed"
    moved = await act(ana, ticket, "transition", status="resolved")
    assert await code(moved, 403) == "role_not_allowed"
    closed = await act(ana, ticket, "transition", status="closed", reason="já resolvi")
    assert closed.json()["status"] == "closed"


async def test_a_stranger_finds_nothing_at_any_door(api: Api) -> None:
    ana = await sign_in(api, "Ana", Role.REQUESTER)
    carla = await sign_in(api, "Carla", Role.REQUESTER)
    admin = await sign_in(api, "Íris", Role.ADMIN)
    bruno = await sign_in(api, "Bruno", Role.AGENT, team="Pessoal")
    davi = await sign_in(api, "Davi", Role.AGENT, team="Compras")
    await queue(admin, "Pessoal", team="Pessoal", is_default=True)
    ticket = await opened(ana.client)
    path = ticket["links"]["self"]
    assert (await bruno.client.get(path)).status_code == 200
    doors: dict[str, dict[str, Any]] = {
        "claim": {},
        "assign": {"user_id": str(davi.id)},
        "comments": {"body": "oi"},
        "transition": {"status": "closed", "reason": "x"},
        "snooze": {"until": None},
        "links": {"kind": "related_to", "other_id": UNKNOWN},
        "split": {"subject": "x", "entry_ids": [UNKNOWN]},
        "rating": {"score": 1},
    }
    for stranger in (carla, davi):
        assert (await stranger.client.get("/crm/tickets")).json()["items"] == []
        assert await code(await stranger.client.get(path), 404) == "ticket_not_found"
        for door, body in doors.items():
            refused = await act(stranger, ticket, door, **body)
            assert refused.status_code in {403, 404}, door
            assert refused.json()["error"]["code"] in {"ticket_not_found", "role_not_allowed"}
    assert await code(await davi.client.patch(path, json={"tags": []}), 404) == "ticket_not_found"
    assert (await api.anonymous().get(path)).status_code == 401
    assert [queue["name"] for queue in (await davi.client.get("/crm/queues")).json()] == []
    async with api.database.begin() as session:
        events = await session.scalar(sa.select(sa.func.count()).select_from(TicketEvent))
    assert events == 1


async def test_of_many_who_claim_at_once_one_wins_and_the_others_are_told(api: Api) -> None:
    agents = [await sign_in(api, f"Agente {n}", Role.AGENT) for n in range(4)]
    for _ in range(5):
        ticket = await opened(agents[0].client)
        replies = await asyncio.gather(*(act(agent, ticket, "claim") for agent in agents))
        won = [reply for reply in replies if reply.status_code == 200]
        assert len(won) == 1
        holder = won[0].json()["assignee"]["name"]
        for reply in replies:
            if reply.status_code != 200:
                assert await code(reply, 409) == "ticket_claimed_meanwhile"
                assert holder in reply.json()["error"]["message"]


async def test_numbers_are_unique_whoever_writes_and_however_often(api: Api) -> None:
    client = await api.client(Role.AGENT)
    replies = await asyncio.gather(*(opened(client, subject=f"Nº {n}") for n in range(40)))
    protocols = {reply["protocol"] for reply in replies}
    assert len(protocols) == 40
    keyed = {"Idempotency-Key": "abrir-uma-vez"}
    body = {"subject": "Uma vez", "body": "só"}
    twice = await asyncio.gather(
        *(client.post("/crm/tickets", json=body, headers=keyed) for _ in range(5))
    )
    assert len({reply.json()["protocol"] for reply in twice}) == 1
    assert len({reply.json()["proof"] for reply in twice}) == 1


async def test_a_change_on_an_old_reading_is_refused(api: Api) -> None:
    agent = await api.client(Role.AGENT)
    ticket = await opened(agent, impact="low", urgency="low")
    path = ticket["links"]["self"]
    read = (await agent.get(path)).headers["etag"]
    changed = await agent.patch(path, json={"tags": ["Toner", "toner"]}, headers={"If-Match": read})
    assert changed.json()["tags"] == ["toner"]
    assert changed.headers["etag"] != read
    late = await agent.patch(path, json={"subject": "Outro"}, headers={"If-Match": read})
    assert await code(late, 412) == "changed_meanwhile"
    assert (await agent.get(path)).json()["subject"] == "Impressora sem toner"
    raised = await agent.patch(path, json={"impact": "high", "urgency": "high"})
    assert raised.json()["priority"] == "urgent"
    fixed = await agent.patch(path, json={"priority": "low"})
    assert fixed.json()["priority"] == "low"
    held = await agent.patch(path, json={"impact": "medium"})
    assert held.json()["priority"] == "low"
    drawn = await agent.patch(path, json={"priority": None})
    assert drawn.json()["priority"] == "high"
    # What changes nothing leaves no trace.
    same = await agent.patch(path, json={"impact": "medium"})
    assert same.headers["etag"] == drawn.headers["etag"]


async def test_rules_of_queues_deal_tickets_out(api: Api) -> None:
    admin = await sign_in(api, "Íris", Role.ADMIN)
    agents = [await sign_in(api, f"Agente {n}", Role.AGENT, team="Rede") for n in range(3)]
    await sign_in(api, "De outra equipe", Role.AGENT, team="Compras")
    await queue(admin, "Rede", team="Rede", assignment="round_robin")
    made = [await opened(admin.client, queue="Rede") for _ in range(6)]
    turns = [ticket["assignee"]["id"] for ticket in made]
    assert turns[:3] == turns[3:]
    assert set(turns) == {str(agent.id) for agent in agents}
    await queue(admin, "Rede", assignment="least_loaded")
    freed = next(agent for agent in agents if str(agent.id) == turns[1])
    for ticket in made:
        if ticket["assignee"]["id"] == turns[1]:
            await act(admin, ticket, "transition", status="resolved")
    assert (await opened(admin.client, queue="Rede"))["assignee"]["id"] == str(freed.id)
    # Moved to a queue of another team, a ticket leaves the hands it was in.
    await queue(admin, "Compras", team="Compras")
    moved = await admin.client.patch(made[0]["links"]["self"], json={"queue": "Compras"})
    assert moved.json()["assignee"] is None
    given = await act(admin, made[0], "assign", user_id=str(agents[0].id))
    assert await code(given, 422) == "assignee_not_found"


async def test_split_links_and_lists(api: Api) -> None:
    agent = await sign_in(api, "Bruno", Role.AGENT)
    ticket = await opened(agent.client, tags=["rede"])
    second = (await act(agent, ticket, "comments", body="E o wi-fi?", kind="message")).json()
    shown = (await agent.client.get(ticket["links"]["self"])).json()
    everything = [entry["id"] for entry in shown["entries"]]
    all_of_it = await act(agent, ticket, "split", subject="Tudo", entry_ids=everything)
    assert await code(all_of_it, 422) == "ticket_split_takes_all"
    made = (await act(agent, ticket, "split", subject="Wi-fi", entry_ids=[second["id"]])).json()
    detail = (await agent.client.get(made["links"]["self"])).json()
    assert [entry["body"] for entry in detail["entries"]] == ["E o wi-fi?"]
    assert [(link["kind"], link["outgoing"]) for link in detail["related"]] == [
        ("split_from", True)
    ]
    duplicate = {"kind": "duplicate_of", "other_id": ticket["id"]}
    assert (await act(agent, made, "links", **duplicate)).status_code == 200
    turned = await act(agent, ticket, "links", kind="duplicate_of", other_id=made["id"])
    assert await code(turned, 409) == "ticket_link_turned"
    gone = await agent.client.delete(
        f"{made['links']['self']}/links/{ticket['id']}", params={"kind": "duplicate_of"}
    )
    assert gone.status_code == 200

    async def listed(**asked: Any) -> list[str]:
        page = await agent.client.get("/crm/tickets", params=asked)
        assert page.status_code == 200, page.text
        return [item["subject"] for item in page.json()["items"]]

    assert await listed() == ["Wi-fi", "Impressora sem toner"]
    assert await listed(tag="Rede") == ["Wi-fi", "Impressora sem toner"]
    assert await listed(status="resolved") == []
    assert await listed(protocol=ticket["protocol"].replace(".", " ")) == ["Impressora sem toner"]
    assert await listed(protocol="2026.000001-x") == []
    assert await listed(assignee="none", queue="Atendimento") == ["Wi-fi", "Impressora sem toner"]
    assert await listed(assignee="me") == []
    first = (await agent.client.get("/crm/tickets", params={"limit": 1})).json()
    rest = {"limit": 1, "cursor": first["next_cursor"]}
    last = (await agent.client.get("/crm/tickets", params=rest)).json()
    assert [item["subject"] for item in last["items"]] == ["Impressora sem toner"]
    assert last["next_cursor"] is None


async def test_the_public_page_wants_both_protocol_and_code(api: Api) -> None:
    ana = await sign_in(api, "Ana", Role.REQUESTER)
    ticket = await opened(ana.client)
    stranger = api.anonymous()
    asked = {"protocol": ticket["protocol"].replace("-", ""), "proof": ticket["proof"].lower()}
    shown = await stranger.post("/crm/tickets/status", json=asked)
    assert shown.json()["status_label"] == "novo"
    assert [entry["body"] for entry in shown.json()["entries"]] == ["A da sala 12 parou."]
    wrong: tuple[dict[str, str], ...] = (
        {**asked, "proof": "A" * 10},
        {**asked, "protocol": "2026.999999-9"},
        {**asked, "proof": "ü" * 10},
    )
    texts = set()
    for attempt in wrong:
        refused = await stranger.post("/crm/tickets/status", json=attempt)
        assert await code(refused, 404) == "ticket_status_not_found"
        texts.add(refused.json()["error"]["message"])
    assert len(texts) == 1


async def test_who_has_the_code_rates_without_an_account(api: Api) -> None:
    ana = await sign_in(api, "Ana", Role.REQUESTER)
    ticket = await opened(ana.client)
    stranger, agent = api.anonymous(), await api.client(Role.AGENT)
    said = {"protocol": ticket["protocol"], "proof": ticket["proof"], "score": 5, "comment": "Bom!"}
    early = await stranger.post("/crm/tickets/status/rating", json=said)
    assert await code(early, 409) == "rating_too_early"
    await agent.post(f"/crm/tickets/{ticket['id']}/transition", json={"status": "resolved"})
    kept = await stranger.post("/crm/tickets/status/rating", json=said)
    assert kept.json() == {"score": 5, "comment": "Bom!"}
    assert (await agent.get(f"/crm/tickets/{ticket['id']}")).json()["rating"]["score"] == 5
    wrong = await stranger.post("/crm/tickets/status/rating", json={**said, "proof": "A" * 10})
    assert await code(wrong, 404) == "ticket_status_not_found"
    assert (
        await stranger.post("/crm/tickets/status/rating", json={**said, "score": 6})
    ).status_code == 422


async def test_words_that_hide_or_overflow_are_refused_and_nothing_is_stored(api: Api) -> None:
    client = await api.client(Role.AGENT)
    for fields in (
        {"subject": "\u202e \u200b"},
        {"body": "a\x00b"},
        {"subject": " \n "},
        {"body": "x" * 50_001},
        {"tags": ["=cmd()"]},
        {"customer_id": UNKNOWN},
        {"queue": "não há"},
    ):
        body = {"subject": "Assunto", "body": "Texto", **fields}
        reply = await client.post("/crm/tickets", json=body)
        assert reply.status_code in {404, 422}, (fields, reply.text)
    async with api.database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Ticket)) == 0
        acts = await session.scalars(sa.select(AuditEvent.act))
        assert "ticket_opened" not in set(acts)
    # What comes along with a number from a chat, or with a line from a letter, is not held
    # against anybody: it goes.
    pasted = {
        "subject": "\u202eFérias\u200b",
        "body": "Ligue \u202a+55 61 9876-5432\u202c,\x0bpor favor.",
    }
    made = await client.post("/crm/tickets", json=pasted)
    shown = (await client.get(made.json()["links"]["self"])).json()
    assert shown["subject"] == "Férias"
    assert shown["entries"][0]["body"] == "Ligue +55 61 9876-5432,\npor favor."


async def test_a_ticket_is_told_on_its_customers_timeline(api: Api) -> None:
    agent = await sign_in(api, "Bruno", Role.AGENT)
    body = {"kind": "person", "name": "Ana Lúcia D'Ávila"}
    customer = (await agent.client.post("/crm/customers", json=body)).json()
    ticket = await opened(agent.client, customer_id=customer["id"])
    assert ticket["customer"] == {"id": customer["id"], "name": "Ana Lúcia D'Ávila"}
    await act(agent, ticket, "transition", status="resolved")
    timeline = (await agent.client.get(f"/crm/customers/{customer['id']}/timeline")).json()
    told = [(event["kind"], event["object_id"]) for event in timeline["items"]]
    assert ("ticket_opened", ticket["id"]) in told
    assert ("ticket_moved", ticket["id"]) in told
    assert "Impressora" not in str(timeline)
