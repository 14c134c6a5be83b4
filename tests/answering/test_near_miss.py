"""What is asked of one thing and told of another like it."""

from cogep_assist.answering.abstain import judge
from cogep_assist.answering.extract import extract
from cogep_assist.answering.near_miss import near_miss

# A passage, what of it another thing is asked (and what is found instead, "?" where that may only
# be another word for it), and what is asked of the thing itself, also in other words.
CASES = """
P O mestrado exige 24 créditos em disciplinas, e a bolsa dura 24 meses.
- quantos créditos exige o doutorado? => mestrado
+ quantos créditos exige o mestrado?
+ quantos créditos o mestrando precisa fazer?
P O IPTU de 2025 vence em 10 de março, com 8% de desconto.
- quando vence o IPTU de 2027? => 2025
+ quando vence o IPTU de 2025?
+ quando vence o IPTU?
P A coordenadora do programa é a professora Ivone Brandalise.
- quem é a vice-coordenadora do programa? => coordenadora
+ quem coordena o programa?
P A concessão de jazigo no Cemitério São Miguel vale por 5 anos e custa R$ 640,00.
- quanto custa a concessão no Cemitério da Paz? => Cemitério São Miguel
+ quanto custa a concessão no Cemitério São Miguel?
+ quanto custa um jazigo?
P A agência de Farroupilha atende das 9h às 14h. A gerente de Caxias é Rosângela Piccoli.
- quem é a gerente de Farroupilha? => gerente de Caxias
+ quem é a gerente de Caxias?
P A religação de água custa R$ 68,90 e é feita em 48 horas.
- quanto custa a religação de esgoto? => água
- quanto custa a religação de antena? => ?religação de água
+ quanto custa religar a água?
P A anuidade do cartão de crédito é de R$ 96,00.
- qual a anuidade do cartão empresarial? => ?cartão de crédito
+ qual a anuidade do cartão de crédito?
+ quanto é a anuidade do cartão?
P A certidão negativa cível é gratuita e vale por 30 dias.
- qual o prazo da certidão negativa criminal? => cível
+ por quanto tempo vale a certidão negativa cível?
P O servidor aposentado perde o auxílio-alimentação e o auxílio-transporte.
- qual o auxílio-moradia do aposentado? => alimentação
+ o aposentado tem auxílio-alimentação?
P O auxílio pré-escolar, também chamado auxílio-creche, é de R$ 490,00 por mês.
+ qual o valor do auxílio-creche?
+ quanto é o auxílio pré-escolar?
P São permitidos cães e gatos, conduzidos com guia.
- posso ter papagaio, como os gatos? => cães
+ posso andar com cachorro?
"""


def test_another_thing_of_the_kind_is_told_apart_from_the_thing_in_other_words(
    hit, findings
) -> None:
    passage = None
    for line in CASES.strip().splitlines():
        mark, _, rest = line.partition(" ")
        if mark == "P":
            passage = hit(rest, title="Guia")
            continue
        question, _, found = rest.partition(" => ")
        known = findings(question, [passage])
        near = near_miss(question, known, extract(question, [passage]))
        if mark == "+":
            assert near is None, (question, near)
            continue
        assert near is not None, question
        assert (near.found, near.surely) == (found.lstrip("?"), not found.startswith("?"))


def test_what_is_surely_another_thing_and_an_amount_that_is_not_told_are_no_answer(
    hit, findings
) -> None:
    told = hit("O mestrado exige 24 créditos em disciplinas.", title="Regulamento")
    other = hit("A inscrição é feita com certidão de nascimento.", title="Creche", name="creche")
    for question, passage, abstains in (
        ("quantos créditos exige o mestrado?", told, False),
        ("quantos créditos exige o doutorado?", told, True),
        ("como é feita a inscrição com certidão de nascimento?", other, False),
        ("quanto custa a inscrição com certidão de nascimento?", other, True),
    ):
        known = findings(question, [passage])
        assert judge(question, known, extract(question, [passage])).abstain is abstains, question
