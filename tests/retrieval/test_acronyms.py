"""Acronyms as documents explain them, and questions that use the other form."""

import pytest

from cogep_assist.retrieval.acronyms import mine, question_keys
from cogep_assist.retrieval.search import investigate, search

SEI = "O Sistema Eletrônico de Informações (SEI) guarda os processos."


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        (SEI, "SEI", "Sistema Eletrônico de Informações"),
        ("Use o SEI (Sistema Eletrônico de Informações) sempre.", "SEI", SEI[2:35]),
        (
            "A Agência Nacional de Vigilância Sanitária (Anvisa) decide.",
            "Anvisa",
            "Agência Nacional de Vigilância Sanitária",
        ),
        (
            "CNPJ – Cadastro Nacional da Pessoa Jurídica é exigido",
            "CNPJ",
            "Cadastro Nacional da Pessoa Jurídica",
        ),
        (
            "Lei Geral de Proteção de Dados Pessoais (LGPD)",
            "LGPD",
            "Lei Geral de Proteção de Dados Pessoais",
        ),
        (
            "pelo Instituto Nacional do Seguro Social (“INSS”),",
            "INSS",
            "Instituto Nacional do Seguro Social",
        ),
        (
            "PGD — Programa de Gestão e Desempenho, instituído em 2022",
            "PGD",
            "Programa de Gestão e Desempenho",
        ),
        (
            "o Imposto sobre Produtos Industrializados (IPI)",
            "IPI",
            "Imposto sobre Produtos Industrializados",
        ),
        (
            "a Empresa Brasileira de Pesquisa Agropecuária (Embrapa)",
            "Embrapa",
            "Empresa Brasileira de Pesquisa Agropecuária",
        ),
        (
            "o Tribunal de Contas da União (sigla TCU)",
            "TCU",
            "Tribunal de Contas da União",
        ),
    ],
)
def test_an_explained_acronym_is_found(text: str, short: str, long: str) -> None:
    assert [(found.short, found.long) for found in mine(text)] == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "São Paulo (Brasil)",
        "o servidor João Silva (RH)",
        "veja a tabela (ver anexo)",
        "Entregue o documento (PDF) na seção.",
        "Pronto (OK)",
        "(SEI)",
        "Fim da seção. (SEI)",
        "Sistema. Eletrônico; Informações (SEI)",
        "",
        "A" * 5_000 + " (" + "A" * 11 + ")",
    ],
)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert mine(text) == []


def test_hostile_repetition_costs_no_time_and_no_more_than_its_share() -> None:
    found = mine("a b c d e f g h i j k l " * 500 + "(ABCDEFGHIJKL) " * 500)
    assert len(found) <= 20
    many = " ".join(f"Casa {name} Dado (C{name[0]}D)." for name in ("Abc", "Bcd", "Efg") * 20)
    assert len(mine(many)) == 3


def test_keys_are_every_run_of_terms() -> None:
    assert question_keys(["a", "b", "c"]) == ["a", "a b", "a b c", "b", "b c", "c"]
    assert len(question_keys(["x"] * 64)) == 64 * 8 - 28


async def test_either_form_finds_passages_that_use_the_other(library, session) -> None:
    collection = await library.collection("geral")
    await library.add(collection, SEI)
    await library.add(collection, "Peça acesso ao SEI pela chefia.")
    long = "O acesso ao sistema eletrônico de informações é pedido pela chefia."
    await library.add(collection, long, *[f"Outro assunto {n}." for n in range(40)])
    short_asked = await search(session, "quem libera o SEI?", [collection])
    assert long in [hit.text for hit in short_asked]
    long_asked = await search(session, "Sistemas eletrônicos de informação: acesso", [collection])
    assert "Peça acesso ao SEI pela chefia." in [hit.text for hit in long_asked]
    # Who says the word itself comes before who only means it.
    first = (await search(session, "SEI", [collection]))[0].text
    assert "SEI" in first


async def test_an_acronym_is_known_only_where_it_may_be_read_and_while_it_is_there(
    library, session
) -> None:
    ours, theirs = await library.collection("nossa"), await library.collection("deles")
    explained = await library.add(theirs, SEI)
    await library.add(ours, "Um sistema eletrônico com informações do pessoal.")
    assert await search(session, "SEI", [ours]) == []
    found = await investigate(session, "SEI", [ours, theirs])
    assert {hit.collection_id for hit in found.hits} == {ours, theirs}
    await session.rollback()
    await library.remove(explained)
    assert await search(session, "SEI", [ours, theirs]) == []
