"""What of a passage may be quoted: sentences, items, rows; headings not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.answering.passage_units import UnitKind, passage_units


def kinds(text: str, **options: str) -> list[tuple[str, str]]:
    return [
        (unit.kind.value, text[unit.start : unit.end]) for unit in passage_units(text, **options)
    ]


def test_a_section_with_all_of_them() -> None:
    text = (
        "Interrupção\n\nO pedido é da chefia. Cabe nestes casos:\n\ncalamidade pública;\n"
        "convocação para júri.\n\n1. Abra o menu.\n2. Envie.\n\nAto | Prazo\nPosse | 30 dias\n\n"
        "Dúvidas no ramal 2110"
    )
    assert kinds(text, heading="Férias › Interrupção") == [
        ("heading", "Interrupção"),
        ("sentence", "O pedido é da chefia."),
        ("sentence", "Cabe nestes casos:"),
        ("item", "calamidade pública;"),
        ("item", "convocação para júri."),
        ("item", "1. Abra o menu."),
        ("item", "2. Envie."),
        ("row", "Ato | Prazo"),
        ("row", "Posse | 30 dias"),
        ("sentence", "Dúvidas no ramal 2110"),
    ]
    units = passage_units(text)
    assert [unit.lead for unit in units] == [None, None, None, 2, 2, None, None, None, 7, None]
    assert [unit.numbered for unit in units if unit.kind is UnitKind.ITEM] == [False] * 2 + [
        True
    ] * 2


def test_a_lead_in_on_the_line_above_its_items() -> None:
    text = "Traga os originais:\n- RG;\n- CPF e comprovante\n  de residência."
    assert kinds(text) == [
        ("sentence", "Traga os originais:"),
        ("item", "- RG;"),
        ("item", "- CPF e comprovante\n  de residência."),
    ]


def test_lines_that_each_end_in_a_full_stop_are_a_list_and_wrapped_prose_is_not() -> None:
    listed = "CAT: comunicação de acidente.\nCTC: certidão de tempo."
    assert [kind for kind, _ in kinds(listed)] == ["item", "item"]
    wrapped = "O servidor que adoece durante as férias\nnão as interrompe. Elas seguem."
    assert [kind for kind, _ in kinds(wrapped)] == ["sentence", "sentence"]


def test_paragraphs_on_lines_of_their_own_are_read_sentence_by_sentence() -> None:
    text = (
        "Para entrar é preciso ter inscrição. A quota custa R$ 5,00.\n"
        "Recebimento\n"
        "O armazém abre às 7h. Domingo também.\n"
        "Armazenagem: 30 dias sem custo. Depois, R$ 0,35.\n"
        "1. Pese a carga."
    )
    assert kinds(text) == [
        ("sentence", "Para entrar é preciso ter inscrição."),
        ("sentence", "A quota custa R$ 5,00."),
        ("heading", "Recebimento"),
        ("sentence", "O armazém abre às 7h."),
        ("sentence", "Domingo também."),
        ("item", "Armazenagem: 30 dias sem custo. Depois, R$ 0,35."),
        ("item", "1. Pese a carga."),
    ]


def test_a_line_broken_for_want_of_room_goes_on_and_a_labelled_one_does_not() -> None:
    text = "A senha vale 90 dias. Depois ela\nexpira.\nReset: no portal. Perdeu? Avise."
    assert kinds(text) == [
        ("sentence", "A senha vale 90 dias."),
        ("sentence", "Depois ela\nexpira."),
        ("item", "Reset: no portal. Perdeu? Avise."),
    ]
    labelled = "monitor extra -> pedir no portal\nheadset -> retirar na sala 3B"
    assert [kind for kind, _ in kinds(labelled)] == ["item", "item"]


def test_a_sentence_below_the_items_is_none_of_them() -> None:
    text = "Vencimentos:\n- ISS: dia 10\n- DAS: dia 20\nEm feriado o DAS vence depois. Avisamos."
    assert kinds(text)[2:] == [
        ("item", "- DAS: dia 20"),
        ("sentence", "Em feriado o DAS vence depois."),
        ("sentence", "Avisamos."),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Prazos\n\nSão cinco dias.", "heading"),
        ("Ramal 2110\n\nSão cinco dias.", "heading"),
        ("São cinco dias.", "sentence"),
        ("Sem ponto final", "sentence"),
    ],
)
def test_the_first_line_is_a_heading_only_above_something(text: str, kind: str) -> None:
    assert kinds(text)[0][0] == kind


def test_a_short_line_with_a_fact_inside_a_passage_can_be_quoted() -> None:
    text = "Contato\n\nFale conosco.\n\nRamal 2110\n\nE também\n\nVolte sempre."
    assert kinds(text)[2:4] == [("sentence", "Ramal 2110"), ("heading", "E também")]


@given(st.text(alphabet=st.sampled_from("aB1.;:| \n-)?"), max_size=120))
def test_units_are_in_order_inside_the_text_and_not_empty(text: str) -> None:
    units = passage_units(text)
    flat = [place for unit in units for place in (unit.start, unit.end)]
    assert flat == sorted(flat)
    assert all(text[unit.start : unit.end].strip() == text[unit.start : unit.end] for unit in units)
    assert all(unit.lead is None or unit.lead < place for place, unit in enumerate(units))
