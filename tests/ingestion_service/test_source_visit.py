"""A source over many visits: what is new, what changed, what went, and who has the last word."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from local_web import LocalWeb, local_web, reply

from cogep_assist.core.access import SYSTEM, visible_collections
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Document,
    FollowedKind,
    FollowedSource,
    IngestionJob,
    SourceItem,
)
from cogep_assist.ingestion_service import sources
from cogep_assist.ingestion_service.document_removal import remove_document
from cogep_assist.ingestion_service.source_preview import preview_source
from cogep_assist.ingestion_service.source_schemas import SourceBody, SourceDetail
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.retrieval.search import search
from cogep_assist.worker_service import ticker
from cogep_assist.worker_service.process import drain_once

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with local_web() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = (tmp_path / "abertas" / "manuais").resolve()
    made.mkdir(parents=True)
    return made


class Follower:
    """Follow something and visit it, as the worker does."""

    def __init__(self, database: Database, settings: Settings, parsers: ParserPool) -> None:
        self.database, self.settings, self.parsers = database, settings, parsers

    async def follow(self, kind: FollowedKind, target: str, **options: Any) -> UUID:
        body = SourceBody(kind=kind, target=target, **options)
        async with self.database.begin() as session:
            made = await sources.create_source(session, SYSTEM, body, self.settings)
        await self.drain()
        return made.id

    async def visit(self, source_id: UUID, times: int = 1) -> SourceDetail:
        for _ in range(times):
            async with self.database.begin() as session:
                await sources.request_visit(session, SYSTEM, source_id)
            await self.drain()
        return await self.look(source_id)

    async def visit_after(self, source_id: UUID, days: int) -> None:
        """Visit as the ticker does, with what was retired put further into the past."""
        times = (SourceItem.seen_at, SourceItem.retired_at)
        past = sa.func.make_interval(0, 0, 0, days)
        async with self.database.begin() as session:
            await session.execute(sa.update(SourceItem).values({c: c - past for c in times}))
            await ticker.enqueue_background(session, sources.VISIT, str(source_id))
        await self.drain()

    async def drain(self) -> None:
        """Visit, ingest, and settle, which the ticker asks for once the jobs have ended."""
        while await drain_once(self.settings, self.database, self.parsers):
            async with self.database.begin() as session:
                for due in await ticker.sources_to_settle(session):
                    await ticker.enqueue_background(session, "settle_source", str(due))

    async def look(self, source_id: UUID) -> SourceDetail:
        async with self.database.begin() as session:
            return await sources.describe_source(session, SYSTEM, source_id)

    async def found(self, question: str) -> list[str]:
        async with self.database.begin() as session:
            seen = list(await session.scalars(visible_collections(SYSTEM)))
            return [hit.text for hit in await search(session, question, seen)]

    async def count(self, model: Any, *conditions: Any) -> int:
        async with self.database.begin() as session:
            statement = sa.select(sa.func.count()).select_from(model).where(*conditions)
            return await session.scalar(statement) or 0


@pytest.fixture
def follower(
    database: Database, settings: Settings, parsers: ParserPool, web: LocalWeb, folder: Path
) -> Follower:
    return Follower(
        database,
        settings.model_copy(
            update={
                "fetch_allow_hosts": [web.authority],
                "source_folder_roots": [str(folder.parent)],
                "job_max_attempts": 1,
            }
        ),
        parsers,
    )


def page(text: str, *headers: str) -> bytes:
    body = f"<html><body><h1>Página</h1><p>{text}</p></body></html>".encode()
    return reply(200, body, "Content-Type: text/html; charset=utf-8", *headers)


def sitemap(web: LocalWeb, *entries: tuple[str, str | None]) -> None:
    body = "".join(
        f"<url><loc>{web.url(path)}</loc>" + (f"<lastmod>{m}</lastmod>" if m else "") + "</url>"
        for path, m in entries
    )
    web.pages["/sitemap.xml"] = reply(200, f"<urlset {NS}>{body}</urlset>".encode())


async def test_a_folder_is_followed(follower: Follower, folder: Path) -> None:
    for number in range(10):
        (folder / f"norma-{number}.md").write_text(f"A norma {number} vale em Goiânia.", "utf-8")
    source = await follower.follow(FollowedKind.FOLDER, str(folder), schedule="a cada 6 horas")
    seen = await follower.look(source)
    assert (seen.documents, seen.found["added"], seen.error) == (10, 10, None)
    assert await follower.found("norma 3 Goiânia")

    (folder / "norma-3.md").write_text("A norma 3 vale em Anápolis.", "utf-8")
    (folder / "norma-nova.md").write_text("A norma nova vale em Catalão.", "utf-8")
    jobs = await follower.count(IngestionJob)
    seen = await follower.visit(source)
    assert seen.found == {
        "added": 1, "updated": 1, "unchanged": 9, "running": 0, "missing": 0, "excluded": 0,
        "skipped": 0, "complete": True,
    }  # fmt: skip
    assert await follower.count(IngestionJob) == jobs + 2
    assert (await follower.found("Anápolis"))[0].endswith("Anápolis.")
    assert await follower.count(Document) == 11


async def test_what_leaves_a_folder_is_retired_after_the_allowed_misses(
    follower: Follower, folder: Path
) -> None:
    for number in range(6):
        (folder / f"norma-{number}.md").write_text(f"A norma {number} fala de férias.", "utf-8")
    source = await follower.follow(FollowedKind.FOLDER, str(folder))
    (folder / "norma-4.md").unlink()
    seen = await follower.visit(source, times=2)
    assert (seen.missing, seen.retired, seen.documents) == (1, 0, 6)
    assert [(item.name, item.misses) for item in seen.items] == [("norma-4.md", 2)]
    seen = await follower.visit(source)
    assert (seen.missing, seen.retired, seen.documents) == (0, 1, 5)
    assert seen.found["retired"] == 1
    assert not [text for text in await follower.found("norma 4 férias") if "norma 4" in text]
    assert await follower.count(Document, Document.deleted_at.is_not(None)) == 1
    # It comes back as a new document.
    (folder / "norma-4.md").write_text("A norma 4 voltou.", "utf-8")
    seen = await follower.visit(source)
    assert (seen.documents, seen.retired) == (6, 0)
    assert await follower.found("norma 4 voltou")


async def test_a_miss_that_ends_is_forgotten(follower: Follower, folder: Path) -> None:
    for number in range(6):
        (folder / f"norma-{number}.md").write_text(f"A norma {number}.", "utf-8")
    source = await follower.follow(FollowedKind.FOLDER, str(folder))
    text = (folder / "norma-4.md").read_text("utf-8")
    (folder / "norma-4.md").unlink()
    await follower.visit(source, times=2)
    (folder / "norma-4.md").write_text(text, "utf-8")
    assert (await follower.visit(source)).missing == 0
    (folder / "norma-4.md").unlink()
    assert (await follower.visit(source)).items[0].misses == 1


async def test_many_that_leave_at_once_wait_for_a_word(follower: Follower, folder: Path) -> None:
    for number in range(10):
        (folder / f"norma-{number}.md").write_text(f"A norma {number} fala de férias.", "utf-8")
    source = await follower.follow(FollowedKind.FOLDER, str(folder), misses_allowed=1)
    for number in range(3):
        (folder / f"norma-{number}.md").unlink()
    seen = await follower.visit(source)
    assert (seen.held_retirements, seen.retired, seen.documents) == (3, 0, 10)
    # One of them is back before the word is given: it stays.
    (folder / "norma-2.md").write_text("A norma 2 fala de férias.", "utf-8")
    async with follower.database.begin() as session:
        await sources.confirm_retirement(session, SYSTEM, source)
    await follower.drain()
    seen = await follower.look(source)
    assert (seen.held_retirements, seen.retired, seen.documents) == (0, 2, 8)
    with pytest.raises(AppError, match="source_nothing_to_confirm"):
        async with follower.database.begin() as session:
            await sources.confirm_retirement(session, SYSTEM, source)


async def test_exactly_a_fifth_goes_without_a_word(follower: Follower, folder: Path) -> None:
    for number in range(10):
        (folder / f"norma-{number}.md").write_text(f"A norma {number}.", "utf-8")
    source = await follower.follow(FollowedKind.FOLDER, str(folder), misses_allowed=1)
    for number in range(2):
        (folder / f"norma-{number}.md").unlink()
    seen = await follower.visit(source)
    assert (seen.held_retirements, seen.retired) == (0, 2)


async def test_a_folder_that_is_away_costs_nothing(follower: Follower, folder: Path) -> None:
    (folder / "norma.md").write_text("A norma.", "utf-8")
    source = await follower.follow(FollowedKind.FOLDER, str(folder), misses_allowed=1)
    folder.rename(folder.with_name("desmontada"))
    seen = await follower.visit(source, times=3)
    assert seen.error is not None
    assert seen.error.code == "source_folder_missing"
    assert str(folder) in seen.error.message
    assert (seen.documents, seen.missing, seen.retired) == (1, 0, 0)
    folder.with_name("desmontada").rename(folder)
    assert (await follower.visit(source)).error is None


async def test_what_a_person_removed_stays_away(
    follower: Follower, folder: Path, database: Database
) -> None:
    for number in range(3):
        (folder / f"norma-{number}.md").write_text(f"A norma {number}.", "utf-8")
    source = await follower.follow(FollowedKind.FOLDER, str(folder))
    async with database.begin() as session:
        item = await session.get_one(SourceItem, (source, "norma-1.md"))
        assert item.document_id is not None
        await remove_document(session, SYSTEM, item.document_id)
    (folder / "norma-1.md").write_text("A norma 1 mudou.", "utf-8")
    seen = await follower.visit(source)
    assert (seen.documents, seen.found["excluded"]) == (2, 1)
    assert [item.name for item in seen.items if item.excluded_at] == ["norma-1.md"]
    assert not await follower.found("mudou")


async def test_a_sitemap_is_followed_by_its_last_changes(follower: Follower, web: LocalWeb) -> None:
    web.pages["/a"] = page("Sobre férias.")
    web.pages["/b"] = page("Sobre licenças.", 'ETag: "b1"')
    sitemap(web, ("/a", "2026-11-01"), ("/b", None))
    source = await follower.follow(FollowedKind.SITEMAP, web.url("/sitemap.xml"))
    assert (await follower.look(source)).documents == 2
    web.hits.clear()
    seen = await follower.visit(source)
    # The one without a date is asked for, and only if it has changed.
    assert (seen.found["unchanged"], seen.found["updated"]) == (1, 1)
    assert [hit.target for hit in web.hits] == ["/sitemap.xml", "/b"]
    assert web.hits[1].headers["if-none-match"] == '"b1"'
    web.pages["/a"] = page("Sobre férias coletivas.")
    sitemap(web, ("/a", "2026-11-02"), ("/b", None))
    await follower.visit(source)
    assert await follower.found("férias coletivas")


async def test_a_sitemap_that_fails_retires_nothing(follower: Follower, web: LocalWeb) -> None:
    web.pages["/a"] = page("Sobre férias.")
    sitemap(web, ("/a", "2026-11-01"))
    source = await follower.follow(FollowedKind.SITEMAP, web.url("/sitemap.xml"), misses_allowed=1)
    for broken in (reply(404), reply(503), reply(200, b"<html>manutencao</html>")):
        web.pages["/sitemap.xml"] = broken
        seen = await follower.visit(source)
        assert seen.error is not None
        assert (seen.documents, seen.missing) == (1, 0)
    sitemap(web, ("/a", "2026-11-01"))
    assert (await follower.visit(source)).error is None


@pytest.mark.parametrize("status", [404, 410])
async def test_an_address_that_is_gone_is_retired_after_the_allowed_misses(
    status: int, follower: Follower, web: LocalWeb
) -> None:
    web.pages["/aviso"] = page("O recesso começa em dezembro.")
    source = await follower.follow(FollowedKind.URL, web.url("/aviso"))
    assert (await follower.look(source)).documents == 1
    web.pages["/aviso"] = reply(status)
    seen = await follower.visit(source, times=2)
    assert (seen.documents, seen.missing, seen.retired) == (1, 1, 0)
    assert seen.items[0].error is not None
    assert "?" not in seen.items[0].error.message
    assert await follower.found("recesso dezembro")
    seen = await follower.visit(source)
    assert (seen.documents, seen.missing, seen.retired) == (0, 0, 1)
    assert await follower.found("recesso dezembro") == []
    # It may come back, however long it was away: nobody removed it by hand. Until then it is asked,
    # by itself ever more seldom, and leaves no failed job.
    failed = await follower.count(IngestionJob)
    seen = await follower.visit(source, times=4)
    assert (seen.documents, [item.excluded_at for item in seen.items]) == (0, [None])
    assert (seen.found["gone"], seen.retired) == (1, 1)
    for days, asked in ((0, 0), (2, 1), (2, 0), (3, 1), (5, 0), (9, 1)):
        web.hits.clear()
        await follower.visit_after(source, days)
        assert len(web.hits) == asked, days
    assert await follower.count(IngestionJob) == failed
    web.pages["/aviso"] = page("O recesso começa em janeiro.")
    assert (await follower.visit(source)).documents == 1
    assert await follower.found("recesso janeiro")


async def test_a_server_that_is_down_is_no_miss(follower: Follower, web: LocalWeb) -> None:
    web.pages["/aviso"] = page("O recesso começa em dezembro.")
    source = await follower.follow(FollowedKind.URL, web.url("/aviso"), misses_allowed=1)
    web.pages["/aviso"] = reply(500)
    seen = await follower.visit(source, times=2)
    assert (seen.documents, seen.failing, seen.missing, seen.retired) == (1, 1, 0, 0)
    assert [item.error.code for item in seen.items if item.error] == ["http_server_error"]


async def test_a_document_of_two_sources_stays_while_one_sees_it(
    follower: Follower, web: LocalWeb
) -> None:
    web.pages["/a"] = page("Sobre férias.")
    sitemap(web, ("/a", "2026-11-01"))
    listed = await follower.follow(FollowedKind.SITEMAP, web.url("/sitemap.xml"), misses_allowed=1)
    alone = await follower.follow(FollowedKind.URL, web.url("/a"))
    web.pages["/sitemap.xml"] = reply(200, f"<urlset {NS}></urlset>".encode())
    await follower.visit(listed)
    async with follower.database.begin() as session:
        await sources.confirm_retirement(session, SYSTEM, listed)
    await follower.drain()
    assert (await follower.look(listed)).retired == 1
    assert (await follower.look(alone)).documents == 1
    assert await follower.found("férias")


async def test_a_preview_tells_and_changes_nothing(
    follower: Follower, folder: Path, database: Database
) -> None:
    (folder / "norma-1.md").write_text("A norma 1.", "utf-8")
    (folder / "planilha.exe").write_bytes(b"MZ")
    source = await follower.follow(FollowedKind.FOLDER, str(folder))
    (folder / "norma-2.md").write_text("A norma 2.", "utf-8")
    (folder / "norma-1.md").unlink()
    before = await follower.look(source)
    told = await preview_source(
        follower.settings, database, SYSTEM, FollowedKind.FOLDER, str(folder), source
    )
    assert (told.added, told.missing) == (["norma-2.md"], ["norma-1.md"])
    assert told.skipped == {"planilha.exe": "file_type_unknown"}
    assert await follower.look(source) == before
    assert await follower.count(IngestionJob) == 1


async def test_the_ticker_starts_what_is_due_once(
    follower: Follower, folder: Path, database: Database
) -> None:
    source = await follower.follow(FollowedKind.FOLDER, str(folder), schedule="a cada 6 horas")
    async with database.begin() as session:
        assert await sources.take_due(session) == []
        await session.execute(
            sa.update(FollowedSource).values(
                next_due_at=sa.func.now() - sa.text("interval '3 days'")
            )
        )
    async with database.begin() as session:
        assert await sources.take_due(session) == [source]
        due = await session.scalar(
            sa.select(
                FollowedSource.next_due_at - sa.func.now() > sa.text("interval '5 hours 59 min'")
            )
        )
        assert due is True
    async with database.begin() as session:
        assert await sources.take_due(session) == []


async def test_a_paused_source_is_not_visited(
    follower: Follower, folder: Path, database: Database
) -> None:
    source = await follower.follow(FollowedKind.FOLDER, str(folder))
    async with database.begin() as session:
        await sources.pause_source(session, SYSTEM, source)
        await session.execute(sa.update(FollowedSource).values(next_due_at=sa.func.now()))
    async with database.begin() as session:
        assert await sources.take_due(session) == []
        with pytest.raises(AppError, match="source_paused"):
            await sources.request_visit(session, SYSTEM, source)
    async with database.begin() as session:
        resumed = await sources.resume_source(session, SYSTEM, source)
    assert resumed.paused_at is None


async def test_removing_a_source_keeps_its_documents(
    follower: Follower, folder: Path, database: Database
) -> None:
    (folder / "norma-1.md").write_text("A norma 1 fica.", "utf-8")
    source = await follower.follow(FollowedKind.FOLDER, str(folder))
    async with database.begin() as session:
        await sources.remove_source(session, SYSTEM, source)
    assert await follower.found("norma fica")
    assert await follower.count(SourceItem) == 0
