"""What tickets say of health, faith and the like: found, judged, and told to who works on them."""

from uuid import UUID

import sqlalchemy as sa
from api import Api
from signed_in import sign_in

from cogep_assist.core.models import AuditEvent, Role, TicketSensitivity
from cogep_assist.core.pii.sensitive import SensitiveCategory
from cogep_assist.crm_service.tickets.ticket_index import index_ticket
from cogep_assist.crm_service.tickets.ticket_sensitivity import sensitive_words

HEALTH, UNION = SensitiveCategory.HEALTH, SensitiveCategory.UNION


async def test_a_flag_says_why_and_a_person_has_the_last_word(api: Api) -> None:
    ana = await sign_in(api, "Ana Lúcia", Role.REQUESTER)
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT, reads_sensitive=True)
    body = {"subject": "Licença", "body": "Atestado médico em anexo, fratura. Sou sindicalizada."}
    ticket = (await ana.client.post("/crm/tickets", json=body)).json()
    self = ticket["links"]["self"]

    async def indexed() -> None:
        async with api.database.begin() as session:
            await index_ticket(session, ticket["id"])

    await indexed()
    seen = (await bruno.client.get(self)).json()["sensitive"]
    assert {flag["category"]: (flag["words"], flag["upheld"], flag["label"]) for flag in seen} == {
        "health": (["atestado médico", "fratura"], None, "Saúde"),
        "union": (["sindicalizada"], None, "Filiação sindical"),
    }
    # Who asked knows what they wrote, and is told nothing of how it is marked.
    assert (await ana.client.get(self)).json()["sensitive"] == []
    door = f"{self}/sensitivity"
    assert (await ana.client.put(f"{door}/union", json={"upheld": False})).status_code == 403
    told = await bruno.client.put(f"{door}/union", json={"upheld": False, "note": "Engano."})
    assert told.status_code == 200, told.text
    # A person may set one that no word gave away; neither is changed by what is found later.
    await bruno.client.put(f"{door}/religion", json={"upheld": True})
    await bruno.client.post(f"{self}/comments", json={"body": "Obrigado.", "kind": "note"})
    await indexed()
    flags = {one["category"]: one for one in (await bruno.client.get(self)).json()["sensitive"]}
    assert (flags["union"]["upheld"], flags["union"]["note"]) == (False, "Engano.")
    assert (flags["religion"]["upheld"], flags["religion"]["words"]) == (True, [])
    assert flags["health"]["upheld"] is None
    assert (await bruno.client.put(f"{door}/raca", json={"upheld": True})).status_code == 422
    # On its page as well, with the way to have one's say.
    page = f"/chamados/{ticket['id']}"
    assert "atestado médico, fratura" in (await bruno.client.get(page)).text
    assert "Dados sensíveis" not in (await ana.client.get(page)).text
    token = bruno.client.headers["X-CSRF-Token"]
    judged = {"csrf_token": token, "categoria": "health", "confirma": "true"}
    assert (await bruno.client.post(f"{page}/sensivel", data=judged)).status_code == 303
    assert "confirmado em" in (await bruno.client.get(page)).text
    wrong = await bruno.client.post(f"{page}/sensivel", data={**judged, "categoria": "raça"})
    assert wrong.status_code == 422
    missing = f"/crm/tickets/{UUID(int=7)}/sensitivity/health"
    assert (await bruno.client.put(missing, json={"upheld": True})).status_code == 404
    assert (await api.anonymous().put(f"{door}/union", json={"upheld": True})).status_code == 401
    async with api.database.begin() as session:
        acts = set(await session.scalars(sa.select(AuditEvent.act)))
        assert {
            "ticket_flagged_sensitive",
            "ticket_sensitivity_decided",
            "sensitive_ticket_read",
        } <= acts
        # What words alone found goes when they do.
        await session.execute(
            sa.text("UPDATE crm.ticket_sensitivity SET decided_at = NULL WHERE category = 'health'")
        )
        await session.execute(sa.text("UPDATE crm.ticket_entry SET body = 'Só uma dúvida.'"))
        await index_ticket(session, ticket["id"])
        left = set(await session.scalars(sa.select(TicketSensitivity.category)))
        assert left == {UNION, SensitiveCategory.RELIGION}


def test_the_words_that_tell_are_few_and_as_written() -> None:
    assert sensitive_words(["A tela preta do servidor.", "Hospital do câncer"]) == {}
    assert sensitive_words(["Tenho ASMA e asma.", "Diabetes"]) == {HEALTH: ["asma", "diabetes"]}
