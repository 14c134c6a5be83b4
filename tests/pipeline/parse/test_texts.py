"""Markdown, plain text, CSV and e-mail: the formats that are text themselves."""

import pytest
from documents import make_eml

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse import csv_table, email_message, markdown, plain_text
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument


def kinds(document: ParsedDocument) -> list[str]:
    return [block.kind for block in document.blocks]


def test_markdown_loses_its_marks_and_keeps_its_structure() -> None:
    document = markdown.parse(
        "---\ntitle: Guia de férias\nautor: Ana\n---\n# Férias\n\nTexto com **ênfase**, `código` e "
        "[ligação](http://x.gov.br).\n\n1. primeiro\n2. segundo\n   - dentro\n\n> citação\n\n"
        "```\nx = 1\n```\n\n| Cargo | Dias |\n|---|---|\n| Técnico | 30 |\n\n<div>Bloco <b>HTML</b>"
        "</div>\n\n~~revogado~~ vigente\n".encode(),
        ParseContext(),
    )
    assert document.text == (
        "Férias\n\nTexto com ênfase, código e ligação.\n\n1. primeiro\n2. segundo\ndentro\n\n"
        "citação\n\nx = 1\n\nCargo: Técnico | Dias: 30\n\nBloco HTML\n\nvigente"
    )
    assert document.title == "Guia de férias"
    assert document.metadata["author"] == "Ana"
    assert kinds(document)[:2] == ["heading", "paragraph"]


def test_lines_that_each_name_what_they_tell_of_are_not_run_together() -> None:
    text = "monitor extra -> pedir no portal, com o gestor\ndev/dados: 32 GB, 1 TB"
    assert plain_text.parse(text.encode(), ParseContext()).text == text


def test_a_numbered_line_of_markdown_is_no_wrapped_one() -> None:
    document = markdown.parse(
        (
            "**Do salão de festas**\n13. Reserva pelo aplicativo,\ncom 90 dias.\n"
            "14. Som até as 23h.\n\nArt. 5 A vaga é\ndo **morador** dela.\n§ 1 Cabe recurso."
        ).encode(),
        ParseContext(),
    )
    assert document.text == (
        "Do salão de festas\n13. Reserva pelo aplicativo, com 90 dias.\n14. Som até as 23h.\n\n"
        "Art. 5 A vaga é do morador dela.\n§ 1 Cabe recurso."
    )


def _plain(text: str) -> list[tuple[str, str]]:
    document = plain_text.parse(text.encode(), ParseContext())
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def test_a_line_of_plain_text_heads_what_is_right_below_it() -> None:
    assert _plain(
        "PERGUNTAS FREQUENTES\nAtualizado em agosto. Dúvidas no ramal 3.\n\n"
        "1) E o auxílio pré-escolar?\nR$ 484,90 por dependente, até os seis anos.\n\n"
        "2) Auxílio-funeral\nÉ pago à família em 48 horas."
    ) == [
        ("heading", "PERGUNTAS FREQUENTES"),
        ("paragraph", "Atualizado em agosto. Dúvidas no ramal 3."),
        ("heading", "1) E o auxílio pré-escolar?"),
        ("paragraph", "R$ 484,90 por dependente, até os seis anos."),
        ("heading", "2) Auxílio-funeral"),
        ("paragraph", "É pago à família em 48 horas."),
    ]


def test_steps_and_wrapped_items_of_plain_text_head_nothing() -> None:
    assert _plain(
        "1º Monte o abrigo segundo o desenho padrão da agência.\n2º Leve a identidade e o CPF.\n"
        "3º Pague a taxa."
    ) == [
        ("list_item", "1º Monte o abrigo segundo o desenho padrão da agência."),
        ("list_item", "2º Leve a identidade e o CPF."),
        ("list_item", "3º Pague a taxa."),
    ]
    assert [kind for kind, _ in _plain("1. RG\n2. CPF e comprovante de residência")] == [
        "list_item",
        "list_item",
    ]


def test_plain_text_flows_wrapped_lines_and_keeps_lists() -> None:
    document = plain_text.parse(
        (
            "REGULAMENTO INTERNO\n\n"
            "As férias devem ser marcadas com antecedência mínima de trinta\n"
            "dias, e a chefia deve aprová-las antes do período escolhido pelo\nservidor.\n\n"
            "Documentos:\n- requerimento\n- comprovante\n\nSeção\n=====\n\nFim."
        ).encode("cp1252"),
        ParseContext(),
    )
    assert document.text == (
        "REGULAMENTO INTERNO\n\n"
        "As férias devem ser marcadas com antecedência mínima de trinta dias, "
        "e a chefia deve aprová-las antes do período escolhido pelo servidor.\n\nDocumentos:\n\n"
        "- requerimento\n- comprovante\n\nSeção\n\nFim."
    )
    assert kinds(document) == [
        "heading", "paragraph", "paragraph", "list_item", "list_item", "heading", "paragraph"
    ]  # fmt: skip


def test_form_feeds_count_pages() -> None:
    document = plain_text.parse(b"Um.\fDois.\f\fQuatro.", ParseContext())
    assert document.page_count == 4
    assert [block.page for block in document.blocks] == [1, 2, 4]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_each_csv_row_can_be_understood_alone(delimiter: str, encoding: str) -> None:
    rows = [["Nome", "Ramal", "Função"], ["José", "2101", "Férias"], ["Márcia", "", "Licenças"]]
    data = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    document = csv_table.parse(data, ParseContext())
    assert document.text == (
        "Nome: José | Ramal: 2101 | Função: Férias\nNome: Márcia | Função: Licenças"
    )


def test_csv_with_a_title_and_quoted_breaks() -> None:
    data = 'sep=;\nRamais de 2026\n\nNome;Nota\nAna;"linha um\nlinha dois; fim"\nBia;"5"" tela"\n'
    document = csv_table.parse(data.encode(), ParseContext())
    assert document.text == (
        'Ramais de 2026\n\nNome: Ana | Nota: linha um linha dois; fim\nNome: Bia | Nota: 5" tela'
    )


def test_csv_without_a_header_keeps_its_rows() -> None:
    assert csv_table.parse(b"1,2\n3,4\n", ParseContext()).text == "1 | 2\n3 | 4"


def test_a_message_gives_its_text_and_names_its_attachments() -> None:
    data = make_eml("Prezado Bruno,\n\nSegue o pedido de férias.\n", attachment="férias.pdf")
    document = email_message.parse(data, ParseContext())
    assert document.text == "Férias\n\nPrezado Bruno,\n\nSegue o pedido de férias."
    assert document.title == "Férias"
    assert document.metadata["from"] == "Ana Conceição <ana@exemplo.gov.br>"
    assert document.metadata["attachments"] == "férias.pdf"


def test_html_is_read_where_the_plain_part_says_little() -> None:
    markup = "<p>A licença foi <b>concedida</b> por 90 dias, a partir de março, sem prejuízo.</p>"
    document = email_message.parse(make_eml("Veja.", html=markup), ParseContext())
    assert document.text.endswith(
        "A licença foi concedida por 90 dias, a partir de março, sem prejuízo."
    )


def test_raw_eight_bit_headers_and_lying_charsets_are_read() -> None:
    data = (
        "From: José <j@x.br>\nTo: a@x.br\nSubject: Licença-prêmio\n"
        "Content-Type: text/plain; charset=us-ascii\n\nNão há licença à vista.\n"
    ).encode("cp1252")
    document = email_message.parse(data, ParseContext())
    assert document.text == "Licença-prêmio\n\nNão há licença à vista."
    assert document.metadata["from"] == "José <j@x.br>"


@pytest.mark.parametrize("parser", [markdown, plain_text, csv_table])
def test_texts_without_a_word_are_errors(parser) -> None:
    with pytest.raises(AppError, match="empty_text"):
        parser.parse(b" \n\t--- \n;;;\n", ParseContext())
