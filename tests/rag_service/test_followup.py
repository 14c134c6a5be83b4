"""Follow-ups are understood by what came before; questions that stand alone are left alone."""

from pathlib import Path

import pytest

from cogep_assist.rag_service.followup import Turn, resolve
from cogep_assist.retrieval.portuguese import fold

FOLDER = Path(__file__).parent
# Where the rules stand; a change that loses dialogues must show it.
FLOORS = {"dialogues.txt": 0.97, "dialogues_second.txt": 0.95}
ALONE = "-"


def dialogues(name: str) -> list[tuple[list[str], str, list[str], list[str]]]:
    found = []
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            before, question, wanted, unwanted = (part.strip() for part in line.split("=>"))
            found.append((before.split(" ; "), question, wanted.split(), unwanted.split()))
    return found


def turns_of(questions: list[str]) -> list[Turn]:
    turns: list[Turn] = []
    for question in questions:
        turns.append(Turn(resolve(question, turns) or question))
    return turns


def is_understood(before: list[str], question: str, wanted: list[str], unwanted: list[str]) -> bool:
    resolved = resolve(question, turns_of(before))
    if wanted == [ALONE]:
        return resolved is None
    folded = fold(resolved or question)
    return all(fold(word) in folded for word in wanted) and not any(
        fold(word) in folded for word in unwanted
    )


@pytest.mark.parametrize("name", FLOORS)
def test_dialogues_are_understood(name: str) -> None:
    found = dialogues(name)
    missed = [one for one in found if not is_understood(*one)]
    accuracy = 1 - len(missed) / len(found)
    assert accuracy >= FLOORS[name], f"{accuracy:.3f}; missed: {missed}"


def test_there_are_enough_dialogues_of_each_sort() -> None:
    every = [one for name in FLOORS for one in dialogues(name)]
    assert len(every) >= 150
    assert sum(wanted == [ALONE] for _, _, wanted, _ in every) >= 30
    assert sum(len(before) > 1 for before, _, _, _ in every) >= 6


@pytest.mark.parametrize(
    ("before", "question"),
    [
        (before, question)
        for name in FLOORS
        for before, question, wanted, _ in dialogues(name)
        if wanted == [ALONE]
    ],
)
def test_a_question_that_stands_alone_is_left_untouched(before: list[str], question: str) -> None:
    assert resolve(question, turns_of(before)) is None


@pytest.mark.parametrize(("_", "question"), [(b, q) for b, q, _, _ in dialogues("dialogues.txt")])
def test_nothing_is_resolved_without_an_earlier_turn(_: list[str], question: str) -> None:
    assert resolve(question, []) is None


def test_a_pronoun_may_mean_the_person_who_was_named() -> None:
    turns = [Turn("Quem é a reitora?", "A reitora é Maria da Conceição Araújo desde 2023.")]
    assert resolve("Qual o e-mail dela?", turns) == (
        "Qual o e-mail de Maria da Conceição Araújo, reitora?"
    )


def test_reads_as_a_question() -> None:
    turns = [Turn("Qual a capital da França?")]
    assert resolve("E da Itália?", turns) == "Qual a capital da Itália?"
    assert resolve("e quantos habitantes ela tem?", turns) == "Quantos habitantes França tem?"
    asked = [Turn("Como reservar o auditório central?")]
    assert resolve("E para quem é cedido?", asked) == "Para quem é cedido (auditório central)?"


@pytest.mark.parametrize(
    "question", ["", "?", "e", "e?", "E" * 5000, "isso", "🙂", "e \x00", "ele " * 300, "e e e e"]
)
def test_strange_questions_are_no_errors(question: str) -> None:
    for before in ("Qual a capital da França?", "", "?" * 3000, "isso", "\ud83d", "a " * 5000):
        resolve(question, [Turn(before, "x " * 5000)])


def test_a_greeting_asks_nothing_of_what_was_asked_before() -> None:
    before = [Turn("Como peço férias?")]
    for said in (
        "bom dia",
        "Boa tarde!",
        "tudo bem?",
        "Muito obrigada!",
        "ok, valeu",
        "Oi, tudo bem?",
    ):
        assert resolve(said, before) is None, said
    assert resolve("ok, e o prazo?", before) is not None


def test_how_it_went_is_of_what_was_asked_or_answered() -> None:
    asked = [Turn("Como redefinir a senha?", "Um código é enviado ao celular cadastrado.")]
    assert resolve("o código não chegou", asked) == "O código não chegou (senha)?"
    assert resolve("Não recebi o e-mail, e agora?", asked) == "Não recebi o e-mail (senha)?"
    # The voucher was never spoken of: it is a topic of its own.
    assert resolve("o boleto não chegou, e agora?", asked) is None
