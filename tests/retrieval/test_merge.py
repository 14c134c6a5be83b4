"""Merging segments: the same finds before and after, nothing lost, the dead out."""

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import LexicalPosting, LexicalSegment
from cogep_assist.retrieval import index_reader, merge, segments
from cogep_assist.retrieval.merge import MergeReport, collections_due, merge_collection
from cogep_assist.retrieval.search import search
from cogep_assist.retrieval.segments import add_segment

TOPICS = ("férias", "licença-maternidade", "auxílio-transporte", "ponto", "aposentadoria")


async def fill(library, collection, count: int) -> list:
    return [
        await library.add(collection, f"{TOPICS[n % 5]} caso {n}", f"Regra {n} de {TOPICS[n % 3]}")
        for n in range(count)
    ]


async def found(library, collection) -> dict[str, list[tuple[str, float]]]:
    async with library.database.sessions() as session:
        return {
            topic: [
                (hit.text, round(hit.score, 4))
                for hit in await search(session, topic, [collection], k=50)
            ]
            for topic in TOPICS
        }


async def merged(library, collection, **options) -> MergeReport | None:
    async with library.database.begin() as session:
        return await merge_collection(session, collection, **options)


async def segment_count(session: AsyncSession) -> int:
    return await session.scalar(sa.select(sa.func.count()).select_from(LexicalSegment)) or 0


@pytest.fixture
def _rows_for_every_merge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have even small merges store a row per term, as large ones do."""
    monkeypatch.setattr(merge, "FRESH_CAPACITY", 0)


@pytest.mark.usefixtures("_rows_for_every_merge")
async def test_merging_changes_nothing_that_is_found(library, session) -> None:
    collection, other = await library.collection("geral"), await library.collection("outra")
    await fill(library, collection, 33)
    await fill(library, other, 3)
    before = await found(library, collection)
    report = await merged(library, collection)
    assert report is not None
    assert (report.sources, report.passages, report.dropped, report.more) == (33, 66, 0, False)
    assert await found(library, collection) == before
    assert await segment_count(session) == 4
    assert await session.scalar(sa.select(sa.func.count()).select_from(LexicalPosting)) > 5


@pytest.mark.usefixtures("_rows_for_every_merge")
async def test_a_merged_segment_still_spells(library, session) -> None:
    collection = await library.collection("geral")
    await fill(library, collection, 33)
    await merged(library, collection)
    hits = await search(session, "aposentdoria", [collection])
    assert hits
    assert all("aposentadoria" in hit.text for hit in hits)


async def test_few_segments_are_left_alone(library) -> None:
    collection = await library.collection("geral")
    await fill(library, collection, 32)
    assert await merged(library, collection) is None


async def test_what_is_due_is_listed(library, session) -> None:
    many, few = await library.collection("muitos"), await library.collection("poucos")
    decayed = await library.collection("mortos")
    await fill(library, many, 33)
    await fill(library, few, 3)
    for document in (await fill(library, decayed, 4))[:2]:
        await library.remove(document)
    assert set(await collections_due(session)) == {many, decayed}
    await session.rollback()
    await merged(library, many)
    await merged(library, decayed)
    assert await collections_due(session) == []


@pytest.mark.usefixtures("_rows_for_every_merge")
async def test_the_words_of_removed_documents_leave_the_index(library, session) -> None:
    collection = await library.collection("geral")
    secret = await library.add(collection, "O segredo xilofone", "Outro xilofone")
    await fill(library, collection, 33)
    await merged(library, collection)
    assert await session.get(LexicalPosting, (35, "xilofon")) is not None
    await session.rollback()
    await library.remove(secret)
    before = await found(library, collection)
    report = await merged(library, collection, purge=True)
    assert report is not None
    assert (report.dropped, report.passages) == (2, 66)
    terms = await session.scalars(sa.select(LexicalPosting.term))
    assert "xilofon" not in set(terms)
    after = await found(library, collection)
    assert {t: {x for x, _ in hits} for t, hits in after.items()} == {
        t: {x for x, _ in hits} for t, hits in before.items()
    }


async def test_a_segment_of_the_dead_alone_is_dropped(library, session) -> None:
    collection = await library.collection("geral")
    for document in await fill(library, collection, 3):
        await library.remove(document)
    report = await merged(library, collection)
    assert report is not None
    assert (report.segment_id, report.dropped) == (None, 6)
    assert await segment_count(session) == 0
    assert await merged(library, collection, purge=True) is None


async def test_a_merge_that_fails_leaves_all_as_before(library, session, monkeypatch) -> None:
    collection = await library.collection("geral")
    await fill(library, collection, 33)
    before = await found(library, collection)

    def fail(*_: object) -> None:
        raise RuntimeError("falta de energia")

    monkeypatch.setattr(merge, "join_segments", fail)
    with pytest.raises(RuntimeError):
        await merged(library, collection)
    assert await found(library, collection) == before
    assert await segment_count(session) == 33
    monkeypatch.undo()
    assert await merged(library, collection) is not None


async def test_only_one_process_merges_a_collection(library, session) -> None:
    collection = await library.collection("geral")
    await fill(library, collection, 33)
    async with library.database.sessions() as first:
        assert await merge_collection(first, collection) is not None
        assert await merge_collection(session, collection) is None
        await first.rollback()


async def test_documents_are_added_while_a_merge_is_open(library) -> None:
    collection = await library.collection("geral")
    await fill(library, collection, 33)
    async with library.database.sessions() as merging:
        assert await merge_collection(merging, collection) is not None
        await asyncio.wait_for(library.add(collection, "férias novas"), 10)
        await merging.commit()
    texts = {text for text, _ in (await found(library, collection))["férias"]}
    assert "férias novas" in texts
    assert len(texts) == 7 + 11 + 1


async def test_what_dies_during_the_merge_is_left_out_at_the_swap(
    library, session, monkeypatch
) -> None:
    collection = await library.collection("geral")
    documents = await fill(library, collection, 33)
    real, removed = merge._joined, []
    loop = asyncio.get_running_loop()

    def joined_while_a_document_is_removed(*arguments):
        if not removed:
            removed.append(documents[0])
            asyncio.run_coroutine_threadsafe(library.remove(documents[0]), loop).result(10)
        return real(*arguments)

    monkeypatch.setattr(merge, "_joined", joined_while_a_document_is_removed)
    report = await merged(library, collection)
    assert report is not None
    assert (report.dropped, report.passages) == (2, 64)


@pytest.mark.usefixtures("_rows_for_every_merge")
async def test_capacity_bounds_one_merge(library, monkeypatch) -> None:
    monkeypatch.setattr(merge, "SEGMENT_CAPACITY", 20)
    collection = await library.collection("geral")
    await fill(library, collection, 33)
    report = await merged(library, collection)
    assert report is not None
    assert (report.passages, report.more) == (20, True)


async def test_a_long_document_is_stored_with_a_row_per_term(library, session, monkeypatch) -> None:
    monkeypatch.setattr(segments, "FRESH_CAPACITY", 2)
    collection = await library.collection("geral")
    await library.add(collection, "férias de um", "férias de dois", "licença de três")
    stored = await session.scalar(sa.select(LexicalSegment))
    assert stored.payload is None
    assert len(await search(session, "férias", [collection])) == 2


async def test_nothing_is_no_segment(library, session) -> None:
    collection = await library.collection("geral")
    with pytest.raises(AppError) as caught:
        await add_segment(session, collection, [])
    assert caught.value.code == "index_nothing_to_add"


async def test_a_merge_between_the_list_of_segments_and_their_reading_is_no_error(
    library, session, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = await library.collection("geral")
    await fill(library, collection, 33)
    fetch, merges = index_reader.fetch, []

    async def fetch_late(driver, statement, parameters):
        if "owner_ids, payload" in statement and not merges:
            merges.append(await merged(library, collection))
        return await fetch(driver, statement, parameters)

    monkeypatch.setattr(index_reader, "fetch", fetch_late)
    hits = await search(session, "férias", [collection], k=50)
    assert merges[0] is not None
    assert len(hits) > 2
