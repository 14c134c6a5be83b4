"""Portuguese words: folded, split, without stopwords, stemmed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.retrieval.portuguese import STOPWORDS, fold, stem, tokenize, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("AÇÃO Pública", "acao publica"),
        ("nº 1º 2ª", "n 1 2"),
        ("CO₂ e m²", "co2 e m2"),
        ("pa\u00adla\u200bvra", "palavra"),
        ("São\u0303", "sao"),
        ("İstanbul", "istanbul"),
        ("Привет", "привет"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_folding_is_one_whatever_stands_beside() -> None:
    # A sign outside Latin-1 sends a text the long way, which folds letter by letter.
    for code in range(256):
        assert fold(chr(code)) + "–" == fold(f"{chr(code)}–"), hex(code)


@pytest.mark.parametrize(
    "forms",
    [
        ("informação", "informações", "INFORMACAO", "informacoes"),
        ("conexão", "conexões", "conexao", "Conexoes"),
        ("anual", "anuais"),
        ("papel", "papéis", "papeis"),
        ("difícil", "difíceis", "dificeis"),
        ("servidor", "servidora", "servidores", "servidoras"),
        ("agência", "agências", "agencia"),
        ("responsável", "responsáveis", "responsavel"),
        ("homem", "homens"),
        ("mês", "meses", "mes"),
        ("reunião", "reuniões"),
        ("licença", "licenças", "licenca"),
    ],
)
def test_forms_of_a_word_share_a_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(fold(form)) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("pais", "paz"), ("férias", "feira"), ("mãe", "mão")],
)
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert stem(fold(one)) != stem(fold(other))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lei nº 8.112/1990, art. 87", ["lei", "8112", "1990", "art", "87"]),
        ("R$ 1.500,00", ["1500"]),
        ("12,5%", ["12.5"]),
        ("2.9 e 2,9", ["2.9", "2.9"]),
        ("10.0.0.1", ["10.0.0.1"]),
        ("e-mail", ["email"]),
        ("Wi-Fi", ["wi", "fi", "wifi"]),
        ("inscrever-se", ["inscrever"]),
        ("1º 1o 2ª", ["1", "1", "2"]),
        ("C++ e C#", ["c++", "c#"]),
        ("d'água", ["d", "agua"]),
        ("012.345.678-90", ["012345678", "90", "01234567890"]),
        ("maria@exemplo.gov.br", ["maria", "exemplo", "gov", "br", "maria@exemplo.gov.br"]),
        ("o que é isso", ["o", "que", "e", "isso"]),
        ("", []),
        ("?!… — ", []),
        ("a" * 65, []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_process_numbers_are_found_with_and_without_punctuation() -> None:
    assert "23000123456202411" in words("Processo nº 23000.123456/2024-11")
    assert words("23000123456202411") == ["23000123456202411"]


def test_text_and_question_are_analysed_alike() -> None:
    assert tokenize("As conexões dos SERVIDORES") == tokenize("conexao do servidor")


def test_stopwords_are_folded_words() -> None:
    assert all(fold(word) == word and word.isalpha() for word in STOPWORDS)


@given(st.text(max_size=300))
def test_any_text_is_analysed_and_folding_settles(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    for term in tokenize(text):
        assert term
        assert len(term) <= 64
        assert "\n" not in term
