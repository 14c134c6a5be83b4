"""Documents, their versions, their removal, and collections."""

import asyncio
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from api import Api
from uuid_utils.compat import uuid7

from cogep_assist.core.models import (
    Answer,
    AnswerMode,
    AuditEvent,
    Chunk,
    Citation,
    Collection,
    Conversation,
    Document,
    DocumentVersion,
    IngestionJob,
    JobStatus,
    Role,
    SourceKind,
    Visibility,
)

TEXT = "Férias são de trinta dias. O adicional é de um terço."


async def store(
    api: Api, *, collection: str = "rh", visibility: Visibility = Visibility.INTERNAL
) -> UUID:
    """A document with two versions, a passage, and an answer that quotes it."""
    async with api.database.begin() as session:
        holder = await session.scalar(sa.select(Collection).where(Collection.name == collection))
        if holder is None:
            holder = Collection(name=collection, visibility=visibility)
            session.add(holder)
            await session.flush()
        document = Document(
            collection_id=holder.id,
            source_key=f"external:{uuid4()}",
            title="Guia de férias",
            uri="https://exemplo.gov.br/férias",
            media_type="text/html",
        )
        session.add(document)
        await session.flush()
        for number in (1, 2):
            version = DocumentVersion(
                document_id=document.id,
                number=number,
                title="Guia de férias",
                text=TEXT if number == 2 else "Texto antigo.",
                content_sha256=b"x",
                parser="html",
                pipeline_release=1,
                media_type="text/html",
            )
            session.add(version)
            await session.flush()
        document.current_version_id = version.id
        chunk = Chunk(
            collection_id=holder.id,
            document_id=document.id,
            version_id=version.id,
            ordinal=0,
            start_offset=0,
            end_offset=len(TEXT),
            text=TEXT,
        )
        session.add(chunk)
        await session.flush()
        return document.id


async def answer_quoting(api: Api, *documents: UUID) -> UUID:
    async with api.database.begin() as session:
        conversation = Conversation(owner="key:x")
        session.add(conversation)
        await session.flush()
        answer = Answer(
            conversation_id=conversation.id,
            question="Quantos dias?",
            abstained=False,
            mode=AnswerMode.EXTRACTIVE,
            sentences=[
                {"text": f"Frase {n}.", "citations": [n]} for n in range(1, len(documents) + 1)
            ],
            took_ms=1,
        )
        session.add(answer)
        await session.flush()
        for number, document_id in enumerate(documents, 1):
            session.add(
                Citation(
                    answer_id=answer.id,
                    number=number,
                    document_id=document_id,
                    version=2,
                    chunk_id=uuid7(),
                    start_offset=0,
                    end_offset=5,
                    quote=f"Frase {number}.",
                )
            )
        return answer.id


async def test_shows_documents_and_the_text_of_each_version(api: Api) -> None:
    ana = await api.client(Role.AGENT)
    document_id = await store(api)
    shown = (await ana.get(f"/documents/{document_id}")).json()
    assert (shown["title"], shown["version"], shown["chunks"]) == ("Guia de férias", 2, 1)
    versions = (await ana.get(shown["links"]["versions"])).json()["items"]
    assert [(v["number"], v["current"]) for v in versions] == [(2, True), (1, False)]
    text = await ana.get(shown["links"]["text"])
    assert text.text == TEXT
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert (await ana.get(versions[1]["links"]["text"])).text == "Texto antigo."
    listed = (await ana.get("/documents", params={"collection": "rh"})).json()
    assert [item["id"] for item in listed["items"]] == [str(document_id)]


async def test_lists_in_pages(api: Api) -> None:
    ana = await api.client(Role.AGENT)
    ids = [str(await store(api)) for _ in range(3)]
    first = (await ana.get("/documents", params={"limit": 2})).json()
    second = (
        await ana.get("/documents", params={"limit": 2, "cursor": first["next_cursor"]})
    ).json()
    assert [i["id"] for i in first["items"] + second["items"]] == list(reversed(ids))
    assert second["next_cursor"] is None
    assert (await ana.get("/documents", params={"cursor": "MTI"})).status_code == 400


async def test_finds_by_words_of_title_and_address_whatever_their_accents(api: Api) -> None:
    ana = await api.client(Role.AGENT)
    ids = [str(await store(api)) for _ in range(2)]
    async with api.database.begin() as session:
        await session.execute(
            sa.update(Document).where(Document.id == UUID(ids[0])).values(title="100% da Licença")
        )

    async def found(words: str, **more: str) -> list[str]:
        reply = (await ana.get("/documents", params={"q": words, **more})).json()
        return [item["id"] for item in reply["items"]]

    assert await found("LICENCA") == [ids[0]]
    assert await found("férias exemplo", limit="1") == [ids[1]]
    assert await found("ferias guia") == [ids[1]]
    assert await found("100%") == [ids[0]]
    assert await found("% _") == []
    assert await found("licença inexistente") == []
    assert await found("  ") == list(reversed(ids))


PATHS = ("", "/versions", "/versions/1/text")


async def test_needs_a_login(api: Api) -> None:
    document_id = await store(api, visibility=Visibility.PUBLIC)
    for path in PATHS:
        assert (await api.anonymous().get(f"/documents/{document_id}{path}")).status_code == 401
    assert (await api.anonymous().get("/documents")).status_code == 401
    assert (await api.anonymous().delete(f"/documents/{document_id}")).status_code == 401


async def test_a_requester_sees_public_collections_alone(api: Api) -> None:
    carla = await api.client(Role.REQUESTER)
    internal = await store(api)
    public = await store(api, collection="publica", visibility=Visibility.PUBLIC)
    for path in PATHS:
        reply = await carla.get(f"/documents/{internal}{path}")
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "document_not_found")
        assert (await carla.get(f"/documents/{public}{path}")).status_code == 200
    listed = (await carla.get("/documents")).json()["items"]
    assert [item["id"] for item in listed] == [str(public)]
    names = [c["name"] for c in (await carla.get("/collections")).json()["items"]]
    assert names == ["publica"]
    reply = await carla.get("/documents", params={"collection": "rh"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "collection_not_found")


@pytest.mark.parametrize("name", ["nulo\x00", "Com Espaço", "é", "a" * 64])
async def test_what_is_no_collections_name_is_not_found(api: Api, name: str) -> None:
    ana = await api.client(Role.ADMIN)
    for path in ("/documents", "/search?q=x"):
        reply = await ana.get(path, params={"collection": name, "q": "x"})
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "collection_not_found")


async def test_nobody_sees_a_temporary_collection_after_its_time(api: Api) -> None:
    ana = await api.client(Role.ADMIN)
    document_id = await store(api)
    async with api.database.begin() as session:
        await session.execute(
            sa.update(Collection).values(
                expires_at=sa.func.now() - sa.literal_column("interval '1 s'")
            )
        )
    assert (await ana.get(f"/documents/{document_id}")).status_code == 404
    assert (await ana.get("/collections")).json() == {"items": []}
    reply = await ana.post("/ingest", json={"text": "x", "collection": "rh"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "collection_not_found")


async def test_bad_and_missing_ids(api: Api) -> None:
    ana = await api.client(Role.AGENT)
    document_id = await store(api)
    for path in PATHS:
        assert (await ana.get(f"/documents/{uuid4()}{path}")).status_code == 404
        assert (await ana.get(f"/documents/1{path}")).status_code == 422
    missing = await ana.get(f"/documents/{document_id}/versions/3/text")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "version_not_found")
    for number in ("0", "-1", "99999999999", "dois"):
        assert (
            await ana.get(f"/documents/{document_id}/versions/{number}/text")
        ).status_code == 422


async def test_removal_leaves_a_tombstone_and_nothing_else(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    removed, kept = await store(api), await store(api)
    answer_id = await answer_quoting(api, removed, kept)
    async with api.database.begin() as session:
        document = await session.get_one(Document, removed)
        for status in (JobStatus.PENDING, JobStatus.PROCESSING, JobStatus.COMPLETED):
            session.add(
                IngestionJob(
                    status=status,
                    source_kind=SourceKind.URL,
                    collection_id=document.collection_id,
                    source_key=document.source_key,
                    uri="https://exemplo.gov.br/férias",
                    document_id=removed if status is JobStatus.COMPLETED else None,
                    submitted_by="key:x",
                )
            )
    assert (await ana.delete(f"/documents/{removed}")).status_code == 204
    for path in (*PATHS, "/versions/2/text"):
        gone = await ana.get(f"/documents/{removed}{path}")
        assert gone.status_code == 410
        error = gone.json()["error"]
        assert error["code"] == "document_removed"
        assert len(error["details"]["removed_on"]) == len("dd/mm/aaaa")
        assert "Documento removido em" in error["message"]
    assert (await ana.delete(f"/documents/{removed}")).status_code == 410
    listed = (await ana.get("/documents")).json()["items"]
    assert [item["id"] for item in listed] == [str(kept)]
    async with api.database.begin() as session:
        chunks = list(await session.scalars(sa.select(Chunk.document_id)))
        texts = list(
            await session.scalars(
                sa.select(DocumentVersion.text).where(DocumentVersion.document_id == removed)
            )
        )
        quotes = {
            row.document_id: row.quote
            for row in await session.execute(sa.select(Citation.document_id, Citation.quote))
        }
        answer = await session.get_one(Answer, answer_id)
        jobs = list(await session.scalars(sa.select(IngestionJob).order_by("sequence")))
        act = await session.scalar(
            sa.select(AuditEvent).where(AuditEvent.act == "document_deleted")
        )
    assert chunks == [kept]
    assert texts == ["", ""]
    assert quotes == {removed: "", kept: "Frase 2."}
    assert [s["text"] for s in answer.sentences] == ["", "Frase 2."]
    assert [s["citations"] for s in answer.sentences] == [[1], [2]]
    assert [job.status.value for job in jobs] == ["cancelled", "processing", "completed"]
    assert [job.cancel_requested for job in jobs] == [True, True, False]
    assert jobs[2].uri is None
    assert act is not None
    assert (act.object_id, act.details) == (str(removed), {"jobs": 2})


async def test_two_removals_at_once_are_one(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    document_id = await store(api)
    replies = await asyncio.gather(*(ana.delete(f"/documents/{document_id}") for _ in range(5)))
    assert sorted(reply.status_code for reply in replies) == [204, 410, 410, 410, 410]


async def test_a_removal_of_what_was_read_spares_a_newer_version(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    path = f"/documents/{await store(api)}"
    shown = await ana.get(path)
    tag = shown.headers["etag"]
    assert tag == f'"{shown.json()["version"]}"'
    older = await ana.delete(path, headers={"If-Match": f'"{shown.json()["version"] + 1}"'})
    assert (older.status_code, older.json()["error"]["code"]) == (412, "changed_meanwhile")
    odd = await ana.delete(path, headers={"If-Match": "ontem"})
    assert (odd.status_code, odd.json()["error"]["code"]) == (400, "if_match_invalid")
    assert (await ana.delete(path, headers={"If-Match": tag})).status_code == 204


async def test_a_repeated_removal_under_a_key_gets_the_same_reply(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    document_id = await store(api)
    for _ in range(2):
        reply = await ana.delete(f"/documents/{document_id}", headers={"Idempotency-Key": "r"})
        assert reply.status_code == 204
    other = await ana.delete(f"/documents/{await store(api)}", headers={"Idempotency-Key": "r"})
    assert other.status_code == 409


@pytest.mark.parametrize("role", [Role.AGENT, Role.DPO, Role.REQUESTER])
async def test_only_curation_removes_and_manages(api: Api, role: Role) -> None:
    bruno = await api.client(role)
    document_id = await store(api)
    assert (await bruno.delete(f"/documents/{document_id}")).status_code == 403
    reply = await bruno.put("/collections/rh", json={"visibility": "public"})
    assert reply.status_code == 403
    async with api.database.begin() as session:
        assert (await session.get_one(Document, document_id)).deleted_at is None


async def test_makes_and_changes_collections(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    made = await ana.put("/collections/manuais", json={"visibility": "internal"})
    assert (made.status_code, made.json()["visibility"]) == (201, "internal")
    changed = await ana.put("/collections/manuais", json={"visibility": "public"})
    assert (changed.status_code, changed.json()["visibility"]) == (200, "public")
    same = await ana.put("/collections/manuais", json={"visibility": "public"})
    assert same.status_code == 200
    async with api.database.begin() as session:
        acts = list(
            await session.scalars(
                sa.select(AuditEvent.act)
                .where(AuditEvent.object_type == "collection")
                .order_by(AuditEvent.id)
            )
        )
    assert acts == ["collection_created", "collection_changed"]
    bad = await ana.put("/collections/Má", json={"visibility": "public"})
    assert (bad.status_code, bad.json()["error"]["code"]) == (422, "collection_name_invalid")
    for body in ({}, {"visibility": "PUBLIC"}, {"visibility": "public", "x": 1}):
        assert (await ana.put("/collections/manuais", json=body)).status_code == 422
