"""Documents and passages out of the answers and back, corrections, and the file, over the API."""

from uuid import UUID, uuid4

import httpx2
import pytest
from api import Api
from published import publish

from cogep_assist.core.models import Role

TEXT = "As férias são de vinte dias por ano."


async def found(client: httpx2.AsyncClient, words: str = "dias de férias") -> list[str]:
    reply = await client.get("/search", params={"q": words})
    return [hit["text"] for hit in reply.json()["results"]]


async def passage_of(client: httpx2.AsyncClient, document: UUID) -> dict[str, object]:
    (passage,) = (await client.get(f"/documents/{document}/passages")).json()["items"]
    assert isinstance(passage, dict)
    return passage


async def test_a_document_leaves_the_answers_and_comes_back(api: Api) -> None:
    document = await publish(api.database, TEXT, "Guia")
    other = await publish(api.database, "O crachá fica na portaria.", "Portaria")
    curator = await api.client(Role.CURATOR)
    href = f"/documents/{document}"
    assert (await curator.get(href)).json()["hidden"] is False
    hidden = await curator.patch(href, json={"hidden": True})
    assert (hidden.status_code, hidden.json()["hidden"]) == (200, True)
    assert hidden.headers["ETag"] == '"1"'
    assert TEXT not in await found(curator)
    for wanted, ids in (("true", [document]), ("false", [other]), ("", [other, document])):
        listed = await curator.get("/documents", params={"hidden": wanted})
        assert [one["id"] for one in listed.json()["items"]] == [str(one) for one in ids]
    shown = await curator.patch(href, json={"hidden": False})
    assert shown.json()["hidden"] is False
    assert TEXT in await found(curator)


async def test_a_change_of_what_was_read_spares_a_newer_version(api: Api) -> None:
    document = await publish(api.database, TEXT, "Guia")
    curator = await api.client(Role.CURATOR)
    href = f"/documents/{document}"
    stale = await curator.patch(href, json={"hidden": True}, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "changed_meanwhile")
    fresh = await curator.patch(href, json={"hidden": True}, headers={"If-Match": '"1"'})
    assert fresh.status_code == 200


async def test_a_repeated_change_under_a_key_is_done_once(api: Api) -> None:
    document = await publish(api.database, TEXT, "Guia")
    curator = await api.client(Role.CURATOR)
    key = {"Idempotency-Key": "ocultar-1"}
    for _ in range(2):
        reply = await curator.patch(f"/documents/{document}", json={"hidden": True}, headers=key)
        assert reply.status_code == 200
    other = await curator.patch(f"/documents/{document}", json={"hidden": False}, headers=key)
    assert other.status_code == 409


async def test_a_passage_leaves_the_answers_and_is_corrected(api: Api) -> None:
    document = await publish(api.database, TEXT, "Guia")
    curator = await api.client(Role.CURATOR)
    passage = await passage_of(curator, document)
    assert (passage["text"], passage["start"], passage["hidden"]) == (TEXT, 0, False)
    href = f"/documents/{document}/passages/{passage['id']}"
    out = await curator.put(f"{href}/hidden", json={"hidden": True})
    assert (out.status_code, out.json()["hidden"]) == (200, True)
    assert TEXT not in await found(curator)
    back = await curator.put(f"{href}/hidden", json={"hidden": False})
    assert back.json()["hidden"] is False

    right = TEXT.replace("vinte", "trinta")
    corrected = await curator.put(f"{href}/text", json={"text": right})
    assert (corrected.status_code, corrected.json()["version"]) == (200, 2)
    assert corrected.headers["ETag"] == '"2"'
    assert await found(curator) == [right]
    gone = await curator.put(f"{href}/text", json={"text": "De novo."})
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "passage_not_found")


async def test_passages_go_on(api: Api) -> None:
    document = await publish(api.database, TEXT, "Guia")
    curator = await api.client(Role.CURATOR)
    href = f"/documents/{document}/passages"
    end = await curator.get(href, params={"cursor": "999999999999999999"})
    assert end.json() == {"items": [], "next_cursor": None}
    wrong = await curator.get(href, params={"cursor": "x"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "cursor_invalid")


async def test_the_file_comes_as_it_was_sent(api: Api) -> None:
    pdf = b"%PDF-1.7 as it came"
    document = await publish(api.database, TEXT, "Guia: férias", pdf=pdf)
    reader = await api.client(Role.AGENT)
    file = await reader.get(f"/documents/{document}/versions/1/original")
    assert file.content == pdf
    assert "Guia%20%20f%C3%A9rias.pdf" in file.headers["Content-Disposition"]
    assert file.headers["Content-Type"] == "application/octet-stream"
    without = await publish(api.database, TEXT, "Texto")
    gone = await reader.get(f"/documents/{without}/versions/1/original")
    assert gone.json()["error"]["code"] == "original_not_kept"


@pytest.mark.parametrize("role", [Role.AGENT, Role.DPO, Role.REQUESTER])
async def test_only_curation_curates(api: Api, role: Role) -> None:
    document = await publish(api.database, TEXT, "Guia", public=True)
    curator = await api.client(Role.CURATOR)
    href = f"/documents/{document}"
    passage = f"{href}/passages/{(await passage_of(curator, document))['id']}"
    client = await api.client(role)
    for reply in (
        await client.patch(href, json={"hidden": True}),
        await client.put(f"{passage}/hidden", json={"hidden": True}),
        await client.put(f"{passage}/text", json={"text": "Outra coisa."}),
    ):
        assert (reply.status_code, reply.json()["error"]["code"]) == (403, "role_not_allowed")
    stranger = api.anonymous()
    assert (await stranger.patch(href, json={"hidden": True})).status_code == 401


async def test_what_is_hidden_from_somebody_is_not_there(api: Api) -> None:
    document = await publish(api.database, TEXT, "Guia interno")
    requester = await api.client(Role.REQUESTER)
    for path in ("passages", "versions/1/original"):
        assert (await requester.get(f"/documents/{document}/{path}")).status_code == 404
    curator = await api.client(Role.CURATOR)
    assert (await curator.patch(f"/documents/{uuid4()}", json={"hidden": True})).status_code == 404
    assert (await curator.patch(f"/documents/{document}", json={})).status_code == 422
    assert (await curator.patch(f"/documents/{document}", json={"title": "x"})).status_code == 422
