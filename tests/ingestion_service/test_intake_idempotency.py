"""The same request under the same key is one act with one reply."""

import asyncio

import pytest
import sqlalchemy as sa
from api import Api

from cogep_assist.core.models import (
    AuditEvent,
    Blob,
    Collection,
    IdempotencyKey,
    IngestionJob,
    Role,
)


async def count(api: Api, model: type) -> int:
    async with api.database.begin() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


async def test_a_repeated_request_gets_the_first_reply(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    headers = {"Idempotency-Key": "pedido-1"}
    first = await ana.post("/ingest", json={"text": "um", "title": "T"}, headers=headers)
    # The same content, written in another order.
    second = await ana.post("/ingest", json={"title": "T", "text": "um"}, headers=headers)
    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"]
    assert second.headers["idempotent-replay"] == "true"
    assert await count(api, IngestionJob) == await count(api, Blob) == 1
    async with api.database.begin() as session:
        acts = list(await session.scalars(sa.select(AuditEvent.act)))
    assert acts.count("ingestion_submitted") == 1


async def test_requests_at_once_make_one_job(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    replies = await asyncio.gather(
        *(
            ana.post("/ingest", json={"text": "um"}, headers={"Idempotency-Key": "k"})
            for _ in range(25)
        )
    )
    assert len({reply.text for reply in replies}) == 1
    assert {reply.status_code for reply in replies} == {202}
    assert await count(api, IngestionJob) == 1


async def test_another_body_under_the_key_is_refused(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    headers = {"Idempotency-Key": "k"}
    await ana.post("/ingest", json={"text": "um"}, headers=headers)
    others = [
        {"json": {"text": "dois", "collection": "nova"}},
        {"json": {"items": [{"text": "um"}]}},
        {"json": {"text": "um", "metadata": {"a": 1}}},
        {"files": {"file": ("um.txt", b"um")}},
    ]
    for other in others:
        reply = await ana.post("/ingest", headers=headers, **other)  # type: ignore[arg-type]
        assert (reply.status_code, reply.json()["error"]["code"]) == (409, "idempotency_key_reused")
    assert await count(api, IngestionJob) == 1
    assert await count(api, Collection) == 1, "a refused request must not make its collection"


async def test_different_bodies_at_once_under_one_key(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    replies = await asyncio.gather(
        *(
            ana.post("/ingest", json={"text": f"texto {n}"}, headers={"Idempotency-Key": "k"})
            for n in range(10)
        )
    )
    assert sorted(reply.status_code for reply in replies) == [202] + [409] * 9
    assert await count(api, IngestionJob) == 1


async def test_files_are_compared_by_their_bytes(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    headers = {"Idempotency-Key": "arquivos"}
    big = b"x" * 5_000_000
    first = await ana.post("/ingest", files={"file": ("a.txt", big)}, headers=headers)
    same = await ana.post("/ingest", files={"file": ("a.txt", big)}, headers=headers)
    other = await ana.post("/ingest", files={"file": ("a.txt", big + b"y")}, headers=headers)
    assert first.json() == same.json()
    assert other.status_code == 409
    assert await count(api, Blob) == 1


async def test_a_key_belongs_to_who_uses_it(api: Api) -> None:
    ana, bruno = await api.client(Role.CURATOR, "Ana"), await api.client(Role.CURATOR, "Bruno")
    headers = {"Idempotency-Key": "k"}
    first = await ana.post("/ingest", json={"text": "um"}, headers=headers)
    second = await bruno.post("/ingest", json={"text": "dois"}, headers=headers)
    assert first.status_code == second.status_code == 202
    assert first.json()["id"] != second.json()["id"]


async def test_a_key_is_free_again_after_a_day(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    headers = {"Idempotency-Key": "k"}
    await ana.post("/ingest", json={"text": "um"}, headers=headers)
    async with api.database.begin() as session:
        await session.execute(
            sa.update(IdempotencyKey).values(
                created_at=sa.func.now() - sa.literal_column("interval '25 hours'")
            )
        )
    reply = await ana.post("/ingest", json={"text": "dois"}, headers=headers)
    assert reply.status_code == 202
    assert await count(api, IngestionJob) == 2


async def test_a_refused_request_leaves_its_key_free(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    headers = {"Idempotency-Key": "k"}
    assert (await ana.post("/ingest", json={"text": ""}, headers=headers)).status_code == 422
    assert (await ana.post("/ingest", json={"text": "um"}, headers=headers)).status_code == 202


@pytest.mark.parametrize("key", ["", "a" * 201, "com espaço", "tab\t"])
async def test_refuses_keys_out_of_form(api: Api, key: str) -> None:
    ana = await api.client(Role.CURATOR)
    reply = await ana.post(
        "/ingest",
        json={"text": "um"},
        headers=[(b"Idempotency-Key", key.encode())],  # type: ignore[list-item]
    )
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "idempotency_key_invalid")


async def test_cancelling_twice_under_a_key_is_one_act(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    job_id = (await ana.post("/ingest", json={"text": "um"})).json()["id"]
    for _ in range(2):
        reply = await ana.post(f"/ingest/{job_id}/cancel", headers={"Idempotency-Key": "c"})
        assert (reply.status_code, reply.json()["status"]) == (200, "cancelled")
    async with api.database.begin() as session:
        acts = list(await session.scalars(sa.select(AuditEvent.act)))
    assert acts.count("job_cancelled") == 1
