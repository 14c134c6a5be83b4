"""The audit over HTTP: looked up, verified, taken along and checked without us."""

import base64
import hashlib
import json
from uuid import UUID

import psycopg
from api import Api
from uuid_utils.compat import uuid7

from cogep_assist.core import audit, signing
from cogep_assist.core.audit_chain import CHECKPOINT, seal_waiting
from cogep_assist.core.config import Settings
from cogep_assist.core.db import conninfo
from cogep_assist.core.models import Role
from cogep_assist.core.principal import SYSTEM
from cogep_assist.worker_service.sealer import Sealer


async def test_acts_are_found_by_who_on_whom_what_where_and_when(api: Api) -> None:
    dpo = await api.client(Role.DPO)
    maria, ticket = uuid7(), uuid7()
    async with api.database.begin() as session:
        await audit.record(session, SYSTEM, "customer_edited", "customer", maria)
        await audit.record(session, SYSTEM, "ticket_opened", "ticket", ticket, subject=maria)
        await audit.record(session, SYSTEM, "ticket_opened", "ticket", uuid7(), subject=uuid7())

    async def found(**wanted: str) -> list[str]:
        reply = await dpo.get("/lgpd/audit", params=wanted)
        assert reply.status_code == 200, reply.text
        return [item["act"] for item in reply.json()["items"]]

    of_maria = ["ticket_opened", "customer_edited"]
    assert await found(subject=str(maria)) == of_maria
    assert await found(subject=audit.subject_pseudonym(maria)) == ["ticket_opened"]
    assert await found(subject="joão") == []
    assert await found(actor="system", act="ticket_opened") == ["ticket_opened"] * 2
    assert await found(actor=audit.pseudonym("user:outra")) == []
    assert await found(object_type="ticket", object_id=str(ticket)) == ["ticket_opened"]
    assert await found(until="2020-01-01T00:00:00Z") == []
    assert len(await found(since="2020-01-01T00:00:00-03:00")) >= 4
    first = (await dpo.get("/lgpd/audit", params={"limit": 2})).json()
    rest = (await dpo.get("/lgpd/audit", params={"cursor": first["next_cursor"]})).json()
    ids = [item["id"] for item in first["items"] + rest["items"]]
    assert ids == sorted(set(ids), reverse=True)
    assert str(maria) not in json.dumps(rest["items"][-1])
    for params in ({"cursor": "x"}, {"since": "ontem"}, {"since": "2026-01-01T00:00:00"}):
        assert (await dpo.get("/lgpd/audit", params=params)).status_code in {400, 422}


async def test_what_is_exported_is_checked_with_the_public_key_alone(
    api: Api, settings: Settings
) -> None:
    dpo = await api.client(Role.DPO)
    assert (await dpo.get("/lgpd/audit/verify")).json()["intact"] is True
    assert (await dpo.get("/lgpd/audit/checkpoint")).status_code == 409
    for _ in range(3):
        async with api.database.begin() as session:
            for _ in range(4):
                await audit.record(session, SYSTEM, "ticket_edited", "ticket", uuid7(), {"é": "\\"})
            await seal_waiting(session)
    newest = await Sealer(api.database, settings.data_dir).newest()
    checkpoint = (await dpo.get("/lgpd/audit/checkpoint")).json()
    assert checkpoint == newest
    export = await dpo.get("/lgpd/audit/export")
    assert export.headers["content-type"] == "application/x-ndjson"
    assert check(export.text, signing.public_key()) == (checkpoint["number"], 14)
    lines = export.text.splitlines(keepends=True)
    assert check("".join(lines[:2] + lines[3:]), signing.public_key()) is None
    assert check(export.text.replace("ticket_edited", "ticket_closed", 1), b"x" * 32) is None
    acts = [item["act"] for item in (await dpo.get("/lgpd/audit")).json()["items"]]
    assert acts[0] == "audit_exported"
    assert "audit_verified" in acts


def check(text: str, key: bytes) -> tuple[int, int] | None:
    """Check an export as somebody would who has nothing but it and the public key."""
    previous, number, acts, lines = "00" * 32, 0, 0, text.split("\n")[:-1]
    while lines:
        head = json.loads(lines.pop(0))
        body, lines = lines[: head["acts"]], lines[head["acts"] :]
        link = head["link"]
        hashed = hashlib.sha256("".join(f"{line}\n" for line in body).encode()).hexdigest()
        written = json.dumps(link, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        signature = base64.b64decode(head["signature"]["value"])
        if not signing.is_signed(CHECKPOINT, written.encode(), signature, key):
            return None
        if (hashed, previous, number + 1) != (link["body"], link["previous"], link["number"]):
            return None
        previous, number = hashlib.sha256(written.encode()).hexdigest(), link["number"]
        acts += len(body)
    return number, acts


async def test_what_was_tampered_with_is_told(api: Api, settings: Settings) -> None:
    admin = await api.client(Role.ADMIN)
    await Sealer(api.database, settings.data_dir).seal_all()
    url = conninfo(api.database.url)
    with psycopg.connect(url, autocommit=True) as owner:
        rows = owner.execute("UPDATE lgpd.audit_event SET act = 'x' RETURNING id").fetchall()
    report = (await admin.get("/lgpd/audit/verify")).json()
    assert report["intact"] is False
    assert [UUID(event) for event in report["altered"]] == [event for (event,) in rows]
    assert [c["in_chain"] for c in report["checkpoints"]] == [True]
