"""What is emphasised in an answer: the thing that was asked for, and nothing else."""

import pytest

from cogep_assist.answering.answer_span import answer_span

CASES = [
    (
        "Qual o prazo para recurso?",
        "O prazo para interpor recurso é de 10 (dez) dias úteis, contados da ciência.",
        "10 (dez) dias úteis",
    ),
    (
        "Quando começa o recesso?",
        "O recesso começa em 20 de dezembro de 2025 e vai até 6 de janeiro.",
        "20 de dezembro de 2025",
    ),
    (
        "Quem autoriza a viagem?",
        "A viagem é autorizada pela Pró-Reitoria de Gestão de Pessoas, ouvida a chefia.",
        "Pró-Reitoria de Gestão de Pessoas",
    ),
    ("Onde fica o protocolo?", "O protocolo fica no Bloco B, sala 12.", "Bloco B"),
    (
        "Quanto custa a segunda via?",
        "A 2ª via custa R$ 35,50 e é paga por GRU até o dia 10.",
        "R$ 35,50",
    ),
    (
        "O que é o SIAPE?",
        "SIAPE é o sistema de administração de pessoal.",
        "o sistema de administração de pessoal",
    ),
    (
        "Por que o pedido foi negado?",
        "O pedido foi negado porque faltou o laudo; cabe recurso.",
        "porque faltou o laudo",
    ),
    ("Qual o horário de atendimento?", "Atendimento: das 8h às 17h.", "das 8h às 17h"),
]


@pytest.mark.parametrize(("question", "text", "wanted"), CASES)
def test_what_was_asked_for_is_found_to_the_letter(question: str, text: str, wanted: str) -> None:
    span = answer_span(question, text)
    assert span is not None
    assert text[slice(*span)] == wanted


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Como pedir férias?", "Acesse o portal e escolha “Férias” até 10 de maio."),
        ("Quando, em 1990, saiu a lei?", "A lei saiu em 1990."),
        ("Quem é José?", "Ninguém sabe."),
        ("Quando?", ""),
    ],
)
def test_nothing_is_emphasised_where_it_cannot_be_told(question: str, text: str) -> None:
    assert answer_span(question, text) is None


def test_of_several_the_nearest_to_the_words_asked_is_taken() -> None:
    text = "A inscrição custa R$ 10,00; o diploma, por sua vez, custa R$ 90,00."
    span = answer_span("Quanto custa o diploma?", text)
    assert span is not None
    assert text[slice(*span)] == "R$ 90,00"
