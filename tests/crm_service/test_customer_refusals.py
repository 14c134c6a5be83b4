"""What customers' doors refuse: values that are wrong, fields of ours, ids of others."""

import time
from typing import Any

import httpx2
import sqlalchemy as sa
from api import Api
from customer_client import ANA, UNKNOWN, code, make

from cogep_assist.core.db import Database
from cogep_assist.core.models import Customer, Role

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"name": "  "}, "name", "missing"),
    ({"name": "!!!"}, "name", "missing"),
    ({"name": "\u0410na Souza"}, "name", "mixes_scripts"),
    ({"name": "A" * 201}, "name", "too_long"),
    ({"name": "Ana", "cpf": "111.111.111-11"}, "cpf", "cpf_invalid"),
    ({"name": "Ana", "cnpj": "11.111.111/1111-11"}, "cnpj", "cnpj_invalid"),
    (
        {"name": "Sol", "kind": "organization", "cpf": "529.982.247-25"},
        "cpf",
        "only_for_persons",
    ),
    ({"name": "Ana", "birth_date": "30/02/1990"}, "birth_date", "date_invalid"),
    ({"name": "Ana", "birth_date": "2990-01-01"}, "birth_date", "date_in_future"),
    ({"name": "Ana", "birth_date": "01/01/1870"}, "birth_date", "date_too_old"),
    ({"name": "Ana", "state": "XX"}, "state", "state_invalid"),
    ({"name": "Ana", "cep": "1"}, "cep", "cep_invalid"),
    ({"name": "Ana", "language": "português"}, "language", "language_invalid"),
    ({"name": "Ana", "customer_class": "VIP!"}, "customer_class", "class_invalid"),
    ({"name": "Ana", "tags": ["<script>"]}, "tags[0]", "tag_invalid"),
    (
        {"name": "Ana", "contacts": [{"kind": "email", "value": "não é"}]},
        "contacts[0].value",
        "email_invalid",
    ),
    (
        {"name": "Ana", "contacts": [{"kind": "phone", "value": "98765-4321"}]},
        "contacts[0].value",
        "phone_invalid",
    ),
    ({"name": "Ana", "custom": {"nada": 1}}, "custom.nada", "field_unknown"),
]
NOT_THEIRS = [
    "id",
    "revision",
    "created_by",
    "merged_into_id",
    "removed_at",
    "search",
    "cpf_masked",
]


async def test_what_is_wrong_is_named_and_not_repeated(
    agent: httpx2.AsyncClient, database: Database
) -> None:
    for fields, field, problem in WRONG:
        reply = await agent.post("/crm/customers", json=fields)
        assert code(reply) == (422, "customer_invalid"), fields
        found = [(p["field"], p["code"]) for p in reply.json()["error"]["details"]["fields"]]
        assert found == [(field, problem)]
        assert "111.111" not in reply.text
    async with database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 0


async def test_nobody_sets_what_is_not_theirs_to_set(agent: httpx2.AsyncClient) -> None:
    made = await make(agent, name="Ana")
    self = made["links"]["self"]
    for extra in NOT_THEIRS:
        body = {"name": "Bia", extra: UNKNOWN}
        assert code(await agent.post("/crm/customers", json=body)) == (422, "request_invalid")
        reply = await agent.patch(self, json={extra: UNKNOWN})
        assert code(reply) == (422, "request_invalid"), extra
    reply = await agent.patch(self, json={"kind": "organization"})
    assert code(reply) == (422, "request_invalid")


async def test_ids_of_others_lead_nowhere(api: Api, agent: httpx2.AsyncClient) -> None:
    made = await make(agent, name="Ana", cpf="529.982.247-25")
    bia = await make(agent, name="Bia")
    related = await agent.post(
        f"{bia['links']['self']}/relations", json={"kind": "relative_of", "other_id": made["id"]}
    )
    stranger = await api.client(Role.REQUESTER)
    admin = await api.client(Role.ADMIN)
    for customer_id in (made["id"], UNKNOWN):
        self = f"/crm/customers/{customer_id}"
        for method, path, body in (
            ("GET", self, None),
            ("PATCH", self, {"name": "X"}),
            ("DELETE", self, None),
            ("POST", f"{self}/reveal", {"reason": "curiosidade"}),
            ("GET", f"{self}/timeline", None),
            ("GET", f"{self}/relations", None),
            ("POST", f"{self}/relations", {"kind": "relative_of", "other_id": bia["id"]}),
            ("DELETE", f"{self}/relations/{related.json()['id']}", None),
            ("GET", f"{self}/duplicates", None),
            ("GET", f"{self}/merge-preview?loser_id={bia['id']}", None),
            ("POST", f"{self}/merge", {"loser_id": bia["id"]}),
        ):
            reply = await stranger.request(method, path, json=body)
            assert reply.status_code in {403, 404}, f"{method} {path}"
            assert "Ana" not in reply.text
            if customer_id == UNKNOWN:
                reply = await admin.request(method, path, json=body)
                assert code(reply) == (404, "customer_not_found"), f"{method} {path}"
    for method, path, known in (
        ("GET", f"/crm/customers/merges/{UNKNOWN}", "merge_not_found"),
        ("POST", f"/crm/customers/merges/{UNKNOWN}/undo", "merge_not_found"),
        ("GET", f"/crm/customers/imports/{UNKNOWN}", "import_not_found"),
        ("GET", f"/crm/customers/imports/{UNKNOWN}/lines", "import_not_found"),
        ("POST", f"/crm/customers/imports/{UNKNOWN}/apply", "import_not_found"),
        ("POST", f"/crm/customers/imports/{UNKNOWN}/rollback", "import_not_found"),
    ):
        assert code(await admin.request(method, path)) == (404, known)
    # As a form's file, which is how many tools send one: its edges would be read as lines.
    form = {"file": ("clientes.csv", b"Nome\nAna\n", "text/csv")}
    sent = await admin.post("/crm/customers/imports", files=form)
    assert code(sent) == (415, "media_type_not_accepted")
    assert "--data-binary" in sent.json()["error"]["message"]
    assert code(await admin.patch("/crm/customers/fields/nada", json={})) == (
        404,
        "customer_field_not_found",
    )


async def test_nothing_that_is_typed_takes_long(agent: httpx2.AsyncClient) -> None:
    await make(agent, **ANA)
    hostile = ["(" * 199, "a " * 99, "." * 199, "9" * 199, "é" * 199, "aa@" * 66, "1-" * 99]
    began = time.perf_counter()
    for text in hostile:
        assert (await agent.get("/crm/customers", params={"q": text})).status_code == 200
        for name in ("name", "cpf", "cnpj", "cep", "birth_date", "language", "customer_class"):
            body = {"name": "Ana", name: text * 5}
            assert (await agent.post("/crm/customers", json=body)).status_code == 422
        contacts = [{"kind": kind, "value": text} for kind in ("email", "phone")]
        body = {"name": "Ana", "contacts": contacts}
        assert (await agent.post("/crm/customers", json=body)).status_code == 422
    assert time.perf_counter() - began < 20
