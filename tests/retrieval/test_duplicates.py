"""Passages that say the same are shown once, and passages that do not are never folded."""

from uuid import UUID, uuid4

import pytest

from cogep_assist.retrieval.duplicates import collapse
from cogep_assist.retrieval.hit import Hit
from cogep_assist.retrieval.search import search

TEXT = (
    "O servidor que se afastar por motivo de saúde deve apresentar o atestado à unidade de gestão "
    "de pessoas no prazo de 5 dias, contados do início do afastamento, por meio do aplicativo, "
    "com a identificação do profissional e o período de repouso recomendado."
)


def hit(text: str, chunk_id: UUID | None = None) -> Hit:
    where = (chunk_id or uuid4(), uuid4(), uuid4(), 1, uuid4(), "Guia", None, "", None)
    return Hit(*where, text, 0, len(text), 0.5)


@pytest.mark.parametrize(
    "same",
    [
        TEXT,
        f"  {TEXT} \n",
        TEXT.replace(" ", "\n"),
        TEXT.upper(),
        TEXT.replace("ú", "u").replace("í", "i"),
        TEXT.replace("por meio do aplicativo, ", "por meio do aplicativo "),
        TEXT + " Publique-se.",
    ],
)
def test_the_same_in_other_dress_collapses(same: str) -> None:
    first, second = hit(TEXT), hit(same)
    (kept,) = collapse([first, second], 10)
    assert kept.chunk_id == first.chunk_id
    assert kept.also_in == (second,)


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("5 dias", "10 dias"),
        TEXT.replace("deve apresentar", "não deve apresentar") + " Revogado pela Lei 9.",
        TEXT[: len(TEXT) // 2],
        "O ponto é registrado até as 10h.",
        "",
    ],
)
def test_what_says_something_else_stays(other: str) -> None:
    assert len(collapse([hit(TEXT), hit(other)], 10)) == 2


def test_short_passages_are_compared_to_the_letter() -> None:
    texts = ["Prazo: hoje.", "prazo — HOJE", "Prazo: ontem."]
    assert [len(one.also_in) for one in collapse(map(hit, texts), 10)] == [1, 0]


def test_the_order_and_the_number_hold() -> None:
    hits = [hit(f"{TEXT} Caso {n % 7}.") for n in range(30)]
    kept = collapse(hits, 5)
    assert [one.chunk_id for one in kept] == [one.chunk_id for one in hits[:5]]
    assert collapse(hits, 100)[0].also_in[0].chunk_id == hits[7].chunk_id
    assert len(collapse(hits, 100)) == 7


async def test_a_search_shows_it_once_and_names_every_source(library, session) -> None:
    collection = await library.collection("geral")
    places = [await library.add(collection, TEXT, title=f"Manual {n}") for n in range(3)]
    other = await library.add(collection, TEXT.replace("5 dias", "15 dias"), title="Regra antiga")
    found = await search(session, "prazo do atestado de saúde", [collection], k=2)
    assert len(found) == 2
    once = next(one for one in found if one.document_id != other)
    assert {once.document_id, *(same.document_id for same in once.also_in)} == set(places)
