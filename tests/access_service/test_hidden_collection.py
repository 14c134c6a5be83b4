"""A collection of named teams: whoever is in none of them finds no trace of it anywhere."""

import pytest
from accounts import make_user, session_of
from api import Api
from fastapi.routing import iter_route_contexts
from published import publish

from cogep_assist.core.access_teams import create_team, set_member
from cogep_assist.core.models import Role, Visibility
from cogep_assist.core.principal import SYSTEM
from cogep_assist.ingestion_service.collections import set_visibility

SECRET = "O processo disciplinar do servidor Zózimo corre em sigilo absoluto."
WORD = "Zózimo"
NAME = "sigilosos"
QUESTION = f"Como corre o processo disciplinar do servidor {WORD}?"


async def hidden(api: Api) -> tuple[str, list[str]]:
    """Publish a document that only one team reads; return the reader's name and the ids."""
    document = await publish(api.database, SECRET, "Dossiê reservado", collection=NAME)
    reader = await make_user(api, "corregedora@órgão.gov.br", Role.CURATOR)
    async with api.database.begin() as session:
        team = await create_team(session, SYSTEM, "Corregedoria")
        await set_member(session, SYSTEM, team.id, reader.id, leader=False)
        await set_visibility(session, SYSTEM, NAME, Visibility.TEAMS, readers=["corregedoria"])
    browser, opened = await session_of(api, reader)
    csrf = {"X-CSRF-Token": opened.csrf_token}
    found = (await browser.client.get("/search", params={"q": WORD})).json()["results"]
    assert found
    assert found[0]["document_id"] == str(document)
    asked = await browser.client.post("/ask", json={"question": QUESTION}, headers=csrf)
    answer = asked.json()
    assert not answer["abstained"]
    return str(document), [answer["id"], answer["conversation_id"], found[0]["chunk_id"]]


@pytest.mark.slow
async def test_no_get_route_tells_a_stranger_of_a_hidden_collection(api: Api) -> None:
    document, others = await hidden(api)
    traces = [WORD, "Zozimo", NAME, "Dossiê", document, *others]
    for role in (Role.REQUESTER, Role.AGENT, Role.CURATOR, Role.DPO):
        user = await make_user(api, f"{role.value}@órgão.gov.br", role)
        browser, _ = await session_of(api, user)
        client = browser.client
        client.headers["Accept"] = "application/json"
        for context in iter_route_contexts(api.app.routes):
            if "GET" not in (context.methods or ()):
                continue
            for path in paths(str(context.path_format), [document, *others]):
                reply = await client.get(path, params=parameters(path))
                # A refusal may repeat the id that was asked for in no word but the path.
                told = [trace for trace in traces if trace in reply.text and trace not in path]
                echoed = {WORD, NAME} if "search" in path else set()
                assert not set(told) - echoed, f"{role.value}: {path} tells of {told}"
                if document in path or others[0] in path or others[1] in path:
                    assert reply.status_code in {403, 404, 422}, f"{role.value}: {path}"
        search = (await client.get("/search", params={"q": WORD})).json()
        assert search["results"] == []
        named = await client.get("/search", params={"q": WORD, "collection": NAME})
        missing = await client.get("/search", params={"q": WORD, "collection": "nunca-houve"})
        assert named.status_code == missing.status_code
        assert named.text.replace(NAME, "?").count("?") == missing.text.replace(
            "nunca-houve", "?"
        ).count("?")


async def test_only_its_curators_change_a_collection_that_has_some(api: Api) -> None:
    document = await publish(api.database, SECRET, "Dossiê reservado", collection=NAME)
    async with api.database.begin() as session:
        await create_team(session, SYSTEM, "Corregedoria")
        await set_visibility(session, SYSTEM, NAME, Visibility.INTERNAL, curators=["Corregedoria"])
    curator = await api.client(Role.CURATOR)
    assert (await curator.get(f"/documents/{document}")).status_code == 200
    for reply in (
        await curator.delete(f"/documents/{document}"),
        await curator.post("/ingest", json={"text": "x", "title": "y", "collection": NAME}),
        await curator.put(f"/collections/{NAME}", json={"visibility": "public"}),
    ):
        assert reply.json()["error"]["code"] == "collection_not_curated"
    admin = await api.client(Role.ADMIN)
    taken = await admin.post("/ingest", json={"text": "x", "title": "y", "collection": NAME})
    assert taken.status_code == 202
    hidden_now = await admin.put(f"/collections/{NAME}", json={"visibility": "teams"})
    assert hidden_now.json()["readers"] == ["Corregedoria"]
    unseen = await curator.post("/ingest", json={"text": "x", "title": "y", "collection": NAME})
    assert unseen.status_code == 404
    none = await admin.put("/collections/outra", json={"visibility": "teams"})
    assert none.json()["error"]["code"] == "teams_needed"


def paths(pattern: str, ids: list[str]) -> list[str]:
    """Every address of a route that names one of the hidden ids."""
    plain = pattern.replace("{number}", "1").replace("{name}", NAME)
    if "_id}" not in plain:
        return [plain]
    filled = []
    for identifier in ids:
        path = plain
        while "_id}" in path:
            begin = path.rindex("{", 0, path.index("_id}"))
            path = path[:begin] + identifier + path[path.index("_id}") + 4 :]
        filled.append(path)
    return filled


def parameters(path: str) -> dict[str, str]:
    return {"q": WORD} if path == "/search" else {}
