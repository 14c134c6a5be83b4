"""When no answer is better than one: what nobody knows, what is only half there."""

from dataclasses import replace

import pytest

from cogep_assist.answering.abstain import CURVES, THRESHOLD, answer_odds, features, judge
from cogep_assist.answering.extract import extract
from cogep_assist.retrieval.hit import AskedTerm, Findings
from cogep_assist.retrieval.portuguese import stem, words

ANSWER = (
    "As férias podem ser parceladas em até três etapas, se o servidor pedir e a chefia concordar."
)
OTHER = "O auxílio-transporte é pago no contracheque e recadastrado todo ano, no mês de março."


@pytest.fixture
def decide(hit, findings):
    def decide(question: str, *texts: str):
        hits = [
            hit(text, name=text[:9], title="Guia", score=1 / n) for n, text in enumerate(texts, 1)
        ]
        found = findings(question, hits)
        return judge(question, found, extract(question, found.hits))

    return decide


@pytest.mark.parametrize(
    "question",
    [
        "As férias podem ser parceladas em quantas etapas?",
        "Em até quantas etapas o servidor pode pedir as férias parceladas?",
        "ferias parceladas em etapas",
        "férias",
    ],
)
def test_an_easy_question_is_answered(decide, question) -> None:
    verdict = decide(question, ANSWER, OTHER)
    assert not verdict.abstain
    assert verdict.confidence >= THRESHOLD
    assert verdict.unknown_words == ()


@pytest.mark.parametrize(
    "question",
    [
        "Qual é a capital da Mongólia?",
        "Quem pintou a Mona Lisa?",
        "Como trocar o óleo do motor de um caminhão?",
        "Quantas etapas tem o Tour de France de ciclismo profissional?",
    ],
)
def test_a_question_about_something_else_is_not_answered(decide, question) -> None:
    assert decide(question, ANSWER, OTHER).abstain


def test_the_words_nobody_knows_are_named(decide) -> None:
    verdict = decide("Férias na Mongólia?", ANSWER)
    assert verdict.unknown_words == ("Mongólia",)


def test_nothing_found_is_an_abstention(decide, findings) -> None:
    assert decide("férias").abstain
    unknown = Findings([], [AskedTerm("xyz", "xyz", 0)], 10)
    verdict = judge("xyz", unknown, extract("xyz", []))
    assert (verdict.abstain, verdict.confidence, verdict.unknown_words) == (True, 0.0, ("xyz",))


def test_a_misspelt_word_counts_by_what_stands_in_for_it(hit) -> None:
    passage = hit(ANSWER)
    question = "friéas parceladas em etapas"
    slip, *rest = (AskedTerm(word, stem(word), 1) for word in words(question))
    terms = [replace(slip, frequency=0, stand_ins=(stem("ferias"),)), *rest]
    found = Findings([passage], terms, 1_000)
    helped = features(question, found, extract(question, [passage]))
    alone = Findings([passage], [replace(slip, frequency=0), *rest], 1_000)
    bare = features(question, alone, extract(question, [passage]))
    assert helped["sentence_evidence"] > bare["sentence_evidence"]


def test_features_are_those_that_were_weighed(hit, findings) -> None:
    question = "férias parceladas"
    found = findings(question, [hit(ANSWER)])
    assert list(features(question, found, extract(question, found.hits))) == list(CURVES)


def test_words_that_follow_each_other_in_the_passage_as_asked_speak_for_it(hit, findings) -> None:
    question = "As férias podem ser parceladas?"
    found = findings(question, [hit(ANSWER)])
    assert features(question, found, extract(question, found.hits))["phrases"] == 1.0
    turned = hit("Parceladas podem as férias do servidor ser, se a chefia concordar com o pedido.")
    found = findings(question, [turned])
    assert features(question, found, extract(question, found.hits))["phrases"] == 0.25


def test_a_passage_ahead_of_all_others_counts_as_far_as_it_holds_what_was_asked(
    hit, findings
) -> None:
    def lead(question: str, second: float) -> float:
        hits = [hit(ANSWER, name="a", score=1.0), hit(OTHER, name="b", score=second)]
        found = findings(question, hits)
        return features(question, found, extract(question, found.hits))["lead"]

    asked = "férias parceladas em etapas"
    assert lead(asked, 0.2) > lead(asked, 0.6) > lead(asked, 1.0) == 0.0
    assert lead(asked, 0.2) > lead("etapas do Tour de France de ciclismo", 0.2)


@pytest.mark.parametrize("question", ["?", "de", "\x00", "🙂", "x" * 10_000])
def test_odd_questions_are_judged(decide, question) -> None:
    assert decide(question, ANSWER).abstain


def test_in_a_base_of_one_passage_what_it_says_is_answered(decide) -> None:
    text = "As férias são pedidas com trinta dias de antecedência, no sistema de pessoal."
    assert not decide("Com quanta antecedência peço férias?", text).abstain
    assert decide("Com quanta antecedência compro a passagem do trem?", text).abstain


def test_a_value_speaks_along_its_curve_and_no_further_than_its_ends() -> None:
    none = {name: curve[0][0] for name, curve in CURVES.items()}
    (low, at_low), (high, at_high) = CURVES["digits_missing"]
    half = answer_odds(none | {"digits_missing": (low + high) / 2})
    assert half == pytest.approx(answer_odds(none) + (at_low + at_high) / 2)
    assert answer_odds(none | {"support": -5.0}) == answer_odds(none)
    top = CURVES["support"][-1][0]
    assert answer_odds(none | {"support": top + 9}) == answer_odds(none | {"support": top})


def test_what_many_passages_touch_on_alike_is_doubted(hit, findings) -> None:
    def crowd(others: float) -> float:
        hits = [hit(ANSWER, name="a", score=1.0)]
        hits += [hit(OTHER, name=f"b{n}", score=others) for n in range(4)]
        found = findings("férias parceladas", hits)
        return features("férias parceladas", found, extract("férias parceladas", hits))["crowd"]

    assert crowd(0.2) == pytest.approx(0.2)
    assert crowd(0.9) == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Quem perde o prazo de inscrição?", "Quem perde o prazo de inscrição espera a próxima."),
        ("Quanto tempo leva o efeito da dieta?", "O efeito da dieta leva vários meses."),
        ("Quanto custa o barril de petróleo?", "O barril de petróleo custa US$ 12 no mundo."),
    ],
)
def test_a_quantity_is_missed_only_where_one_is_asked(decide, question, text) -> None:
    assert not decide(question, text).abstain


def test_a_price_that_is_not_told_is_missed(decide) -> None:
    text = "A segunda via do cartão do restaurante custa o que a tabela do ano disser."
    asked = "Quanto custa a segunda via do cartão do restaurante?"
    told = decide(asked, text.replace("o que a tabela do ano disser", "R$ 12,50"))
    assert decide(asked, text).confidence < told.confidence


def test_of_two_words_each_must_be_known(decide) -> None:
    assert decide("prazo do consórcio", "O prazo da defesa é de 24 meses.").abstain
    assert not decide("prazo da defesa", "O prazo da defesa é de 24 meses.").abstain


@pytest.mark.parametrize(
    ("asked", "lacks", "has"),
    [
        ("Qual o telefone do posto de Linha Nova?", "às 8h", "no telefone (51) 3333-0147"),
        ("telefone do posto de Linha Nova", "às 8h", "no 0800 123 4567"),
        ("Qual é o e-mail do posto de Linha Nova?", "às 8h", "em posto@linhanova.example"),
    ],
)
def test_who_asks_for_a_contact_is_not_answered_without_one(decide, asked, lacks, has) -> None:
    text = "O posto de Linha Nova atende de segunda a quinta, {}."
    assert decide(asked, text.format(lacks)).abstain
    assert not decide(asked, text.format(has)).abstain


def test_a_telephone_that_is_only_spoken_of_asks_for_none(decide) -> None:
    text = "O posto de Linha Nova aceita reclamação por telefone e pessoalmente."
    assert not decide("Posso reclamar no posto de Linha Nova por telefone?", text).abstain


@pytest.mark.parametrize(("year", "answers"), [("2021", False), ("2024", True)])
def test_what_held_in_a_year_that_nothing_names_is_not_told(decide, year, answers) -> None:
    text = "Em 2024 a taxa de reserva do salão de festas é de R$ 260,00 por evento."
    asked = f"Quanto era a taxa de reserva do salão de festas em {year}?"
    assert decide(asked, text).abstain is not answers


def test_a_sum_is_answered_by_the_bracket_that_it_falls_into(decide) -> None:
    text = (
        "Autorizam a compra:\n\nI – o coordenador, até R$ 5.000,00;\n\n"
        "II – o gerente administrativo, até R$ 30.000,00;\n\nIII – o diretor, até R$ 150.000,00."
    )
    asked = "Quem autoriza a compra de 25 mil reais?"
    assert decide(asked, text).confidence > decide(asked, text.replace("até", "sem")).confidence
