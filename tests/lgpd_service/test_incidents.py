"""Incidents from the first word to the register, and whom they are told to."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from api import Api
from letters import letters

from cogep_assist.core.config import Settings
from cogep_assist.core.models import BackgroundJob, OutboxMessage, OutboxStatus, Role
from cogep_assist.lgpd_service.incidents.incident_notices import NOTICES, send_notices
from cogep_assist.lgpd_service.incidents.incident_questions import QUESTIONS

NO = dict.fromkeys(QUESTIONS, False)
RELEVANT = {**NO, "causes_damage": True, "financial": True}


async def test_an_incident_is_told_in_time_and_kept(api: Api, settings: Settings) -> None:
    dpo, agent = await api.client(Role.DPO), await api.client(Role.AGENT)
    for name in ("Ana Conceição", "Bruno Estêvão"):
        contact = [{"kind": "email", "value": f"{name.split()[0].lower()}@exemplo.com"}]
        body: dict[str, Any] = {"name": name, "tags": ["folha"]}
        await agent.post(
            "/crm/customers", json={**body, "contacts": contact if name[0] == "A" else []}
        )
    officer = {
        "kind": "holder",
        "name": "Débora Encarregada",
        "email": "dpo@orgao.gov.br",
        "act_reference": "Portaria 12/2026",
        "signed_on": "2026-01-05",
        "starts_on": "2026-01-06",
    }
    assert (await dpo.post("/lgpd/officers", json=officer)).status_code == 201
    made = await agent.post(
        "/lgpd/incidents",
        json={"title": "Planilha enviada a outro setor", "harmed": ["confidentiality"]},
    )
    assert made.status_code == 201, made.text
    told = made.json()
    self = told["links"]["self"]
    assert (told["number"][:4], told["status"], told["clocks"]) == ("INC-", "open", [])
    assert (await agent.get(self)).status_code == 200
    assert (await (await api.client(Role.CURATOR)).get(self)).status_code == 404
    assert (await agent.post(f"{self}/assess", json={"answers": NO})).status_code == 403

    future = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert (await dpo.post(f"{self}/known", json={"known_at": future})).status_code == 422
    # Known on a Friday: Monday, Tuesday and Wednesday are the three days of work.
    told = (await dpo.post(f"{self}/known", json={"known_at": "2026-11-27T18:00:00-03:00"})).json()
    assert {one["due_on"] for one in told["clocks"]} == {"2026-12-02"}
    assert (await dpo.post(f"{self}/known", json={})).json()["error"]["code"] == (
        "incident_known_already"
    )
    early = await dpo.post(f"{self}/decide", json={"decision": "communicate", "reason": "x"})
    assert early.json()["error"]["code"] == "incident_not_assessed"
    some = await dpo.post(f"{self}/assess", json={"answers": {"financial": True}})
    assert some.json()["error"]["code"] == "incident_questions_missing"
    assert not (
        await dpo.post(f"{self}/assess", json={"answers": {**NO, "sensitive": True}})
    ).json()["relevant_risk"], "one half of the test alone is not enough"
    assert (await dpo.post(f"{self}/assess", json={"answers": RELEVANT})).json()["relevant_risk"]
    not_yet = await dpo.post(f"{self}/agency", json={"protocol": "0001"})
    assert not_yet.json()["error"]["code"] == "incident_not_communicable"
    await dpo.post(f"{self}/decide", json={"decision": "communicate", "reason": "Há risco."})
    await dpo.patch(
        self, json={"data_kinds": ["financial"], "risks": "Fraude.", "subject_kinds": "Servidores"}
    )
    nothing = await dpo.post(f"{self}/subjects", json={})
    assert nothing.json()["error"]["code"] == "subjects_query_empty"
    found = (await dpo.post(f"{self}/subjects", json={"tag": "folha"})).json()
    assert found["subjects"] == {"total": 2, "told": 0, "unreachable": 0, "waiting": 2}
    letter = (await dpo.get(f"{self}/letter")).json()
    assert "Débora Encarregada, dpo@orgao.gov.br" in letter["text"]
    assert "(a preencher)" in letter["text"], "a field that nobody filled in says so"
    pdf = await dpo.get(f"{self}/communication")
    assert pdf.content.startswith(b"%PDF-")

    for early in ("supplement", "proof"):
        untold = await dpo.post(f"{self}/{early}", json={"words": "Cedo."})
        assert untold.json()["error"]["code"] == "incident_agency_untold"
    protocol = {"protocol": "00261.000001/2026-10"}
    hasty = {**protocol, "told_at": "2026-11-27T17:00:00-03:00"}
    before = await dpo.post(f"{self}/agency", json=hasty)
    assert before.json()["error"]["code"] == "incident_told_before_known"
    timely = {**protocol, "told_at": "2026-11-27T19:00:00-03:00"}
    told = (await dpo.post(f"{self}/agency", json=timely)).json()
    rules = {one["rule"]: one for one in told["clocks"]}
    assert set(rules) == {
        "incident_agency",
        "incident_subjects",
        "incident_supplement",
        "incident_proof",
    }
    assert rules["incident_agency"]["met_at"] == "2026-11-27T22:00:00Z", "when it was, not written"
    assert rules["incident_proof"]["starts_on"] == "2026-12-02"
    assert rules["incident_proof"]["due_on"] == "2026-12-07"
    closing = await dpo.post(f"{self}/close")
    assert "o aviso aos titulares" in closing.json()["error"]["message"]
    blank = (await dpo.post(f"{self}/notices")).json()["error"]
    assert blank["code"] == "incident_letter_incomplete"
    assert "a descrição, as medidas que havia" in blank["message"]
    assert (await dpo.post(f"{self}/public-notice", json={"words": "No sítio."})).status_code == 409
    whole = {
        "circumstances": "Anexo trocado.",
        "measures_before": "Senha.",
        "measures_after": "Mais.",
    }
    await dpo.patch(self, json=whole)
    assert (await dpo.post(f"{self}/notices")).status_code == 200
    async with api.database.begin() as session:
        queued = await session.scalar(
            sa.select(BackgroundJob.subject).where(BackgroundJob.kind == NOTICES)
        )
        assert queued == told["id"]
        assert await send_notices(session, queued, settings) == 1
    async with api.database.begin() as session:
        assert await send_notices(session, told["id"], settings) == 0, "nobody is told twice"
    counted = (await dpo.get(self)).json()
    assert counted["subjects_told_at"] is None, "Bruno has no address: nobody told him yet"
    closing = await dpo.post(f"{self}/close")
    assert "o aviso aos titulares" in closing.json()["error"]["message"]
    told = (
        await dpo.post(f"{self}/told-otherwise", json={"words": "Por carta registrada."})
    ).json()
    assert told["subjects"] == {"total": 2, "told": 2, "unreachable": 0, "waiting": 0}
    assert {one["rule"] for one in told["clocks"] if one["met_at"]} >= {"incident_subjects"}
    again = await dpo.post(f"{self}/told-otherwise", json={"words": "De novo."})
    assert again.json()["error"]["code"] == "incident_nobody_to_tell"
    async with api.database.begin() as session:
        await session.execute(
            sa.update(OutboxMessage)
            .where(OutboxMessage.resource_key.like(f"incident:{told['id']}:%"))
            .values(status=OutboxStatus.DEAD, finished_at=sa.func.clock_timestamp())
        )
    lost = (await dpo.get(self)).json()["subjects"]
    assert (lost["told"], lost["unreachable"]) == (1, 1), "a letter that came back told nobody"
    await dpo.post(f"{self}/told-otherwise", json={"words": "Por telefone."})
    assert [one["to"] for one in await letters(api, "ana@exemplo.com")] == ["ana@exemplo.com"]
    closing = await dpo.post(f"{self}/close")
    assert "a declaração" in closing.json()["error"]["message"]
    await dpo.post(f"{self}/proof", json={"words": "Declaração juntada."})
    done = (await dpo.post(f"{self}/close")).json()
    assert done["status"] == "closed"
    assert date.fromisoformat(done["keep_until_day"]).year == datetime.now(UTC).year + 5
    assert all(one["met_at"] or one["stopped_at"] for one in done["clocks"])
    assert (await dpo.post(f"{self}/notes", json={"words": "x"})).json()["error"]["code"] == (
        "incident_closed"
    )


async def test_not_telling_is_explained_and_stops_the_clocks(api: Api) -> None:
    dpo = await api.client(Role.DPO)
    now = datetime.now(UTC).isoformat()
    made = await dpo.post("/lgpd/incidents", json={"title": "Tentativa barrada", "known_at": now})
    self = made.json()["links"]["self"]
    await dpo.post(f"{self}/assess", json={"answers": NO})
    bare = await dpo.post(f"{self}/decide", json={"decision": "do_not_communicate", "reason": " "})
    assert bare.json()["error"]["code"] == "incident_decision_unexplained"
    body = {"decision": "do_not_communicate", "reason": "Nenhum dado saiu."}
    told = (await dpo.post(f"{self}/decide", json=body)).json()
    assert all(one["stopped_at"] for one in told["clocks"])
    assert (await dpo.post(f"{self}/close")).json()["status"] == "closed"


async def test_a_small_agent_has_twice_the_time_unless_people_are_in_danger(api: Api) -> None:
    dpo = await api.client(Role.DPO)
    questions = (await dpo.get("/lgpd/organization")).json()["questions"]
    half = await dpo.patch("/lgpd/organization", json={"small_agent": True})
    assert half.json()["error"]["code"] == "small_agent_untested"
    answers = {**dict.fromkeys(questions, False), "new_technology": True}
    patched = await dpo.patch(
        "/lgpd/organization", json={"small_agent": True, "high_risk_answers": answers}
    )
    assert patched.json()["small_terms_hold"]
    made = await dpo.post(
        "/lgpd/incidents", json={"title": "Notebook perdido", "known_at": "2026-11-27T12:00:00Z"}
    )
    self = made.json()["links"]["self"]
    assert {one["due_on"] for one in made.json()["clocks"]} == {"2026-12-07"}
    danger = {**RELEVANT, "integrity_or_security": True}
    told = (await dpo.post(f"{self}/assess", json={"answers": danger})).json()
    assert {one["due_on"] for one in told["clocks"]} == {"2026-12-02"}
    risky = await dpo.patch(
        "/lgpd/organization", json={"high_risk_answers": {**answers, "large_scale": True}}
    )
    assert not risky.json()["small_terms_hold"], "both criteria together leave the doubled terms"
