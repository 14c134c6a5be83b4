"""A follow-up is read back as a person would write it."""

import pytest

from cogep_assist.rag_service.followup import Turn, resolve


@pytest.mark.parametrize(
    ("before", "question", "wanted"),
    [
        ("Quantos dias de férias tem o servidor?", "e os estagiários?", "têm os estagiários?"),
        ("Quantos dias de férias tem o servidor?", "E as estagiárias?", "têm as estagiárias?"),
        ("Quantos dias de férias tem o servidor?", "e estagiário?", "tem o estagiário?"),
        ("Qual o valor da bolsa do estagiário?", "e os professores?", "da bolsa dos professores?"),
        ("Qual o valor da bolsa do estagiário?", "e da aprendiz?", "da bolsa da aprendiz?"),
        ("Qual o prazo da licença-maternidade?", "e o auxílio-creche?", "prazo do auxílio-creche?"),
        ("Onde fica a perícia?", "e os protocolos?", "Onde ficam os protocolos?"),
        ("O aposentado recebe vale?", "e os pensionistas?", "Os pensionistas recebem vale?"),
        ("Para quem é pago o auxílio?", "e as diárias?", "Para quem são pagas as diárias?"),
        (
            "Como os servidores pedem férias?",
            "e o terceirizado?",
            "Como o terceirizado pede férias?",
        ),
    ],
)
def test_articles_and_verbs_agree(before: str, question: str, wanted: str) -> None:
    resolved = resolve(question, [Turn(before)])
    assert resolved is not None
    assert resolved.endswith(wanted)


def test_the_verb_of_somebody_else_stays() -> None:
    resolved = resolve("e as diárias?", [Turn("Quando o servidor recebe o auxílio?")])
    assert resolved is not None
    assert "recebe as diárias" in resolved
