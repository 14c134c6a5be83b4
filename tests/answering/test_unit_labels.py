"""Titles that stand in the text: they answer nothing alone, and what is below belongs to them."""

import pytest

from cogep_assist.answering.extract import extract, weigh
from cogep_assist.answering.passage_units import passage_units
from cogep_assist.answering.unit_labels import heads_lines, heads_paragraph, is_label

CLAUSE = (
    "Cláusula 8 – Penalidades. Ligação clandestina: multa de R$ 1.250,00. Violação do lacre: multa "
    "de R$ 420,00. Bomba ligada à rede: multa de R$ 610,00. Na reincidência o valor dobra.\n\n"
    "Cláusula 9 – Rescisão. A pedido do titular, com as contas pagas, ou pela Companhia."
)


def _units(text: str, **options: str) -> list[tuple[str, str, int | None]]:
    return [
        (unit.kind.value, text[unit.start : unit.end], unit.lead)
        for unit in passage_units(text, **options)
    ]


def test_a_numbered_heading_that_is_known_is_no_item() -> None:
    text = "2. PIN bloqueado\n\n1. Abra o chamado.\n2. Espere o voucher."
    kinds = [kind for kind, _, _ in _units(text, heading="Certificado › 2. PIN bloqueado")]
    assert kinds == ["heading", "item", "item"]


def test_a_numbered_title_stands_above_its_sentences() -> None:
    text = (
        "Pede-se no portal.\n\n6) Auxílio-funeral\nÉ pago à família em 48 horas. Pede-se na sede."
    )
    assert [(kind, said) for kind, said, _ in _units(text)][1:3] == [
        ("heading", "6) Auxílio-funeral"),
        ("sentence", "É pago à família em 48 horas."),
    ]
    parted = text.replace("funeral\n", "funeral\n\n")
    assert [kind for kind, _, _ in _units(parted)] == [
        "sentence",
        "heading",
        "sentence",
        "sentence",
    ]


@pytest.mark.parametrize(
    ("lines", "heads"),
    [
        (["1) Auxílio-creche", "É pago por dependente, até os seis anos."], True),
        (["LIGAÇÃO NOVA", "1º Monte o abrigo segundo o desenho da agência."], True),
        (["1. RG", "2. CPF e comprovante de residência recente"], False),
        (["1. Leve o RG.", "Sem ele não há atendimento na agência."], False),
        (["O pedido é feito na", "Secretaria, com o formulário assinado."], False),
        (["VALOR | PRAZO", "R$ 10,00 | 30 dias e mais nada depois disso"], False),
        (["3. Requerimento assinado", "pelo responsável e por duas testemunhas."], False),
    ],
)
def test_a_line_heads_others_or_not(lines: list[str], heads: bool) -> None:
    assert heads_lines(lines, ()) is heads


def test_one_of_several_short_items_heads_nothing() -> None:
    assert heads_paragraph(["5) Auxílio-creche", "É pago por dependente, até seis anos."], "")
    assert not heads_paragraph(["1) RG", "2) CPF e comprovante de residência"], "")
    assert not heads_paragraph(["2) RG do responsável", "O pedido vale por um ano."], "1) Foto")
    assert not heads_paragraph([], "1) Foto")


@pytest.mark.parametrize(
    "title",
    [
        "Notebook para teletrabalho.",
        "Cláusula 8 – Penalidades.",
        "2. DA MATRÍCULA.",
        "Art. 12. Férias.",
    ],
)
def test_a_title_has_no_verb(title: str) -> None:
    assert is_label(title)


@pytest.mark.parametrize(
    "statement",
    [
        "Estagiário não recebe.",
        "Vedado alugar a vaga.",
        "Sem limite de quantidade.",
        "Periculosidade: 10%.",
        "Anexo de até 25 MB.",
        "Servidores podem pedir.",
        "A chefia homologa.",
        "CLÁUSULA DÉCIMA PRIMEIRA.",
        "Cabe recurso?",
    ],
)
def test_a_statement_is_no_title(statement: str) -> None:
    assert not is_label(statement)


def test_the_title_of_a_paragraph_leads_into_its_sentences(hit) -> None:
    units = _units(CLAUSE)
    assert [lead for _, _, lead in units] == [None, 0, 0, 0, 0, None, 5]
    answer = extract("Qual a penalidade por violação do lacre?", [hit(CLAUSE)])
    assert "Cláusula 8 – Penalidades. " in answer.text
    assert "Violação do lacre: multa de R$ 420,00." in answer.text
    assert answer.text.count("Penalidades") == 1


def test_a_title_is_never_the_whole_answer(hit) -> None:
    text = (
        "Notebook para teletrabalho. Depende de portaria vigente. O servidor devolve o desktop.\n\n"
        "Instalação de programa. Só o homologado, da lista do portal."
    )
    answer = extract("Como consigo um notebook para teletrabalho?", [hit(text)])
    assert "Depende de portaria vigente." in answer.text


def test_a_short_first_sentence_alone_is_no_title() -> None:
    text = "Férias coletivas em julho. O aviso é dado com trinta dias. Ninguém perde o abono."
    assert {lead for _, _, lead in _units(text)} == {None}


def test_a_heading_inside_a_passage_tells_what_its_sentences_are_about(hit) -> None:
    text = (
        "5) Auxílio-natalidade\n\nÉ pago no valor de R$ 718,58. Pede-se pela internet.\n\n"
        "6) Auxílio-funeral\n\nÉ pago no valor de R$ 900,00. Pede-se na sede, sala 12."
    )
    weighed = weigh("Qual o valor do auxílio-funeral?", [hit(text)])
    best = weighed.candidates[int(weighed.scores.argmax())]
    assert best.text == "É pago no valor de R$ 900,00."
