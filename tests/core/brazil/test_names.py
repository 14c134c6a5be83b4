"""Names: folded, by their telling words, by their sound, and by what friends call people."""

import pytest

from cogep_assist.core.brazil.names import (
    fold_name,
    sound,
    telling_words,
)
from cogep_assist.core.brazil.nicknames import NICKNAMES, is_short_for
from cogep_assist.core.brazil.typed_text import mixes_scripts, plain


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Ana Lúcia D'Ávila", "ana lucia davila"),
        ("JOSÉ D’ARC", "jose darc"),
        ("Maria\u200b  da\tConceição", "maria da conceicao"),
        ("Łukasz Sørensen", "lukasz sorensen"),
        ("Padaria S/A", "padaria sa"),
        ("Banco S. A.", "banco sa"),
        ("J. R. Souza", "j r souza"),
        ("Sá-Carneiro", "sa carneiro"),
        ("1ª Vara", "1 vara"),
        ("！？", ""),
    ],
)
def test_folding(name: str, folded: str) -> None:
    assert fold_name(name) == folded
    assert fold_name(folded) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Souza", "Sousa"),
        ("Luiz", "Luís"),
        ("Thaís", "Tays"),
        ("Philipe", "Filipe"),
        ("Wagner", "Vagner"),
        ("Xavier", "Chavier"),
        ("Joaquim", "Joaquin"),
        ("Michelle", "Micheli"),
        ("Matheus", "Mateus"),
        ("Queiroz", "Queirós"),
        ("Rezende", "Resende"),
        ("Anna", "Ana"),
        ("Kátia", "Cátia"),
        ("Geovana", "Jeovana"),
    ],
)
def test_one_sound(one: str, other: str) -> None:
    assert sound(fold_name(one)) == sound(fold_name(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ana", "Ane"), ("Paulo", "Paula"), ("Costa", "Gosta"), ("Lima", "Rima"), ("Sá", "Fá")],
)
def test_two_sounds(one: str, other: str) -> None:
    assert sound(fold_name(one)) != sound(fold_name(other))


def test_the_words_that_tell_names_apart() -> None:
    assert telling_words("Dr. José da Silva e Souza") == ["jose", "silva", "souza"]
    assert telling_words("Comércio de Pães Ltda. ME") == ["comercio", "paes"]
    assert telling_words("da") == ["da"]


def test_short_names_stand_for_names_that_are_folded() -> None:
    for short, names in NICKNAMES.items():
        assert short == fold_name(short)
        assert all(name == fold_name(name) and name for name in names), short
        assert short not in names
    assert is_short_for("ze", "jose")
    assert is_short_for("fernandinho", "fernando")
    assert not is_short_for("jose", "ze")
    assert not is_short_for("maria", "jose")


def test_typed_text() -> None:
    assert plain("  a\u00a0b\r\nc\u202ed\ufeff ") == "a b cd"
    assert plain("１２—３") == "12-3"
    assert mixes_scripts("Аna")
    assert not mixes_scripts("Ana Анна")
    assert not mixes_scripts("José 2ª Ção")
