"""What was hidden comes back as it was, from any stream, and to its own conversation alone."""

import json
import random

from cogep_assist.core.pii.detect import detect
from cogep_assist.core.pii.finding import Threshold
from cogep_assist.core.pii.known_names import KnownNames
from cogep_assist.core.pii.pseudonyms import CLOSE, OPEN, Pseudonyms
from cogep_assist.core.pii.reveal import Revealer, reveal, reveal_json

TEXT = "CPF 529.982.247-25 ou 52998224725, fone (91) 98765-4321; ⟦CPF_0000_1⟧ é texto ⟧ meu."


def hidden(text: str, pseudonyms: Pseudonyms) -> str:
    return pseudonyms.hide(text, detect(text, Threshold.EGRESS))


def streamed(text: str, surfaces: dict[str, str], size: int, **given: bool) -> str:
    revealer = Revealer(surfaces, **given)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    return "".join([*map(revealer.feed, pieces), revealer.finish()])


def test_a_text_comes_back_as_it_was_from_any_cut() -> None:
    pseudonyms = Pseudonyms("7F3A")
    sent = hidden(TEXT, pseudonyms)
    assert sent.startswith("CPF ⟦CPF_7F3A_1⟧ ou ⟦CPF_7F3A_1.2⟧, fone ⟦TELEFONE_7F3A_1⟧; ")
    for value in ("529", "98765", "⟦CPF_0000_1"):
        assert value not in sent
    for size in range(1, 9):
        assert streamed(sent, pseudonyms.surfaces(), size) == TEXT


def test_one_value_keeps_its_number_through_the_conversation_and_its_vault() -> None:
    pseudonyms = Pseudonyms("7F3A")
    first = hidden("CPF 529.982.247-25", pseudonyms)
    again = Pseudonyms.load(pseudonyms.dump())
    assert hidden("CPF 529.982.247-25", again) == first
    assert hidden("CPF 111.444.777-35", again) == "CPF ⟦CPF_7F3A_2⟧"
    assert again.surfaces()["CPF_7F3A_1"] == "529.982.247-25"


def test_markers_are_known_as_models_miswrite_them() -> None:
    surfaces = {
        "CPF_7F3A_1": "529.982.247-25",
        "CARTAO_SUS_7F3A_1": "898 0000",
        "CPF_7F3A_12": "12",
    }
    for written in (
        "⟦CPF_7F3A_1⟧", "⟦cpf_7f3a_1⟧", "⟦CPF 7F3A 1⟧", "CPF_7F3A_1", r"⟦CPF\_7F3A\_1⟧",
        "[[CPF_7F3A_1]]", "⟦ CPF_7F3A_1 ⟧", "⟦CPF-7F3A-1⟧", "⟦CPF–7F3A–1⟧", "⟦CPF\u200b_7F3A_1⟧",
        "⟦CPF＿7F3A＿1⟧",
    ):  # fmt: skip
        for around in ("**{}**", "| {} |", "é {}, sim", "{}", "({})."):
            told = around.format(written)
            for size in (1, 3, 8, 100):
                got = streamed(told, surfaces, size)
                assert got == around.format("529.982.247-25"), (told, size)
    assert reveal("⟦CPF_7F3A_1⟧s e CPF_7F3A_12", surfaces) == "529.982.247-25s e 12"
    names = {"PESSOA_7F3A_1": "Zé", "CARTAO_7F3A_1": "4111", "ENDERECO_7F3A_2.2": "Rua Ó, 1"}
    for told in (
        "⟦PERSON_7F3A_1⟧ ⟦CARD_7F3A_1⟧ Address_7f3a_2.2",
        "persona_7f3a_1 CARTÃO_7F3A_1 ⟦ENDEREÇO_7F3A_2.2⟧",
    ):
        for size in (1, 3, 100):
            assert streamed(told, names, size) == "Zé 4111 Rua Ó, 1", (told, size)
    assert reveal("⟦CPF_7F3A_1s⟧ e cartao sus 7f3a 1", surfaces) == "529.982.247-25s e 898 0000"


def test_other_conversations_and_invented_markers_stay_as_they_are() -> None:
    surfaces = {"CPF_7F3A_1": "529.982.247-25"}
    for told in (
        "⟦CPF_7F3B_1⟧",
        "⟦CPF_7F3A_2⟧",
        "CPF_7F3A_11",
        "XCPF_7F3A_1",
        "cpf do 7f3a",
        "⟦",
        "CPF_7F",
    ):
        for size in (1, 2, 5):
            assert streamed(told, surfaces, size) == told
    assert reveal("⟦CPF_7F3A_1⟧", {}) == "⟦CPF_7F3A_1⟧"


def test_values_that_look_like_markers_are_never_read_again() -> None:
    surfaces = {"PESSOA_7F3A_1": "⟦CPF_7F3A_1⟧", "CPF_7F3A_1": "segredo"}
    assert streamed("⟦PESSOA_7F3A_1⟧.", surfaces, 2) == "⟦CPF_7F3A_1⟧."


def test_json_and_arguments_of_tools_stay_json() -> None:
    surfaces = {"PESSOA_7F3A_1": 'Ana "Aninha"\nSouza', "CPF_7F3A_1": "529.982\n247-25"}
    value = {"nome": "⟦PESSOA_7F3A_1⟧", "lista": [{"⟦CPF_7F3A_1⟧": 1}, None, 2.5]}
    expected = {"nome": 'Ana "Aninha"\nSouza', "lista": [{"529.982\n247-25": 1}, None, 2.5]}
    assert reveal_json(value, surfaces) == expected
    for ascii_only in (False, True):
        written = json.dumps(value, ensure_ascii=ascii_only)
        for size in range(1, 9):
            assert json.loads(streamed(written, surfaces, size)) == expected
        fenced = streamed(f"```json\n{written}\n```", surfaces, 3)
        assert json.loads(fenced.strip("`json \n")) == expected
    assert streamed("[1] ⟦PESSOA_7F3A_1⟧", surfaces, 1) == '[1] Ana "Aninha"\nSouza'


def test_any_text_with_any_values_comes_back_from_any_cut() -> None:
    rng = random.Random(11)
    letters = "ab Z_⟦⟧[]\\u27e6{}\"'\n0123é."
    for _ in range(200):
        names = ["".join(rng.choices("abcdefgh", k=5)).title() + " Souza" for _ in range(3)]
        text = "".join(
            rng.choice(["".join(rng.choices(letters, k=6)), " " + rng.choice(names) + " "])
            for _ in range(8)
        )
        pseudonyms = Pseudonyms()
        found = detect(text, Threshold.EGRESS, detectors=(KnownNames(names),))
        sent = pseudonyms.hide(text, found)
        assert not any(name in sent for name in names)
        got = streamed(sent, pseudonyms.surfaces(), rng.randrange(1, 9), json_text=False)
        assert got == text
    assert OPEN != CLOSE
