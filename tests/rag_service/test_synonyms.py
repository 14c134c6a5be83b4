"""Synonyms through their doors, and what searches make of them."""

from uuid import uuid4

import sqlalchemy as sa
from api import Api

from cogep_assist.core.models import AuditEvent, Chunk, Collection, Document, DocumentVersion, Role
from cogep_assist.retrieval.segments import IndexUnit, add_segment

NOTEBOOK = "O notebook é devolvido ao setor de informática no último dia."
LEAVE = "O repouso anual remunerado é de trinta dias."


async def publish(api: Api, *texts: str, media_type: str = "text/plain") -> None:
    async with api.database.begin() as session:
        collection = await session.scalar(sa.select(Collection).limit(1))
        if collection is None:
            collection = Collection(name="geral")
            session.add(collection)
            await session.flush()
        for text in texts:
            document = Document(
                collection_id=collection.id,
                source_key=str(uuid4()),
                title="Guia",
                media_type=media_type,
            )
            session.add(document)
            await session.flush()
            version = DocumentVersion(
                document_id=document.id,
                number=1,
                title="Guia",
                text=text,
                content_sha256=b"",
                parser="teste",
                pipeline_release=1,
                media_type=media_type,
            )
            session.add(version)
            await session.flush()
            chunk = Chunk(
                collection_id=collection.id,
                document_id=document.id,
                version_id=version.id,
                ordinal=0,
                start_offset=0,
                end_offset=len(text),
                text=text,
            )
            session.add(chunk)
            await session.flush()
            await add_segment(session, collection.id, [IndexUnit(chunk.id, text, "Guia", "")])


async def texts(client, question: str, **filters) -> list[str]:
    reply = await client.get("/search", params={"q": question, **filters})
    assert reply.status_code == 200, reply.text
    return [result["text"] for result in reply.json()["results"]]


async def test_a_curator_teaches_changes_and_takes_back(api: Api) -> None:
    await publish(api, NOTEBOOK, LEAVE, *[f"Assunto {n} da pauta." for n in range(30)])
    curator, agent = await api.client(Role.CURATOR), await api.client(Role.AGENT)
    assert await texts(agent, "ultrabook") == []
    body = {"phrase": "Aparelho dobrável", "alternatives": ["notebook", "ultrabook"]}
    made = await curator.post("/synonyms", json=body, headers={"Idempotency-Key": "um"})
    again = await curator.post("/synonyms", json=body, headers={"Idempotency-Key": "um"})
    assert (made.status_code, again.json()) == (201, made.json())
    assert made.headers["location"] == f"/synonyms/{made.json()['id']}"
    for question in ("ultrabook", "ULTRABOOKS", "aparelho dobravel"):
        assert await texts(agent, question) == [NOTEBOOK]
    # One way: who asks for "férias" finds the rest, who asks for the rest finds no "férias".
    one_way = {"phrase": "férias", "alternatives": ["repouso anual"], "direction": "one_way"}
    await curator.post("/synonyms", json=one_way)
    await publish(api, "Férias coletivas em dezembro.")
    assert LEAVE in await texts(agent, "férias")
    assert await texts(agent, "repouso anual") == [LEAVE]
    listed = (await agent.get("/synonyms", params={"limit": 1})).json()
    rest = (await agent.get("/synonyms", params={"cursor": listed["next_cursor"]})).json()
    assert [entry["phrase"] for entry in listed["items"] + rest["items"]] == [
        "férias",
        "Aparelho dobrável",
    ]
    sought = {
        "LICENÇA": [],
        "DOBRAVEL": ["Aparelho dobrável"],
        "noteb": ["Aparelho dobrável"],
        "anual": ["férias"],
        "%": [],
    }
    for q, phrases in sought.items():
        said = (await agent.get("/synonyms", params={"q": q})).json()
        assert [entry["phrase"] for entry in said["items"]] == phrases, q
    assert (await agent.get("/synonyms", params={"q": "x" * 121})).status_code == 422
    path = f"/synonyms/{made.json()['id']}"
    changed = await curator.put(path, json={"phrase": "ultrabook", "alternatives": ["tablet"]})
    assert (await agent.get(path)).json() == changed.json()
    assert await texts(agent, "aparelho dobrável") == []
    assert (await curator.delete(path)).status_code == 204
    assert (await agent.get(path)).status_code == 404
    async with api.database.begin() as session:
        acts = await session.scalars(
            sa.select(AuditEvent.act).where(AuditEvent.object_type == "synonym")
        )
        assert sorted(acts) == [
            "synonym_added",
            "synonym_added",
            "synonym_changed",
            "synonym_removed",
        ]


NO_SYNONYMS = [
    ({"phrase": "férias", "alternatives": []}, "request_invalid"),
    ({"phrase": "", "alternatives": ["x"]}, "request_invalid"),
    ({"phrase": "férias", "alternatives": ["a"], "direction": "up"}, "request_invalid"),
    ({"phrase": "férias", "alternatives": ["FERIAS"]}, "synonym_says_nothing"),
    ({"phrase": "férias", "alternatives": ["para os"]}, "synonym_left_aside"),
    ({"phrase": "De", "alternatives": ["recesso"]}, "synonym_left_aside"),
    ({"phrase": "?!", "alternatives": ["férias"]}, "synonym_without_words"),
    ({"phrase": "a\u0000b", "alternatives": ["férias"]}, "synonym_without_words"),
    ({"phrase": " ".join("bcdfghjklm"), "alternatives": ["férias"]}, "synonym_too_long"),
    ({"phrase": "Licenças", "alternatives": ["folga"]}, "synonym_exists"),
]


async def test_what_cannot_be_a_synonym_is_told(api: Api) -> None:
    curator = await api.client(Role.CURATOR)
    await curator.post("/synonyms", json={"phrase": "licença", "alternatives": ["afastamento"]})
    for body, code in NO_SYNONYMS:
        refused = await curator.post("/synonyms", json=body)
        assert refused.json()["error"]["code"] == code, (body, code)


async def test_strangers_and_readers_do_not_edit(api: Api) -> None:
    body = {"phrase": "férias", "alternatives": ["folga"]}
    missing = f"/synonyms/{uuid4()}"
    for who, status in (
        (api.anonymous(), 401),
        (await api.client(Role.REQUESTER), 403),
        (await api.client(Role.AGENT), 403),
    ):
        assert (await who.post("/synonyms", json=body)).status_code == status
        assert (await who.put(missing, json=body)).status_code == status
        assert (await who.delete(missing)).status_code == status
    assert (await api.anonymous().get("/synonyms")).status_code == 401
    curator = await api.client(Role.CURATOR)
    for reply in (
        await curator.get(missing),
        await curator.put(missing, json=body),
        await curator.delete(missing),
    ):
        assert reply.json()["error"]["code"] == "synonym_not_found"


async def test_a_search_is_narrowed(api: Api) -> None:
    await publish(api, LEAVE)
    await publish(api, "Planilha do repouso anual.", media_type="text/csv")
    agent = await api.client(Role.AGENT)
    assert await texts(agent, "repouso", media_type="csv") == ["Planilha do repouso anual."]
    assert await texts(agent, "repouso", media_type=["TXT", "application/pdf"]) == [LEAVE]
    assert await texts(agent, "repouso", visibility="public") == []
    assert len(await texts(agent, "repouso", visibility="internal", since="2026-01-01")) == 2
    assert await texts(agent, "repouso", until="2020-12-31") == []
    assert await texts(agent, "repouso", document_id=str(uuid4())) == []
    for filters, code in (
        ({"media_type": "exe"}, "search_type_unknown"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "search_days_backwards"),
        ({"since": "ontem"}, "request_invalid"),
        ({"visibility": "secret"}, "request_invalid"),
    ):
        refused = await agent.get("/search", params={"q": "repouso", **filters})
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, code)
