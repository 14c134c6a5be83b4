"""Records of accesses: kept apart and sealed, read for a reason, gone after their term."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from api import Api

from cogep_assist.core.access_records import Access, write_accesses
from cogep_assist.core.models import AccessRecord, AuditEvent, Role
from cogep_assist.lgpd_service.audit.access_record_sweep import sweep_access_records

PERIOD = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
WHY = {"reason": "court_order", "reference": "0001234-56.2026.8.26.0100"}
MARIA = "user:019a0000-0000-7000-8000-000000000001"


async def test_a_connection_s_requests_become_one_sealed_record(api: Api) -> None:
    dpo = await api.client(Role.DPO)
    for path in ("/lgpd/audit", "/documents", "/healthz", "/estatico/nada.css", "/nada"):
        await dpo.get(path)
    await api.app.state.access_notes.flush()
    async with api.database.begin() as session:
        records = (await session.scalars(sa.select(AccessRecord))).all()
        assert b"127.0.0.1" not in b"".join(bytes(record.sealed) for record in records)
    # However the order writes the address.
    found = await search(dpo, ip="::ffff:127.0.0.1")
    assert found.status_code == 200, found.text
    uses = {item["user"].split(":")[0]: item["requests"] for item in found.json()["items"]}
    # What leads nowhere is asked for by nobody that is known.
    assert uses == {"key": 2, "anonymous": 1}
    assert found.json()["kept_months"] == 6
    async with api.database.begin() as session:
        act = await session.scalar(
            sa.select(AuditEvent.details).where(AuditEvent.act == "access_records_read")
        )
    assert act == {**WHY, "records": 2}


async def search(client: Any, **whose: str) -> Any:
    return await client.post("/lgpd/access-records/search", json={**PERIOD, **WHY, **whose})


async def test_nobody_but_the_dpo_reads_them_and_not_without_a_reason(api: Api) -> None:
    dpo = await api.client(Role.DPO)
    for role in (Role.ADMIN, Role.AGENT):
        assert (await search(await api.client(role), ip="127.0.0.1")).status_code == 403
    assert (await search(dpo)).json()["error"]["code"] == "access_scope_missing"
    for bad in ({"reason": "curiosidade"}, {"reference": "a pedido de Maria"}, {"ip": "x; y"}):
        assert (await search(dpo, **{"ip": "127.0.0.1", **bad})).status_code == 422
    bare = {**PERIOD, "ip": "127.0.0.1"}
    assert (await dpo.post("/lgpd/access-records/search", json=bare)).status_code == 422


async def test_they_go_after_their_term_unless_an_order_keeps_them(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    dpo = await api.client(Role.DPO)
    old = datetime.now(UTC) - timedelta(days=200)
    async with api.database.begin() as session:
        await write_accesses(
            session,
            [
                Access(old, MARIA, "200.1.2.3", 4001),
                Access(old, "user:outra", "200.1.2.3", 4002),
                Access(datetime.now(UTC), "user:outra", "200.9.9.9", 4003),
            ],
        )
    order = await dpo.post(
        "/lgpd/access-records/orders",
        json={**PERIOD, "user": MARIA, "authority": "2ª Vara Cível", "reference": WHY["reference"]},
    )
    assert order.status_code == 201, order.text
    assert await swept(api) == ["200.1.2.3", "200.9.9.9"]
    assert (await search(dpo, user=MARIA)).json()["items"][0]["ip"] == "200.1.2.3"
    assert (await search(dpo, user=MARIA, ip="200.9.9.9")).json()["items"] == []
    end = f"/lgpd/access-records/orders/{order.json()['id']}/end"
    assert (await dpo.post(end)).json()["ended_at"]
    assert (await dpo.post(end)).status_code == 200
    assert (await dpo.get("/lgpd/access-records/orders")).json()["items"][0]["ended_at"]
    assert await swept(api) == ["200.9.9.9"]
    backwards = {"since": PERIOD["until"], "until": PERIOD["since"], "ip": "1.1.1.1"}
    wrong = {**backwards, "authority": "2ª Vara", "reference": "123"}
    assert (await dpo.post("/lgpd/access-records/orders", json=wrong)).status_code == 422


async def swept(api: Api) -> list[str]:
    """Sweep, and tell from where the accesses are that are left."""
    from cogep_assist.core.access_records import open_record

    async with api.database.begin() as session:
        await sweep_access_records(session)
        found = await session.scalars(sa.select(AccessRecord))
        return sorted(
            open_record(record).ip
            for record in found
            if open_record(record).port > 4000 and open_record(record).ip != "127.0.0.1"
        )
