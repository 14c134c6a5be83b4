"""A text without its personal data: tags where values were, places that can be followed."""

from cogep_assist.core.pii.detect import IDENTIFIERS
from cogep_assist.core.pii.finding import TAGS, Finding, Kind, Threshold
from cogep_assist.core.pii.known_names import KnownNames
from cogep_assist.core.pii.redact import redact

TEXT = "Olá, sou a Tânia Guimarães, CPF 529.982.247-25, fone (91) 98765-4321; CPF 529.982.247-26."


def test_values_give_way_to_the_tags_of_their_kinds() -> None:
    known = KnownNames(["Tânia Guimarães"])
    redaction = redact(TEXT, detectors=(*IDENTIFIERS, known))
    assert redaction.text == "Olá, sou a [PESSOA], CPF [CPF], fone [TELEFONE]; CPF [CPF]."
    assert redaction.counts == {Kind.PERSON: 1, Kind.CPF: 2, Kind.PHONE: 1}
    assert set(TAGS) == set(Kind)
    assert len(set(TAGS.values())) == len(TAGS)


def test_a_redacted_text_stays_as_it_is_when_redacted_again() -> None:
    once = redact(TEXT).text
    assert redact(once).text == once
    everything = " ".join(f"[{tag}]" for tag in TAGS.values())
    assert redact(everything).text == everything


def test_report_leaves_doubts_and_keep_leaves_what_the_caller_wants() -> None:
    def is_phone(found: Finding) -> bool:
        return found.kind is Kind.PHONE

    assert "247-26" in redact(TEXT, threshold=Threshold.REPORT).text
    redaction = redact(TEXT, keep=is_phone)
    assert "(91) 98765-4321" in redaction.text
    assert Kind.PHONE not in redaction.counts


def test_one_person_vanishes_from_another_ones_text() -> None:
    text = "Ana Souza ligou por Tânia Guimarães."
    redaction = redact(text, detectors=(KnownNames(["Tania Guimaraes"]),))
    assert redaction.text == "Ana Souza ligou por [PESSOA]."
    assert redact("", detectors=IDENTIFIERS).text == ""


def test_places_can_be_followed_into_the_redacted_text() -> None:
    redaction = redact(TEXT)
    for place, character in enumerate(TEXT):
        inside = any(cut.start <= place < cut.end for cut in redaction.cuts)
        assert redaction.text[redaction.place(place)] == ("[" if inside else character)
    assert redaction.place(len(TEXT)) == len(redaction.text)
