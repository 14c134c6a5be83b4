"""Sites over HTTP and by command: who administers says where the question box may stand."""

from api import Api
from signed_in import sign_in

from cogep_assist.core.models import Role

BODY = {"name": "Portal", "origins": ["https://Portal.gov.br/", "https://portal.gov.br"]}
MISSING = "/sites/019a0000-0000-7000-8000-000000000000"


async def test_a_site_is_added_changed_and_removed(api: Api) -> None:
    ana = await api.client(Role.ADMIN)
    made = await ana.post("/sites", json=BODY, headers={"Idempotency-Key": "um"})
    assert made.status_code == 201
    site = made.json()
    assert site["origins"] == ["https://portal.gov.br"]
    assert (site["consent_version"], site["enabled"], site["opens_tickets"]) == (1, True, True)
    assert site["script"].endswith(f'/widget.js" data-site="{site["id"]}" defer></script>')
    again = await ana.post("/sites", json=BODY, headers={"Idempotency-Key": "um"})
    assert again.json()["id"] == site["id"]
    href = site["links"]["self"]
    # The same text is the same version; another one is the next.
    same = await ana.patch(href, json={"consent": f" {site['consent']} "})
    assert same.json()["consent_version"] == 1
    worded = await ana.patch(href, json={"consent": "Leia e concorde.", "asks_per_minute": 5})
    assert (worded.json()["consent_version"], worded.json()["asks_per_minute"]) == (2, 5)
    shown = await ana.get(href)
    assert shown.json()["consent"] == "Leia e concorde."
    stale = await ana.patch(href, json={"enabled": False}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    fresh = {"If-Match": shown.headers["etag"]}
    assert not (await ana.patch(href, json={"enabled": False}, headers=fresh)).json()["enabled"]
    assert [one["id"] for one in (await ana.get("/sites")).json()["items"]] == [site["id"]]
    assert (await ana.delete(href)).status_code == 204
    assert (await ana.get(href)).status_code == 404


async def test_what_is_wrong_is_said_and_strangers_are_turned_away(api: Api) -> None:
    ana, bruno = await api.client(Role.ADMIN), await api.client(Role.CURATOR)
    for wrong, status, code in (
        ({"origins": ["https://portal.gov.br/pagina"]}, 422, "site_origin_invalid"),
        ({"origins": ["https://*.gov.br"]}, 422, "site_origin_invalid"),
        ({"origins": ["'none'; script-src *"]}, 422, "site_origin_invalid"),
        ({"origins": []}, 422, "request_invalid"),
        ({"name": "  "}, 422, "request_invalid"),
        ({"consent": "\x00"}, 422, "request_invalid"),
        ({"asks_per_minute": 0}, 422, "request_invalid"),
        ({"outro": 1}, 422, "request_invalid"),
    ):
        reply = await ana.post("/sites", json=BODY | wrong)
        assert (reply.status_code, reply.json()["error"]["code"]) == (status, code), wrong
    assert (await ana.post("/sites", json=BODY)).status_code == 201
    taken = await ana.post("/sites", json=BODY)
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "site_name_taken")
    for method in ("GET", "PATCH", "DELETE"):
        body = {"enabled": True} if method == "PATCH" else None
        assert (await ana.request(method, MISSING, json=body)).status_code == 404
        assert (await bruno.request(method, MISSING, json=body)).status_code == 403
        assert (await api.anonymous().request(method, MISSING, json=body)).status_code == 401


async def test_the_page_of_sites_does_the_same(api: Api) -> None:
    ana = await sign_in(api, "Ágata Conceição", Role.ADMIN)

    async def post(href: str, **fields: str) -> tuple[int, str]:
        token = ana.client.headers["X-CSRF-Token"]
        reply = await ana.client.post(href, data={"csrf_token": token, **fields})
        return reply.status_code, reply.text

    typed = {
        "nome": "Portal <b>novo</b>",
        "origens": "https://portal.gov.br\nhttps://*.orgao.gov.br\n",
        "abertura": "Olá! Em que posso ajudar?",
        "consentimento": "Leia e concorde.",
        "por_minuto": "30",
    }
    status, text = await post("/ajustes/sites", **{**typed, "origens": "portal.gov.br"})
    assert status == 422
    assert "portal.gov.br” não é o endereço de um site" in text
    assert "Portal &lt;b&gt;novo&lt;/b&gt;" in text, "what was typed stays"
    assert (await post("/ajustes/sites", **typed))[0] == 303
    admin = await api.client(Role.ADMIN)
    site = (await admin.get("/sites")).json()["items"][0]
    assert site["origins"] == ["https://portal.gov.br", "https://*.orgao.gov.br"]
    assert (site["opens_tickets"], site["asks_per_minute"]) == (False, 30)
    page = (await ana.client.get("/ajustes/sites")).text
    assert "frame-src http://cogep.test" in page
    changed = {**typed, "site": site["id"], "nome": "Portal", "chamados": "true"}
    assert (await post("/ajustes/sites", **changed))[0] == 303
    assert (await post(f"/ajustes/sites/{site['id']}/situacao", ligado="false"))[0] == 303
    site = (await admin.get("/sites")).json()["items"][0]
    assert (site["name"], site["opens_tickets"], site["enabled"]) == ("Portal", True, False)
    assert (await post(f"/ajustes/sites/{site['id']}/excluir"))[0] == 303
    assert (await admin.get("/sites")).json()["items"] == []
