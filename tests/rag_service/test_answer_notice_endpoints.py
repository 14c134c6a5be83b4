"""Notices that the base has an answer by now, over the API."""

from uuid import uuid4

import sqlalchemy as sa
from api import Api
from published import publish
from signed_in import sign_in

from cogep_assist.core.models import AnswerNotice, Role

ASKED = {"question": "Onde fica o almoxarifado de Garanhuns?"}


async def test_a_letter_is_wished_for_and_a_notice_put_aside(api: Api) -> None:
    await publish(api.database, "O crachá fica na portaria.", "Portaria", public=True)
    ana = await sign_in(api, "Ana Conceição", Role.REQUESTER)
    bruno = await sign_in(api, "Bruno Sá", Role.REQUESTER)
    asked = (await ana.client.post("/ask", json=ASKED)).json()
    assert asked["abstained"] is True
    href = f"/ask/{asked['id']}/notice"
    assert (await ana.client.put(href, json={"by_mail": True})).status_code == 204
    assert (await ana.client.get("/ask/notices")).json() == {"items": []}
    async with api.database.begin() as session:
        await session.execute(sa.update(AnswerNotice).values(told_at=sa.func.now()))
    (told,) = (await ana.client.get("/ask/notices")).json()["items"]
    assert (told["answer_id"], told["question"]) == (asked["id"], ASKED["question"])
    assert told["by_mail"] is True
    assert (await bruno.client.get("/ask/notices")).json() == {"items": []}
    for stranger in (
        await bruno.client.put(href, json={"by_mail": True}),
        await bruno.client.delete(href),
        await ana.client.delete(f"/ask/{uuid4()}/notice"),
    ):
        assert (stranger.status_code, stranger.json()["error"]["code"]) == (404, "answer_not_found")
    assert (await ana.client.put(href, json={})).status_code == 422
    assert (await ana.client.delete(href)).status_code == 204
    assert (await ana.client.get("/ask/notices")).json() == {"items": []}
    assert (await api.anonymous().get("/ask/notices")).status_code == 401
