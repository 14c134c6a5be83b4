"""Tickets found by their words, and nothing of them found from outside the desk."""

from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from api import Api
from published import publish
from signed_in import Person, sign_in

from cogep_assist.core.models import (
    BackgroundJob,
    Collection,
    Document,
    Erasure,
    ErasureOutcome,
    FenceKind,
    Role,
    SubjectFence,
)
from cogep_assist.crm_service.tickets import ticket_passages
from cogep_assist.crm_service.tickets.ticket_index import INDEX_TICKET, index_ticket
from cogep_assist.retrieval import merge


@pytest.fixture
async def agent(api: Api) -> httpx2.AsyncClient:
    return await api.client(Role.AGENT)


async def opened(
    client: httpx2.AsyncClient, subject: str, body: str, **fields: Any
) -> dict[str, Any]:
    reply = await client.post("/crm/tickets", json={"subject": subject, "body": body, **fields})
    made: dict[str, Any] = reply.json()
    return made


async def index(api: Api) -> None:
    """Do what waits to be indexed, as a worker does a moment later."""
    async with api.database.begin() as session:
        waiting = await session.scalars(
            sa.delete(BackgroundJob)
            .where(BackgroundJob.kind == INDEX_TICKET)
            .returning(BackgroundJob.subject)
        )
        for subject in waiting.all():
            await index_ticket(session, subject)


async def found(client: httpx2.AsyncClient, q: str, **asked: Any) -> list[str]:
    reply = await client.get("/crm/tickets/search", params={"q": q, **asked})
    assert reply.status_code == 200, reply.text
    return [item["ticket"]["subject"] for item in reply.json()["items"]]


async def test_words_are_found_without_accents_misspelt_and_as_they_now_stand(
    api: Api, agent: httpx2.AsyncClient
) -> None:
    net = await opened(agent, "Conexões instáveis", "A conexão do auditório cai toda hora.")
    await opened(agent, "Férias", "Como marco as férias no sistema?")
    await index(api)
    for q in ("conexao auditorio", "conexões do auditório", "auditorioo"):
        assert await found(agent, q) == ["Conexões instáveis"], q
    assert await found(agent, net["protocol"].replace(".", "")) == ["Conexões instáveis"]
    await agent.post(f"{net['links']['self']}/comments", json={"body": "Trocamos o roteador."})
    assert await found(agent, "roteador") == []
    await index(api)
    assert await found(agent, "roteador") == ["Conexões instáveis"]
    assert await found(agent, "roteador", status="resolved") == []
    # One document to a ticket, however often it was written on.
    async with api.database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Document)) == 2


async def test_whose_a_ticket_is_finds_it(api: Api, agent: httpx2.AsyncClient) -> None:
    whose = {"name": "Benedita de Sá Luz", "cpf": "111.444.777-35"}
    mail = {"kind": "email", "value": "bene@exemplo.gov.br"}
    made = await agent.post("/crm/customers", json=whose | {"contacts": [mail]})
    hers = {"customer_id": made.json()["id"]}
    await opened(agent, "Crachá", "Perdi o crachá.", **hers)
    await opened(agent, "Luz do corredor", "A luz do corredor queimou.")
    await opened(agent, "Ponto", "Não registra.", tags=["ponto"], **hers)
    await index(api)
    for q in ("benedita", "Benedita Sa", "sá luz", "111.444.777-35", "bene@exemplo.gov.br"):
        assert (await found(agent, q))[:2] == ["Ponto", "Crachá"], q
    assert await found(agent, "benedita luz", tag="ponto") == ["Ponto"]
    # A word that is a thing as often as a name: both, in turn. What only begins a name is no name.
    assert await found(agent, "luz") == ["Ponto", "Luz do corredor", "Crachá"]
    assert await found(agent, "bene") == []
    assert await found(agent, "benedita rocha") == []


async def test_few_that_pass_a_filter_are_found_among_many_that_speak_more_of_it(
    api: Api, agent: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, few in (("FIRST_PASSAGES", 4), ("DEEPER", 2), ("MANY_PASSAGES", 8)):
        monkeypatch.setattr(ticket_passages, name, few)
    for n in range(20):
        await opened(agent, f"Catraca {n}", "A catraca parou.")
    far = "Depois da reunião sobre férias e diárias, lembrei que a catraca da portaria range."
    rare = [await opened(agent, f"Raro {n}", far, tags=["raro"]) for n in range(3)]
    await index(api)
    # Written again, a ticket's older passage is still in the index; so is one of unknown owner.
    await agent.post(f"{rare[0]['links']['self']}/comments", json={"body": "Segue rangendo."})
    await index(api)
    async with api.database.begin() as session:
        await session.execute(
            sa.text("UPDATE ai.lexical_segment SET owner_ids = NULL WHERE number % 3 = 0")
        )
    names = {"Raro 0", "Raro 1", "Raro 2"}
    for turn in range(2):
        for k in (2, 3, 20):
            some = await found(agent, "catraca", tag="raro", k=k)
            assert (len(some), set(some) <= names) == (min(k, 3), True)
        assert len(await found(agent, "catraca", k=5)) == 5
        assert await found(agent, "catraca", tag="ninguém", k=2) == []
        assert await found(agent, "catraca", protocol=rare[1]["protocol"]) == ["Raro 1"]
        monkeypatch.setattr(merge, "MOST_FRESH_SEGMENTS", 3)
        async with api.database.begin() as session:
            merged = [
                await merge.merge_collection(session, collection)
                for collection in await merge.collections_due(session)
            ]
        assert [report.sources > 20 for report in merged if report] == [True][turn:]
    # A merge takes along what each passage belongs to.
    async with api.database.begin() as session:
        (kept,) = (await session.execute(sa.text(_OWNERS))).all()
    assert (kept.wrong, kept.known > 10) == (0, True)


_OWNERS = """
    SELECT count(*) FILTER (WHERE owner <> source_key AND owner !~ '^ticket:[0-]+$') AS wrong,
           count(*) FILTER (WHERE owner = source_key) AS known
      FROM ai.lexical_segment s
     CROSS JOIN generate_series(0, chunk_count - 1) place
     CROSS JOIN LATERAL (
           SELECT encode(substring(chunk_ids FROM place * 16 + 1 FOR 16), 'hex')::uuid AS id,
                  'ticket:' || encode(substring(owner_ids FROM place * 16 + 1 FOR 16), 'hex')::uuid
                  AS owner) held
      JOIN ai.chunk c ON c.id = held.id
      JOIN ai.document d ON d.id = c.document_id
"""


async def test_a_merged_ticket_is_found_in_the_one_that_was_kept(
    api: Api, agent: httpx2.AsyncClient
) -> None:
    kept = await opened(agent, "Rede", "Sem internet.")
    other = await opened(agent, "Wi-fi", "O repetidor queimou.")
    merged = f"{kept['links']['self']}/merge"
    assert (await agent.post(merged, json={"other_id": other["id"]})).status_code == 201
    await index(api)
    assert await found(agent, "repetidor") == ["Rede"]


async def test_only_who_works_on_the_queue_finds_its_tickets(api: Api) -> None:
    admin = await sign_in(api, "Íris", Role.ADMIN)
    bia = await sign_in(api, "Bia", Role.AGENT, team="Pessoal")
    davi = await sign_in(api, "Davi", Role.AGENT, team="Compras")
    ana = await sign_in(api, "Ana", Role.REQUESTER)
    for team in ("Pessoal", "Compras"):
        await admin.client.put(f"/crm/queues/{team}", json={"team": team})
    ticket = await opened(admin.client, "Sigilo", "Processo do xilofone.", queue="Pessoal")
    await index(api)
    assert await found(bia.client, "xilofone") == ["Sigilo"]
    assert await found(davi.client, "xilofone") == []
    assert await found(davi.client, ticket["protocol"]) == []
    assert (await ana.client.get("/crm/tickets/search", params={"q": "x"})).status_code == 403
    # Moved to another team, it is gone from the first at once, whatever the index still holds.
    await admin.client.patch(ticket["links"]["self"], json={"queue": "Compras"})
    assert await found(bia.client, "xilofone") == []
    await index(api)
    assert await found(davi.client, "xilofone") == ["Sigilo"]
    await _nothing_outside_the_desk(admin)


async def test_tickets_of_who_is_shut_away_are_not_found(
    api: Api, agent: httpx2.AsyncClient
) -> None:
    person = {"kind": "person", "name": "Zuleica Antunes"}
    customer = (await agent.post("/crm/customers", json=person)).json()["id"]
    ticket = await opened(agent, "Oboé", "O oboé rachou.", customer_id=customer)
    await index(api)
    assert await found(agent, "oboe") == await found(agent, ticket["protocol"]) == ["Oboé"]
    async with api.database.begin() as session:
        erasure = Erasure(
            protocol="1", outcome=ErasureOutcome.BLOCK_HELD, plan={}, created_by="system"
        )
        session.add(erasure)
        await session.flush()
        session.add(
            SubjectFence(erasure_id=erasure.id, kind=FenceKind.BLOCKED, customer_id=customer)
        )
    assert await found(agent, "oboe") == await found(agent, ticket["protocol"]) == []
    assert (await agent.get(ticket["links"]["self"])).status_code == 404


async def _nothing_outside_the_desk(admin: Person) -> None:
    """Not even an administrator meets a ticket's words in the base's own look-ups."""
    names = [item["name"] for item in (await admin.client.get("/collections")).json()["items"]]
    assert not any("fila" in name for name in names)
    assert (await admin.client.get("/documents")).json()["items"] == []
    search = await admin.client.get("/search", params={"q": "xilofone"})
    assert search.json()["results"] == []
    answer = await admin.client.post("/ask", json={"question": "Qual o processo do xilofone?"})
    assert answer.json()["abstained"] is True
    assert "xilofone" not in str(answer.json()["closest"])
    put = await admin.client.put("/collections/fila:x", json={"visibility": "public"})
    assert put.status_code == 422


async def test_no_client_can_name_a_queues_collection(api: Api, agent: httpx2.AsyncClient) -> None:
    await opened(agent, "Um", "Dois")
    await index(api)
    async with api.database.begin() as session:
        name = await session.scalar(sa.select(Collection.name))
    curator = await api.client(Role.CURATOR)
    for path in ("/search", "/documents"):
        asked = await curator.get(path, params={"q": "dois", "collection": name})
        assert asked.status_code in {404, 422}, asked.text
    into = await curator.post("/ingest", json={"text": "x", "collection": name})
    assert into.status_code in {404, 422}


async def test_similar_tickets_a_cited_draft_and_where_its_like_went(
    api: Api, agent: httpx2.AsyncClient
) -> None:
    admin = await api.client(Role.ADMIN)
    await admin.put("/crm/queues/Impressão", json={})
    for n in range(3):
        old = await opened(
            agent,
            f"Impressora {n} sem toner",
            "A impressora pede toner e não imprime.",
            queue="Impressão",
            tags=["toner"],
        )
        await agent.post(f"{old['links']['self']}/transition", json={"status": "resolved"})
    await opened(agent, "Senha do e-mail", "Esqueci a senha do correio eletrônico.")
    new = await opened(agent, "Toner acabou", "A impressora do terceiro andar não imprime.")
    await index(api)
    path = new["links"]["self"]
    like = (await agent.get(f"{path}/similar")).json()["items"]
    assert [item["ticket"]["queue"] for item in like[:3]] == ["Impressão"] * 3
    assert new["id"] not in {item["ticket"]["id"] for item in like}
    told = (await agent.get(f"{path}/classification")).json()
    assert told["queue"]["value"] == "Impressão"
    assert [tag["value"] for tag in told["tags"]] == ["toner"]
    assert len(told["queue"]["because"]) == 3
    # A person has the last word: what they accept is set, and the history says on whose word.
    accepted = await agent.post(f"{path}/classification", json={"accept": ["queue", "tags"]})
    assert (accepted.json()["queue"], accepted.json()["tags"]) == ("Impressão", ["toner"])
    events = (await agent.get(path)).json()["events"]
    (why,) = [event["details"] for event in events if event["kind"] == "classified"]
    assert why["because"]["queue"] == told["queue"]["because"]
    refused = await agent.post(f"{path}/classification", json={"accept": ["tudo"]})
    assert refused.status_code == 422
    draft = (await agent.get(f"{path}/draft")).json()
    assert (draft["abstained"], draft["text"], draft["citations"]) == (True, "", [])


async def test_a_draft_leans_on_passages_that_it_names(api: Api, agent: httpx2.AsyncClient) -> None:
    text = "As férias são pedidas com trinta dias de antecedência, no sistema de pessoal."
    await publish(api.database, text, "Manual de férias", public=True)
    await publish(api.database, "A senha vence a cada noventa dias.", "Senhas", public=True)
    asks = "Bom dia! Tudo bem? Com quantos dias de antecedência peço as férias? Obrigada, Ana."
    ticket = await opened(agent, "Antecedência das férias", asks)
    draft = (await agent.get(f"{ticket['links']['self']}/draft")).json()
    assert draft["abstained"] is False
    assert draft["text"] == f"{text} [1]"
    (citation,) = draft["citations"]
    assert text[citation["start"] : citation["end"]] == citation["text"]
    assert (citation["title"], citation["public"]) == ("Manual de férias", True)
    ana = await sign_in(api, "Ana", Role.REQUESTER)
    assert (await ana.client.get(f"{ticket['links']['self']}/draft")).status_code == 403
