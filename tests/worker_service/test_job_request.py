"""What a request brought is found by the request's id: on the job, its lines and its act."""

import json
import logging
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
import structlog
from api import running_api

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.logging import configure_logging
from cogep_assist.core.models import AuditEvent, Role
from cogep_assist.core.queue_archive import COLUMNS
from cogep_assist.worker_service.process import drain_once

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
NO_TRACES = (
    f"00-{'0' * 32}-00f067aa0ba902b7-01",
    f"ff-{TRACE}-00f067aa0ba902b7-01",
    f"00-{TRACE}-{'0' * 16}-01",
    TRACE,
    "",
)


@pytest.fixture
def lines() -> Iterator[list[dict[str, object]]]:
    """What the product logs, line by line."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    configure_logging("INFO", json=True)
    formatter = root.handlers[0].formatter
    assert formatter is not None
    written: list[dict[str, object]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(json.loads(formatter.format(record)))

    root.handlers = [Keep()]
    yield written
    root.handlers = kept
    root.setLevel(level)
    structlog.reset_defaults()


async def test_a_request_is_followed_through_the_worker(
    settings: Settings, database: Database, lines: list[dict[str, object]]
) -> None:
    named = {"X-Request-ID": "pedido-42", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    traced = {"traceparent": named["traceparent"]}
    async with running_api(settings, database) as api:
        ana = await api.client(Role.CURATOR)

        async def send(title: str, headers: dict[str, str]) -> tuple[str, list[str]]:
            items = [{"text": f"{title} {n}: as férias são de trinta dias."} for n in (1, 2)]
            reply = await ana.post("/ingest", json={"items": items}, headers=headers)
            assert reply.status_code == 202
            ids = [item["id"] for item in reply.json()["items"]]
            return reply.headers["x-request-id"], ids

        # The first makes the collection, step by step; those after it are one statement.
        sent = dict([await send("Ana", named), await send("Bruno", traced), await send("Zé", {})])
        assert {"pedido-42", TRACE} < set(sent)
        for wrong in NO_TRACES:
            reply = await ana.get("/ingest", headers={"traceparent": wrong})
            assert len(reply.headers["x-request-id"]) == 36, wrong
        broken = await ana.post("/ingest", json={"url": "http://127.0.0.1/"}, headers=named)
        sent["pedido-42"].append(broken.json()["id"])
        await drain_once(settings, database)
        for request_id, ids in sent.items():
            found = (await ana.get("/ingest", params={"request_id": request_id})).json()["items"]
            assert {job["id"] for job in found} == set(ids)
            assert {job["request_id"] for job in found} == {request_id}
            told = {line["job_id"] for line in lines if line.get("request_id") == request_id
                    and line["event"] in {"job_completed", "job_failed"}}  # fmt: skip
            assert told == set(ids)
        assert (await ana.get("/ingest", params={"request_id": "outro"})).json()["items"] == []
    # Nobody else's lines carry it: what the worker says of itself comes after a job as well.
    own = [line for line in lines if line["event"].startswith("worker")]  # type: ignore[attr-defined]
    assert not [line for line in own if "job_id" in line or "request_id" in line]
    async with database.begin() as session:
        acts = await session.scalars(
            sa.select(AuditEvent.act).where(AuditEvent.request_id == "pedido-42")
        )
        assert "ingestion_submitted" in acts.all()
    # It goes into the archive with the job.
    assert "request_id" in COLUMNS
