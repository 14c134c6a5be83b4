"""Automated decisions: recorded where they happen, shown to whom they are about, reviewed."""

import re
from uuid import UUID

import sqlalchemy as sa
from api import Api
from signed_in import Person, sign_in

from cogep_assist.core.models import AutomatedDecision, Role, TicketChannel
from cogep_assist.crm_service.mail.mail_people import by_mail
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket


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
    early = {"outcome": "granted", "answer": "Está certo."}
    unseen = await dpo.post(f"/lgpd/requests/{pending['request_id']}/answer", json=early)
    assert unseen.json()["error"]["code"] == "review_missing"
    path = f"/lgpd/reviews/{pending['id']}"
    verdict = {"outcome": "changed", "explanation": "Passou a urgente."}
    assert (await agent.post(path, json=verdict)).status_code == 403
    done = (await dpo.post(path, json=verdict)).json()
    assert done["reviews"][0]["outcome"] == "changed"
    assert (await dpo.post(path, json=verdict)).json()["error"]["code"] == "review_done_already"
    told = (await ana.client.get(f"/lgpd/requests/{pending['request_id']}")).json()
    assert (told["status"], told["answer"]) == (
        "answered",
        "Uma pessoa reviu a decisão e a mudou. Passou a urgente.",
    ), "who asked is told what came of it"
    await _by_the_pages(api, ana, priority["id"])
    assert len((await dpo.get("/lgpd/decisions")).json()["items"]) == 2
    async with api.database.begin() as session:
        letter = NewTicket("Sem crachá", "Perdi o crachá.", channel=TicketChannel.EMAIL)
        await open_ticket(session, by_mail(None), letter, "America/Sao_Paulo")
        kinds = await session.scalars(sa.select(AutomatedDecision.kind))
        assert sorted(one.value for one in kinds).count("ticket_prioritized") == 2, (
            "nobody weighed a letter's ticket either"
        )
        row = await session.get_one(AutomatedDecision, UUID(priority["id"]))
        assert row.subject == f"user:{ana.id}"
        kept = str((await session.execute(sa.select(AutomatedDecision.__table__))).all())
        assert "cofre" not in kept


async def _by_the_pages(api: Api, ana: Person, decision: str) -> None:
    """Ana asks again on her own page; the encarregado answers on hers."""
    page = await ana.client.get("/conta/decisoes")
    assert "O chamado recebeu a prioridade" in page.text
    assert "Passou a urgente." in page.text
    form = {"motivo": "Ainda está errado."}
    asked = await ana.client.post(f"/conta/decisoes/{decision}/revisao", data=form)
    assert asked.status_code == 303
    dpo = await sign_in(api, "Dandara Nóbrega", Role.DPO)
    desk = (await dpo.client.get("/protecao-de-dados/decisoes")).text
    review = re.findall(r'action="/protecao-de-dados/decisoes/([0-9a-f-]+)"', desk)
    assert len(review) == 1, "what was reviewed waits no more"
    done = {"conclusao": "upheld", "explicacao": "A regra vale."}
    told = await dpo.client.post(f"/protecao-de-dados/decisoes/{review[0]}", data=done)
    assert told.status_code == 303
    assert "A regra vale." in (await ana.client.get("/conta/decisoes")).text
    assert "Nenhuma revisão pedida" in (await dpo.client.get("/protecao-de-dados/decisoes")).text
