"""Names that the organisation knows are found whole, in parts, inverted, in any writing."""

import random
import time

from cogep_assist.core.pii.detect import detect
from cogep_assist.core.pii.finding import Kind, Threshold
from cogep_assist.core.pii.known_names import KnownNames

KNOWN = KnownNames(
    [
        "Maria Aparecida da Silva Souza",
        "João D'Ávila Neto",
        "Zulmira",
        "Jadiel e Vattimo",
        "Conceição Müller",
        "Rita de Sá Lima e Lima",
        "",
        "da",
    ]
)


def told(text: str, threshold: Threshold = Threshold.EGRESS) -> list[str]:
    found = detect(text, threshold, detectors=(KNOWN,))
    assert {each.kind for each in found} <= {Kind.PERSON}
    return [text[each.start : each.end] for each in found]


def test_a_known_name_is_found_however_it_is_written() -> None:
    for written in (
        "Maria Aparecida da Silva Souza",
        "maria souza",
        "MARIA DA SILVA\nSOUZA",
        "Souza, Maria Aparecida",
        "Maria  Silva",
        "joao davila neto",
        "JOÃO D’ÁVILA",
        "jadiel e vattimo",
        "conceicao muller",
        "Co\u0301nceic\u0327a\u0303o Müller".replace("Có", "Co"),
        "Müller, Conceição",
        "Rita Sá",
        "LIMA LIMA",
    ):
        for threshold in Threshold:
            assert told(f"Falei com {written}, ontem.", threshold) == [written], written


def test_what_may_be_another_word_is_hidden_at_egress_only() -> None:
    for written in ("M. Souza", "Maria S.", "Aparecida", "zulmira"):
        text = f"Falei com {written}, ontem."
        assert told(text) == [written.rstrip(".")], written
        assert told(text, Threshold.REPORT) == []
    assert told("Zulmira ligou.", Threshold.REPORT) == ["Zulmira"]


def test_other_people_and_ordinary_words_are_left_alone() -> None:
    assert told("A nota aparecida no sistema do neto, e da souza nada.") == []
    assert told("Carlos Pereira e Ana de Vila. Ele, e o Hospital Santa Maria.") == []
    assert told("Maria Silva e João Neto") == ["Maria Silva", "João Neto"]
    assert KnownNames([])  # nothing known, nothing found
    assert detect("Maria Souza", Threshold.EGRESS, detectors=(KnownNames([]),)) == []


def test_a_large_list_is_held_and_searched_fast() -> None:
    rng = random.Random(3)
    words = ["".join(rng.choices("abcdefghijlmnoprstuvxz", k=7)) for _ in range(9_000)]
    known = KnownNames(" ".join(rng.sample(words, 4)) for _ in range(20_000))
    text = "Bom dia, meu nome é Fulano Beltrano e preciso da nota fiscal do pedido. " * 30
    began = time.process_time()
    detect(text, Threshold.EGRESS, detectors=(known,))
    assert time.process_time() - began < 0.05
