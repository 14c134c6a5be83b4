"""The record of processing: whole, edited by who answers for it, versioned, compared, published."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import httpx2
import pypdfium2
import sqlalchemy as sa
from api import Api
from uuid_utils.compat import uuid7

from cogep_assist.core.models import (
    AuditEvent,
    Base,
    ModelKind,
    ModelProvider,
    ModelTransfer,
    PersonalClass,
    Role,
)
from cogep_assist.lgpd_service.record.label_words import ACTIVITIES, RETENTIONS

LIA = dict.fromkeys(("purpose", "necessity", "balancing", "safeguards"), "Texto da avaliação.")


def personal_columns() -> set[str]:
    return {
        f"{table.fullname}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.info["personal"].personal_class is not PersonalClass.NONE
    }


def test_every_purpose_and_term_of_a_label_has_words_that_people_read() -> None:
    labels = {
        column.info["personal"]
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.info["personal"].personal_class is not PersonalClass.NONE
    }
    purposes = {label.purpose for label in labels} - set(ACTIVITIES)
    terms = {label.retention for label in labels} - set(RETENTIONS)
    assert not purposes | terms, "give them words in lgpd_service/record/label_words.py"
    assert len({draft.key for draft in ACTIVITIES.values()}) == len(ACTIVITIES)


async def test_the_record_lists_every_personal_column_in_each_form(api: Api) -> None:
    dpo = await api.client(Role.DPO)
    record = (await dpo.get("/lgpd/ropa")).json()
    listed = [
        f"{column['table']}.{column['column']}"
        for activity in record["activities"]
        for column in activity["columns"]
    ]
    assert sorted(listed) == sorted(personal_columns())
    assert record["schema"]["unlabelled_columns"] == 0
    rows = list(
        csv.reader(io.StringIO((await dpo.get("/lgpd/ropa?format=csv")).text[1:]), delimiter=";")
    )
    assert {f"{row[6]}.{row[7]}" for row in rows[1:]} == personal_columns()
    whole = text_of((await dpo.get("/lgpd/ropa?format=pdf")).content)
    assert "Atendimento de chamados" in whole
    assert "crm.ticket.subject" in whole.replace("\n", "").replace("\r", "")
    simple = text_of((await dpo.get("/lgpd/ropa?format=pdf&simplified=true")).content)
    # The short form names the activities and leaves the columns out.
    assert "Atendimento de chamados" in simple
    assert "crm.ticket.subject" not in simple.replace("\n", "").replace("\r", "")
    assert len(simple) < len(whole) * 0.6
    assert (await dpo.get("/lgpd/ropa?format=xml")).status_code == 422
    for role in (Role.AGENT, Role.REQUESTER, Role.CURATOR):
        assert (await (await api.client(role)).get("/lgpd/ropa")).status_code == 403


async def test_bases_that_the_law_does_not_give_are_refused(api: Api) -> None:
    dpo = await api.client(Role.DPO)

    async def put(key: str, **body: Any) -> tuple[int, str]:
        reply = await dpo.put(f"/lgpd/ropa/activities/{key}", json=body)
        return reply.status_code, reply.json().get("error", {}).get("code", "")

    assert await put("tickets", legal_basis="7-XI") == (422, "legal_basis_unknown")
    assert await put("tickets", legal_basis="7-IX") == (422, "lia_missing")
    assert await put("tickets", legal_basis="7-IX", lia={**LIA, "purpose": " "}) == (
        422,
        "lia_missing",
    )
    sensitive = {"legal_basis": "7-IX", "sensitive": True, "lia": LIA}
    assert await put("tickets", **sensitive) == (422, "legal_basis_not_for_sensitive")
    assert await put("tickets", legal_basis="7-IX", lia=LIA) == (200, "")
    assert await put("tickets", cor="azul") == (422, "request_invalid")
    assert await put("papel", title="Fichas em papel") == (422, "activity_incomplete")
    own = {
        "title": "Fichas em papel", "role": "processor", "legal_basis": "7-II",
        "subjects": "Servidores", "data": "Nome e matrícula", "retention": "5 anos",
    }  # fmt: skip
    assert await put("papel", **own) == (409, "instruction_missing"), "an operator is instructed"
    instruction = await _programme(dpo)
    assert await put("papel", **own) == (201, "")
    withdrawn = await dpo.post(f"/lgpd/governance/{instruction}/withdraw")
    assert withdrawn.json()["withdrawn_at"]
    assert (await dpo.post(f"/lgpd/governance/{instruction}/withdraw")).status_code == 404
    assert await put("papel", title="Fichas e mais") == (409, "instruction_missing")
    stale = await dpo.put("/lgpd/ropa/activities/papel", json=own, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    async with api.database.begin() as session:
        acts = await session.scalars(
            sa.select(AuditEvent.details).where(AuditEvent.act == "activity_edited")
        )
        assert [act.get("legal_basis") for act in acts] == [["7-V", "7-IX"], None]
    kept = {a["key"]: a for a in (await dpo.get("/lgpd/ropa/activities")).json()["items"]}
    assert kept["tickets"]["confirmed"] is True
    assert kept["tickets"]["columns"]
    assert kept["customers"]["confirmed"] is False
    assert (await dpo.delete("/lgpd/ropa/activities/papel")).status_code == 204
    assert (await dpo.delete("/lgpd/ropa/activities/papel")).status_code == 404


async def _programme(dpo: httpx2.AsyncClient) -> str:
    """Put an instruction and a training on record; return the instruction's id."""
    told = {"title": "Guardar fichas", "reference": "Contrato 8/2026", "held_on": "2026-02-01"}
    for wrong in ({"kind": "instruction"}, {"kind": "policy", "people": 3}, {"kind": "training"}):
        assert (await dpo.post("/lgpd/governance", json={**told, **wrong})).status_code == 422
    instruction = {**told, "kind": "instruction", "activity": "papel"}
    made = await dpo.post("/lgpd/governance", json=instruction)
    assert made.status_code == 201, made.text
    training = {
        **told,
        "kind": "training",
        "people": 12,
        "held_on": f"{datetime.now(UTC):%Y-%m-%d}",
    }
    await dpo.post("/lgpd/governance", json=training)
    figures = (await dpo.get("/lgpd/governance/report")).json()
    assert (figures["instructions"], figures["people_trained"], figures["officer_vacant"]) == (
        1,
        12,
        True,
    )
    pdf = await dpo.get("/lgpd/governance/report", params={"format": "pdf"})
    assert pdf.content.startswith(b"%PDF-")
    identifier: str = made.json()["id"]
    return identifier


async def test_versions_are_kept_compared_and_published(api: Api) -> None:
    dpo = await api.client(Role.DPO)
    open_ = api.anonymous()
    before = (await open_.get("/lgpd/notice")).json()
    assert before["published"] is None
    first = await dpo.post("/lgpd/ropa/versions", json={"note": "primeira"})
    again = await dpo.post("/lgpd/ropa/versions", json={})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    async with api.database.begin() as session:
        session.add(
            ModelTransfer(
                id=uuid7(), kind=ModelKind.CHAT, provider=ModelProvider.EXTERNAL,
                host="modelo.exemplo.com", model="m", country="US", mechanism="scc",
                payload_sha256=b"x" * 32, payload_bytes=1, items=1,
            )
        )  # fmt: skip
    await dpo.put("/lgpd/ropa/activities/tickets", json={"retention": "5 anos"})
    changes = (await dpo.get("/lgpd/ropa/versions/1/changes")).json()["items"]
    told = {(c["key"], c["change"]) for c in changes}
    assert told == {
        ("modelo.exemplo.com", "added"), ("tickets", "retention"), ("tickets", "confirmed"),
    }  # fmt: skip
    second = (await dpo.post("/lgpd/ropa/versions", json={})).json()
    assert second["number"] == 2
    assert second["sha256"] != first.json()["sha256"]
    assert (await dpo.get("/lgpd/ropa/versions/1/changes?to=2")).json()["items"] == changes
    assert (await dpo.get("/lgpd/ropa/versions/9/changes")).status_code == 404
    assert (await dpo.get("/lgpd/ropa/versions/1?format=pdf")).content[:4] == b"%PDF"
    assert [v["number"] for v in (await dpo.get("/lgpd/ropa/versions")).json()["items"]] == [2, 1]
    assert (await dpo.post("/lgpd/notice/versions")).status_code == 201
    assert (await dpo.post("/lgpd/notice/versions")).status_code == 200
    notice = (await open_.get("/lgpd/notice")).json()
    assert notice["published"]["number"] == 1
    titles = [activity["title"] for activity in notice["content"]["activities"]]
    assert "Atendimento de chamados" in titles
    assert notice["content"]["transfers"]["providers"][0]["countries"] == ["US"]
    assert len((await open_.get("/lgpd/notice/versions")).json()["items"]) == 1


async def test_an_impact_report_is_drafted_weighed_and_approved_for_good(api: Api) -> None:
    dpo = await api.client(Role.DPO)
    unknown = await dpo.post("/lgpd/ripd", json={"title": "RIPD", "activities": ["nada"]})
    assert unknown.status_code == 404
    made = await dpo.post("/lgpd/ripd", json={"title": "Atendimento", "activities": ["tickets"]})
    assert made.status_code == 201
    path = f"/lgpd/ripd/{made.json()['id']}"
    assert [a["key"] for a in made.json()["content"]["activities"]] == ["tickets"]
    assert {risk["level"] for risk in made.json()["content"]["risks"]} == {"baixo", "moderado"}
    risk = {
        "threat": "Acesso indevido", "probability": 4, "impact": 5, "measures": "Papéis",
        "residual_probability": 1, "residual_impact": 5,
    }  # fmt: skip
    etag = (await dpo.get(path)).headers["etag"]
    edited = await dpo.patch(
        path, json={"risks": [risk], "analysis": "Vale."}, headers={"If-Match": etag}
    )
    told = edited.json()["content"]["risks"][0]
    assert (told["level"], told["residual_level"]) == ("alto", "baixo")
    assert told["measures"] == [{"what": "Papéis", "standing": None, "responsible": "", "on": None}]
    planned = {"what": "Segundo fator", "standing": "planned", "responsible": "TI"}
    for bare in (planned, {**planned, "responsible": " ", "on": "2026-03-01"}):
        refused = await dpo.patch(path, json={"risks": [{**risk, "measures": [bare]}]})
        assert refused.json()["error"]["code"] == "impact_measure_incomplete"
    whole = [
        {**planned, "on": "2027-03-01"},
        {"what": "Papéis", "standing": "in_force", "on": "2026-02-05"},
    ]
    kept = await dpo.patch(path, json={"risks": [{**risk, "measures": whole}]})
    assert kept.status_code == 200, kept.text
    first, second = kept.json()["content"]["risks"][0]["measures"]
    assert first == whole[0]
    assert second["responsible"] == ""
    etag = edited.headers.get("etag", etag)
    assert (await dpo.patch(path, json={}, headers={"If-Match": etag})).status_code == 412
    bad = {**risk, "impact": 6}
    assert (await dpo.patch(path, json={"risks": [bad]})).status_code == 422
    approved = (await dpo.post(f"{path}/approve")).json()
    assert approved["sha256"]
    assert (await dpo.patch(path, json={"analysis": "Outra."})).status_code == 409
    text = text_of((await dpo.get(f"{path}?format=pdf")).content)
    assert "aprovado" in text
    flat = text.replace("\r\n", " ")
    assert "alta x muito alta: alto" in flat
    assert "planejada para 01/03/2027" in flat
    assert "em vigor desde 05/02/2026" in flat
    assert (await dpo.get(f"/lgpd/ripd/{uuid7()}")).status_code == 404


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
