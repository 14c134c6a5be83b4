"""Who is away: no queue hands them tickets, colleagues see until when, and pages say it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from api import Api
from browser_session import HTML, words
from signed_in import sign_in

from cogep_assist.core.config import Settings
from cogep_assist.core.models import Role


async def test_who_is_away_is_handed_nothing_and_colleagues_see_it(
    api: Api, settings: Settings
) -> None:
    admin = await sign_in(api, "Íris Conceição", Role.ADMIN)
    ana = await sign_in(api, "Ana Prado", Role.AGENT)
    bia = await sign_in(api, "Bia Nóbrega", Role.AGENT)
    turns = {"assignment": "round_robin", "is_default": True}
    assert (await admin.client.put("/crm/queues/Pessoal", json=turns)).status_code < 300

    async def handed() -> str | None:
        made = await admin.client.post("/crm/tickets", json={"subject": "Férias", "body": "Oi."})
        return (made.json()["assignee"] or {}).get("name")

    assert {await handed(), await handed()} == {"Ana Prado", "Bia Nóbrega"}
    today = datetime.now(ZoneInfo(settings.timezone)).date()
    days = {"first": today.isoformat(), "last": (today + timedelta(days=3)).isoformat()}
    assert (await ana.client.put("/access/me/absence", json=days)).status_code == 204
    assert [await handed(), await handed()] == ["Bia Nóbrega"] * 2
    ticket = (await admin.client.post("/crm/tickets", json={"subject": "X", "body": "Oi."})).json()
    form = await bia.client.get(f"/chamados/{ticket['id']}/acoes/atribuir", headers=HTML)
    assert f"Ana Prado (ausente até {today + timedelta(days=3):%d/%m/%Y})" in form.text
    # Everybody away: nobody is handed it. Of others says who manages them, and nobody else.
    hers = f"/access/users/{bia.id}/absence"
    assert (await ana.client.put(hers, json=days)).status_code == 403
    assert (await admin.client.put(hers, json=days)).status_code == 204
    assert await handed() is None
    later = {key: (today + timedelta(days=9)).isoformat() for key in days}
    assert (await admin.client.put(hers, json=later)).status_code == 204
    assert await handed() == "Bia Nóbrega"
    early = days | {"last": (today - timedelta(days=1)).isoformat()}
    refused = await ana.client.put("/access/me/absence", json=early)
    assert refused.json()["error"]["code"] == "absence_ends_early"
    half = await ana.client.put("/access/me/absence", json={"first": days["first"]})
    assert half.status_code == 422


async def test_an_absence_is_told_on_pages(api: Api, settings: Settings) -> None:
    admin = await sign_in(api, "Íris Conceição", Role.ADMIN)
    ana = await sign_in(api, "Ana Prado", Role.AGENT)
    token = {"csrf_token": ana.client.headers["X-CSRF-Token"]}
    today = datetime.now(ZoneInfo(settings.timezone)).date()
    last = today + timedelta(days=20)
    days = {"de": "", "ate": last.isoformat()}
    assert (
        await ana.client.post("/conta/ausencia", data=token | days, headers=HTML)
    ).status_code == 303
    page = (await ana.client.get("/conta", headers=HTML)).text
    assert f'value="{today.isoformat()}"' in page
    assert "Já voltei" in page
    open_end = {"de": last.isoformat()}
    refused = await ana.client.post("/conta/ausencia", data=token | open_end, headers=HTML)
    assert refused.status_code == 422
    assert "“Último dia” está faltando" in words(refused.text)
    href = f"/ajustes/pessoas/{ana.id}"
    assert "Já voltou" in (await admin.client.get(href, headers=HTML)).text
    back = {"csrf_token": admin.client.headers["X-CSRF-Token"]}
    reply = await admin.client.post(f"{href}/ausencia", data=back, headers=HTML)
    assert reply.status_code == 303
    assert "Já voltei" not in (await ana.client.get("/conta", headers=HTML)).text
