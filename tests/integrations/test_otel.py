"""Traces reach a collector by its own protocol, and nobody's data with them."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from api import running_api
from local_web import Hit, LocalWeb, local_web, reply
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role
from cogep_assist.core.tracing import NAMES, traced
from cogep_assist.integrations import otel
from cogep_assist.worker_service.process import work

PERSONAL = ("joao", "João", "529.982", "52998224725", "segredo", "guia-da-ana")
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Collector:
    """A collector that keeps what it is sent, or answers with another status."""

    def __init__(self, web: LocalWeb) -> None:
        self.status, self.hits = 200, list[Hit]()
        self.url = web.url("").rstrip("/")
        web.pages["/v1/traces"] = self._take

    async def _take(self, _reader: Any, writer: asyncio.StreamWriter, hit: Hit) -> None:
        if self.status == 200:
            self.hits.append(hit)
        writer.write(reply(self.status))

    @property
    def spans(self) -> list[Any]:
        found = [ExportTraceServiceRequest.FromString(hit.body) for hit in self.hits]
        return [
            span
            for request in found
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def named(self, name: str) -> list[dict[str, Any]]:
        return [
            {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in s.attributes}
            for s in self.spans
            if s.name == name
        ]


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with local_web() as web:
        yield Collector(web)


async def test_requests_jobs_and_calls_are_traced_without_what_they_are_about(
    settings: Settings, database: Database, collector: Collector
) -> None:
    async with local_web() as site:
        page = "/guia-da-ana?cpf=52998224725"
        site.pages[page] = reply(200, b"<h1>Guia</h1><p>Para todos.</p>")
        chosen = settings.model_copy(
            update={
                "otel_endpoint": collector.url,
                "fetch_allow_hosts": [f"127.0.0.1:{site.port}"],
            }
        )
        async with running_api(chosen, database) as api:
            client = await api.client(Role.ADMIN)
            asked = await client.post("/ingest", json={"url": site.url(page)})
            path = asked.json()["links"]["self"]
            headers = {"X-Request-ID": "joao.da.silva", "traceparent": PARENT}
            await client.get("/search", params={"q": "João 529.982.247-25"}, headers=headers)
            await client.get("/segredo-do-joao")
            await client.get("/healthz")
            stop = asyncio.Event()
            worker = asyncio.create_task(work(chosen, database, stop))
            await client.get(path, params={"wait": "20"})
            stop.set()
            await worker
    (searched,) = collector.named("GET /search")
    assert searched["http.response.status_code"] == 200
    assert "cogep.request_id" not in searched
    (found,) = [span for span in collector.spans if span.name == "GET /search"]
    assert found.trace_id.hex() == PARENT.split("-")[1]
    assert collector.named("GET -")[0]["http.response.status_code"] == 404
    (job,) = collector.named("job document")
    assert job["cogep.queue"] == "ingestion_queue"
    calls = [span for span in collector.spans if span.name == "GET" and span.kind == 3]
    (one,) = [span for span in calls if span.parent_span_id]
    assert one.trace_id in {s.trace_id for s in collector.spans if s.name == "job document"}
    everything = b"".join(hit.body for hit in collector.hits).decode("latin-1")
    assert not [word for word in PERSONAL if word.encode().decode("latin-1") in everything]
    assert str(site.port) not in everything
    for span in collector.spans:
        assert {item.key for item in span.attributes} <= NAMES
        assert not span.events
    assert "GET /healthz" not in {span.name for span in collector.spans}


async def test_a_collector_that_is_away_costs_nothing_but_spans(
    settings: Settings, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(otel, "MOST_WAITING", 3)
    chosen = settings.model_copy(update={"otel_endpoint": collector.url})
    collector.status = 503
    async with otel.tracing(chosen, "api"):
        for number in range(5):
            with traced(f"um {number}", "server"):
                pass
        with pytest.raises(ValueError, match="personal"), traced("dois", "server") as span:
            span.note("http.url", "https://exemplo.gov.br/joao")
        with pytest.raises(AppError), traced("três", "server"):
            raise AppError("internal_error", kind="João")
        collector.status = 200
    names = [span.name for span in collector.spans]
    assert names == ["um 4", "dois", "três"]
    assert collector.named("três") == [{"error.type": "internal_error"}]
    assert collector.hits[0].headers["content-type"] == "application/x-protobuf"
    # Outside the block, nothing is kept.
    with traced("depois", "server"):
        pass
    assert len(collector.spans) == 3


async def test_nothing_is_loaded_where_nobody_asked_and_its_want_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with otel.tracing(settings, "api"):
        with traced("um", "server") as span:
            span.note("qualquer", "coisa")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    chosen = settings.model_copy(update={"otel_endpoint": "http://127.0.0.1:4318"})
    with pytest.raises(AppError) as refused:
        async with otel.tracing(chosen, "api"):
            pass
    assert refused.value.code == "otel_not_installed"
