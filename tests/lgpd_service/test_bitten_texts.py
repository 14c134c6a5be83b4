"""Texts that PostgreSQL does not keep are cleaned or refused, and never an error of ours."""

from api import Api

from cogep_assist.core.models import Role

BAD = "a\u0000b"


async def test_no_text_with_a_nul_breaks_anything(api: Api) -> None:
    dpo, page = await api.client(Role.DPO), api.anonymous()
    rule = {"amount": 20, "unit": "calendar_days", "reference": BAD, "note": BAD}
    officer = {
        "kind": "holder",
        "name": BAD,
        "email": "dpo@orgao.gov.br",
        "act_reference": BAD,
        "signed_on": "2026-01-05",
        "starts_on": "2026-01-06",
        "phone": BAD,
        "no_conflict_statement": BAD,
    }
    asked = {"right": "access", "name": BAD, "email": "a@b.com", "wanted": {BAD: BAD}}
    incident = (await dpo.post("/lgpd/incidents", json={"title": BAD})).json()
    words = ("title", "text", "consequences")
    answers = [
        await dpo.get("/lgpd/receipts/%00"),
        await dpo.put("/lgpd/deadlines/a%00b", json=rule),
        await dpo.put("/lgpd/deadlines/lai", json=rule),
        await dpo.post("/lgpd/officers", json=officer),
        await dpo.patch("/lgpd/organization", json={"name": BAD}),
        await dpo.put("/lgpd/calendar/days/2026-01-30", json={"name": BAD}),
        await dpo.post(f"{incident['links']['self']}/subjects", json={"tag": BAD, "queue": BAD}),
        await dpo.put("/lgpd/purposes/abc", json=dict.fromkeys(words, BAD)),
        await dpo.post("/lgpd/requests", json=asked),
        await page.post("/lgpd/public/requests/status", json={"protocol": BAD, "code": BAD}),
        await page.post("/lgpd/public/notices/acknowledge", json={"code": BAD}),
    ]
    assert [one.status_code for one in answers] == [
        *(422, 422, 200, 201, 200, 201, 200, 201, 201, 404, 404)
    ]
    assert answers[3].json()["name"] == "ab"
