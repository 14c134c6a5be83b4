"""Searching a real index: what is found, what must not be, and what happens meanwhile."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.retrieval.hit import SearchFilters
from cogep_assist.retrieval.merge import merge_collection
from cogep_assist.retrieval.search import investigate, search

FERIAS = "As férias podem ser divididas em até três períodos, se o servidor pedir."
LICENCA = "A licença-maternidade dura 180 dias e é paga pelo órgão."
CONEXAO = "Sem conexão com a rede, reinicie o roteador. As conexões caem quando ele esquenta."
LEI = "Conforme a Lei nº 8.112/1990, art. 87, a licença para capacitação é de até três meses."


async def texts(session: AsyncSession, query: str, *collections, **options) -> list[str]:
    return [hit.text for hit in await search(session, query, collections, **options)]


TYPED = [
    ("em quantos períodos posso dividir as férias?", FERIAS),
    ("FERIAS DIVIDIDAS", FERIAS),
    ("conexao", CONEXAO),
    ("Conexões", CONEXAO),
    ("licensa maternidade", LICENCA),
    ("lei 8112", LEI),
    ("Lei 8.112/90 art 87", LEI),
    ("roteadores", CONEXAO),
    ("roteadr esqenta", CONEXAO),
]


async def test_finds_words_however_they_are_typed(library, session) -> None:
    collection = await library.collection("geral")
    await library.add(collection, FERIAS, LICENCA)
    await library.add(collection, CONEXAO)
    await library.add(collection, LEI)
    for query, expected in TYPED:
        assert (await texts(session, query, collection))[0] == expected, (query, expected)


async def test_a_hit_says_where_its_text_stands(library, session) -> None:
    collection = await library.collection("geral")
    document = await library.add(collection, FERIAS, LICENCA, title="Guia", heading="Licenças")
    (hit, *_) = await search(session, "quanto dura a licença-maternidade", [collection])
    assert (hit.document_id, hit.collection_id, hit.version) == (document, collection, 1)
    assert (hit.title, hit.heading, hit.page, hit.uri) == ("Guia", "Licenças", None, None)
    assert (hit.start, hit.end) == (len(FERIAS) + 2, len(FERIAS) + 2 + len(LICENCA))
    assert 0 < hit.score <= 1


async def test_title_and_heading_lead_to_a_passage_that_does_not_repeat_them(
    library, session
) -> None:
    collection = await library.collection("geral")
    await library.add(collection, "O prazo é de cinco dias.", title="Ponto", heading="Atestado")
    await library.add(collection, "O prazo é de dez dias.", title="Ponto", heading="Banco de horas")
    found = await texts(session, "prazo do banco de horas", collection)
    assert found[0] == "O prazo é de dez dias."


async def test_only_the_given_collections_are_searched(library, session) -> None:
    ours, theirs = await library.collection("nossa"), await library.collection("deles")
    await library.add(theirs, FERIAS)
    await library.add(ours, LICENCA)
    assert await texts(session, "férias", ours) == []
    assert await texts(session, "férias", theirs) == [FERIAS]
    assert await texts(session, "férias licença", ours, theirs) != []
    assert await texts(session, "férias") == []
    findings = await investigate(session, "férias", [ours])
    assert [(term.word, term.frequency) for term in findings.terms] == [("ferias", 0)]


async def test_a_removed_document_is_gone_at_once(library, session) -> None:
    collection = await library.collection("geral")
    document = await library.add(collection, FERIAS)
    assert await texts(session, "férias", collection) == [FERIAS]
    await session.rollback()
    await library.remove(document)
    assert await texts(session, "férias", collection) == []


async def test_a_replaced_document_is_found_in_its_new_version_alone(library, session) -> None:
    collection = await library.collection("geral")
    document = await library.add(collection, FERIAS)
    await library.replace(document, "As férias agora são de 45 dias.")
    (hit,) = await search(session, "férias", [collection])
    assert (hit.text, hit.version) == ("As férias agora são de 45 dias.", 2)


async def test_the_dead_do_not_push_the_living_out_of_the_first_look(library, session) -> None:
    collection = await library.collection("geral")
    for _ in range(5):
        document = await library.add(collection, *[f"férias férias {n}" for n in range(100)])
        await library.remove(document)
    living = await library.add(collection, "Um texto mais longo que cita férias uma vez só.")
    (hit,) = await search(session, "férias", [collection])
    assert hit.document_id == living


async def test_filters_hold_before_the_top_k(library, session) -> None:
    collection = await library.collection("geral")
    await library.add(collection, *[f"férias férias {n}" for n in range(2_300)])
    wanted = await library.add(
        collection, "Planilha longa que menciona as férias de passagem.", media_type="text/csv"
    )
    now = datetime.now(UTC)
    for filters in (
        SearchFilters(media_types=("text/csv",)),
        SearchFilters(document_ids=(wanted,), created_after=now - timedelta(hours=1)),
    ):
        found = await search(session, "férias", [collection], k=3, filters=filters)
        assert [hit.document_id for hit in found] == [wanted]
    early = SearchFilters(created_before=now - timedelta(days=1))
    assert await search(session, "férias", [collection], filters=early) == []
    unknown = SearchFilters(document_ids=(uuid4(),))
    assert await search(session, "férias", [collection], filters=unknown) == []


ODD_QUESTIONS = [
    "",
    "   ",
    "?!...",
    "\x00\x07",
    "🙂",
    "'; DROP TABLE ai.chunk; --",
    "xyzzy",
    "%s %(a)s",
]


async def test_odd_questions_find_nothing_and_break_nothing(library, session) -> None:
    collection = await library.collection("geral")
    await library.add(collection, FERIAS)
    for query in ODD_QUESTIONS:
        assert await texts(session, query, collection) == [], query


async def test_a_question_of_stopwords_alone_still_asks(library, session) -> None:
    collection = await library.collection("geral")
    await library.add(collection, FERIAS)
    assert await texts(session, "que é isso?", collection) == []
    assert await texts(session, "em até", collection) == []


async def test_a_very_long_question_is_answered(library, session) -> None:
    collection = await library.collection("geral")
    await library.add(collection, FERIAS)
    await library.add(collection, CONEXAO)
    question = "férias divididas em períodos " + "palavra qualquer outra coisa " * 400
    assert (await texts(session, question, collection))[0] == FERIAS


@pytest.mark.parametrize("k", [0, -1, 1001])
async def test_refuses_an_impossible_number_of_results(session, k) -> None:
    with pytest.raises(AppError) as caught:
        await search(session, "férias", [uuid4()], k=k)
    assert caught.value.code == "search_invalid_limit"


async def test_returns_no_more_than_k(library, session) -> None:
    collection = await library.collection("geral")
    await library.add(collection, *[f"férias número {n}" for n in range(20)])
    assert len(await search(session, "férias", [collection], k=7)) == 7


async def test_sees_what_its_own_transaction_wrote(library, session) -> None:
    collection = await library.collection("geral")
    await library.add(collection, FERIAS)
    async with library.database.begin() as other:
        assert await texts(other, "férias", collection) == [FERIAS]


async def test_a_document_under_replacement_is_found_once_in_every_search(library) -> None:
    collection = await library.collection("geral")
    document = await library.add(collection, "férias edição 0")
    await library.add(collection, CONEXAO)
    stop = asyncio.Event()

    async def keep_replacing() -> None:
        edition = 0
        while not stop.is_set():
            edition += 1
            await library.replace(document, f"férias edição {edition}")
            if edition % 10 == 0:
                async with library.database.begin() as merging:
                    await merge_collection(merging, collection, purge=True)

    replacing = asyncio.create_task(keep_replacing())
    try:
        for _ in range(60):
            async with library.database.sessions() as session:
                found = await search(session, "férias edição", [collection])
            assert [hit.document_id for hit in found] == [document]
    finally:
        stop.set()
        await replacing
