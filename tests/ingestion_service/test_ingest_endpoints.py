"""POST /ingest and the jobs that come of it."""

import asyncio
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from api import Api
from sqlalchemy.engine import URL

from cogep_assist.core.db import conninfo
from cogep_assist.core.models import AuditEvent, Blob, IngestionJob, JobStatus, Role

PAGE = "https://www.exemplo.gov.br/férias?ano=2026"


async def jobs_in(api: Api) -> list[IngestionJob]:
    async with api.database.begin() as session:
        return list((await session.scalars(sa.select(IngestionJob).order_by("sequence"))).all())


async def count(api: Api, model: type) -> int:
    async with api.database.begin() as session:
        found = await session.scalar(sa.select(sa.func.count()).select_from(model))
    assert found is not None
    return found


async def test_accepts_a_text_and_answers_where_to_follow_it(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    reply = await ana.post(
        "/ingest",
        json={
            "text": "Férias são de trinta dias.",
            "title": "  Férias\n 2026 ",
            "collection": "rh",
            "metadata": {"órgão": "COGEP"},
            "priority": 5,
        },
    )
    assert reply.status_code == 202
    body = reply.json()
    assert body["status"] == "pending"
    assert body["links"]["self"] == reply.headers["location"] == f"/ingest/{body['id']}"
    [job] = await jobs_in(api)
    assert (job.title, job.priority, job.attributes) == ("Férias 2026", 5, {"órgão": "COGEP"})
    assert job.source_key.startswith("sha256:")
    assert job.submitted_by.startswith("key:")
    shown = (await ana.get(reply.headers["location"])).json()
    assert shown["status"] == "pending"
    assert shown["collection"] == "rh"
    assert shown["error"] is None
    assert shown["timings_ms"] == {}
    async with api.database.begin() as session:
        blob = await session.scalar(sa.select(Blob))
        assert blob is not None
        assert blob.content.decode() == "Férias são de trinta dias."
        assert blob.size == len(blob.content)
        acts = (await session.scalars(sa.select(AuditEvent.act).order_by(AuditEvent.id))).all()
    assert {"ingestion_submitted", "collection_created"} <= set(acts)


async def test_accepts_a_url_in_its_canonical_form(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    reply = await ana.post("/ingest", json={"url": "HTTPS://WWW.Exemplo.gov.br:443/a/../férias#x"})
    assert reply.status_code == 202
    [job] = await jobs_in(api)
    assert job.source_key == job.uri == "https://www.exemplo.gov.br/f%C3%A9rias"
    assert job.blob_id is None


async def test_accepts_many_items_in_order(api: Api) -> None:
    ana = await api.client(Role.ADMIN)
    items = [{"text": f"Texto número {n}"} for n in range(40)]
    reply = await ana.post("/ingest", json={"items": items, "collection": "lote"})
    assert reply.status_code == 202
    ids = [item["id"] for item in reply.json()["items"]]
    assert [str(job.id) for job in await jobs_in(api)] == ids
    assert (await ana.get("/collections")).json()["items"][0]["name"] == "lote"


async def test_accepts_files_of_one_form(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    files = [
        ("files", ("../../etc/Portaria nº 1.pdf", b"%PDF-1.7 um", "application/pdf")),
        ("files", ("C:\\docs\\ação.txt", "ação".encode("latin-1"), "text/plain")),
    ]
    reply = await ana.post("/ingest", files=files, data={"metadata": '{"ano": 2026}'})
    assert reply.status_code == 202, reply.text
    first, second = await jobs_in(api)
    assert (first.file_name, second.file_name) == ("Portaria nº 1.pdf", "ação.txt")
    assert first.declared_type == "application/pdf"
    assert second.attributes == {"ano": 2026}
    assert [str(first.id), str(second.id)] == [i["id"] for i in reply.json()["items"]]


async def test_a_file_is_one_whatever_its_field_is_called(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    # As n8n names it, and as .NET's forms write a name: first as mail headers do.
    for written in (
        'name="data"; filename="férias.txt"',
        "name=upload; filename=\"=?utf-8?B?ZsOp?=\"; filename*=utf-8''f%C3%A9rias.txt",
    ):
        body = f"--x\r\nContent-Disposition: form-data; {written}\r\n\r\n{written}\r\n--x--\r\n"
        form = {"Content-Type": "multipart/form-data; boundary=x"}
        sent = await ana.post("/ingest", content=body.encode(), headers=form)
        assert sent.status_code == 202, sent.text
        job = (await ana.get(sent.json()["links"]["self"])).json()
        assert job["file_name"] == "férias.txt", written


async def test_accepts_a_large_file_in_a_transaction_of_its_own(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    content = b"\x00\xff" * (3 * 1024 * 1024)
    reply = await ana.post("/ingest", files={"file": ("grande.bin", content)})
    assert reply.status_code == 202
    assert reply.headers["location"] == f"/ingest/{reply.json()['id']}"
    async with api.database.begin() as session:
        blob = await session.scalar(sa.select(Blob))
    assert blob is not None
    assert blob.content == content


async def test_one_external_id_is_one_source(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    for text in ("primeira", "segunda"):
        await ana.post("/ingest", json={"text": text, "external_id": "norma-7"})
    assert {job.source_key for job in await jobs_in(api)} == {"external:norma-7"}


async def test_needs_a_login(api: Api) -> None:
    reply = await api.anonymous().post("/ingest", content=b"{" * 10)
    assert reply.status_code == 401
    assert reply.json()["error"]["code"] == "not_authenticated"
    assert reply.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("role", [Role.AGENT, Role.DPO, Role.REQUESTER])
async def test_refuses_roles_that_do_not_curate(api: Api, role: Role) -> None:
    carla = await api.client(role)
    reply = await carla.post("/ingest", json={"text": "texto"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "role_not_allowed")
    assert await count(api, IngestionJob) == 0


async def test_a_stranger_does_not_see_a_job(api: Api) -> None:
    ana, carla = await api.client(Role.CURATOR), await api.client(Role.REQUESTER)
    location = (await ana.post("/ingest", json={"text": "texto"})).headers["location"]
    reply = await carla.get(location)
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "job_not_found")
    assert (await carla.get("/ingest")).json() == {"items": [], "next_cursor": None}


async def test_a_missing_job_is_404_and_a_bad_id_422(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    for method, path in (("GET", ""), ("POST", "/retry"), ("POST", "/cancel")):
        missing = await ana.request(method, f"/ingest/{uuid4()}{path}")
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "job_not_found")
        bad = await ana.request(method, f"/ingest/não-é-id{path}")
        assert (bad.status_code, bad.json()["error"]["code"]) == (422, "request_invalid")


async def test_lists_jobs_in_pages_by_status(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    items = [{"text": f"Texto {n}"} for n in range(5)]
    ids = [i["id"] for i in (await ana.post("/ingest", json={"items": items})).json()["items"]]
    await ana.post(f"/ingest/{ids[0]}/cancel")
    seen: list[str] = []
    cursor = None
    while True:
        page = (
            await ana.get(
                "/ingest",
                # Clients that cannot leave a value out send an empty one.
                params={"status": "pending", "limit": 2, "cursor": cursor or ""},
            )
        ).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == list(reversed(ids[1:]))
    assert len((await ana.get("/ingest?status=&cursor=")).json()["items"]) == 5
    for bad in ("xyz", "²", "9" * 19, "-1", "1e3"):
        reply = await ana.get("/ingest", params={"cursor": bad})
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "cursor_invalid")
    assert (await ana.get("/ingest", params={"status": "PENDING"})).status_code == 422
    assert (await ana.get("/ingest", params={"limit": 0})).status_code == 422


async def test_lets_a_waiting_job_go_first(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    job = (await ana.post("/ingest", json={"text": "um"})).json()["id"]
    first = await ana.post(f"/ingest/{job}/prioritise")
    assert (first.status_code, first.json()["priority"]) == (200, 100)
    await ana.post(f"/ingest/{job}/cancel")
    late = await ana.post(f"/ingest/{job}/prioritise")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "job_not_waiting")
    agent = await api.client(Role.AGENT)
    assert (await agent.post(f"/ingest/{job}/prioritise")).status_code == 403


async def test_cancels_waiting_and_asks_running_jobs_to_stop(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    items = [{"text": "um"}, {"text": "dois"}]
    ids = [i["id"] for i in (await ana.post("/ingest", json={"items": items})).json()["items"]]
    async with api.database.begin() as session:
        await session.execute(
            sa.update(IngestionJob)
            .where(IngestionJob.id == ids[1])
            .values(status=JobStatus.PROCESSING)
        )
    first = (await ana.post(f"/ingest/{ids[0]}/cancel")).json()
    assert first["status"] == "cancelled"
    assert first["finished_at"]
    second = (await ana.post(f"/ingest/{ids[1]}/cancel")).json()
    assert (second["status"], second["cancel_requested"]) == ("processing", True)
    again = await ana.post(f"/ingest/{ids[0]}/cancel")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "job_not_cancellable")
    assert again.json()["error"]["details"]["status"] == "cancelled"
    assert "já terminou (cancelada)" in again.json()["error"]["message"]


async def test_retries_a_failed_job_and_rings(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    job_id = (await ana.post("/ingest", json={"text": "um"})).json()["id"]
    async with api.database.begin() as session:
        await session.execute(
            sa.update(IngestionJob).values(
                status=JobStatus.FAILED, error_code="ocr_unavailable", error_details={"a": 1}
            )
        )
    failed = (await ana.get(f"/ingest/{job_id}")).json()
    assert failed["error"]["code"] == "ocr_unavailable"
    assert "tesseract" in failed["error"]["message"].lower()
    await asyncio.sleep(0.05)
    before = api.bell.rings
    retried = (await ana.post(f"/ingest/{job_id}/retry")).json()
    assert (retried["status"], retried["error"]) == ("pending", None)
    await asyncio.sleep(0.05)
    assert api.bell.rings == before + 1
    again = await ana.post(f"/ingest/{job_id}/retry")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "job_not_retryable")


async def test_does_not_retry_a_text_whose_bytes_are_gone(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    job_id = (await ana.post("/ingest", json={"text": "um"})).json()["id"]
    async with api.database.begin() as session:
        await session.execute(sa.update(IngestionJob).values(status=JobStatus.FAILED, blob_id=None))
    reply = await ana.post(f"/ingest/{job_id}/retry")
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "job_content_gone")
    assert (await ana.get(f"/ingest/{job_id}")).json()["status"] == "failed"


async def test_waits_for_the_end_without_holding_a_connection(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    job_id = (await ana.post("/ingest", json={"text": "um"})).json()["id"]
    # More waiters than the pool has connections, twice over.
    waiters = [
        asyncio.create_task(ana.get(f"/ingest/{job_id}", params={"wait": 30})) for _ in range(20)
    ]
    await asyncio.sleep(0.5)
    assert not any(waiter.done() for waiter in waiters)
    async with api.database.begin() as session:
        await session.execute(sa.update(IngestionJob).values(status=JobStatus.COMPLETED))
    replies = await asyncio.wait_for(asyncio.gather(*waiters), 10)
    assert {reply.json()["status"] for reply in replies} == {"completed"}


async def test_a_stop_lets_go_whoever_waits(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    job_id = (await ana.post("/ingest", json={"text": "um"})).json()["id"]
    waiting = asyncio.create_task(ana.get(f"/ingest/{job_id}", params={"wait": 60}))
    await asyncio.sleep(0.3)
    api.app.state.stop_waiting()
    assert (await asyncio.wait_for(waiting, 5)).json()["status"] == "pending"
    late = await asyncio.wait_for(ana.get(f"/ingest/{job_id}", params={"wait": 60}), 5)
    assert late.status_code == 200


async def test_a_wait_ends_with_its_time(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    job_id = (await ana.post("/ingest", json={"text": "um"})).json()["id"]
    reply = await ana.get(f"/ingest/{job_id}", params={"wait": 0.3})
    assert reply.json()["status"] == "pending"
    for bad in ("61", "-1", "muito", "nan", "inf"):
        assert (await ana.get(f"/ingest/{job_id}", params={"wait": bad})).status_code == 422


async def test_the_reply_comes_after_the_commit(api: Api) -> None:
    """A second connection must see the row as soon as the reply starts."""
    ana = await api.client(Role.CURATOR)
    async with await api.database.connect() as other:
        for n in range(20):
            reply = await ana.post("/ingest", json={"text": f"texto {n}"})
            found = await other.execute(
                "SELECT 1 FROM ai.ingestion_queue WHERE id = %s", [reply.json()["id"]]
            )
            assert await found.fetchone(), "202 before COMMIT"


async def test_many_at_once_share_transactions(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    replies = await asyncio.gather(
        *(ana.post("/ingest", json={"text": f"texto {n}"}) for n in range(60))
    )
    assert {reply.status_code for reply in replies} == {202}
    async with await api.database.connect() as other:
        found = await other.execute("SELECT count(DISTINCT xmin::text) FROM ai.ingestion_queue")
        row = await found.fetchone()
    assert row is not None
    assert row[0] < 30
    await asyncio.sleep(0.05)
    assert 0 < api.bell.rings < 30


async def test_a_refused_row_fails_alone(api: Api, database_url: URL) -> None:
    """The database refuses one of many that share a transaction; the others are stored."""
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        owner.execute(
            "ALTER TABLE ai.ingestion_queue ADD CONSTRAINT nada_de_veneno"
            " CHECK (title IS DISTINCT FROM 'veneno')"
        )
    ana = await api.client(Role.CURATOR)
    titles = ["bom"] * 10 + ["veneno"] + ["bom"] * 10
    replies = await asyncio.gather(
        *(
            ana.post("/ingest", json={"text": f"texto {n}", "title": title})
            for n, title in enumerate(titles)
        )
    )
    codes = [reply.status_code for reply in replies]
    assert codes == [422 if title == "veneno" else 202 for title in titles]
    assert replies[10].json()["error"]["code"] == "submission_refused"
    assert len(await jobs_in(api)) == 20
    assert await count(api, Blob) == 20


async def test_survives_a_lost_connection(api: Api, database_url: URL) -> None:
    ana = await api.client(Role.CURATOR)
    assert (await ana.post("/ingest", json={"text": "antes"})).status_code == 202
    lanes = api.app.state.intake.writer._lanes
    victims = [lane._connection.info.backend_pid for lane in lanes if lane._connection]
    assert victims
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s) AS pid", [victims])
    reply = await ana.post("/ingest", json={"text": "depois"})
    assert reply.status_code == 202
    assert len(await jobs_in(api)) == 2
