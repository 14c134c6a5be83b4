"""Questions that ask several things."""

import time
from dataclasses import replace

import pytest

from cogep_assist.answering.abstain import judge
from cogep_assist.answering.extract import extract
from cogep_assist.answering.part_answers import in_parts, still_open
from cogep_assist.answering.question_parts import question_parts

FEE = "A taxa do salão de festas é de R$ 180,00."
ROOM = "No salão de festas cabem até 60 pessoas sentadas."


def test_each_part_is_told_with_the_thing_that_another_names() -> None:
    for question, whole in (
        ("qual o prazo e onde entrego o relatório?", ["o relatório", "onde entrego o relatório"]),
        ("quem aprova e quanto custa?", ["quem aprova", "quanto custa"]),
        ("quanto custa o alvará e até quando renovo?", ["o alvará", "até quando renovo o alvará"]),
        ("qual a taxa do salão? E quantas pessoas cabem nele?", ["do salão", "nele do salão"]),
        ("quanto custa a TED e qual o limite do Pix?", ["quanto custa a TED", "limite do Pix"]),
        ("posso levar cachorro e quanto custa?", ["cachorro", "quanto custa levar cachorro"]),
        ("quanto custa a peça e aceita cartão?", ["a peça", "aceita cartão"]),
    ):
        parts = question_parts(question)
        assert len(parts) == 2, question
        assert all(p.whole.endswith(end) for p, end in zip(parts, whole, strict=True)), parts
    for one in (
        "qual a taxa de água e esgoto?",
        "quem é o diretor e o vice?",
        "quando a rocha se dobra, o que é formado?",
        "como faço para pedir férias e licença?",
        "posso levar cachorro e tem que pagar?",
    ):
        assert question_parts(one) == [], one


def test_a_part_that_is_left_open_is_answered_or_named(hit, findings) -> None:
    fee, room = hit(FEE, title="Regimento", name="a"), hit(ROOM, title="Regimento", name="b")

    def answered(question, passages):
        known = findings(question, passages)
        found = extract(question, passages)
        return known, found, judge(question, known, found)

    def told(question, whole, *own):
        parts = question_parts(question)
        each = [answered(p.whole, hits) for p, hits in zip(parts, own, strict=True)]
        return in_parts(parts, answered(question, whole), each)

    both = "qual a taxa do salão de festas e quantas pessoas cabem nele?"
    _, joined, verdict = told(both, [fee], [fee], [room])
    assert "R$ 180,00" in joined.text
    assert "60 pessoas" in joined.text
    assert verdict.unanswered == ()
    half = "qual a taxa do salão de festas e quem é o jardineiro japonês?"
    _, partial, verdict = told(half, [fee], [fee], [fee])
    assert "R$ 180,00" in partial.text
    assert not verdict.abstain
    assert verdict.unanswered == ("quem é o jardineiro japonês",)


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0", "\n", " \n"])
def test_blanks_without_end_are_looked_at_once(blank: str) -> None:
    question = f"Qual o prazo{blank * 4_000}e onde entrego o recurso{blank * 4_000}x"
    began = time.process_time()

    parts = question_parts(question)

    assert time.process_time() - began < 1
    assert len(parts) == 2


def told(question, passages, findings):
    """Answer a question and its parts from the same passages."""

    def answered(one):
        known = findings(one, passages)
        found = extract(one, passages)
        return known, found, judge(one, known, found)

    parts = question_parts(question)
    return in_parts(parts, answered(question), [answered(part.whole) for part in parts])


def test_a_part_is_open_where_what_is_told_has_nothing_of_its_kind(hit, findings) -> None:
    passage = hit("A certidão negativa custa R$ 45,00 e sai em 2 dias úteis.", title="Tabela")
    for asked, left in (
        ("quanto custa a certidão negativa e onde retiro?", ("onde retiro",)),
        ("quanto custa a certidão negativa e quem assina?", ("quem assina",)),
        ("quanto custa a certidão negativa e como peço?", ("como peço",)),
        ("quanto custa a certidão negativa e quanto tempo demora?", ()),
    ):
        _, answer, verdict = told(asked, [passage], findings)
        assert "R$ 45,00" in answer.text
        assert verdict.unanswered == left, asked
    where = hit("A certidão negativa custa R$ 45,00 e se retira no balcão.", title="Tabela")
    _, _, verdict = told("quanto custa a certidão negativa e onde retiro?", [where], findings)
    assert verdict.unanswered == ()


def test_what_a_part_asks_stands_beside_the_thing_and_does_not_name_it_again(hit, findings) -> None:
    passage = hit(
        "O plantão do advogado atende às terças e quintas. Leve RG e os três últimos holerites.",
        title="Jurídico",
    )
    asked = "quando o advogado atende e o que preciso levar?"
    _, answer, verdict = told(asked, [passage], findings)
    assert "três últimos holerites" in answer.text
    assert verdict.unanswered == ()


def test_a_place_of_another_thing_answers_no_part(hit, findings) -> None:
    leave = hit("O servidor tem direito a 30 dias de férias por ano.", title="Férias", name="a")
    ombudsman = hit(
        "A Ouvidoria recebe a reclamação pelo endereço ouvidoria@exemplo.gov.br.",
        title="Ouvidoria",
        name="b",
    )
    portal = hit("Peço e altero no Portal do Servidor.", title="Férias", name="c")

    def answered(question, passages):
        known = findings(question, passages)
        found = extract(question, passages)
        sure = replace(judge(question, known, found), abstain=False, confidence=0.9)
        return known, found, sure

    asked = "quantos dias de férias eu tenho e onde eu peço?"
    first, second = question_parts(asked)
    for place, shown, left in ((ombudsman, "Ouvidoria", True), (portal, "Portal", False)):
        each = [answered(first.whole, [leave]), answered(second.whole, [place])]
        _, answer, verdict = in_parts([first, second], answered(asked, [leave]), each)
        assert (shown in answer.text) is not left, answer.text
        assert bool(verdict.unanswered) is left


def test_what_somebody_wrote_leaves_a_part_open_as_what_is_quoted_does() -> None:
    asked = "quanto custa a certidão negativa e onde retiro?"
    assert still_open(asked, ["A certidão negativa custa R$ 45,00."], ()) == ("onde retiro",)
    assert still_open(asked, ["A certidão custa R$ 45,00 e se retira no balcão."], ()) == ()
    assert still_open("quanto custa a certidão negativa?", ["Custa caro."], ()) == ()
    # A way that stands in no certain words is open only where the passages were seen to lack it.
    asked = "qual o valor da mensalidade e como é cobrada?"
    told = ["A mensalidade tem o valor de R$ 22,00, em folha."]
    assert still_open(asked, told, ()) == ()
    assert still_open(asked, told, ("como é cobrada",)) == ("como é cobrada",)
