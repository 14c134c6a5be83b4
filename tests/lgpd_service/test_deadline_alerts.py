"""Warnings before a term ends, each once, to whom they concern."""

from datetime import timedelta

import sqlalchemy as sa
from api import Api
from letters import letters
from signed_in import sign_in

from cogep_assist.core.config import Settings
from cogep_assist.core.models import LegalClock, OfficerAppointment, Role
from cogep_assist.lgpd_service.legal.deadline_alerts import send_alerts
from cogep_assist.lgpd_service.legal.officer_alerts import warn_of_vacancy

DAY = timedelta(days=1)


async def test_each_warning_goes_out_once_and_none_after_the_answer(
    api: Api, settings: Settings
) -> None:
    dpo = await sign_in(api, "Débora Encarregada", Role.DPO)
    body = {"right": "erasure", "name": "Ana Conceição", "email": "ana@exemplo.com"}
    told = (await dpo.client.post("/lgpd/requests", json=body)).json()
    self = told["links"]["self"]

    async def after(days: int) -> list[str]:
        """Let a clock have so many days left, and return the new letters' subjects."""
        before = len(await letters(api))
        async with api.database.begin() as session:
            today = await session.scalar(
                sa.select(sa.cast(sa.func.timezone(settings.timezone, sa.func.now()), sa.Date))
            )
            assert today is not None
            due = today + days * DAY
            ends = sa.func.timezone(settings.timezone, sa.cast(due + DAY, sa.DateTime))
            await session.execute(sa.update(LegalClock).values(due_on=due, due_at=ends))
            await send_alerts(session, "", settings)
        async with api.database.begin() as session:
            assert await send_alerts(session, "", settings) == 0, "told twice"
        return [one["subject"] for one in (await letters(api))[before:]]

    assert await after(8) == []
    assert "vence em 7 dias" in (await after(7))[0]
    assert await after(5) == []
    assert "vence em 2 dias" in (await after(2))[0]
    assert "vence em 1 dia," in (await after(1))[0]
    assert "vence hoje" in (await after(0))[0]
    assert "venceu em" in (await after(-1))[0]
    shown = (await dpo.client.get(self)).json()
    assert [step["kind"] for step in shown["steps"]].count("alerted") == 5
    assert shown["clocks"][0]["late"]
    late = (await dpo.client.get("/lgpd/requests", params={"late": True})).json()["items"]
    assert [one["protocol"] for one in late] == [told["protocol"]]
    await dpo.client.post(
        f"{self}/refuse", json={"ground": "identity_not_proven", "answer": "Não comprovou."}
    )
    assert await after(3) == []


async def test_a_vacant_place_is_told_of_and_what_an_appointment_lacks(
    api: Api, settings: Settings
) -> None:
    dpo, admin = await sign_in(api, "Dora", Role.DPO), await sign_in(api, "Ari", Role.ADMIN)
    await sign_in(api, "Bruno", Role.AGENT)
    async with api.database.begin() as session:
        assert await warn_of_vacancy(session, "", settings) == 2
    assert "está vago" in (await letters(api))[-1]["subject"]
    officer = {
        "kind": "holder",
        "name": "Ari Administrador",
        "email": f"{admin.id}@exemplo.gov.br",
        "act_reference": "Portaria 12/2026",
        "signed_on": "2026-01-05",
        "starts_on": "2026-01-06",
    }
    made = (await dpo.client.post("/lgpd/officers", json=officer)).json()
    assert [one.split()[1] for one in made["missing"]] == ["ato", "publicação", "declaração", "não"]
    path = f"/lgpd/officers/{made['id']}"
    out = {"publication": "DOU de 6/1/2026, seção 2", "published_on": "2026-01-06"}
    told = (await dpo.client.post(f"{path}/publication", json=out)).json()
    assert (told["publication"], len(told["missing"])) == (out["publication"], 3)
    assert (await dpo.client.post(f"{path}/publication", json={**out, "publication": ""})).is_error
    async with api.database.begin() as session:
        assert await warn_of_vacancy(session, "", settings) == 0
        ends = sa.cast(sa.func.current_date() + 20, sa.Date)
        await session.execute(sa.update(OfficerAppointment).values(ends_on=ends))
        assert await warn_of_vacancy(session, "", settings) == 2, "nobody follows in a month"
    assert "fica vago depois de" in (await letters(api))[-1]["subject"]


async def test_rules_are_changed_with_their_reference_and_counted(api: Api) -> None:
    dpo, agent = await api.client(Role.DPO), await api.client(Role.AGENT)
    rules = {one["key"]: one for one in (await dpo.get("/lgpd/deadlines")).json()["items"]}
    assert all(one["reference"] and one["confirm_with_counsel"] for one in rules.values())
    assert rules["access_simplified"]["term"] == "imediatamente"
    body = {
        name: rules["lai"][name] for name in ("unit", "amount", "extension", "reference", "note")
    }
    path = "/lgpd/deadlines/lai"
    assert (await agent.put(path, json=body)).status_code == 403
    assert (await dpo.put(path, json={**body, "reference": ""})).status_code == 422
    assert (await dpo.put(path, json={**body, "amount": -1})).status_code == 422
    changed = {**body, "amount": 25, "confirm_with_counsel": False}
    first = await dpo.put(path, json=changed, headers={"If-Match": '"1"'})
    assert (first.json()["amount"], first.json()["revision"]) == (25, 2)
    stale = await dpo.put(path, json=changed, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert (await dpo.put("/lgpd/deadlines/nada", json=body)).status_code == 404
    counted = await dpo.get(f"{path}/count", params={"starts_on": "2026-01-05"})
    assert (counted.json()["due_on"], counted.json()["extended_due_on"]) == (
        "2026-01-30",
        "2026-02-09",
    )
    day = "/lgpd/calendar/days/2026-01-30"
    assert (await dpo.put(day, json={"name": "Padroeira"})).status_code == 201
    assert (await dpo.put(day, json={"name": "Padroeira da cidade"})).status_code == 200
    again = await dpo.get(f"{path}/count", params={"starts_on": "2026-01-05"})
    assert again.json()["due_on"] == "2026-02-02"
    assert (await dpo.delete(day)).status_code == 204
    assert (await dpo.delete(day)).status_code == 404
    year = (await dpo.get("/lgpd/calendar", params={"year": 2026})).json()
    assert year["legal"]["2026-06-04"] == "Corpus Christi"
    rights = (await api.anonymous().get("/lgpd/rights")).json()
    assert len(rights["rights"]) == 15
    assert all(one["article"] for one in rights["grounds"])
