"""Users, teams and keys by the API: made, narrowed, changed, protected."""

from accounts import make_user, session_of
from api import Api
from signed_in import sign_in

from cogep_assist.core.models import Role, User


async def test_an_administrator_makes_changes_and_disables_users(api: Api) -> None:
    client = await api.client(Role.ADMIN)
    body = {"email": "João@Órgão.gov.br", "role": "admin", "name": "João d'Ávila"}
    once = {"Idempotency-Key": "convite-1"}
    made = await client.post("/access/users", json=body, headers=once)
    assert made.status_code == 201
    assert (await client.post("/access/users", json=body, headers=once)).json() == made.json()
    address, tag = made.headers["location"], made.headers["etag"]
    assert (await client.post("/access/users", json=body)).status_code == 409
    upper = body | {"email": "JOÃO@ÓRGÃO.GOV.BR"}
    assert (await client.post("/access/users", json=upper)).status_code == 409
    for wrong in ({"email": "sem arroba"}, {"role": "rei"}, {"is_admin": True}, {"name": ""}):
        assert (await client.post("/access/users", json=body | wrong)).status_code == 422
    # The last administrator stays one.
    last = await client.patch(address, json={"role": "agent"})
    assert last.json()["error"]["code"] == "last_admin"
    assert (await client.patch(address, json={"disabled": True})).status_code == 409
    ana = await make_user(api, "ana@órgão.gov.br", Role.ADMIN, name="Ana")
    browser, _ = await session_of(api, ana)
    assert (await browser.get("/access/me")).json()["user"]["name"] == "Ana"
    renamed = await client.patch(address, json={"name": "João"}, headers={"If-Match": tag})
    assert renamed.json()["name"] == "João"
    late = await client.patch(address, json={"name": "Jo"}, headers={"If-Match": tag})
    assert late.status_code == 412
    off = await client.patch(f"/access/users/{ana.id}", json={"disabled": True})
    assert off.json()["disabled_at"]
    assert (await browser.client.get("/access/me")).status_code in {303, 401}
    listed = await client.get("/access/users", params={"disabled": True})
    assert [user["name"] for user in listed.json()["items"]] == ["Ana"]
    assert "password" not in listed.text.replace("has_password", "")


async def test_nobody_raises_their_own_role_or_reads_about_people_without_need(api: Api) -> None:
    maria = await make_user(api, role=Role.REQUESTER)
    browser, opened = await session_of(api, maria)
    csrf = {"X-CSRF-Token": opened.csrf_token}
    own = f"/access/users/{maria.id}"
    raised = await browser.client.patch(own, json={"role": "admin"}, headers=csrf)
    assert raised.status_code == 403
    for path in ("/access/users", own, "/access/teams", "/access/keys", "/access/outbox"):
        assert (await browser.client.get(path)).status_code == 403, path
    assert (await browser.client.get("/access/sessions")).json()["items"][0]["current"] is True


async def test_a_leader_fills_a_team_and_makes_no_leaders(api: Api) -> None:
    client = await api.client(Role.ADMIN)
    team = (await client.post("/access/teams", json={"name": "Gestão de Pessoas"})).json()
    twice = await client.post("/access/teams", json={"name": "gestao de  pessoas"})
    assert twice.status_code == 409
    lia, rui = await make_user(api, "lia@o.gov.br"), await make_user(api, "rui@o.gov.br")
    members = f"/access/teams/{team['id']}/members"
    await client.put(f"{members}/{lia.id}", json={"leader": True})
    browser, opened = await session_of(api, lia)
    csrf = {"X-CSRF-Token": opened.csrf_token}
    put = await browser.client.put(f"{members}/{rui.id}", json={}, headers=csrf)
    assert put.status_code == 204
    raised = await browser.client.put(f"{members}/{rui.id}", json={"leader": True}, headers=csrf)
    assert raised.status_code == 403
    other, second = await session_of(api, rui)
    csrf = {"X-CSRF-Token": second.csrf_token}
    assert (await other.client.delete(f"{members}/{lia.id}", headers=csrf)).status_code == 403
    # Colleagues pick each other by name; addresses are for who manages users, and one's own.
    for reader, emails in (
        (client, ["lia@o.gov.br", "rui@o.gov.br"]),
        (other.client, [None, "rui@o.gov.br"]),
    ):
        listed = (await reader.get(members)).json()["items"]
        assert [(m["email"], m["leader"]) for m in listed] == [
            (emails[0], True),
            (emails[1], False),
        ]
    curator = await api.client(Role.CURATOR)
    guarded = ("email", "second_step", "has_password", "last_sign_in_at")
    for address in (f"/access/users/{lia.id}", "/access/users"):
        reply = await curator.get(address)
        assert "lia@o.gov.br" not in reply.text
        told = reply.json()
        for user in told.get("items", [told]):
            assert [user[name] for name in guarded] == [None] * 4
            assert user["name"]
    own = (await other.client.get("/access/me")).json()["user"]
    assert (own["email"], own["has_password"]) == ("rui@o.gov.br", True)


async def test_a_key_is_held_to_its_scopes_and_makes_no_wider_one(api: Api) -> None:
    client = await api.client(Role.ADMIN)
    body = {"name": "painel", "role": "admin", "scopes": ["search", "manage_keys"]}
    made = await client.post("/access/keys", json=body, headers={"Idempotency-Key": "k"})
    assert made.status_code == 201
    told_again = await client.post("/access/keys", json=body, headers={"Idempotency-Key": "k"})
    assert told_again.json()["id"] == made.json()["id"]
    assert told_again.json()["key"] is None
    narrow = api.anonymous(headers={"Authorization": f"Bearer {made.json()['key']}"})
    assert (await narrow.get("/search", params={"q": "férias"})).status_code == 200
    assert (await narrow.get("/documents")).status_code == 403
    wider = {"name": "maior", "role": "admin", "scopes": ["read_documents"]}
    assert (await narrow.post("/access/keys", json=wider)).status_code == 422
    inherited = await narrow.post("/access/keys", json={"name": "filha", "role": "admin"})
    assert inherited.json()["scopes"] == ["manage_keys", "search"]
    unknown = await client.post("/access/keys", json=body | {"name": "x", "scopes": ["voar"]})
    assert unknown.json()["error"]["code"] == "scope_unknown"
    assert (await client.delete(f"/access/keys/{made.json()['id']}")).status_code == 204
    assert (await narrow.get("/search", params={"q": "férias"})).status_code == 401


async def test_letters_about_deadlines_are_wished_for_over_the_api(api: Api) -> None:
    ana = await sign_in(api, "Ana Prado", Role.AGENT)
    href = "/access/me/deadline-mail"
    assert (await ana.client.put(href, json={"wanted": True})).status_code == 204
    async with api.database.begin() as session:
        assert (await session.get_one(User, ana.id)).deadline_mail is True
    key = await api.client(Role.AGENT)
    assert (await key.put(href, json={"wanted": True})).json()["error"]["code"] == "account_needed"
    requester = await api.client(Role.REQUESTER)
    assert (await requester.put(href, json={"wanted": True})).status_code == 403
