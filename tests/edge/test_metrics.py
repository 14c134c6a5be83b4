"""/metrics: what it tells, to whom, and that nothing personal ever reaches it or the logs."""

import io
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from functools import cache

import pytest
import sqlalchemy as sa
import structlog
from api import Api, running_api
from local_web import LocalWeb, local_web, reply
from prometheus_client.parser import text_string_to_metric_families

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.logging import configure_logging
from cogep_assist.core.models import Role
from cogep_assist.edge import metrics as edge_metrics
from cogep_assist.worker_service.process import drain_once

PERSONAL = {
    "cpf": "529.982.247-25",
    "cpf digits": "52998224725",
    "name": "Conceição Araújo Peçanha",
    "e-mail": "conceicao.peranha@exemplo.gov.br",
    "phone": "(61) 99123-4567",
    "question": "licença por motivo muito particular",
    "token": "segredo-da-url-9f8e7d",
    "file": "laudo-da-conceicao.pdf",
    "external id": "matricula-778899",
}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge_metrics, "REMEMBERED_SECONDS", 0.0)


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with local_web() as server:
        yield server


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Every log line of every library, as a machine would keep it."""
    root = logging.getLogger()
    before, level, known = root.handlers, root.level, structlog.get_config()
    configure_logging("DEBUG", json=True)
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    lines = io.StringIO()
    handler.setStream(lines)
    yield lines
    root.handlers = before
    root.setLevel(level)
    structlog.configure(**known)


@cache
def figures(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(text: str, name: str, **labels: str) -> float:
    return figures(text)[name, frozenset(labels.items())]


async def test_the_queue_the_stages_and_the_workers(
    api: Api, database: Database, settings: Settings
) -> None:
    admin = await api.client(Role.ADMIN)
    for number in range(3):
        await admin.post("/ingest", json={"text": f"A norma {number} trata de férias."})
    await drain_once(settings, database)
    await admin.post("/ingest", json={"text": "Ainda na fila."})
    async with database.begin() as session:
        await session.execute(
            sa.text(
                "UPDATE ai.ingestion_queue SET available_at = now() - interval '90 seconds' "
                "WHERE status = 'pending'"
            )
        )
        await session.execute(
            sa.text(
                "INSERT INTO access.worker (id, lock_key, host, process_id, release, "
                "schema_revision, capacity, busy, seen_at) VALUES (gen_random_uuid(), 1, "
                "'maquina-1', 10, '0.1.0', '0001', 8, 3, now() - interval '20 seconds')"
            )
        )
    await admin.get("/search", params={"q": "norma férias"})
    shown = await admin.get("/metrics")
    assert shown.status_code == 200
    assert shown.headers["content-type"].startswith("text/plain; version=0.0.4")
    text = shown.text
    assert value(text, "cogep_database_up") == 1
    assert value(text, "cogep_queue_jobs", queue="ingestion", state="due") == 1
    assert value(text, "cogep_queue_jobs", queue="ingestion", state="processing") == 0
    assert 90 <= value(text, "cogep_queue_oldest_due_seconds", queue="ingestion") < 150
    assert value(text, "cogep_queue_finished_5m", queue="ingestion", end="completed") == 3
    assert value(text, "cogep_ingestion_stage_seconds_5m_bucket", stage="parse", le="+Inf") == 3
    (busy,) = [v for (name, _), v in figures(text).items() if name == "cogep_worker_busy"]
    (seen,) = [v for (name, _), v in figures(text).items() if name == "cogep_worker_seen_seconds"]
    assert busy == 3
    assert 20 <= seen < 80
    labels = {"method": "POST", "route": "/ingest", "status": "202"}
    assert value(text, "cogep_http_request_seconds_count", **labels) >= 4
    assert value(text, "cogep_search_seconds_count") >= 1
    assert value(text, "cogep_intake_batch_requests_count") >= 1


async def test_buckets_count_what_is_at_most_so_long(
    api: Api, database: Database, settings: Settings
) -> None:
    admin = await api.client(Role.ADMIN)
    await admin.post("/ingest", json={"text": "Uma norma."})
    await drain_once(settings, database)
    async with database.begin() as session:
        await session.execute(
            sa.text("""UPDATE ai.ingestion_queue SET timings_ms = '{"parse": 700, "x": "y"}'""")
        )
    text = (await admin.get("/metrics")).text
    name = "cogep_ingestion_stage_seconds_5m_bucket"
    assert value(text, name, stage="parse", le="0.5") == 0
    assert value(text, name, stage="parse", le="1") == 1
    assert value(text, name, stage="parse", le="+Inf") == 1


async def test_routes_are_patterns_and_methods_are_known(api: Api) -> None:
    admin = await api.client(Role.ADMIN)
    await admin.get("/ingest/019a0000-0000-7000-8000-000000000000")
    await admin.get("/nao/existe/529.982.247-25")
    await admin.request("PROPFIND", "/ingest")
    text = (await admin.get("/metrics")).text
    seen = {dict(labels)["route"] for (_, labels) in figures(text) if "route" in dict(labels)}
    assert "/ingest/{job_id}" in seen
    assert not [route for route in seen if "019a0000" in route or "529" in route]
    methods = {dict(labels).get("method") for (_, labels) in figures(text)}
    assert "PROPFIND" not in methods


async def test_only_staff_may_read_it(api: Api) -> None:
    assert (await api.anonymous().get("/metrics")).status_code == 401
    assert (await (await api.client(Role.REQUESTER)).get("/metrics")).status_code == 403
    for role in (Role.AGENT, Role.CURATOR, Role.DPO, Role.ADMIN):
        assert (await (await api.client(role)).get("/metrics")).status_code == 200


async def test_it_is_open_where_the_administrator_says_so(
    settings: Settings, database: Database
) -> None:
    async with running_api(settings.model_copy(update={"metrics_open": True}), database) as api:
        assert (await api.anonymous().get("/metrics")).status_code == 200


async def test_without_its_database_it_still_tells(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: object) -> None:
        raise OSError("database away")

    monkeypatch.setattr(edge_metrics, "read_queue_figures", away)
    async with running_api(settings.model_copy(update={"metrics_open": True}), database) as api:
        text = (await api.anonymous().get("/metrics")).text
    assert value(text, "cogep_database_up") == 0
    assert "cogep_queue_jobs" not in text


async def test_nothing_personal_reaches_the_logs_or_the_metrics(
    settings: Settings,
    database: Database,
    web: LocalWeb,
    logged: io.StringIO,
) -> None:
    told = ". ".join(PERSONAL.values())
    web.pages[f"/pessoa?token={PERSONAL['token']}"] = reply(404)
    allowing = settings.model_copy(
        update={"fetch_allow_hosts": [web.authority], "job_max_attempts": 1}
    )
    async with running_api(allowing, database) as api:
        admin = await api.client(Role.ADMIN)
        # 1. Taken in, refused, and failing in the parser or at the source.
        await admin.post(
            "/ingest",
            json={
                "text": f"Ficha de {told}",
                "title": PERSONAL["name"],
                "external_id": PERSONAL["external id"],
                "metadata": {"cpf": PERSONAL["cpf"]},
            },
        )
        await admin.post(
            "/ingest", files={"file": (PERSONAL["file"], b"%PDF-1.7 nada", "application/pdf")}
        )
        await admin.post("/ingest", json={"url": web.url(f"/pessoa?token={PERSONAL['token']}")})
        await admin.post("/ingest", json={"text": 7, PERSONAL["cpf"]: PERSONAL["name"]})
        await drain_once(allowing, database)
        # 2. Asked, searched, given a word about, and sent to where nothing is.
        for question in (PERSONAL["question"], told, f"Qual o CPF de {PERSONAL['name']}?"):
            answered = await admin.post("/ask", json={"question": question})
            assert answered.status_code == 200
            await admin.get("/search", params={"q": question})
        await admin.get(f"/ingest/{PERSONAL['cpf']}")
        await admin.get(f"/documentos/{PERSONAL['e-mail']}")
        await api.anonymous(headers={"Authorization": f"Bearer {told.encode()!r}"}).get("/search")
        shown = (await admin.get("/metrics")).text
    lines = logged.getvalue().splitlines()
    assert len([line for line in lines if json.loads(line).get("event") == "request"]) > 10
    assert {"job_completed", "job_failed"} <= {json.loads(line).get("event") for line in lines}
    for kind, secret in PERSONAL.items():
        plain = json.dumps(secret)[1:-1]
        for line in [*lines, *shown.splitlines()]:
            assert secret not in line, f"{kind} in: {line[:300]}"
            assert plain not in line, f"{kind} in: {line[:300]}"
    assert not re.search(r"\d{3}\.\d{3}\.\d{3}-\d{2}", "\n".join([*lines, shown]))
