"""Answers made of quotations: which, how many, in what order, and exact to the letter."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cogep_assist.answering.extract import MOST_CHARACTERS, MOST_SENTENCES, ExtractedAnswer, extract
from cogep_assist.answering.passage_units import UnitKind

DIVISION = (
    "Divisão das férias\n\nAs férias podem ser parceladas em até três etapas. Nenhuma etapa pode "
    "ter menos de 5 dias. As férias não começam em feriado."
)
STEPS = (
    "Como marcar as férias\n\n1. Entre no Portal.\n2. Abra o menu.\n3. Confirme.\n\n"
    "A chefia homologa em 5 dias."
)
CASES = (
    "As férias só são interrompidas nestes casos:\n\ncalamidade pública;\ncomoção interna;\n"
    "serviço militar.\n\nO resto é gozado depois."
)
TABLE = "Ato | Prazo\nPosse | 30 dias\nExercício | 15 dias\nRecurso | 10 dias"


def check_quotes(answer: ExtractedAnswer) -> None:
    for sentence in answer.sentences:
        hit = sentence.hit
        assert sentence.quote == hit.text[sentence.start - hit.start : sentence.end - hit.start]
        whole = " ".join(sentence.quote.split())
        assert sentence.text == whole or sentence.text.strip("… ") in whole


def test_the_best_sentence_is_quoted_with_its_span_in_the_version(hit) -> None:
    passage = hit(DIVISION, heading="Férias › Divisão das férias", start=500)
    answer = extract("Em quantas etapas posso dividir as férias?", [passage])
    first = answer.sentences[0]
    assert first.quote == "As férias podem ser parceladas em até três etapas."
    assert first.start == 500 + DIVISION.index("As férias podem")
    assert "Divisão das férias" not in answer.text
    check_quotes(answer)


def test_a_procedure_is_kept_whole_and_in_order(hit) -> None:
    answer = extract(
        "Como faço para marcar as férias?", [hit(STEPS, heading="Como marcar as férias")]
    )
    assert "1. Entre no Portal.\n2. Abra o menu.\n3. Confirme." in answer.text
    check_quotes(answer)


def test_a_list_keeps_its_lead_and_all_its_items(hit) -> None:
    answer = extract("Em quais casos as férias são interrompidas?", [hit(CASES)])
    assert answer.text.startswith(
        "As férias só são interrompidas nestes casos:\n• calamidade pública;\n• comoção interna;\n"
        "• serviço militar."
    )


def test_one_item_of_an_exhaustive_list_never_stands_alone(hit) -> None:
    answer = extract("A comoção interna interrompe as férias?", [hit(CASES)])
    quoted = [sentence.quote for sentence in answer.sentences]
    assert "comoção interna;" in quoted
    assert "As férias só são interrompidas nestes casos:" in quoted
    assert "serviço militar." in quoted


def test_a_row_comes_whole_under_its_header(hit) -> None:
    answer = extract("Qual é o prazo do recurso?", [hit(TABLE)])
    assert answer.text.startswith("Ato | Prazo\n")
    assert "Recurso | 10 dias" in answer.text
    assert all(sentence.kind is UnitKind.ROW for sentence in answer.sentences)


def test_a_row_that_names_its_cells_needs_no_header(hit) -> None:
    rows = "Cargo: Analista | Salário: R$ 9.000,00\nCargo: Técnico | Salário: R$ 6.000,00"
    answer = extract("Qual é o salário do técnico?", [hit(rows)])
    assert answer.sentences[0].quote == "Cargo: Técnico | Salário: R$ 6.000,00"


def test_sentences_of_one_document_keep_its_order(hit) -> None:
    later = hit("Nenhuma etapa das férias dura menos de 5 dias.", start=900, score=1.0)
    earlier = hit("As férias têm até três etapas de 5 dias.", start=100, score=0.98)
    answer = extract("Quantos dias tem cada etapa das férias?", [later, earlier])
    assert [sentence.start for sentence in answer.sentences] == [100, 900]


def test_what_is_said_twice_is_said_once(hit) -> None:
    text = "O auxílio-natalidade é de R$ 780,00."
    answer = extract("Qual o valor do auxílio-natalidade?", [hit(text), hit(text, name="cópia")])
    assert [sentence.quote for sentence in answer.sentences] == [text]


def test_the_answer_is_short(hit) -> None:
    text = " ".join(f"As férias do grupo {n} são de {n} dias corridos por ano." for n in range(40))
    answer = extract("Quantos dias de férias por ano?", [hit(text)])
    assert 1 <= len(answer.sentences) <= MOST_SENTENCES
    assert len(answer.text) <= MOST_CHARACTERS


def test_a_long_sentence_shows_the_clauses_that_answer_and_cites_all_of_it(hit) -> None:
    rest = ", com a participação de cada unidade administrativa e de ensino da Universidade"
    text = (
        f"O calendário é publicado pela Pró-Reitoria{rest * 3}, e a folha de pagamento é fechada "
        f"no dia 15 de cada mês pela Divisão de Pagamento{rest}."
    )
    assert len(text) > MOST_CHARACTERS
    answer = extract("Em que dia a folha de pagamento é fechada?", [hit(text, start=30)])
    (sentence,) = answer.sentences
    assert sentence.text.endswith(" …")
    assert "a folha de pagamento é fechada no dia 15 de cada mês" in sentence.text
    assert sentence.quote == text
    assert len(answer.text) <= MOST_CHARACTERS
    assert sentence.emphasis is not None
    assert "dia 15" in sentence.text[slice(*sentence.emphasis)]
    check_quotes(answer)
    # A procedure is told whole or as it stands: no step of it may be missing.
    (whole,) = extract("Como a folha de pagamento é fechada?", [hit(text)]).sentences
    assert whole.text == text


def test_what_is_too_long_for_an_answer_waits_for_what_fits(hit) -> None:
    rest = " e de cada unidade administrativa e de ensino" * 12
    long = f"O prazo do recurso de férias não é o da licença nem o da direção{rest} do órgão."
    short = "O prazo do recurso é de 10 dias."
    answer = extract("Qual é o prazo do recurso de férias?", [hit(f"{long} {short}")])
    assert answer.text == short
    (alone,) = extract("Qual é o prazo do recurso de férias?", [hit(long)]).sentences
    assert alone.text == long


def test_a_remark_in_brackets_is_no_answer(hit) -> None:
    answer = extract("Onde está a citação?", [hit("A sede fica em Goiás. [Citação necessária]")])
    assert "[" not in answer.text


def test_only_what_is_nearly_the_best_is_emphasised_and_never_a_header(hit) -> None:
    answer = extract("Qual é o prazo do recurso?", [hit(TABLE)])
    told = [s.text[slice(*s.emphasis)] for s in answer.sentences if s.emphasis]
    assert told == ["10 dias"]


def test_a_heading_alone_is_no_answer(hit) -> None:
    passage = hit("Férias coletivas", heading="Férias coletivas")
    assert extract("férias coletivas", [passage]).sentences == ()


@pytest.mark.parametrize("question", ["", "?", "\x00", "de que", "🙂" * 50, "x" * 20_000])
def test_odd_questions(hit, question) -> None:
    check_quotes(extract(question, [hit(DIVISION), hit(CASES, name="b"), hit("", name="c")]))


def test_no_passages_no_answer() -> None:
    assert extract("férias?", []).sentences == ()
    assert extract("férias?", []).text == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(alphabet=st.sampled_from("aé1.;:| \n-)?F"), max_size=150),
    question=st.sampled_from(["como", "quais a", "o que é F", "quando", "a 1"]),
)
def test_quotes_are_exact_whatever_the_passage(hit, text: str, question: str) -> None:
    check_quotes(extract(question, [hit(text, start=7), hit(text[::-1], name="b")]))
