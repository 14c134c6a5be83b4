"""What a question asks for, and whether a text holds it."""

import pytest

from cogep_assist.answering.question_type import Sought, sought, supplies


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Quando fecha a folha?", Sought.TIME),
        ("Em que dia cai o feriado?", Sought.TIME),
        ("Qual é o prazo para recurso?", Sought.DURATION),
        ("Por quanto tempo dura a licença?", Sought.DURATION),
        ("Quanto custa a segunda via?", Sought.AMOUNT),
        ("Qual o valor do auxílio?", Sought.AMOUNT),
        ("Quantas etapas são permitidas?", Sought.NUMBER),
        ("Quem homologa as férias?", Sought.PERSON),
        ("Quem pode pedir licença?", Sought.TERMS),
        ("De quanto em quanto tempo é paga?", Sought.DURATION),
        ("Onde fica a perícia?", Sought.PLACE),
        ("O que é averbação?", Sought.DEFINITION),
        ("O QUE SIGNIFICA SEI?", Sought.DEFINITION),
        ("Por que foi negado?", Sought.REASON),
        ("Como abro um chamado?", Sought.PROCEDURE),
        ("Quais documentos devo levar?", Sought.LIST),
        ("O que acontece quando o prazo acaba?", Sought.DURATION),
        ("Que verba é usada como garantia de quem viaja?", Sought.OTHER),
        ("Você sabe quando fecha a folha?", Sought.TIME),
        ("férias em dobro", Sought.OTHER),
        ("", Sought.OTHER),
    ],
)
def test_sought(question: str, kind: Sought) -> None:
    assert sought(question) is kind


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("Quando fecha a folha?", "Fecha em 11 de junho.", 1.0),
        ("Quando fecha a folha?", "Fecha cedo.", 0.0),
        ("Quando saiu a lei de 1990?", "A lei de 1990 saiu.", 0.0),
        ("Quanto custa?", "Custa R$ 25,00.", 1.0),
        ("Quanto tempo dura?", "Dura cento e vinte dias.", 1.0),
        ("Quem homologa as férias?", "A homologação é do setor SEPAG.", 1.0),
        ("Quem é Maria?", "Aqui está Maria.", 0.0),
        ("Onde fica a perícia?", "Fica no Bloco B.", 1.0),
        ("O que é averbação?", "Averbação é o registro do tempo.", 1.0),
        ("O que é averbação?", "O pedido de averbação é feito no portal.", 0.3),
        ("O que é o PGD?", "O PGD (Programa de Gestão) vale para todos.", 1.0),
        ("férias", "qualquer coisa", 0.5),
    ],
)
def test_supplies(question: str, text: str, value: float) -> None:
    assert supplies(text, sought(question), question) == value
