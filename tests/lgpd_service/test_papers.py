"""A representative's papers: sealed, read by the encarregado, gone once somebody has looked."""

import sqlalchemy as sa
from api import Api
from letters import found_in, letters

from cogep_assist.core.models import IdentityCheck, RequestDocument, Role

PAPER = {"file": ("procuração.pdf", b"%PDF-1.4 procura\xc3\xa7\xc3\xa3o", "application/pdf")}


async def test_a_power_of_attorney_is_read_and_deleted(api: Api) -> None:
    page, dpo, agent = (
        api.anonymous(),
        await api.client(Role.DPO),
        await api.client(Role.AGENT),
    )
    body = {
        "right": "access",
        "name": "Ana Conceição",
        "email": "advogada@exemplo.com",
        "representative_kind": "attorney",
        "representative_name": "Lívia Advogada",
    }
    alone = {**body, "representative_name": None}
    assert (await page.post("/lgpd/public/requests", json=alone)).json()["error"]["code"] == (
        "representative_incomplete"
    )
    told = (await page.post("/lgpd/public/requests", json=body)).json()
    letter = (await letters(api, "advogada@exemplo.com"))[0]
    opened = {
        "protocol": told["protocol"],
        "code": found_in(letter, r"acompanhamento: (\w+)"),
    }
    code = {**opened, "email_code": found_in(letter, r"informe este código: (\d{8})")}
    # Who writes is known now; that they may act for another is not.
    proven = (await page.post("/lgpd/public/requests/identity", json=code)).json()
    assert proven["status"] == "identity_pending"
    send = "/lgpd/public/requests/papers"
    headers = {"X-Request-Protocol": opened["protocol"], "X-Request-Code": "ERRADO"}
    assert (await page.post(send, files=PAPER, headers=headers)).status_code == 404
    headers["X-Request-Code"] = opened["code"]
    sent = await page.post(send, files=PAPER, headers=headers, data={"purpose": "procuração"})
    assert sent.status_code == 201, sent.text
    assert (await page.post(send, json={}, headers=headers)).json()["error"]["code"] == (
        "multipart_invalid"
    )
    async with api.database.begin() as session:
        row = await session.scalar(
            sa.select(RequestDocument).options(sa.orm.undefer(RequestDocument.content))
        )
        assert row is not None
        assert row.content is not None
        assert b"procura" not in row.content, "papers are sealed"
        self = f"/lgpd/requests/{row.request_id}"
        paper = f"{self}/papers/{row.id}"
    assert (await agent.get(paper)).status_code == 403
    read = await dpo.get(paper)
    assert read.content == PAPER["file"][1]
    assert "attachment" in read.headers["content-disposition"]
    checked = {"method": "document_shown", "passed": True, "note": "procuração com firma"}
    done = (await dpo.post(f"{self}/identity", json=checked)).json()
    assert (done["status"], done["documents"][0]["name"]) == ("received", None)
    assert (await dpo.get(paper)).status_code == 410
    async with api.database.begin() as session:
        kept = await session.scalars(sa.select(RequestDocument.content))
        assert kept.all() == [None]
        notes = (await session.scalars(sa.select(IdentityCheck.note))).all()
        assert "procuração com firma" in notes
