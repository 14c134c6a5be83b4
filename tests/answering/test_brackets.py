from collections.abc import Callable

import pytest

from cogep_assist.answering.extract import extract
from cogep_assist.retrieval.hit import Hit

RATES = (
    "Base de contribuição: até R$ 1.000,00 | Alíquota: 7,5%\n"
    "Base de contribuição: de R$ 1.000,01 a R$ 2.000,00 | Alíquota: 9%\n"
    "Base de contribuição: de R$ 2.000,01 a R$ 4.500,00 | Alíquota: 12%\n"
    "Base de contribuição: acima de R$ 4.500,00 | Alíquota: 16,5%"
)
AGES = (
    "Idade | Mensalidade\nmenos de 18 anos | R$ 190\n18 a 39 anos | R$ 310\n"
    "40 a 59 anos | R$ 480\n60 anos ou mais | R$ 950"
)

LIMITS = (
    "I – o coordenador autoriza até R$ 5.000,00;\n"
    "II – o gerente autoriza até R$ 30.000,00;\nIII – o diretor autoriza até R$ 150.000,00."
)
YEARS = (
    "Série | Mensalidade\nInfantil | R$ 900\n1º ao 5º ano | R$ 1.100\n6º ao 9º ano | R$ 1.300\n"
    "Ensino Médio | R$ 1.600"
)


@pytest.mark.parametrize(
    ("text", "question", "told", "untold"),
    [
        (RATES, "Qual a alíquota de quem tem base de R$ 1.500,00?", "9%", "12%"),
        (RATES, "Qual a alíquota da base de contribuição de 10 mil reais?", "16,5%", "7,5%"),
        (RATES, "Qual a alíquota para base de contribuição de R$ 800?", "7,5%", "9%"),
        # Said itself, a value is no mere member of a bracket; a year is none at all.
        (RATES, "Qual a alíquota da base de R$ 1.000,01 a R$ 2.000,00 em 2026?", "9%", "16,5%"),
        (AGES, "Qual a mensalidade de quem tem 45 anos de idade?", "R$ 480", "R$ 310"),
        (AGES, "Qual a mensalidade de quem tem 72 anos de idade?", "R$ 950", "R$ 480"),
        (LIMITS, "Quem autoriza 25 mil reais?", "gerente", "coordenador"),
        (YEARS, "Qual a mensalidade do 7o ano?", "R$ 1.300", "R$ 1.100"),
        (YEARS, "Qual a mensalidade do 4º ano?", "R$ 1.100", "R$ 1.300"),
        (AGES, "Qual a mensalidade de uma criança de 9 anos de idade?", "R$ 190", "R$ 310"),
    ],
)
def test_a_value_finds_the_bracket_that_holds_it(
    hit: Callable[..., Hit], text: str, question: str, told: str, untold: str
) -> None:
    answer = extract(question, [hit(text, title="Tabela vigente")])
    assert told in answer.text
    assert untold not in answer.text


def test_a_table_without_brackets_is_answered_as_before(hit: Callable[..., Hit]) -> None:
    rooms = hit("Sala: 12 | Lugares: 40\nSala: 15 | Lugares: 25", title="Salas")
    assert "Sala: 15 | Lugares: 25" in extract("Quantos lugares tem a sala 15?", [rooms]).text
