"""What a verb and its noun have in common beyond their stem."""

import pytest

from cogep_assist.retrieval.everyday_words import documents_words
from cogep_assist.retrieval.portuguese import fold, stem
from cogep_assist.retrieval.word_families import relatives


def _stems(word: str) -> set[str]:
    return {stem(other) for other in relatives(fold(word))}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("suspender", "suspensão"),
        ("aposentou", "aposentadoria"),
        ("nasceu", "nascimento"),
        ("progride", "progressão"),
        ("permitem", "permissão"),
        ("inscrever", "inscrição"),
        ("devolver", "devolução"),
        ("concluir", "conclusão"),
        ("reduzir", "redução"),
        ("converter", "conversão"),
        ("obrigatória", "obrigação"),
        ("morreu", "morte"),
        ("licenciar", "licenciamento"),
        ("transferir", "transferência"),
        ("obrigatório", "obrigatoriedade"),
    ],
)
def test_a_verb_and_its_noun_are_of_one_family(asked: str, said: str) -> None:
    assert stem(asked) == stem(said) or stem(fold(said)) in _stems(asked)


def test_a_noun_finds_its_verb() -> None:
    assert stem("progredir") in _stems("progressão")
    assert stem("aposentar") in _stems("aposentadoria")
    assert stem("estender") in _stems("extensão")


@pytest.mark.parametrize("word", ["rg", "24h", "", "c++"])
def test_what_is_no_word_has_no_family(word: str) -> None:
    assert relatives(word) == ()


def test_a_word_is_no_relative_of_itself() -> None:
    assert stem("suspender") not in _stems("suspender")


def test_short_endings_leave_no_other_word() -> None:
    assert not any(other.startswith("aposic") for other in relatives("aposente"))


def test_what_is_said_at_home_comes_before_the_family() -> None:
    found = documents_words("aposentar")
    assert {"aposentadoria", "inatividade"} <= set(found[:3])
    assert len(set(found)) == len(found)
