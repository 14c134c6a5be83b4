"""The doors of customers, and the five questions at each."""

import json
from typing import Any

import httpx2
import sqlalchemy as sa
from api import Api
from customer_client import ANA, UNKNOWN, code, make

from cogep_assist.core.access_customers import visible_customers
from cogep_assist.core.db import Database
from cogep_assist.core.models import AuditEvent, Customer, CustomerEvent, NameWord, Role
from cogep_assist.core.principal import Principal, PrincipalKind


async def test_a_customer_is_made_normalised_masked_and_found(
    agent: httpx2.AsyncClient, database: Database
) -> None:
    made = await make(agent, **ANA)
    assert made["cpf_masked"] == "***.982.247-**"
    assert made["birth_date"] == "1984-01-31"
    assert made["tags"] == ["servidora", "são paulo"]
    assert made["cep"] == "01310-100"
    email, phone = sorted(made["contacts"], key=lambda contact: contact["kind"])
    assert (email["canonical"], email["value"]) == (
        "ana.lucia@exemplo.org.br",
        "Ana.Lucia@Exemplo.org.br",
    )
    assert (phone["canonical"], phone["shown"]) == ("+5561998765432", "(61) 99876-5432")
    shown = await agent.get(made["links"]["self"])
    assert shown.json() == made
    assert shown.headers["etag"] == '"1"'
    assert "52998224725" not in shown.text.replace(".", "").replace("-", "")
    async with database.begin() as session:
        acts = (await session.scalars(sa.select(AuditEvent.act))).all()
        events = (await session.scalars(sa.select(CustomerEvent.kind))).all()
    assert "customer_created" in acts
    assert events == ["created"]
    await make(agent, name="Outra Pessoa", contacts=[{"kind": "phone", "value": "11 2222-3333"}])
    for text in (
        *("529.982.247-25", "52998224725", "ana lucia", "davila", "D'Avila", "conceicao ana"),
        *("61998765432", "6198765432", "998765432", "98765432", "9876-54", "(61) 99876-5432"),
        *("ana.lucia@exemplo", "ANA.LUCIA@EXEMPLO.ORG.BR", "conc", "d'ávila", "Conceicão ANA"),
        *("Anna Luzia", "Conseição", "Concieçao", "lucia da conceicao"),
    ):
        found = (await agent.get("/crm/customers", params={"q": text})).json()
        assert [c["id"] for c in found["items"]] == [made["id"]], text
    for text in ("529", "5299822472", "529.982", "982.247", "zzz", "%", "'", "\\", "a:*|b"):
        found = (await agent.get("/crm/customers", params={"q": text})).json()
        assert [c["id"] for c in found["items"] if c["id"] == made["id"]] == [], text


async def test_one_person_one_cpf_and_one_request_one_customer(agent: httpx2.AsyncClient) -> None:
    first = await agent.post("/crm/customers", json=ANA, headers={"Idempotency-Key": "k"})
    again = await agent.post("/crm/customers", json=ANA, headers={"Idempotency-Key": "k"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    twice = await agent.post("/crm/customers", json={"name": "Ana", "cpf": "52998224725"})
    assert code(twice) == (409, "customer_exists")
    assert twice.json()["error"]["details"]["customer_id"] == first.json()["id"]
    other = await make(agent, name="Bia")
    taken = await agent.patch(other["links"]["self"], json={"cpf": "529.982.247-25"})
    assert code(taken) == (409, "customer_exists")
    assert (await agent.delete(first.json()["links"]["self"])).status_code == 204
    assert code(await agent.get(first.json()["links"]["self"])) == (404, "customer_not_found")
    assert (await make(agent, name="Ana de novo", cpf="529.982.247-25"))["id"] != other["id"]


async def test_a_change_touches_what_it_names_and_tells_who_else_changed(
    agent: httpx2.AsyncClient, database: Database
) -> None:
    made = await make(agent, **ANA)
    self = made["links"]["self"]
    changed = await agent.patch(
        self,
        json={"social_name": "Lu", "cep": None, "contacts": made_contacts(made), "tags": ["b"]},
        headers={"If-Match": '"1"'},
    )
    assert changed.status_code == 200, changed.text
    now = changed.json()
    assert (now["social_name"], now["cep"], now["tags"]) == ("Lu", None, ["b"])
    assert now["birth_date"] == made["birth_date"]
    assert [c["id"] for c in now["contacts"]] == [c["id"] for c in made["contacts"]]
    assert changed.headers["etag"] == '"2"'
    late = await agent.patch(self, json={"city": "Ipu"}, headers={"If-Match": '"1"'})
    assert code(late) == (412, "changed_meanwhile")
    same = await agent.patch(self, json={"social_name": "Lu"})
    assert same.headers["etag"] == '"2"'
    found = (await agent.get("/crm/customers", params={"q": "lu"})).json()["items"]
    assert [item["id"] for item in found] == [made["id"]]
    async with database.begin() as session:
        details = (
            await session.scalars(
                sa.select(CustomerEvent.details).where(CustomerEvent.kind == "updated")
            )
        ).all()
        audited = json.dumps((await session.scalars(sa.select(AuditEvent.details))).all())
    assert details == [{"fields": ["cep", "social_name", "tags"]}]
    assert "Lu" not in audited


def made_contacts(made: dict[str, Any]) -> list[dict[str, Any]]:
    kept = ("kind", "value", "label", "is_primary")
    return [{name: contact[name] for name in kept} for contact in made["contacts"]]


async def test_a_cpf_is_shown_whole_for_a_reason_and_that_is_told(
    agent: httpx2.AsyncClient, database: Database
) -> None:
    made = await make(agent, **ANA)
    self = made["links"]["self"]
    shown = await agent.post(f"{self}/reveal", json={"reason": "Conferir com o documento"})
    assert shown.json() == {"cpf": "529.982.247-25"}
    assert code(await agent.post(f"{self}/reveal", json={}))[0] == 422
    bia = await make(agent, name="Bia")
    without = await agent.post(f"{bia['links']['self']}/reveal", json={"reason": "Conferir"})
    assert code(without) == (404, "customer_has_no_cpf")
    timeline = (await agent.get(f"{self}/timeline")).json()["items"]
    assert [event["kind"] for event in timeline] == ["cpf_revealed", "created"]
    assert timeline[0]["label"] == "CPF mostrado por inteiro"
    async with database.begin() as session:
        acts = (await session.scalars(sa.select(AuditEvent.act))).all()
    assert acts.count("customer_cpf_revealed") == 1


async def test_who_sees_whom(api: Api, agent: httpx2.AsyncClient, database: Database) -> None:
    made = await make(agent, **ANA)
    other = await make(agent, name="Bruno")
    for role, status in (
        (Role.ADMIN, 200),
        (Role.DPO, 200),
        (Role.CURATOR, 403),
        (Role.REQUESTER, 404),
    ):
        client = await api.client(role)
        assert (await client.get(made["links"]["self"])).status_code == status
        listed = await client.get("/crm/customers")
        assert len(listed.json().get("items", [])) == (2 if status == 200 else 0)
    async with database.begin() as session:
        owner = await session.get(Customer, made["id"])
        assert owner is not None
        herself = Principal(PrincipalKind.USER, Role.REQUESTER, customer_id=owner.id)
        assert list(await session.scalars(visible_customers(herself))) == [owner.id]
        nobody = Principal(PrincipalKind.USER, Role.REQUESTER)
        assert list(await session.scalars(visible_customers(nobody))) == []
        curator = Principal(PrincipalKind.USER, Role.CURATOR)
        assert list(await session.scalars(visible_customers(curator))) == []
    dpo = await api.client(Role.DPO, "outra chave do encarregado")
    assert code(await dpo.patch(other["links"]["self"], json={})) == (403, "role_not_allowed")


async def test_pages_of_customers_go_by_the_folded_name(agent: httpx2.AsyncClient) -> None:
    for name in ("Zélia", "Álvaro", "ana", "Érica", "Bia"):
        await make(agent, name=name, tags=["x"] if name != "Bia" else [])
    names: list[str] = []
    cursor = None
    while True:
        params = {"limit": 2, "tag": "X", **({"cursor": cursor} if cursor else {})}
        page = (await agent.get("/crm/customers", params=params)).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == ["Álvaro", "ana", "Érica", "Zélia"]


async def test_relations_are_seen_from_both_sides(agent: httpx2.AsyncClient) -> None:
    ana = await make(agent, name="Ana")
    firm = await make(agent, name="Padaria Sol", kind="organization")
    body = {"kind": "works_at", "other_id": firm["id"], "note": "desde 2020"}
    made = await agent.post(f"{ana['links']['self']}/relations", json=body)
    assert (made.status_code, made.json()["label"]) == (201, "trabalha em")
    (seen,) = (await agent.get(f"{firm['links']['self']}/relations")).json()["items"]
    assert (seen["label"], seen["other_name"], seen["outgoing"]) == (
        "é onde trabalha",
        "Ana",
        False,
    )
    again = await agent.post(f"{ana['links']['self']}/relations", json=body)
    assert code(again) == (409, "relation_exists")
    for other, kind in ((ana, "relative_of"), (firm, "guardian_of")):
        wrong = {"kind": kind, "other_id": other["id"]}
        reply = await agent.post(f"{ana['links']['self']}/relations", json=wrong)
        assert code(reply) == (422, "relation_not_possible")
    gone = await agent.delete(f"{firm['links']['self']}/relations/{seen['id']}")
    assert gone.status_code == 204
    assert (await agent.get(f"{ana['links']['self']}/relations")).json()["items"] == []


async def test_custom_fields_hold_values_to_their_type(api: Api) -> None:
    admin = await api.client(Role.ADMIN)
    for key, kind, more in (
        ("setor", "choice", {"choices": ["RH", "Folha"], "is_required": True}),
        ("filhos", "number", {}),
        ("posse", "date", {"customer_kind": "person"}),
        ("estavel", "boolean", {}),
        ("apelido", "text", {}),
    ):
        body = {"key": key, "label": key, "field_type": kind, "purpose": "atender", **more}
        assert (await admin.post("/crm/customers/fields", json=body)).status_code == 201
    twice = {"key": "setor", "label": "x", "field_type": "text", "purpose": "atender"}
    assert code(await admin.post("/crm/customers/fields", json=twice)) == (
        409,
        "customer_field_exists",
    )
    values = {
        "setor": "rh",
        "filhos": "1.234,5",
        "posse": "31/12/2020",
        "estavel": "Não",
        "apelido": "Lu",
    }
    made = await make(admin, name="Ana", custom=values)
    assert made["custom"] == {
        "setor": "RH",
        "filhos": 1234.5,
        "posse": "2020-12-31",
        "estavel": False,
        "apelido": "Lu",
    }
    for custom, problem in (
        ({}, "missing"),
        ({"setor": "Outro"}, "choice_invalid"),
        ({"setor": "RH", "filhos": "muitos"}, "number_invalid"),
        ({"setor": "RH", "filhos": "NaN"}, "number_invalid"),
        ({"setor": "RH", "posse": "ontem"}, "date_invalid"),
        ({"setor": "RH", "estavel": "talvez"}, "boolean_invalid"),
    ):
        reply = await admin.post("/crm/customers", json={"name": "Bia", "custom": custom})
        assert reply.json()["error"]["details"]["fields"][0]["code"] == problem
    self = made["links"]["self"]
    emptied = await admin.patch(self, json={"custom": {"apelido": None}})
    assert "apelido" not in emptied.json()["custom"]
    assert (await admin.patch(self, json={"custom": {"setor": None}})).status_code == 422
    held = await admin.patch("/crm/customers/fields/setor", json={"choices": ["Folha"]})
    assert code(held) == (409, "customer_field_in_use")
    grown = await admin.patch("/crm/customers/fields/setor", json={"choices": ["RH", "TI"]})
    assert grown.json()["choices"] == ["RH", "TI"]
    await admin.patch("/crm/customers/fields/apelido", json={"archived": True})
    listed = (await admin.get("/crm/customers/fields")).json()["items"]
    assert "apelido" not in {field["key"] for field in listed}


async def test_duplicates_are_suggested_dismissed_merged_and_undone(
    agent: httpx2.AsyncClient,
) -> None:
    ana = await make(agent, **ANA)
    bia = await make(
        agent,
        name="Conceicao, Ana Lucia",
        contacts=[{"kind": "phone", "value": "+55 61 99876-5432"}],
        notes="Ligou duas vezes.",
    )
    assert bia["duplicates"] == 1
    (pair,) = (await agent.get("/crm/customers/duplicates")).json()["items"]
    assert {pair["first"]["id"], pair["second"]["id"]} == {ana["id"], bia["id"]}
    assert pair["score"] > 0.9
    assert "mesmo telefone" in pair["reason_labels"]
    preview = await agent.get(
        f"{ana['links']['self']}/merge-preview", params={"loser_id": bia["id"]}
    )
    sides = {field["field"]: field for field in preview.json()["fields"]}
    assert sides["cpf"]["winner"] == "***.982.247-**"
    assert sides["notes"]["default"] == "both"
    assert preview.json()["moves"]["crm.customer_contact"] == 1
    merged = await agent.post(
        f"{ana['links']['self']}/merge",
        json={"loser_id": bia["id"], "fields": {"name": "loser"}},
        headers={"If-Match": '"1"'},
    )
    assert merged.status_code == 201, merged.text
    now = (await agent.get(ana["links"]["self"])).json()
    assert now["name"] == "Conceicao, Ana Lucia"
    assert now["notes"] == "Prefere contato à tarde.\n\nLigou duas vezes."
    gone = await agent.get(bia["links"]["self"])
    assert code(gone) == (410, "customer_merged")
    assert gone.json()["error"]["details"] == {"merged_into": ana["id"]}
    assert (await agent.get("/crm/customers/duplicates")).json()["items"] == []
    undone = await agent.post(merged.json()["links"]["undo"])
    assert undone.json()["undone_at"]
    assert (await agent.get(ana["links"]["self"])).json()["name"] == ANA["name"]
    body = {"first_id": bia["id"], "second_id": ana["id"]}
    assert (await agent.post("/crm/customers/duplicates/dismiss", json=body)).status_code == 204
    await agent.patch(ana["links"]["self"], json={"city": "Goiânia"})
    assert (await agent.get("/crm/customers/duplicates")).json()["items"] == []
    kinds = [
        e["kind"] for e in (await agent.get(f"{ana['links']['self']}/timeline")).json()["items"]
    ]
    assert kinds == ["updated", "duplicate_dismissed", "merge_undone", "merged", "created"]
    strangers = {"first_id": bia["id"], "second_id": UNKNOWN}
    reply = await agent.post("/crm/customers/duplicates/dismiss", json=strangers)
    assert code(reply) == (404, "duplicate_not_found")


async def test_a_customer_is_found_by_the_protocol_of_a_ticket(agent: httpx2.AsyncClient) -> None:
    ana = await make(agent, name="Ana Souza")
    await make(agent, name="Bia Souza")
    body = {"subject": "Férias", "body": "Quando posso tirar?", "customer_id": ana["id"]}
    opened = await agent.post("/crm/tickets", json=body)
    assert opened.status_code == 201, opened.text
    params = {"q": opened.json()["protocol"]}
    found = (await agent.get("/crm/customers", params=params)).json()["items"]
    assert [(item["id"], item["match"]) for item in found] == [(ana["id"], "protocol")]


async def test_a_removed_name_leaves_no_word_behind(
    agent: httpx2.AsyncClient, database: Database
) -> None:
    made = await make(agent, name="Ubirajara Quintanilha Souza")
    await make(agent, name="Ana Souza")
    assert (await agent.delete(made["links"]["self"])).status_code == 204
    async with database.begin() as session:
        assert set(await session.scalars(sa.select(NameWord.word))) == {"ana", "souza"}
