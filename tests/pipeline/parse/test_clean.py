import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.pipeline.parse.clean import clean_characters, flow, has_tricks, one_line, verbatim

_FORBIDDEN = {"Cc", "Cf", "Cs", "Co"}


@given(st.text(st.characters(codec=None), max_size=300))
def test_clean_text_is_nfc_and_holds_nothing_unseen(text: str) -> None:
    clean = clean_characters(text)

    assert unicodedata.is_normalized("NFC", clean)
    # U+0600 and its kin are visible although Unicode calls them format characters.
    unseen = {
        character
        for character in clean
        if unicodedata.category(character) in _FORBIDDEN and character not in "\n\t"
    }
    assert not {c for c in unseen if c < "\u0600" or "\u2000" <= c <= "\ufeff"}
    assert clean_characters(clean) == clean


@given(st.text(st.characters(codec=None), max_size=300))
def test_flowing_text_has_no_blank_line_nor_double_space(text: str) -> None:
    clean = flow(text)

    assert "\n\n" not in clean
    assert "  " not in clean
    assert clean == clean.strip()
    assert flow(clean) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Fe\u0301rias e licenc\u0327as", "Férias e licenças"),
        ("o\ufb01cio da coordenac\u0327a\u0303o", "ofício da coordenação".replace("í", "i")),
        ("R$\u00a01.000,00", "R$ 1.000,00"),
        ("linha\r\noutra\rfim", "linha\noutra\nfim"),
        ("oculto\u200b\ufeff\u00ad", "oculto"),
        ("pagar \u202e001\u202c reais", "pagar 001 reais"),
        ("\uf0b7 item", "• item"),
        ("aspas \x93boas\x94 e \x96", "aspas “boas” e –"),
        ("zero\x00byte", "zerobyte"),
        ("meio \ud83d par", "meio \ufffd par"),
        ("tags\U000e0041\U000e0042", "tags"),
    ],
)
def test_known_disguises_are_undone(text: str, clean: str) -> None:
    assert flow(text) == clean


def test_a_flood_of_combining_marks_is_cut_before_it_costs_time() -> None:
    assert len(clean_characters("a" + "\u0301\u0323" * 100_000)) < 10


def test_reordering_characters_are_noticed() -> None:
    assert has_tricks("conta \u202e321")
    assert not has_tricks("conta 123 à vista")


def test_code_keeps_its_indentation_and_one_line_loses_its_breaks() -> None:
    assert verbatim("se ok:\n\n\n    faça()  \n") == "se ok:\n    faça()"
    assert one_line(" a \n b ") == "a b"


def test_a_logs_colours_leave_no_words_and_no_other_sign_is_lost() -> None:
    log = "\x1b[1;31mERRO\x1b[0m fila \x1b]8;;https://x.test\x07cheia\x1b]8;;\x07 \x93ação\x94"
    assert clean_characters(log) == "ERRO fila cheia “ação”"
    assert clean_characters("[31m] e \x07 \x9bcitado\x9b") == "[31m] e  ›citado›"
