"""Erasures, copies, holds and retention by HTTP, and a hold against plain SQL."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import psycopg
import pytest
import sqlalchemy as sa
from api import Api, running_api
from published import publish
from signed_in import add_user
from sqlalchemy.engine import URL

from cogep_assist.cli.lgpd_scenario import LoadedSubject
from cogep_assist.core.access_records import Access, write_accesses
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Customer,
    ModelKind,
    ModelProvider,
    ModelTransfer,
    Role,
    Ticket,
    User,
)
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.lgpd_service.export.export_sharing import ACCESS_BASIS
from cogep_assist.lgpd_service.keeping.retention import run_retention
from cogep_assist.lgpd_service.subject_data.identity import subject_of_customer
from cogep_assist.lgpd_service.subject_data.owned_rows import own_rows
from cogep_assist.lgpd_service.subject_index import stores_of

SCHEMA = Path(__file__).parents[3] / "docs" / "referencia" / "copia-do-titular.schema.json"
NOBODY = "019a0000-0000-7000-8000-000000000000"


@pytest.fixture
async def api(settings: Settings, database: Database) -> AsyncIterator[Api]:
    async with running_api(settings, database) as opened:
        yield opened


async def test_who_answers_for_the_law_plans_and_confirms(
    people: list[LoadedSubject], api: Api
) -> None:
    zuleide, held, refused, archived, _ = people
    dpo, agent = await api.client(Role.DPO), await api.client(Role.AGENT)
    asked = {"customer_id": str(zuleide.customer_id)}
    assert (await agent.post("/lgpd/erasures", json=asked)).status_code == 403
    assert (await dpo.post("/lgpd/erasures", json={"name": "Maria"})).status_code == 422
    assert (await dpo.post("/lgpd/erasures", json={"customer_id": NOBODY})).status_code == 404
    planned = (await dpo.post("/lgpd/erasures", json=asked)).json()
    assert planned["outcome"] == "eliminate"
    assert planned["status"] == "planned"
    tables = {line["table"]: line for line in planned["plan"]["tables"]}
    assert tables["crm.customer"]["rows"] == 1
    assert tables["ai.document_version"]["fate"] == "redact"
    text = json.dumps(planned, ensure_ascii=False)
    assert not any(value in text for value in zuleide.sentinels)
    confirm = f"/lgpd/erasures/{planned['id']}/confirm"
    wrong = await dpo.post(confirm, json={"protocol": "ELIM-1999-000001"})
    assert wrong.json()["error"]["code"] == "erasure_protocol_differs"
    done = (await dpo.post(confirm, json={"protocol": planned["protocol"]})).json()
    assert done["status"] == "confirmed"
    # The fence stands: nobody sees the person, nothing is written about them.
    seen = await agent.get(f"/crm/customers/{zuleide.customer_id}")
    assert seen.status_code == 404
    ticket = {"subject": "Novo", "body": "texto", "customer_id": str(zuleide.customer_id)}
    refusal = await agent.post("/crm/tickets", json=ticket)
    assert refusal.json()["error"]["code"] == "customer_not_found"
    # By a way that does not ask who is seen, the database refuses it.
    theirs = sa.update(Customer).where(Customer.id == zuleide.customer_id)
    async with api.database.sessions() as session:
        with pytest.raises(AppError, match="subject_fenced"):
            await session.execute(theirs.values(name="Outra"))
    again = await dpo.post(confirm, json={"protocol": planned["protocol"]})
    assert again.json()["error"]["code"] == "erasure_not_planned"
    for person, outcome in ((held, "block_held"), (refused, "refuse"), (archived, "block_archive")):
        told = (await dpo.post("/lgpd/erasures", json={"cpf": person.sentinels[1]})).json()
        assert told["outcome"] == outcome
        sure = {"protocol": told["protocol"]}
        closed = (await dpo.post(f"/lgpd/erasures/{told['id']}/confirm", json=sure)).json()
        assert closed["status"] == "completed"
        assert closed["certificate"]["outcome"] == outcome
    # Blocked: out of everyday work, and still there for who answers for the law.
    blocked = f"/crm/customers/{archived.customer_id}"
    assert (await agent.get(blocked)).status_code == 404
    assert (await dpo.get(blocked)).status_code == 200
    assert (await agent.get(f"/crm/tickets/{archived.tickets[0]}")).status_code == 404
    async with api.database.begin() as session:
        statement = sa.select(Ticket.protocol).where(Ticket.id == archived.tickets[0])
        protocol = str(await session.scalar(statement))
    # Nor by the code of the ticket, whoever holds it.
    code = {"protocol": protocol, "proof": proof_of(protocol)}
    by_code = await api.anonymous().post("/crm/tickets/status", json=code)
    assert by_code.json()["error"]["code"] == "ticket_status_not_found"
    assert len((await dpo.get("/lgpd/erasures?limit=2")).json()["erasures"]) == 2


async def test_a_plan_names_the_records_that_keep_a_value(api: Api) -> None:
    dpo, agent = await api.client(Role.DPO), await api.client(Role.AGENT)
    phone = {"kind": "phone", "value": "(91) 98765-4321"}
    made = [
        (await agent.post("/crm/customers", json={"name": name, "contacts": [phone]})).json()["id"]
        for name in ("Inês Conceição", "INÊS CONCEICAO", "João Araújo")
    ]
    plan = (await dpo.post("/lgpd/erasures", json={"customer_id": made[0]})).json()["plan"]
    assert "shared" in plan["warnings"]
    assert {one["customer_id"]: one["kinds"] for one in plan["shared_with"]} == {
        made[1]: ["name", "phone"],
        made[2]: ["phone"],
    }


async def test_public_records_whose_term_is_over_are_listed_for_the_archive(api: Api) -> None:
    dpo, agent = await api.client(Role.DPO), await api.client(Role.AGENT)
    ids = [
        (await agent.post("/crm/customers", json={"name": name})).json()["id"]
        for name in ("Inês Conceição", "João Araújo", "Zélia Brandão", "Rui Sá")
    ]
    grounds = ("public_archive", "public_archive", "public_archive", "legal_obligation")
    days = ("2020-12-31", "2020-12-31", None, "2020-12-31")
    kept = []
    for one, ground, until in zip(ids, grounds, days, strict=True):
        body = {"object_type": "customer", "object_id": one, "ground": ground, "until": until}
        made = await dpo.post("/lgpd/keepings", json={**body, "reference": "020.1"})
        kept.append(made.json()["id"])
    held = await dpo.post("/lgpd/holds", json={"customer_id": ids[1], "reason": "ação judicial"})
    assert held.status_code == 201
    # Permanent value, and other grounds than the archive's, are on no list.
    listed = (await dpo.get("/lgpd/keepings/disposal")).json()
    assert [(one["id"], one["code"], one["held"]) for one in listed] == [
        (kept[0], "020.1", False),
        (kept[1], "020.1", True),
    ]
    assert "Inês" not in str(listed)
    assert (await agent.get("/lgpd/keepings/disposal")).status_code == 403
    refused = await dpo.post("/lgpd/erasures", json={"customer_id": ids[0]})
    assert refused.json()["outcome"] == "block_archive", "its term is over, nobody authorised it"
    bare = await dpo.delete(f"/lgpd/keepings/{kept[0]}")
    assert bare.json()["error"]["code"] == "disposal_term_missing"
    ended = await dpo.delete(f"/lgpd/keepings/{kept[0]}", params={"disposal_term": "12/2026"})
    assert ended.status_code == 204
    assert len((await dpo.get("/lgpd/keepings/disposal")).json()) == 1
    acts = (await dpo.get("/lgpd/audit", params={"act": "keeping_ended"})).json()
    assert "12/2026" in str(acts)


async def test_a_held_record_survives_every_path(
    people: list[LoadedSubject], api: Api, database_url: URL
) -> None:
    held = people[1]
    dpo, agent = await api.client(Role.DPO), await api.client(Role.AGENT)
    path = f"/crm/customers/{held.customer_id}"
    refused = await agent.patch(path, json={"notes": "mudou"})
    assert refused.json()["error"]["code"] == "legal_hold"
    assert refused.status_code == 409
    assert (await agent.delete(path)).json()["error"]["code"] == "legal_hold"
    statements = (
        f"DELETE FROM crm.customer WHERE id = '{held.customer_id}'",
        f"UPDATE crm.customer SET name = 'x' WHERE id = '{held.customer_id}'",
        f"DELETE FROM crm.customer_contact WHERE customer_id = '{held.customer_id}'",
        f"DELETE FROM crm.ticket WHERE id = '{held.tickets[0]}'",
        f"UPDATE crm.ticket SET subject = 'x' WHERE id = '{held.tickets[0]}'",
        f"UPDATE crm.ticket SET customer_id = NULL WHERE id = '{held.tickets[0]}'",
        f"DELETE FROM crm.ticket_entry WHERE ticket_id = '{held.tickets[0]}'",
        "DELETE FROM crm.ticket_attachment",
        "DELETE FROM ai.blob",
        "UPDATE ai.blob SET content = ''",
        "UPDATE ai.document_version SET text = ''",
        "DELETE FROM ai.chunk",
        "DELETE FROM ai.document",
        "TRUNCATE crm.ticket CASCADE",
        "DELETE FROM lgpd.hold",
        "UPDATE lgpd.hold SET released_at = now(), released_by = 'user:eu'",
        "DELETE FROM lgpd.hold_target",
    )
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        for statement in statements:
            with pytest.raises(psycopg.Error) as caught:
                owner.execute(statement.encode())
            assert caught.value.sqlstate == "LG001", statement
        # Work goes on: what is not evidence may change.
        owner.execute(b"UPDATE crm.ticket SET status = 'open' WHERE id = %s", [held.tickets[0]])
    (hold,) = (await dpo.get("/lgpd/holds")).json()
    asked = f"/lgpd/holds/{hold['id']}/release-request"
    assert (await dpo.post(f"/lgpd/holds/{hold['id']}/release")).status_code == 409
    assert (await dpo.post(asked, json={"reason": "processo encerrado"})).status_code == 200
    alone = await dpo.post(f"/lgpd/holds/{hold['id']}/release")
    assert alone.json()["error"]["code"] == "hold_needs_second_person"
    admin = await api.client(Role.ADMIN)
    again = await admin.post(asked, json={"reason": "processo encerrado"})
    own = {"name": "segunda pessoa", "role": "dpo"}
    key = (await admin.post("/access/keys", json=own)).json()["key"]
    alias = api.anonymous(headers={"Authorization": f"Bearer {key}"})
    assert again.status_code == 200
    masked = await alias.post(f"/lgpd/holds/{hold['id']}/release")
    assert masked.json()["error"]["code"] == "hold_needs_second_person", "a key is its maker"
    assert (await dpo.post(asked, json={"reason": "processo encerrado"})).status_code == 200
    assert (await admin.post(f"/lgpd/holds/{hold['id']}/release")).json()["released_at"]
    assert (await agent.patch(path, json={"notes": "mudou"})).status_code == 200


async def test_a_copy_has_everything_and_is_kept_sealed(
    people: list[LoadedSubject], api: Api, database_url: URL
) -> None:
    zuleide = people[0]
    dpo, agent = await api.client(Role.DPO), await api.client(Role.AGENT)
    name = zuleide.sentinels[1]
    neighbours = f"{name} fica no térreo. Contato de Aparício Gouveia Pestana: CPF 390.533.447-05."
    await publish(api.database, f"{neighbours} Ramais internos.", "Lista de ramais")
    async with api.database.begin() as session:
        owner = await add_user(session, name, Role.REQUESTER)
        account = sa.update(User).where(User.id == owner)
        await session.execute(account.values(customer_id=zuleide.customer_id))
        session.add(
            ModelTransfer(
                kind=ModelKind.CHAT, provider=ModelProvider.EXTERNAL, host="modelo.exemplo.com",
                model="grande", country="US", mechanism="standard_clauses", payload_bytes=9,
                payload_sha256=b"x", items=1, replaced={"cpf": 1}, actor=f"user:{owner}",
            )
        )  # fmt: skip
        moment = datetime(2026, 11, 3, 12, tzinfo=UTC)
        await write_accesses(session, [Access(moment, f"user:{owner}", "203.0.113.7", 1)])
    path = f"/lgpd/subjects/{zuleide.customer_id}/export"
    assert (await agent.get(path)).status_code == 403
    assert (await dpo.get(f"/lgpd/subjects/{NOBODY}/export")).status_code == 404
    archive = zipfile.ZipFile(io.BytesIO((await dpo.get(path)).content))
    told = json.loads(archive.read("dados.json"))
    jsonschema.validate(told, json.loads(SCHEMA.read_text("utf-8")))
    assert {"dados.json", "relatorio.pdf", "manifesto.json"} <= set(archive.namelist())
    assert "csv/crm.ticket_entry.csv" in archive.namelist()
    tables = {table["table"]: table for table in told["tables"]}
    assert tables["crm.customer"]["rows"][0]["cpf"] == zuleide.sentinels[0]
    assert len(tables["crm.ticket_entry"]["rows"]) >= 3
    assert any("anterior" in mention["text"] for mention in told["mentions"])
    # A neighbour in the same line stays a neighbour; who got the data is told, and so is each
    # store: by the rule of its table, it is in the copy or told with its reason.
    (told_of,) = [
        m["text"] for m in told["mentions"] if "térreo" in m["text"] and m["column"] == "text"
    ][:1]
    assert name in told_of
    assert "390.533" not in told_of
    assert "Gouveia" not in told_of
    (model,) = [one for one in told["sharing"] if one["kind"] == "model"]
    assert (model["country"], model["own_calls"]) == ("US", 1)
    assert tables["lgpd.model_transfer"]["rows"][0]["replaced"] == {"cpf": 1}
    assert told["accesses"] == [{"day": "2026-11-03", "records": 1, "legal_basis": ACCESS_BASIS}]
    async with api.database.begin() as session:
        subject = await subject_of_customer(session, zuleide.customer_id)
        rows = {one.table.fullname: one for one in await own_rows(session, subject)}
        stores = {one.title: one.count for one in await stores_of(session, subject.customer_ids[0])}
    left_out = {one["title"]: one["reason"] for one in told["left_out"]}
    for table, one in rows.items():
        if one.rule.exported:
            assert len(tables[table]["rows"]) == one.count
            assert stores[one.rule.title] >= 1
        else:
            assert left_out[one.rule.title] == one.rule.unexported
    assert stores["Registros de acesso"] == 1
    asked = {"cpf": zuleide.sentinels[0]}
    kept = (await dpo.post("/lgpd/exports", json=asked)).json()
    assert (await dpo.get(kept["links"]["download"])).content[:2] == b"PK"
    with psycopg.connect(conninfo(database_url)) as owner:
        sealed = owner.execute("SELECT sealed FROM lgpd.subject_export").fetchone()
    assert sealed is not None
    assert b"PK" not in bytes(sealed[0])[:8]


async def test_retention_tells_proposes_and_executes_but_what_is_held(
    people: list[LoadedSubject], api: Api, database_url: URL, database: Database
) -> None:

    dpo = await api.client(Role.DPO)
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        owner.execute(
            b"UPDATE crm.ticket SET status = 'closed', closed_at = now() - interval '400 days'"
        )
    body = {"days": 365, "enabled": True}
    assert (await dpo.put("/lgpd/retention/nada", json=body)).status_code == 404
    assert (await dpo.put("/lgpd/retention/closed_tickets", json=body)).status_code == 200
    kept = await dpo.put("/lgpd/retention/conversations", json={"days": 400, "enabled": True})
    assert (kept.json()["days"], kept.json()["in_force_days"]) == (400, 180)
    assert kept.json()["setting"] == "COGEP_CONVERSATION_KEEP_DAYS"
    simulated = (await dpo.get("/lgpd/retention/simulation?days=30")).json()
    tickets = next(one for one in simulated if one["data_class"] == "closed_tickets")
    assert tickets["records"] == 3
    assert tickets["stays"] == {"legal_hold": 1, "keeping": 1}
    async with database.begin() as session:
        await run_retention(session, "")
    (run,) = (await dpo.get("/lgpd/retention/runs")).json()
    assert run["status"] == "executed"
    assert run["report"]["as_proposed"] is True
    with psycopg.connect(conninfo(database_url)) as owner:
        left = owner.execute(
            "SELECT count(*) FROM crm.ticket WHERE subject <> '(eliminado)'"
        ).fetchone()
    assert left == (2,)
    assert people
