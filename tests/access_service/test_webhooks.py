"""Webhooks: challenged, signed, filtered, in order, paused and resumed, against a real server."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from accounts import make_user
from api import Api, running_api
from httpx2 import AsyncClient
from local_web import Hit, LocalWeb, local_web, reply
from uuid_utils.compat import uuid7

from cogep_assist.core import outbox_delivery
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.events import publish
from cogep_assist.core.models import OutboxMessage, OutboxStatus, Role
from cogep_assist.core.webhook_signature import SignatureCheck
from cogep_assist.core.webhooks import CALLBACK, CHALLENGE, WEBHOOK, callback_secret
from cogep_assist.integrations.http import GuardedClient, policy_from_settings
from cogep_assist.integrations.webhooks import KNOWN_SECONDS, WebhookCourier


class Sink:
    """A receiver that repeats challenges, keeps what it gets, and answers as scripted."""

    def __init__(self, web: LocalWeb) -> None:
        self.web = web
        self.statuses: list[int] = []
        self.got: list[tuple[Hit, dict[str, Any]]] = []
        web.pages["/aviso"] = self._answer

    async def _answer(self, _reader: Any, writer: asyncio.StreamWriter, hit: Hit) -> None:
        body = json.loads(hit.body)
        if body["type"] == "webhook.challenge":
            writer.write(reply(200, json.dumps({"challenge": body["challenge"]}).encode()))
            return
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.got.append((hit, body))
        writer.write(reply(status, "recebido de João".encode()))


def is_signed(secret: str, stamp: str, signature: str, body: bytes, now: float) -> bool:
    check = SignatureCheck(secret, stamp, signature, now)
    check.take(body)
    return check.holds()


class Place:
    """An API, a sink that it may reach, and somebody who delivers."""

    def __init__(self, api: Api, admin: AsyncClient, sink: Sink, client: GuardedClient) -> None:
        self.api, self.admin, self.sink = api, admin, sink
        # One for all, as in a worker: what it read a moment ago must mislead nobody.
        self.courier = WebhookCourier(api.database, client)

    async def create(self, **changes: Any) -> dict[str, Any]:
        body = {"name": "n8n", "url": self.sink.web.url("/aviso"), "events": ["ticket.created"]}
        made = await self.admin.post("/webhooks", json={**body, **changes})
        assert made.status_code == 201, made.text
        found: dict[str, Any] = made.json()
        return found

    async def deliver(self, lane: str) -> int:
        couriers = {
            WEBHOOK: self.courier.event,
            CHALLENGE: self.courier.challenge,
            CALLBACK: self.courier.callback,
        }
        return await outbox_delivery.Deliverer(self.api.database, couriers).deliver(lane)

    async def happen(self, name: str, **told: Any) -> UUID:
        resource = told.pop("resource", None) or uuid7()
        async with self.api.database.begin() as session:
            await publish(session, name, resource, ids={"ticket_id": resource}, **told)
        return UUID(str(resource))

    async def due_now(self) -> None:
        async with self.api.database.begin() as session:
            await session.execute(
                sa.update(OutboxMessage).values(available_at=sa.func.clock_timestamp())
            )


@pytest.fixture
async def place(settings: Settings, database: Database) -> AsyncIterator[Place]:
    async with local_web() as web:
        allowed = settings.model_copy(update={"fetch_allow_hosts": [f"127.0.0.1:{web.port}"]})
        async with (
            running_api(allowed, database) as api,
            GuardedClient(policy_from_settings(allowed)) as client,
        ):
            yield Place(api, await api.client(Role.ADMIN), Sink(web), client)


async def test_a_subscription_from_its_challenge_to_its_removal(place: Place) -> None:
    admin, sink = place.admin, place.sink
    made = await place.create(fields=["subject"], filters={"priority": ["high", "urgent"]})
    path, lane, secret = f"/webhooks/{made['id']}", f"webhook:{made['id']}", made["secret"]
    assert made["status"] == "pending"
    assert "/aviso" not in json.dumps(made)
    # Nothing leaves before the address has repeated the word.
    await place.happen("ticket.created", facts={"priority": "high"})
    assert await place.deliver(lane) == 1
    assert (await admin.get(path)).json()["status"] == "active"
    # Ids and what was asked for, where it passes the filter.
    personal = {"subject": "Não consigo emitir a guia", "protocol": "2026.000001-7"}
    await place.happen("ticket.created", facts={"priority": "low"}, personal=personal)
    ticket = await place.happen("ticket.created", facts={"priority": "high"}, personal=personal)
    await place.happen("ticket.updated", facts={"priority": "high"})
    assert await place.deliver(lane) == 1
    ((hit, body),) = sink.got
    assert body["type"] == "ticket.created"
    assert body["data"] == {"ticket_id": str(ticket), "subject": personal["subject"]}
    headers = hit.headers
    assert headers["x-cogep-event-id"] == body["id"]
    stamp, signature = headers["x-cogep-timestamp"], headers["x-cogep-signature"]
    assert is_signed(secret, stamp, signature, hit.body, time.time())
    # Two live secrets while one is replaced.
    rotated = (await admin.post(f"{path}/rotate-secret", json={"keep_hours": 1})).json()
    assert rotated["secret"] not in {None, secret}
    # A change takes effect within so long.
    await asyncio.sleep(KNOWN_SECONDS)
    assert (await admin.post(f"{path}/test")).status_code == 202
    await place.deliver(lane)
    hit, body = sink.got[-1]
    assert body["type"] == "webhook.test"
    for good in (secret, rotated["secret"]):
        stamp, signature = hit.headers["x-cogep-timestamp"], hit.headers["x-cogep-signature"]
        assert is_signed(good, stamp, signature, hit.body, time.time())
    # The log tells request and reply, and neither the path nor a signature.
    found = (await admin.get(f"{path}/deliveries", params={"limit": 2})).json()
    assert [one["event"] for one in found["items"]] == ["webhook.test", "ticket.created"]
    more = await admin.get(f"{path}/deliveries", params={"cursor": found["next_cursor"]})
    assert [one["event"] for one in more.json()["items"]] == ["webhook.challenge"]
    detail = (await admin.get(found["items"][1]["links"]["self"])).json()
    assert json.loads(detail["body"])["data"]["subject"] == personal["subject"]
    (attempt,) = detail["attempts"]
    assert attempt["status_code"] == 200
    assert attempt["reply_body"] == "recebido de João"
    assert attempt["request"]["target"] == sink.web.url("")
    assert "v1=" not in json.dumps(attempt)
    assert (await admin.post(found["items"][1]["links"]["resend"])).status_code == 202
    await place.deliver(lane)
    assert sink.got[-1][1]["data"]["ticket_id"] == str(ticket)
    # Switched off, nothing waits; removed, nothing is left.
    assert (await admin.patch(path, json={"enabled": False})).json()["status"] == "disabled"
    await place.happen("ticket.created", facts={"priority": "high"})
    assert await place.deliver(lane) == 0
    assert (await admin.delete(path)).status_code == 204
    assert (await admin.get(path)).status_code == 404


async def test_order_is_kept_failures_are_tried_again_and_a_dead_address_is_paused(
    place: Place,
) -> None:
    admin, sink = place.admin, place.sink
    made = await place.create(events=["ticket.created", "ticket.updated"], fields=["change"])
    path, lane = f"/webhooks/{made['id']}", f"webhook:{made['id']}"
    await place.deliver(lane)
    await make_user(place.api, "ana@orgao.gov.br", Role.ADMIN, name="Ana", password=None)
    ticket = await place.happen("ticket.created", facts={"change": "opened"})
    for change in ("moved", "assigned"):
        await place.happen("ticket.updated", resource=ticket, facts={"change": change})
    sink.statuses = [503]
    # The first waits and holds back its own; another ticket is not held up.
    assert await place.deliver(lane) == 0
    other = await place.happen("ticket.created", facts={"change": "opened"})
    assert await place.deliver(lane) == 1
    await place.due_now()
    await place.deliver(lane)
    order = [b["data"]["change"] for _, b in sink.got if b["data"]["ticket_id"] == str(ticket)]
    assert order == ["opened", "moved", "assigned"]
    assert str(other) in [body["data"]["ticket_id"] for _, body in sink.got]
    # Nothing goes through any more: after the last try the webhook is paused, nothing is lost.
    sink.statuses = [500] * 20
    for change in ("moved", "resolved"):
        await place.happen("ticket.updated", resource=ticket, facts={"change": change})
    for _ in range(outbox_delivery.MAX_ATTEMPTS):
        await place.due_now()
        await place.deliver(lane)
    shown = (await admin.get(path)).json()
    assert (shown["status"], shown["last_error"]) == ("paused", "webhook_refused")
    await place.happen("ticket.updated", resource=ticket, facts={"change": "tagged"})
    assert await place.deliver(lane) == 0
    async with place.api.database.begin() as session:
        held = await session.scalars(
            sa.select(OutboxMessage.event).where(OutboxMessage.status == OutboxStatus.HELD)
        )
        assert len(held.all()) == 3
        notices = sa.select(sa.func.count()).where(OutboxMessage.topic == "mail")
        assert await session.scalar(notices) == 1
    sink.statuses, sink.got = [], []
    assert (await admin.post(f"{path}/resume")).json()["status"] == "active"
    assert await place.deliver(lane) == 3
    assert [b["data"]["change"] for _, b in sink.got] == ["moved", "resolved", "tagged"]
    assert (await admin.post(f"{path}/resume")).json()["error"]["code"] == "webhook_not_paused"
    # An address that says that it is gone is not asked nine times.
    sink.statuses = [410]
    await place.happen("ticket.created", facts={"change": "opened"})
    await place.deliver(lane)
    assert (await admin.get(path)).json()["status"] == "paused"


async def test_what_is_refused(place: Place) -> None:
    admin = place.admin
    body = {"name": "x", "url": place.sink.web.url("/aviso"), "events": ["ticket.created"]}
    for change, status, code in (
        ({"url": "http://169.254.169.254/latest"}, 422, "address_not_public"),
        ({"url": "http://10.0.0.8/"}, 422, "address_not_public"),
        ({"url": "ftp://exemplo.gov.br/"}, 422, "url_scheme_not_allowed"),
        ({"url": "http://exemplo.gov.br:22/"}, 422, "url_port_not_allowed"),
        ({"url": "http://u:s@exemplo.gov.br/"}, 422, "url_credentials_refused"),
        ({"url": "não é url"}, 422, "url_invalid"),
        ({"events": ["chamado.criado"]}, 422, "webhook_event_unknown"),
        ({"events": []}, 422, "request_invalid"),
        ({"fields": ["rating"]}, 422, "webhook_field_unknown"),
        ({"filters": {"subject": ["Férias"]}}, 422, "webhook_field_unknown"),
        ({"filters": {"priority": []}}, 422, "request_invalid"),
        ({"name": " \t "}, 422, "request_invalid"),
        ({"sql": "1"}, 422, "request_invalid"),
    ):
        answer = await admin.post("/webhooks", json={**body, **change})
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), change
    once = {"Idempotency-Key": "a1"}
    first = await admin.post("/webhooks", json=body, headers=once)
    again = await admin.post("/webhooks", json=body, headers=once)
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["secret"] is None
    assert (await admin.post("/webhooks", json=body)).json()["error"]["code"] == (
        "webhook_name_taken"
    )
    path = f"/webhooks/{first.json()['id']}"
    assert (await admin.post(f"{path}/test")).json()["error"]["code"] == "webhook_not_active"
    stale = await admin.patch(path, json={"name": "y"}, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    missing = f"/webhooks/{uuid7()}"
    assert (await admin.get(missing)).json()["error"]["code"] == "webhook_not_found"
    events = (await admin.get("/webhooks/events")).json()["items"]
    assert {"lgpd.deadline", "incident.registered"} <= {event["name"] for event in events}


async def test_an_address_that_does_not_repeat_the_word_gets_nothing(place: Place) -> None:
    place.sink.web.pages["/mudo"] = reply(200, b"ok")
    made = await place.create(url=place.sink.web.url("/mudo"))
    await place.deliver(f"webhook:{made['id']}")
    shown = (await place.admin.get(f"/webhooks/{made['id']}")).json()
    assert (shown["status"], shown["last_error"]) == ("pending", "webhook_challenge_unmet")
    # A redirect is a refusal: nobody follows it.
    place.sink.web.pages["/desvio"] = reply(302, b"", f"Location: {place.sink.web.url('/aviso')}")
    path = f"/webhooks/{made['id']}"
    await place.admin.patch(path, json={"url": place.sink.web.url("/desvio")})
    await place.deliver(f"webhook:{made['id']}")
    assert (await place.admin.get(path)).json()["status"] == "pending"
    assert [hit.target for hit in place.sink.web.hits] == ["/mudo", "/desvio"]


async def test_a_callback_tells_how_a_job_ended(place: Place) -> None:
    curator = await place.api.client(Role.CURATOR)
    url = place.sink.web.url("/aviso")
    sent = await curator.post("/ingest", json={"text": "Férias de 30 dias.", "callback_url": url})
    assert sent.status_code == 202, sent.text
    job = sent.json()["id"]
    assert (await curator.post(f"/ingest/{job}/cancel")).status_code == 200
    assert await place.deliver("callback:127.0.0.1") == 1
    ((hit, body),) = place.sink.got
    assert body["type"] == "ingestion.ended"
    assert body["data"] == {"job_id": job, "status": "cancelled", "error_code": None}
    secret = (await curator.get("/webhooks/callback-secret")).json()["secret"]
    stamp, signature = hit.headers["x-cogep-timestamp"], hit.headers["x-cogep-signature"]
    assert is_signed(secret, stamp, signature, hit.body, time.time())
    assert secret != callback_secret("key:outra")
