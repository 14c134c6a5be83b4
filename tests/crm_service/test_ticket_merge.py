"""Merging tickets, and taking a merge back to the last column."""

from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from api import Api
from signed_in import sign_in

from cogep_assist.core.models import Role, Ticket, TicketEntry, TicketLink

# What a merge and its undoing rightly leave behind.
MOVES_ON = {"revision", "updated_at"}


@pytest.fixture
async def agent(api: Api) -> httpx2.AsyncClient:
    return await api.client(Role.AGENT)


async def opened(client: httpx2.AsyncClient, subject: str, **fields: Any) -> dict[str, Any]:
    body = {"subject": subject, "body": f"Sobre: {subject}", **fields}
    made: dict[str, Any] = (await client.post("/crm/tickets", json=body)).json()
    return made


async def post(client: httpx2.AsyncClient, ticket: dict[str, Any], door: str, **body: Any) -> Any:
    return await client.post(f"{ticket['links']['self']}/{door}", json=body)


async def everything(api: Api) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables that a merge may touch, but for what is to move on."""
    rows = {}
    async with api.database.begin() as session:
        for model in (Ticket, TicketEntry, TicketLink):
            table = model.__table__
            columns = [column for column in table.c if column.name not in MOVES_ON]
            found = await session.execute(sa.select(*columns).order_by(*table.primary_key))
            rows[table.name] = [tuple(row) for row in found]
    return rows


async def test_what_was_written_moves_and_comes_back_to_the_last_column(
    api: Api, agent: httpx2.AsyncClient
) -> None:
    kept = await opened(agent, "Rede caiu", tags=["rede"])
    other = await opened(agent, "Sem internet", tags=["wi-fi", "rede"])
    third = await opened(agent, "Roteador")
    await post(agent, other, "comments", body="Ainda sem sinal.", kind="message")
    waits = {"status": "waiting", "waiting_on": "third_party", "until": "2027-01-04T12:00:00Z"}
    await post(agent, other, "transition", **waits)
    await post(agent, other, "links", kind="caused_by", other_id=third["id"])
    await post(agent, other, "links", kind="related_to", other_id=kept["id"])
    before = await everything(api)

    merged = await post(agent, kept, "merge", other_id=other["id"])
    assert merged.status_code == 201, merged.text
    told = merged.json()
    assert (told["moved_entries"], told["merged_id"]) == (2, other["id"])
    assert told["kept"]["tags"] == ["rede", "wi-fi"]
    shown = (await agent.get(kept["links"]["self"])).json()
    assert len(shown["entries"]) == 3
    gone = (await agent.get(other["links"]["self"])).json()
    assert (gone["status"], gone["merged_into_id"]) == ("closed", kept["id"])
    assert len((await agent.get("/crm/tickets")).json()["items"]) == 2
    found = await agent.get("/crm/tickets", params={"protocol": other["protocol"]})
    assert found.json()["items"][0]["merged_into_id"] == kept["id"]
    refused = await post(agent, other, "comments", body="tarde")
    assert refused.json()["error"]["code"] == "ticket_merged"

    undone = await post(agent, kept, f"merges/{told['id']}/undo")
    assert undone.status_code == 200, undone.text
    assert await everything(api) == before
    again = await post(agent, kept, f"merges/{told['id']}/undo")
    assert again.json()["error"]["code"] == "ticket_merge_undone"


async def test_an_edit_since_the_merge_refuses_the_undo_and_names_the_row(
    api: Api, agent: httpx2.AsyncClient
) -> None:
    kept, other = await opened(agent, "Um"), await opened(agent, "Dois", tags=["b"])
    merge = (await post(agent, kept, "merge", other_id=other["id"])).json()
    await agent.patch(kept["links"]["self"], json={"tags": ["c"]})
    # A reply written since is nobody's edit of what was merged.
    await post(agent, kept, "comments", body="Seguimos por aqui.")
    refused = await post(agent, kept, f"merges/{merge['id']}/undo")
    assert refused.status_code == 409
    error = refused.json()["error"]
    assert error["code"] == "undo_conflicts"
    assert "tags" in str(error["details"])
    assert kept["id"] in str(error["details"])
    await agent.patch(kept["links"]["self"], json={"tags": ["b"]})
    assert (await post(agent, kept, f"merges/{merge['id']}/undo")).status_code == 200
    shown = (await agent.get(kept["links"]["self"])).json()
    assert [entry["body"] for entry in shown["entries"]] == ["Sobre: Um", "Seguimos por aqui."]


async def test_chains_are_taken_back_from_the_newest(api: Api, agent: httpx2.AsyncClient) -> None:
    tickets = [await opened(agent, f"Nº {n}") for n in range(3)]
    before = await everything(api)
    first = (await post(agent, tickets[1], "merge", other_id=tickets[0]["id"])).json()
    second = (await post(agent, tickets[2], "merge", other_id=tickets[1]["id"])).json()
    assert second["moved_entries"] == 2
    early = await post(agent, tickets[1], f"merges/{first['id']}/undo")
    assert early.json()["error"]["code"] == "ticket_merge_has_later"
    assert (await post(agent, tickets[2], f"merges/{second['id']}/undo")).status_code == 200
    assert (await post(agent, tickets[1], f"merges/{first['id']}/undo")).status_code == 200
    assert await everything(api) == before


async def test_nobody_comes_to_read_what_another_wrote(api: Api, agent: httpx2.AsyncClient) -> None:
    ana = await sign_in(api, "Ana", Role.REQUESTER)
    carla = await sign_in(api, "Carla", Role.REQUESTER)
    hers, other = await opened(ana.client, "Férias"), await opened(carla.client, "Férias")
    refused = await post(agent, hers, "merge", other_id=other["id"])
    assert refused.json()["error"]["code"] == "ticket_merge_people_differ"
    own = await opened(ana.client, "Férias de novo")
    assert (await post(agent, hers, "merge", other_id=own["id"])).status_code == 201
    assert (await post(ana.client, hers, "merge", other_id=own["id"])).status_code == 403
    same = await post(agent, hers, "merge", other_id=hers["id"])
    assert same.json()["error"]["code"] == "ticket_merge_with_itself"


async def test_a_merge_of_hidden_tickets_is_not_found(api: Api, agent: httpx2.AsyncClient) -> None:
    admin = await sign_in(api, "Íris", Role.ADMIN)
    davi = await sign_in(api, "Davi", Role.AGENT, team="Compras")
    await sign_in(api, "Bia", Role.AGENT, team="Pessoal")
    await admin.client.put("/crm/queues/Pessoal", json={"team": "Pessoal", "is_default": True})
    kept, other = await opened(agent, "Um"), await opened(agent, "Dois")
    refused = await post(davi.client, kept, "merge", other_id=other["id"])
    assert refused.json()["error"]["code"] == "ticket_not_found"
    merge = (await post(agent, kept, "merge", other_id=other["id"])).json()
    refused = await post(davi.client, kept, f"merges/{merge['id']}/undo")
    assert refused.json()["error"]["code"] == "ticket_merge_not_found"
