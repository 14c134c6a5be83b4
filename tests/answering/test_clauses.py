"""The run of clauses that is shown of a sentence that is too long."""

from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.answering.clauses import best_run

LONG = (
    "O Departamento de Administração de Pessoal, vinculado à Pró-Reitoria de Gestão de Pessoas, "
    "recebe os pedidos de licença até o dia 10 de cada mês, e a folha é fechada pela Divisão de "
    "Pagamento no dia 15, como consta do calendário (publicado em janeiro de cada ano)."
)
ASKED = "Quando a folha é fechada pela Divisão de Pagamento?"


def shown(question: str, sentence: str, room: int) -> str | None:
    run = best_run(question, sentence, room)
    return None if run is None else sentence[slice(*run)]


def test_the_clauses_that_answer_are_shown_and_fit() -> None:
    text = shown(ASKED, LONG, 120)
    assert text is not None
    assert "a folha é fechada pela Divisão de Pagamento no dia 15" in text
    assert len(text) <= 120
    assert text[-1].isalnum()


def test_where_nothing_fits_or_says_enough_nothing_is_shown() -> None:
    assert shown(ASKED, LONG, 39) is None
    assert shown(ASKED, "palavra " * 80, 200) is None
    assert shown("", "", 100) is None


def test_what_restricts_or_negates_is_never_cut_off() -> None:
    rule = (
        "As férias podem ser divididas em três etapas pela chefia de cada unidade administrativa, "
        "{rest}, conforme o calendário que a Pró-Reitoria de Gestão de Pessoas publica."
    )
    question = "As férias podem ser divididas em três etapas?"
    for rest in (
        "desde que o servidor assim requeira",
        "exceto as dos operadores de raios X",
        "se a administração tiver interesse",
        "mas a do estagiário é uma só",
        "o que não vale para estagiários",
    ):
        text = shown(question, rule.format(rest=rest), 150)
        assert text is None or rest in text, rest
    plain = shown(question, rule.format(rest="com registro em sistema próprio"), 110)
    assert plain is not None
    assert plain.startswith("As férias podem ser divididas")


def test_parentheses_and_quotations_stay_whole() -> None:
    text = (
        "O pedido é feito no sistema (com o formulário próprio, assinado pela chefia, e com os "
        "documentos pessoais) pelo servidor interessado, e o setor responde “em cinco dias, "
        "contados do recebimento” ao endereço informado."
    )
    for room in range(40, 240, 10):
        run = shown("Em quantos dias o setor responde ao pedido?", text, room) or ""
        assert run.count("(") == run.count(")")
        assert run.count("“") == run.count("”")


@given(
    sentence=st.text(alphabet=st.sampled_from('aé1,;:( )“”"–\n'), max_size=200),
    room=st.integers(-5, 150),
)
def test_a_run_lies_in_the_sentence_and_in_the_room(sentence: str, room: int) -> None:
    run = best_run("é a 1?", sentence, room)
    if run is not None:
        assert 0 <= run[0] < run[1] <= len(sentence)
        assert run[1] - run[0] <= room
