"""Views, macros, texts, acts on many tickets, and who is at one."""

from typing import Any

import httpx2
import pytest
from api import Api
from signed_in import Person, sign_in

from cogep_assist.core.models import Role

UNKNOWN = "019a0000-0000-7000-8000-000000000000"


@pytest.fixture
async def admin(api: Api) -> Person:
    return await sign_in(api, "Íris Conceição", Role.ADMIN)


@pytest.fixture
async def agent(api: Api) -> Person:
    return await sign_in(api, "Bruno Araújo", Role.AGENT)


async def opened(who: Person, subject: str = "Impressora", **fields: Any) -> dict[str, Any]:
    body = {"subject": subject, "body": "Parou.", **fields}
    made: dict[str, Any] = (await who.client.post("/crm/tickets", json=body)).json()
    return made


async def code(reply: httpx2.Response, status: int) -> str:
    assert reply.status_code == status, reply.text
    return str(reply.json()["error"]["code"])


async def test_views_are_ones_own_or_everybodys(api: Api, admin: Person, agent: Person) -> None:
    await opened(agent, "Rede", tags=["rede"])
    await opened(agent, "Mesa", tags=["móveis"])
    view = {"name": "Da rede", "asked": {"tag": "rede", "status": ["new"]}}
    mine = (await agent.client.post("/crm/views", json=view)).json()
    assert await code(await agent.client.post("/crm/views", json=view), 409) == "view_exists"
    shared = {**view, "shared": True}
    assert await code(await agent.client.post("/crm/views", json=shared), 403) == "role_not_allowed"
    everybodys = (await admin.client.post("/crm/views", json=shared)).json()

    async def shown(who: Person, view_id: str, **besides: Any) -> list[str]:
        page = await who.client.get("/crm/tickets", params={"view": view_id, **besides})
        assert page.status_code == 200, page.text
        return [ticket["subject"] for ticket in page.json()["items"]]

    assert await shown(agent, mine["id"]) == ["Rede"]
    assert await shown(agent, everybodys["id"]) == ["Rede"]
    assert await shown(agent, mine["id"], tag="móveis") == ["Mesa"]
    hers = await admin.client.get("/crm/tickets", params={"view": mine["id"]})
    assert await code(hers, 404) == "view_not_found"
    assert len((await agent.client.get("/crm/views")).json()) == 2
    assert (await agent.client.delete(f"/crm/views/{everybodys['id']}")).status_code == 404
    assert (await agent.client.delete(f"/crm/views/{mine['id']}")).status_code == 204
    odd = await agent.client.get("/crm/tickets", params={"colour": "red"})
    assert await code(odd, 422) == "request_invalid"


async def test_a_macro_does_all_of_its_steps_or_none(
    api: Api, admin: Person, agent: Person
) -> None:
    steps = [
        {"do": "reply", "text": "Olá! O chamado {{protocolo}} ficou com {{ atendente }}."},
        {"do": "tag", "add": ["toner"]},
        {"do": "assign", "to": "me"},
        {"do": "move", "status": "waiting", "waiting_on": "customer"},
    ]
    made = await admin.client.put("/crm/macros/Pedir toner", json={"steps": steps})
    assert made.status_code == 201, made.text
    assert (await agent.client.put("/crm/macros/X", json={"steps": steps})).status_code == 403
    ticket = await opened(agent)
    path = ticket["links"]["self"]
    done = (await agent.client.post(f"{path}/macros/Pedir toner")).json()
    assert (done["status"], done["tags"]) == ("waiting", ["toner"])
    assert done["assignee"]["name"] == "Bruno Araújo"
    entries = (await agent.client.get(path)).json()["entries"]
    assert entries[-1]["body"] == f"Olá! O chamado {ticket['protocol']} ficou com Bruno Araújo."

    failing = [{"do": "note", "text": "antes"}, {"do": "move", "status": "new"}]
    await admin.client.put("/crm/macros/Impossível", json={"steps": failing})
    refused = await agent.client.post(f"{path}/macros/Impossível")
    assert await code(refused, 409) == "ticket_move_not_allowed"
    assert len((await agent.client.get(path)).json()["entries"]) == len(entries)
    missing = await agent.client.post(f"{path}/macros/nenhuma")
    assert await code(missing, 404) == "macro_not_found"
    for bad in ([], [{"do": "explode"}], [{"do": "reply", "text": "{{senha}}"}]):
        assert (await admin.client.put("/crm/macros/Ruim", json={"steps": bad})).status_code == 422
    assert (await admin.client.delete("/crm/macros/Pedir toner")).status_code == 204


async def test_a_text_is_filled_once_and_never_from_what_it_is_filled_with(
    admin: Person, agent: Person
) -> None:
    body = {"body": "{{assunto}} / {{fila}} / {{cliente}}."}
    assert (await admin.client.put("/crm/templates/Saudação", json=body)).status_code == 201
    assert (await admin.client.put("/crm/templates/Saudação", json=body)).status_code == 200
    ticket = await opened(agent, "{{protocolo}} e {{atendente}}")
    filled = await agent.client.get(f"{ticket['links']['self']}/templates/Saudação")
    assert filled.json()["text"] == "{{protocolo}} e {{atendente}} / Atendimento / ."
    unknown = await admin.client.put("/crm/templates/Y", json={"body": "{{cpf}}"})
    assert await code(unknown, 422) == "template_place_unknown"
    assert [one["name"] for one in (await agent.client.get("/crm/templates")).json()] == [
        "Saudação"
    ]


async def test_many_tickets_are_acted_on_each_by_itself(api: Api, agent: Person) -> None:
    tickets = [await opened(agent, f"Nº {n}") for n in range(3)]
    await agent.client.post(
        f"{tickets[1]['links']['self']}/transition", json={"status": "resolved"}
    )
    ids = [ticket["id"] for ticket in tickets]
    body = {"ids": [*ids, UNKNOWN], "move": {"status": "waiting", "waiting_on": "customer"}}
    reply = await agent.client.post("/crm/tickets/bulk", json=body)
    assert [(item["done"], item["code"]) for item in reply.json()["items"]] == [
        (True, None),
        (False, "ticket_move_not_allowed"),
        (True, None),
        (False, "ticket_not_found"),
    ]
    tagged = {"ids": ids, "change": {"tags": ["mutirão"]}}
    assert (await agent.client.post("/crm/tickets/bulk", json=tagged)).status_code == 200
    found = await agent.client.get("/crm/tickets", params={"tag": "mutirão"})
    assert len(found.json()["items"]) == 3
    for wrong in ({"ids": ids}, {**tagged, "macro": "x"}, {"ids": [], "macro": "x"}):
        assert (await agent.client.post("/crm/tickets/bulk", json=wrong)).status_code == 422
    ana = await sign_in(api, "Ana", Role.REQUESTER)
    assert (await ana.client.post("/crm/tickets/bulk", json=tagged)).status_code == 403


async def test_two_who_are_at_one_ticket_see_each_other(
    api: Api, admin: Person, agent: Person
) -> None:
    path = (await opened(agent))["links"]["self"] + "/presence"
    assert (await agent.client.put(path, json={"writing": True})).json() == []
    assert (await admin.client.put(path, json={})).json() == [
        {"user_id": str(agent.id), "name": "Bruno Araújo", "writing": True}
    ]
    assert (await agent.client.delete(path)).status_code == 204
    assert (await admin.client.put(path, json={})).json() == []
    ana = await sign_in(api, "Ana", Role.REQUESTER)
    assert (await ana.client.put(path, json={})).status_code == 403
