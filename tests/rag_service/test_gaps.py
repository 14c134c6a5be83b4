"""What nobody could answer is grouped, shown to those who look after it, and closed by itself."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from api import Api
from httpx2 import AsyncClient
from published import publish

from cogep_assist.core.access_teams import create_team
from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    BackgroundJob,
    Collection,
    Document,
    Gap,
    GapAsk,
    Role,
    ScheduleRun,
    Visibility,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.ingestion_service.collections import set_visibility
from cogep_assist.rag_service import gap_grouping
from cogep_assist.rag_service.gap_grouping import gaps_to_group, group_gaps
from cogep_assist.rag_service.gap_recheck import collections_to_recheck, recheck_gaps
from cogep_assist.worker_service.ticker import tick

PARKING = "Quem pode usar o estacionamento subterrâneo?"
PARKING_TOO = "quem tem direito ao estacionamento subterrâneo"
NAP = "Onde fica a sala de descanso?"


@pytest.fixture
async def base(api: Api) -> None:
    await publish(
        api.database, "A biblioteca abre às oito horas.", "Biblioteca", collection="geral",
        public=True,
    )  # fmt: skip
    await publish(api.database, "O cofre fica no térreo.", "Cofre", collection="interna")


async def ask(client: AsyncClient, question: str, collection: str | None = None) -> dict:
    reply = await client.post("/ask", json={"question": question, "collection": collection})
    assert reply.status_code == 200, reply.text
    return reply.json()


async def group(database: Database) -> None:
    async with database.begin() as session:
        await group_gaps(session, "")


async def recheck(database: Database) -> set[UUID]:
    """Ask again whatever is due, as if the changes were not of this very moment."""
    async with database.begin() as session:
        later = sa.func.now() - sa.literal(timedelta(minutes=1))
        await session.execute(sa.update(Gap).values(checked_at=later))
    async with database.begin() as session:
        due = set(await collections_to_recheck(session))
    for collection_id in due:
        async with database.begin() as session:
            await recheck_gaps(session, str(collection_id))
    return due


async def test_like_questions_make_one_gap(api: Api, base: None) -> None:
    ana, bruno = await api.client(Role.AGENT, "Ana"), await api.client(Role.AGENT, "Bruno")
    for client, question in ((ana, PARKING), (bruno, PARKING_TOO), (ana, PARKING), (bruno, NAP)):
        assert (await ask(client, question))["abstained"], question
    await ask(ana, "?!")
    answered = await ask(ana, "Que horas abre a biblioteca?")
    assert not answered["abstained"]
    await group(api.database)
    await group(api.database)
    curator = await api.client(Role.CURATOR, "Conceição")
    items = (await curator.get("/gaps")).json()["items"]
    assert [(item["question"], item["asks"], item["askers"]) for item in items] == [
        (NAP, 1, 1),
        (PARKING, 3, 2),
    ]
    assert items[1]["collections"] == ["geral", "interna"]
    detail = (await curator.get(f"/gaps/{items[1]['id']}")).json()
    assert {q["question"]: q["asks"] for q in detail["questions"]} == {PARKING: 2, PARKING_TOO: 1}
    assert {q["cause"] for q in detail["questions"]} == {"abstained"}
    page = (await curator.get("/gaps", params={"limit": 1})).json()
    rest = (await curator.get("/gaps", params={"cursor": page["next_cursor"]})).json()
    assert [item["id"] for item in page["items"] + rest["items"]] == [i["id"] for i in items]


async def test_an_answer_that_did_not_help_is_missing_too(api: Api, base: None) -> None:
    ana, curator = await api.client(Role.AGENT, "Ana"), await api.client(Role.CURATOR, "Davi")
    asked = await ask(ana, "Que horas abre a biblioteca?")
    path = f"/ask/{asked['id']}/feedback"
    await ana.post(path, json={"rating": "down", "reasons": ["outdated"]})
    await group(api.database)
    (item,) = (await curator.get("/gaps")).json()["items"]
    assert (item["rated_down"], item["asks"]) == (1, 1)
    # The document that answered badly cannot close it: only a newer one can.
    assert await recheck(api.database)
    assert (await curator.get(f"/gaps/{item['id']}")).json()["status"] == "open"
    newer = await publish(
        api.database, "A biblioteca abre às sete horas desde março.", "Biblioteca: horário novo",
        collection="geral",
    )  # fmt: skip
    assert await recheck(api.database)
    closed = (await curator.get(f"/gaps/{item['id']}")).json()
    assert (closed["status"], closed["answered_by"]["document_id"]) == ("answered", str(newer))
    await ana.post(path, json={"rating": "up"})
    async with api.database.begin() as session:
        assert await gaps_to_group(session) is False
    assert (await curator.get(f"/gaps/{item['id']}")).status_code == 404


async def moved(database: Database, document: UUID, collection: str) -> None:
    to = sa.select(Collection.id).where(Collection.name == collection).scalar_subquery()
    async with database.begin() as session:
        await session.execute(
            sa.update(Document).where(Document.id == document).values(collection_id=to)
        )


async def test_a_new_document_closes_a_gap_and_its_removal_opens_it(api: Api, base: None) -> None:
    ana, curator = await api.client(Role.AGENT, "Ana"), await api.client(Role.CURATOR, "Davi")
    for question in (PARKING, NAP):
        await ask(ana, question)
    await group(api.database)
    assert not await recheck(api.database) or True
    document = await publish(
        api.database,
        "O estacionamento subterrâneo pode ser usado por servidores e por pessoas com deficiência.",
        "Estacionamento subterrâneo",
        collection="interna",
    )
    assert await recheck(api.database)
    open_ = (await curator.get("/gaps")).json()["items"]
    assert [item["question"] for item in open_] == [NAP]
    (closed,) = (await curator.get("/gaps", params={"status": "answered"})).json()["items"]
    assert closed["answered_by"] == {
        "document_id": str(document),
        "title": "Estacionamento subterrâneo",
    }
    # The document goes where the curator does not read: neither its title nor its id is told.
    await publish(api.database, "x", "Outro", collection="corregedoria")
    async with api.database.begin() as session:
        await create_team(session, SYSTEM, "Corregedoria")
        await set_visibility(
            session, SYSTEM, "corregedoria", Visibility.TEAMS, readers=["Corregedoria"]
        )
    await moved(api.database, document, "corregedoria")
    assert (await curator.get(f"/gaps/{closed['id']}")).json()["answered_by"] is None
    assert "Estacionamento sub" not in (await curator.get("/gaps?status=answered")).text
    await moved(api.database, document, "interna")
    assert (await curator.delete(f"/documents/{document}")).status_code == 204
    assert await recheck(api.database)
    again = (await curator.get(f"/gaps/{closed['id']}")).json()
    assert (again["status"], again["answered_by"]) == ("open", None)


async def test_nothing_is_asked_again_while_nothing_changes(api: Api, base: None) -> None:
    await ask(await api.client(Role.AGENT, "Ana"), NAP)
    await group(api.database)
    async with api.database.begin() as session:
        past = sa.func.now() - sa.literal(timedelta(hours=1))
        await session.execute(sa.update(Document).values(updated_at=past))
    assert await recheck(api.database) == set()


async def test_a_gap_is_seen_by_those_who_look_after_all_that_was_searched(
    api: Api, base: None
) -> None:
    requester, ana = await api.client(Role.REQUESTER, "Rui"), await api.client(Role.AGENT, "Ana")
    await ask(requester, PARKING)
    await ask(ana, PARKING)
    await group(api.database)
    curator = await api.client(Role.CURATOR, "Davi")
    scopes = {tuple(item["collections"]) for item in (await curator.get("/gaps")).json()["items"]}
    assert scopes == {("geral",), ("geral", "interna")}
    for stranger in (requester, ana):
        assert (await stranger.get("/gaps")).status_code == 403
    assert (await api.anonymous().get("/gaps")).status_code == 401
    async with api.database.begin() as session:
        await session.execute(
            sa.update(Collection)
            .where(Collection.name == "interna")
            .values(expires_at=sa.text("now() - interval '1 hour'"), visibility=Visibility.INTERNAL)
        )
    (item,) = (await curator.get("/gaps")).json()["items"]
    assert item["collections"] == ["geral"]


async def test_a_new_collection_does_not_part_a_gap(api: Api, base: None) -> None:
    ana, curator = await api.client(Role.AGENT, "Ana"), await api.client(Role.CURATOR, "Davi")
    await ask(ana, PARKING)
    await publish(api.database, "O refeitório abre ao meio-dia.", "Refeitório", collection="nova")
    await ask(ana, PARKING)
    await ask(ana, PARKING, "nova")
    await group(api.database)
    found = {
        (tuple(item["collections"]), item["asks"])
        for item in (await curator.get("/gaps")).json()["items"]
    }
    assert found == {(("geral", "interna", "nova"), 2), (("nova",), 1)}


async def test_is_dismissed_and_opened_again(api: Api, base: None) -> None:
    ana, curator = await api.client(Role.AGENT, "Ana"), await api.client(Role.CURATOR, "Davi")
    await ask(ana, PARKING)
    await group(api.database)
    (item,) = (await curator.get("/gaps")).json()["items"]
    path = f"/gaps/{item['id']}"
    headers = {"Idempotency-Key": "dispensa"}
    for _ in range(2):
        reply = await curator.post(f"{path}/dismiss", headers=headers)
        assert (reply.status_code, reply.json()["status"]) == (200, "dismissed")
    refused = await curator.post(f"{path}/dismiss")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "gap_already_closed")
    # Asked once more, it is counted on and stays dismissed.
    await ask(ana, PARKING_TOO)
    await group(api.database)
    assert (await curator.get("/gaps")).json()["items"] == []
    assert (await curator.get(path)).json()["asks"] == 2
    assert (await curator.post(f"{path}/reopen")).json()["status"] == "open"
    assert (await curator.post(f"{path}/reopen")).json()["error"]["code"] == "gap_already_open"
    for verb in ("dismiss", "reopen"):
        assert (await curator.post(f"/gaps/{uuid4()}/{verb}")).status_code == 404
        assert (await ana.post(f"{path}/{verb}")).status_code == 403
    assert (await curator.get("/gaps", params={"status": "aberta"})).status_code == 422


async def test_goes_with_the_conversations_it_is_made_of(api: Api, base: None) -> None:
    ana, curator = await api.client(Role.AGENT, "Ana"), await api.client(Role.CURATOR, "Davi")
    asked = await ask(ana, PARKING)
    await group(api.database)
    await ana.delete(f"/conversations/{asked['conversation_id']}")
    assert (await curator.get("/gaps")).json()["items"] == []
    async with api.database.begin() as session:
        await gaps_to_group(session)
        assert await session.scalar(sa.select(sa.func.count()).select_from(Gap)) == 0
        assert await session.scalar(sa.select(sa.func.count()).select_from(GapAsk)) == 0


async def test_the_ticker_starts_both_duties_and_batches_go_on(
    api: Api, base: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gap_grouping, "BATCH", 2)
    ana = await api.client(Role.AGENT, "Ana")
    for question in (PARKING, NAP, "Como alugar uma bicicleta elétrica?"):
        await ask(ana, question)
    async with api.database.begin() as session:
        await tick(session)
    async with api.database.begin() as session:
        kinds = sa.select(BackgroundJob.kind).where(BackgroundJob.kind == "group_gaps")
        assert len((await session.scalars(kinds)).all()) == 1
        await session.execute(sa.delete(BackgroundJob))
    # Two workers at once make no gap twice.
    await asyncio.gather(group(api.database), group(api.database))
    async with api.database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Gap)) == 3
        past = sa.func.now() - sa.literal(timedelta(minutes=5))
        await session.execute(sa.update(Gap).values(checked_at=past))
        await session.execute(sa.delete(ScheduleRun))
    async with api.database.begin() as session:
        await tick(session)
        subjects = sa.select(BackgroundJob.subject).where(BackgroundJob.kind == "recheck_gaps")
        assert len((await session.scalars(subjects)).all()) == 2
