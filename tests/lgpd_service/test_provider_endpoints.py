"""The registry of providers over HTTP: who may register, what is refused, what is told."""

from typing import Any

from api import Api

from cogep_assist.core.models import Role

LOCAL = {
    "host": "Modelos.Exemplo.com.br",
    "legal_entity": "Modelos do Norte Ltda.",
    "country": "BR",
    "mechanism": "domestic",
    "contract": "Contrato 12/2026",
    "valid_until": "2099-12-31",
}


async def test_a_provider_is_registered_listed_and_withdrawn(api: Api) -> None:
    dpo = await api.client(Role.DPO)
    key = {"Idempotency-Key": "registro-1"}
    made = await dpo.post("/lgpd/providers", json=LOCAL, headers=key)
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["host"], body["valid"], body["exempt"]) == ("modelos.exemplo.com.br", True, False)
    assert body["expires_at"].startswith("2100-01-01T0")
    assert (await dpo.post("/lgpd/providers", json=LOCAL, headers=key)).json() == body
    again = await dpo.post("/lgpd/providers", json=LOCAL)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "provider_exists")
    # The record of processing has it from now on, asked or not; the notice tells of it.
    (listed,) = (await dpo.get("/lgpd/ropa")).json()["processors"]
    assert listed["registered"]["legal_entity"] == "Modelos do Norte Ltda."
    assert (listed["models"], listed["countries"], listed["mechanisms"]) == (
        [],
        ["BR"],
        ["domestic"],
    )
    assert (await dpo.get("/lgpd/ropa?format=pdf")).status_code == 200
    path = f"/lgpd/providers/{body['id']}/withdraw"
    assert (await dpo.post(path)).json()["valid"] is False
    assert (await dpo.post(path)).status_code == 404
    assert (await dpo.get("/lgpd/providers")).json()["items"] == []
    assert (await dpo.get("/lgpd/ropa")).json()["processors"] == []
    (old,) = (await dpo.get("/lgpd/providers", params={"withdrawn": True})).json()["items"]
    assert old["withdrawn_at"]
    acts = (await dpo.get("/lgpd/audit", params={"object_type": "model_provider"})).json()["items"]
    assert [act["act"] for act in acts] == ["provider_withdrawn", "provider_registered"]
    assert (await dpo.get("/lgpd/transfers")).json() == {"items": [], "next_cursor": None}


async def test_what_is_no_ground_is_refused_with_its_field(api: Api) -> None:
    admin = await api.client(Role.ADMIN)
    abroad = {"country": "US", "mechanism": "standard_clauses"}
    for given in (
        {"mechanism": None},
        {"valid_until": None},
        {"valid_until": "2020-01-01"},
        {"contract": " "},
        {"country": "US"},
        {"mechanism": "standard_clauses"},
        {**abroad, "mechanism": "adequacy"},
        {**abroad, "masked": False},
        {"country": "BRA"},
        {"host": "a b"},
        {"host": "https://x.com"},
        {"legal_entity": " "},
        {"outro": 1},
    ):
        asked: dict[str, Any] = {**LOCAL, **given}
        assert (await admin.post("/lgpd/providers", json=asked)).status_code == 422, given
    for given in (abroad, {"host": "eu.exemplo", "country": "pt", "mechanism": "adequacy"}):
        assert (await admin.post("/lgpd/providers", json={**LOCAL, **given})).status_code == 201
    own = {"host": "gpu.interno", "ownership": "own", "legal_entity": "Nós", "country": "BR"}
    made = (await admin.post("/lgpd/providers", json={**own, "masked": False})).json()
    assert (made["exempt"], made["valid"], made["mechanism"]) == (True, True, None)


async def test_others_neither_see_nor_register(api: Api) -> None:
    for role in (Role.AGENT, Role.CURATOR, Role.REQUESTER):
        client = await api.client(role)
        assert (await client.get("/lgpd/providers")).status_code == 403
        assert (await client.get("/lgpd/transfers")).status_code == 403
        assert (await client.post("/lgpd/providers", json=LOCAL)).status_code == 403
    async with api.anonymous() as stranger:
        assert (await stranger.get("/lgpd/providers")).status_code == 401
