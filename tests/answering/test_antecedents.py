"""Which sentences need the one before them, and how an answer brings it."""

from cogep_assist.answering.antecedents import leans_back
from cogep_assist.answering.extract import extract

LEAN = (
    "Ele também passa por três avaliações.",
    "Isso ocorre todo mês.",
    "Depois, ela vai à chefia.",
    "No entanto, esse prazo pode ser prorrogado.",
    "Nele o servidor é avaliado.",
    "Em 1785, ele apresentou um artigo.",
    "Depois desse prazo, cabe recurso.",
    "Tal pedido é negado.",
)
STAND = (
    "Esta portaria entra em vigor hoje.",
    "Neste manual há exemplos.",
    "O servidor disse que ele mesmo pediu.",
    "Segundo João, ele não foi avisado.",
    "Sua senha vence em 90 dias.",
    "A data é esta.",
    "",
)


def test_what_leans_on_the_sentence_before() -> None:
    assert [text for text in LEAN if not leans_back(text)] == []
    assert [text for text in STAND if leans_back(text)] == []


def test_a_pronoun_brings_what_it_stands_for(hit) -> None:
    text = (
        "Os dados são do IBGE. O estágio probatório começa com a posse. Nele o servidor passa por "
        "três avaliações de desempenho. A sala fica aberta."
    )
    answer = extract("Por quantas avaliações de desempenho passa o servidor?", [hit(text)])
    assert answer.text == (
        "O estágio probatório começa com a posse. Nele o servidor passa por três avaliações de "
        "desempenho."
    )
    # Not where it does not fit: the answer comes first.
    long = text.replace("com a posse", "com a posse" + " e o exercício do cargo" * 20)
    short = extract("Por quantas avaliações de desempenho passa o servidor?", [hit(long)])
    assert "Nele o servidor" in short.text
    assert len(short.text) <= 400
