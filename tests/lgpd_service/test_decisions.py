"""Automated decisions: recorded where they happen, shown to whom they are about, reviewed."""

from uuid import UUID

import sqlalchemy as sa
from api import Api
from signed_in import sign_in

from cogep_assist.core.models import AutomatedDecision, Role


async def test_a_requester_s_priority_and_a_refused_answer_are_explained_and_reviewed(
    api: Api,
) -> None:
    ana = await sign_in(api, "Ana Conceição", Role.REQUESTER)
    carla = await sign_in(api, "Carla Estranha", Role.REQUESTER)
    agent, dpo = await api.client(Role.AGENT), await api.client(Role.DPO)
    body = {"subject": "Sem acesso", "body": "Não consigo entrar.", "urgency": "high"}
    ticket = (await ana.client.post("/crm/tickets", json=body)).json()
    # Whoever works on tickets decides themselves.
    await agent.post("/crm/tickets", json={**body, "impact": "high"})
    asked = await ana.client.post("/ask", json={"question": "Qual é a senha do cofre de Marte?"})
    assert asked.json()["abstained"]
    found = (await ana.client.get("/lgpd/decisions")).json()["items"]
    assert [one["kind"] for one in found] == ["answer_abstained", "ticket_prioritized"]
    refused, priority = found
    assert refused["object_id"] == asked.json()["id"]
    assert priority["object_id"] == ticket["id"]
    assert priority["effect"] == {"priority": ticket["priority"]}
    assert "tabela de impacto e urgência" in priority["criteria"]
    assert (await carla.client.get("/lgpd/decisions")).json()["items"] == []
    self = priority["links"]["self"]
    assert (await carla.client.get(self)).status_code == 404
    assert (await carla.client.post(f"{self}/review", json={})).status_code == 404

    review = await ana.client.post(f"{self}/review", json={"reason": "É urgente."})
    assert review.status_code == 201, review.text
    twice = await ana.client.post(f"{self}/review", json={})
    assert twice.json()["error"]["code"] == "review_asked_already"
    pending = review.json()["reviews"][0]
    request = (await ana.client.get(f"/lgpd/requests/{pending['request_id']}")).json()
    assert (request["right"], request["clocks"][0]["rule"]) == (
        "automated_review",
        "automated_review",
    )
    path = f"/lgpd/reviews/{pending['id']}"
    verdict = {"outcome": "changed", "explanation": "Passou a urgente."}
    assert (await agent.post(path, json=verdict)).status_code == 403
    done = (await dpo.post(path, json=verdict)).json()
    assert done["reviews"][0]["outcome"] == "changed"
    assert (await dpo.post(path, json=verdict)).json()["error"]["code"] == "review_done_already"
    assert len((await dpo.get("/lgpd/decisions")).json()["items"]) == 2
    async with api.database.begin() as session:
        row = await session.get_one(AutomatedDecision, UUID(priority["id"]))
        assert row.subject == f"user:{ana.id}"
        kept = str((await session.execute(sa.select(AutomatedDecision.__table__))).all())
        assert "cofre" not in kept
