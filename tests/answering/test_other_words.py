"""Questions in the words of the documents, and what stands under the very question."""

from cogep_assist.answering.extract import extract
from cogep_assist.answering.other_words import as_found, in_other_words
from cogep_assist.retrieval.everyday_words import documents_words
from cogep_assist.retrieval.hit import AskedTerm, Findings
from cogep_assist.retrieval.portuguese import other_number, stem

RULES = "1.3. É proibida a permanência de animais na piscina e no salão de festas."
STEPS = """1. Higienize as mãos e confira a pulseira.

2. Escolha a veia a puncionar, de preferência no antebraço.

3. Anote data, hora e nome no curativo.

Nunca puncione a veia do lado da cirurgia."""


def test_what_no_document_says_is_asked_as_they_say_it() -> None:
    animal = stem("animal")
    unknown = AskedTerm("cachorro", stem("cachorro"), 0, (animal,))
    asked = "Posso levar cachorro na piscina?"
    assert in_other_words(asked, [unknown]) == ["Posso levar animal na piscina?"]
    # What some document says stays as it was asked.
    assert in_other_words(asked, [AskedTerm("cachorro", stem("cachorro"), 2, (animal,))]) == []
    for question, other in (
        ("O que há em 15 de março?", "O que há em 15/03?"),
        ("o que acontece em 2 de Abril de 2026", "o que acontece em 02/04/2026"),
        ("o que é dia 04/05", "o que é dia 4 de maio"),
        ("quem aprova 60 mil reais?", "quem aprova 60.000 reais?"),
        ("que horas sai o fundamental 2", "que horas sai o fundamental II"),
        ("quanto custa uma caixa de 10kg?", "quanto custa uma caixa de 10 kg?"),
        ("o que diz o anexo XIV?", "o que diz o anexo 14?"),
    ):
        assert in_other_words(question, []) == [other]
    for question in ("o que é 31/13?", "quanto custa?", "dia 5 do mês", "parte IIX", "grupo 0"):
        assert in_other_words(question, []) == []
    assert "07h15" in documents_words("7h15")
    assert "7h" in documents_words("07h00")
    assert (other_number("obra"), other_number("erros"), other_number("multa")) == (
        "obras", "erro", None,
    )  # fmt: skip


def test_what_nothing_answers_is_asked_in_the_words_found(hit) -> None:
    terms = [AskedTerm("cachorro", stem("cachorro"), 3), AskedTerm("tusd", "tusd", 1)]
    found = Findings([hit(RULES)], terms, 40)
    assert as_found("tem cachorro?", found) == ["tem animal?"]
    assert as_found("o que significa TUSD", found) == ["o que é TUSD"]
    assert as_found("tem animais?", Findings([hit(RULES)], [], 40)) == []


def test_steps_are_whole_and_the_asked_question_is_answered(hit) -> None:
    told = extract("como puncionar a veia", [hit(STEPS, heading="Punção venosa periférica")])
    assert [one.quote[:2] for one in told.sentences[:3]] == ["1.", "2.", "3."]
    text = "Traga documento com foto. Fica pronta na hora e vale dois anos."
    other = hit("O prédio da biblioteca é azul.", name="b", title="Biblioteca")
    under = hit(text, title="Biblioteca", heading="Biblioteca › Como faço minha carteirinha?")
    said = extract("como faço a carteirinha da biblioteca", [under, other])
    assert said.sentences[0].quote == "Traga documento com foto."
