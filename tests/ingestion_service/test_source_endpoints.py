"""The doors of the sources, and the five questions at each."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from api import Api, running_api

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import AuditEvent, BackgroundJob, FollowedSource, Role

UNKNOWN = "019a0000-0000-7000-8000-000000000000"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = (tmp_path / "abertas" / "manuais").resolve()
    made.mkdir(parents=True)
    (made / "férias.md").write_text("As férias são de trinta dias.", "utf-8")
    return made


@pytest.fixture
async def opened(settings: Settings, database: Database, folder: Path) -> AsyncIterator[Api]:
    chosen = settings.model_copy(update={"source_folder_roots": [str(folder.parent)]})
    async with running_api(chosen, database) as api:
        yield api


@pytest.fixture
async def curator(opened: Api) -> httpx2.AsyncClient:
    return await opened.client(Role.CURATOR)


async def follow(client: httpx2.AsyncClient, folder: Path, **fields: Any) -> dict[str, Any]:
    body = {"kind": "folder", "target": str(folder), "schedule": "toda segunda às 8h", **fields}
    reply = await client.post("/sources", json=body)
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


async def test_a_source_is_followed_and_its_visit_is_asked_for(
    opened: Api, curator: httpx2.AsyncClient, database: Database, folder: Path
) -> None:
    made = await follow(curator, folder, collection="manuais")
    assert made["schedule"] == "toda segunda às 08:00"
    assert made["collection"] == "manuais"
    shown = await curator.get(made["links"]["self"])
    assert shown.status_code == 200
    assert shown.json() == {**made, "items": []}
    listed = (await curator.get("/sources")).json()
    assert [source["id"] for source in listed["items"]] == [made["id"]]
    async with database.begin() as session:
        waiting = (await session.scalars(sa.select(BackgroundJob))).all()
        acts = (await session.scalars(sa.select(AuditEvent.act))).all()
    assert [(job.kind, job.subject) for job in waiting] == [("visit_source", made["id"])]
    assert "source_created" in acts
    assert opened.bell.rings == 1


async def test_the_same_request_makes_one_source(curator: httpx2.AsyncClient, folder: Path) -> None:
    body = {"kind": "folder", "target": str(folder)}
    first = await curator.post("/sources", json=body, headers={"Idempotency-Key": "a"})
    again = await curator.post("/sources", json=body, headers={"Idempotency-Key": "a"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["location"] == f"/sources/{first.json()['id']}"
    twice = await curator.post("/sources", json=body)
    assert (twice.status_code, twice.json()["error"]["code"]) == (409, "source_exists")


async def test_pause_resume_run_and_remove(
    curator: httpx2.AsyncClient, database: Database, folder: Path
) -> None:
    made = await follow(curator, folder)
    self = made["links"]["self"]
    assert (await curator.post(f"{self}/pause")).json()["paused_at"]
    refused = await curator.post(f"{self}/run")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "source_paused")
    assert (await curator.post(f"{self}/resume")).json()["paused_at"] is None
    assert (await curator.post(f"{self}/run")).status_code == 202
    held = await curator.post(f"{self}/confirm")
    assert held.json()["error"]["code"] == "source_nothing_to_confirm"
    async with database.begin() as session:
        await session.execute(sa.update(FollowedSource).values(held_retirements=3))
    assert (await curator.post(f"{self}/confirm")).status_code == 202
    assert (await curator.delete(self)).status_code == 204
    assert (await curator.get(self)).status_code == 404


async def test_a_preview_lists_and_follows_nothing(
    curator: httpx2.AsyncClient, folder: Path
) -> None:
    reply = await curator.post("/sources/preview", json={"kind": "folder", "target": str(folder)})
    assert reply.status_code == 200
    assert reply.json()["added"] == ["férias.md"]
    assert reply.json()["counts"]["added"] == 1
    assert (await curator.get("/sources")).json()["items"] == []


async def test_a_preview_of_what_does_not_answer_says_so_as_the_contract_does(
    opened: Api, curator: httpx2.AsyncClient
) -> None:
    body = {"kind": "sitemap", "target": "https://nao-existe.invalid/sitemap.xml"}
    reply = await curator.post("/sources/preview", json=body)
    assert (reply.status_code, reply.json()["error"]["code"]) == (502, "dns_failed")
    described = opened.app.openapi()["paths"]["/sources/preview"]["post"]["responses"]
    assert {"200", "401", "403", "410", "413", "422", "502", "503", "504"} <= set(described)


@pytest.mark.parametrize("role", [Role.REQUESTER, Role.AGENT, Role.DPO])
async def test_only_those_who_look_after_the_base_come_in(
    role: Role, opened: Api, curator: httpx2.AsyncClient, folder: Path
) -> None:
    made = await follow(curator, folder)
    other = await opened.client(role)
    body = {"kind": "folder", "target": str(folder)}
    for reply in (
        await other.get("/sources"),
        await other.get(made["links"]["self"]),
        await other.post("/sources", json=body),
        await other.post("/sources/preview", json=body),
        await other.post(f"{made['links']['self']}/run"),
        await other.delete(made["links"]["self"]),
    ):
        assert reply.status_code == 403
        assert str(folder) not in reply.text


BAD_SOURCES = [
    ({"kind": "folder", "target": "/etc"}, 403, "source_folder_not_allowed"),
    ({"kind": "url", "target": "ftp://a.example/"}, 422, "url_scheme_not_allowed"),
    ({"kind": "rss", "target": "https://a.example/"}, 422, "request_invalid"),
    ({"kind": "url", "target": ""}, 422, "request_invalid"),
    ({"kind": "url"}, 422, "request_invalid"),
    (
        {"kind": "url", "target": "https://a.example/", "schedule": "às vezes"},
        422,
        "schedule_not_understood",
    ),
    (
        {"kind": "url", "target": "https://a.example/", "schedule": "a cada minuto"},
        422,
        "schedule_too_frequent",
    ),
    (
        {"kind": "url", "target": "https://a.example/", "collection": "Não Vale"},
        422,
        "collection_name_invalid",
    ),
    (
        {"kind": "url", "target": "https://a.example/", "misses_allowed": 0},
        422,
        "request_invalid",
    ),
    (
        {"kind": "url", "target": "https://a.example/\x00", "schedule": "todo dia"},
        422,
        "url_invalid",
    ),
]


async def test_bad_input_is_named(curator: httpx2.AsyncClient, database: Database) -> None:
    for body, status, code in BAD_SOURCES:
        reply = await curator.post("/sources", json=body)
        assert (reply.status_code, reply.json()["error"]["code"]) == (status, code), body
        async with database.begin() as session:
            assert await session.scalar(sa.select(sa.func.count()).select_from(FollowedSource)) == 0


async def test_what_is_not_there_is_not_found(curator: httpx2.AsyncClient) -> None:
    self = f"/sources/{UUID(UNKNOWN)}"
    for reply in (
        await curator.get(self),
        await curator.delete(self),
        *[await curator.post(f"{self}/{act}") for act in ("run", "pause", "resume", "confirm")],
    ):
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "source_not_found")


async def test_pages_of_sources(curator: httpx2.AsyncClient, folder: Path) -> None:
    for number in range(3):
        (folder / f"pasta-{number}").mkdir()
        await follow(curator, folder / f"pasta-{number}")
    first = (await curator.get("/sources", params={"limit": 2})).json()
    rest = (
        await curator.get("/sources", params={"limit": 2, "cursor": first["next_cursor"]})
    ).json()
    targets = [source["target"] for source in [*first["items"], *rest["items"]]]
    assert targets == [str(folder / f"pasta-{number}") for number in (2, 1, 0)]
    assert rest["next_cursor"] is None
