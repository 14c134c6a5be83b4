"""Two versions of one text: what is the same but for a phrase, and what says something else."""

from cogep_assist.answering.differences import adds_fact, contradicts
from cogep_assist.answering.extract import extract

TEN = "O pedido de remoção é feito no Portal do Servidor em até 10 dias da publicação do edital."
FIFTEEN = TEN.replace("10", "15")
RECESS = "O recesso do órgão começa em 20/12/2026."
DIRECTOR = "A direção do setor de benefícios é exercida por {} desde a última portaria."


def test_what_contradicts() -> None:
    for one, other, expected in (
        (TEN, FIFTEEN, True),
        (TEN, TEN.replace("10", "dez"), False),
        (TEN, TEN.replace("é feito", "não é feito"), True),
        (TEN, TEN.replace("feito", "apresentado"), False),
        # One that says more contradicts nothing.
        (TEN, TEN.replace("edital.", "edital, com 2 testemunhas."), False),
        ("É permitido acumular dois cargos.", "É vedado acumular dois cargos.", True),
        (RECESS, RECESS.replace("20/12/2026", "21 de dezembro de 2026"), True),
        (RECESS, RECESS.replace("20/12/2026", "20 de dezembro de 2026"), False),
        (DIRECTOR.format("Ana Conceição"), DIRECTOR.format("João Araújo"), True),
        # Two things with a number each, and two things of which one is denied.
        ("O ramal do setor da Ana é 2120.", "O ramal do setor do João é 2130.", False),
        ("A bolsa de 700 reais é paga.", "A bolsa de 900 reais não é paga.", False),
        ("O prazo é de 5 dias.", "A sala tem 9 cadeiras.", False),
        ("", "", False),
    ):  # fmt: skip
        assert contradicts(one, other) is expected, (one, other)
        assert contradicts(other, one) is expected, (other, one)
    assert adds_fact(FIFTEEN, TEN)
    assert not adds_fact(TEN.replace("feito", "apresentado"), TEN)


def test_two_versions_of_one_entry(hit) -> None:
    question = "Qual é o prazo do pedido de remoção?"
    same = TEN.replace("no Portal", "pelo Portal")
    answer = extract(question, [hit(TEN, name="a"), hit(same, name="b")])
    assert [one.quote for one in answer.sentences] == [TEN]
    assert not answer.sentences[0].differs
    # The reader must see that they say two things.
    answer = extract(question, [hit(TEN, name="a"), hit(FIFTEEN, name="b")])
    assert [(one.quote, one.differs) for one in answer.sentences] == [(TEN, True), (FIFTEEN, True)]
    answer = extract(question, [hit(f"{TEN} {FIFTEEN}", name="a")])
    assert not any(one.differs for one in answer.sentences)


def test_the_newest_that_says_since_when_it_holds_speaks_first(hit) -> None:
    question = "Qual é o prazo do pedido de remoção?"
    old = hit(f"Vigente a partir de 1º de fevereiro de 2023.\n\n{TEN}", name="a")
    new = hit(f"Em vigor desde 01/08/2025.\n\n{FIFTEEN}", name="b", score=0.9)
    answer = extract(question, [old, new])
    assert [one.quote for one in answer.sentences if one.differs] == [FIFTEEN, TEN]
    # One that does not say it may be the newer: the likeliest stays first.
    unsaid = hit(FIFTEEN, name="b", score=0.9)
    told = [one.quote for one in extract(question, [old, unsaid]).sentences if one.differs]
    assert told == [TEN, FIFTEEN]
    titled = [hit(TEN, name="a", title="Guia 2023"), hit(FIFTEEN, name="b", title="Guia 2025")]
    assert extract(question, titled).sentences[0].quote == FIFTEEN
