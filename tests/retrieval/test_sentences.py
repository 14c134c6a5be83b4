"""Where Portuguese sentences end, and where they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.retrieval.sentences import sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["O serviço disponível está.", "Fale com José.", "O plano é o 2024.", "Ótimo!"],
        ["Érica chegou às 10h.", "Última chamada."],
        [
            "O Dr. José e a Sr.ª Ana, do art. 87 da Lei nº 8.112, devem R$ 9,00.",
            "Fim.",
        ],
        ['Ele disse: "Não vou."', "Depois saiu... e voltou.", "Veja www.exemplo.gov.br."],
        ["J. K. Rowling e Dilma V. Rousseff vieram.", "Tome vitamina C.", "Os médicos mandam."],
        ["Traga RG, CPF etc.", "Os outros ficam.", "O art. 5.º diz isso."],
        ["Quem pode pedir?", "O servidor!", "«Sim.»", "(Veja a pág. 12 do vol. 3.)", "Fim…"],
        ["Vence em 5 de set. de 2027, às 18h.", "Até lá."],
        ["A Silva Ltda. pagou.", "A S.A. recebeu."],
        ["O matemático G. H. Hardy e o líder W. E. B. Du Bois.", "Fim."],
        ["Atende na sala 2 do Bloco B.", "Pessoas idosas não agendam.", "Veja o Anexo A.", "Fim."],
        ["Há cerca de ca. 22.000 anos, em St. Louis, o Mr. Smith levou 200 ms.", "Então saiu."],
        ["Nada a declarar"],
    ],
)
def test_prose(parts: list[str]) -> None:
    assert cut(" ".join(parts)) == parts


def test_a_sentence_ends_where_its_space_was_forgotten() -> None:
    text = "As taxas de encarceramento.Ao mesmo tempo, use System.Net e Node.Js aqui."
    assert cut(text) == [
        "As taxas de encarceramento.",
        "Ao mesmo tempo, use System.Net e Node.Js aqui.",
    ]


def test_lists_headings_tables_and_wrapped_lines() -> None:
    text = (
        "Documentos\n\nTraga:\n1. RG. Original.\n2. CPF;\na) cópia\n\n"
        "Ato | Prazo\nPosse | 30 dias\n"
        "Uma linha comprida que o editor de texto quebrou antes do fim do parágrafo em\n"
        "Brasília e continua até aqui.\ncom minúscula também"
    )
    assert cut(text) == [
        "Documentos",
        "Traga:",
        "1. RG.",
        "Original.",
        "2. CPF;",
        "a) cópia",
        "Ato | Prazo",
        "Posse | 30 dias",
        text[text.index("Uma linha") :],
    ]
    # The first line of a text may be broken as well, however long it is.
    for first in ("palavra " * 12 + "em", "palavra " * 60 + "em"):
        assert cut(f"{first}\nBrasília e continua.") == [f"{first}\nBrasília e continua."]


@pytest.mark.parametrize("text", ["", " \n\t\n", "\xa0"])
def test_nothing_to_cut(text: str) -> None:
    assert sentences(text) == []


@given(st.text(alphabet=st.sampled_from("aÁb1. \n?!;:|…\"'()-Dr\xa0"), max_size=200))
def test_spans_are_ordered_and_hold_every_character(text: str) -> None:
    spans = sentences(text)
    flat = [place for span in spans for place in span]
    assert flat == sorted(flat)
    assert all(start < end for start, end in spans)
    held = set().union(*(range(start, end) for start, end in spans))
    assert all(place in held for place, letter in enumerate(text) if not letter.isspace())


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "noise", [". ", "\n", "\n ", "a.", "A. ", "?!", "1. ", "(", "Dr. ", " ", '."', "…"]
)
def test_a_flood_of_noise_is_cut_without_hanging(noise: str) -> None:
    text = noise * (200_000 // len(noise))
    held = sum(end - start for start, end in sentences(text))
    assert held >= sum(not letter.isspace() for letter in text)
