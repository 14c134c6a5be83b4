"""DOCX, ODT, XLSX and PPTX, written by the libraries that people write them with."""

import datetime as dt
import io

import docx
import openpyxl
import pytest
from documents import make_docx, make_odt, make_pptx, make_xlsx, make_zip, repack
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse import docx as docx_parser
from cogep_assist.pipeline.parse import odt, pptx, xlsx
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.limits import ParseLimits


def test_docx_keeps_headings_numbered_lists_and_tables() -> None:
    document = docx_parser.parse(make_docx(), ParseContext())
    assert document.text == (
        "Férias\n\nO servidor tem direito a 30 dias de férias por ano.\n\nComo pedir\n\n"
        "Para pedir férias:\n\n1. Acesse o sistema\n2. Escolha o período\n\n"
        "Cargo: Analista | Dias: 30"
    )
    assert [(b.kind, b.level) for b in document.blocks][:3] == [
        ("heading", 1), ("paragraph", 0), ("heading", 2)
    ]  # fmt: skip
    assert document.title == "Manual de férias"
    assert document.metadata["author"] == "Conceição Araújo"


def test_docx_rows_say_their_heads_and_what_is_merged_over_them() -> None:
    def build(document: docx.document.Document) -> None:
        rows = [("Destino", "Diária (R$)", ""), ("", "Direção", "Demais"),
                ("Brasília", "581,00", "425,40"), ("Capitais", "485,20", "380,10"),
                ("", "412,00", "321,90")]  # fmt: skip
        grid = document.add_table(rows=5, cols=3)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                grid.cell(row, column).text = cell
        grid.cell(0, 0).merge(grid.cell(1, 0))
        grid.cell(0, 1).merge(grid.cell(0, 2))
        grid.cell(3, 0).merge(grid.cell(4, 0))
        pairs = document.add_table(rows=3, cols=2)
        for row, cells in enumerate((("Prazo", "30 dias"), ("Valor", "R$ 10"), ("Foro", "Natal"))):
            for column, cell in enumerate(cells):
                pairs.cell(row, column).text = cell

    text = docx_parser.parse(make_docx(build), ParseContext()).text
    assert text.endswith(
        "Destino: Brasília | Diária (R$) – Direção: 581,00 | Diária (R$) – Demais: 425,40\n"
        "Destino: Capitais | Diária (R$) – Direção: 485,20 | Diária (R$) – Demais: 380,10\n"
        "Destino: Capitais | Diária (R$) – Direção: 412,00 | Diária (R$) – Demais: 321,90\n\n"
        "Prazo: 30 dias\nValor: R$ 10\nForo: Natal"
    )


def test_docx_leaves_out_what_word_does_not_show() -> None:
    def build(document: docx.document.Document) -> None:
        paragraph = document.add_paragraph("Visível ")
        paragraph.add_run("SEGREDO").font.hidden = True
        paragraph.add_run("SEGREDO").font.strike = True
        paragraph.add_run("SEGREDO").font.color.rgb = RGBColor(255, 255, 255)
        paragraph.add_run("SEGREDO").font.size = Pt(1)
        removed = document.add_paragraph()._p
        deletion = removed.makeelement(qn("w:del"), {})
        run = removed.makeelement(qn("w:r"), {})
        run.append(removed.makeelement(qn("w:delText"), {}))
        run[0].text = "SEGREDO"
        deletion.append(run)
        removed.append(deletion)
        document.add_comment(paragraph.runs[0], text="SEGREDO", author="Ana")

    document = docx_parser.parse(make_docx(build), ParseContext())
    assert "SEGREDO" not in document.text
    assert document.text.endswith("Visível")
    assert set(document.warnings) == {"hidden_text_removed", "struck_text_removed"}


def test_docx_reads_links_fields_boxes_and_nested_tables() -> None:
    def build(document: docx.document.Document) -> None:
        grid = document.add_table(rows=1, cols=2)
        grid.cell(0, 0).text = "fora"
        inner = grid.cell(0, 1).add_table(rows=1, cols=2)
        inner.cell(0, 0).text = "dentro"
        inner.cell(0, 1).text = "também"
        paragraph = document.add_paragraph("Página ")
        for kind, words in (
            ("begin", ""),
            (None, " PAGE SEGREDO "),
            ("separate", ""),
            (None, "7"),
            ("end", ""),
        ):
            run = paragraph.add_run()
            if kind:
                mark = run._r.makeelement(qn("w:fldChar"), {qn("w:fldCharType"): kind})
                run._r.append(mark)
            elif "SEGREDO" in words:
                code = run._r.makeelement(qn("w:instrText"), {})
                code.text = words
                run._r.append(code)
            else:
                run.text = words

    text = docx_parser.parse(make_docx(build), ParseContext()).text
    assert "fora\n\ndentro | também" in text
    assert text.endswith("Página 7")


def test_docx_reads_a_text_box_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>na caixa</w:t></w:r></w:p></w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>antes</w:t></w:r><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    part = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{body}</w:body></w:document>"
    )
    data = repack(make_docx(), {"word/document.xml": part.encode()})
    assert docx_parser.parse(data, ParseContext()).text == "antes\n\nna caixa"


def test_odt_keeps_headings_lists_tables_notes_and_hides_the_hidden() -> None:
    document = odt.parse(make_odt(), ParseContext())
    assert document.text == (
        "Licenças\n\nA licença para capacitação dura até 90 dias.\n\n"
        "Requerimento\nPlano de estudos\n\n"
        "Licença: Gestante | Prazo: 120 dias\n\nConforme a Lei nº 8.112."
    )
    assert document.warnings == ("hidden_text_removed",)


def test_an_encrypted_odt_asks_for_the_password_to_be_removed() -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    data = repack(make_odt(), {"META-INF/manifest.xml": manifest.encode()})
    with pytest.raises(AppError, match="file_password"):
        odt.parse(data, ParseContext())


def test_each_xlsx_row_can_be_understood_alone() -> None:
    document = xlsx.parse(make_xlsx(), ParseContext())
    assert document.text == (
        "Ramais\n\nNome: José Conceição | Ramal: 2101 | Setor: Férias\n"
        "Nome: Márcia Brandão | Ramal: 2102 | Setor: Licenças"
    )


def test_a_cell_merged_downwards_goes_for_every_row_beside_it() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (["Órgão", "Setor", "Ramal"], ["COGEP", "Férias", 1], [None, "Folha", 2]):
        sheet.append(row)
    sheet.append(["DIGES", "Ponto", 3])
    sheet.merge_cells("A2:A3")
    buffer = io.BytesIO()
    workbook.save(buffer)
    document = xlsx.parse(buffer.getvalue(), ParseContext())
    assert document.text.split("\n")[2:] == [
        "Órgão: COGEP | Setor: Férias | Ramal: 1",
        "Órgão: COGEP | Setor: Folha | Ramal: 2",
        "Órgão: DIGES | Setor: Ponto | Ramal: 3",
    ]


def test_xlsx_values_read_as_brazilians_write_them() -> None:
    data = make_xlsx([["Item", "Valor"], ["Data", dt.date(2026, 11, 23)], ["Preço", 1234.5],
                      ["Sim", True], ["Hora", dt.datetime(2026, 1, 2, 9, 30)]  # noqa: DTZ001  sheets know no zone
                      ])  # fmt: skip
    text = xlsx.parse(data, ParseContext()).text
    for shown in ("23/11/2026", "1234,5", "VERDADEIRO", "02/01/2026 09:30"):
        assert f"Valor: {shown}" in text


def test_hidden_sheets_are_skipped_and_said() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["visível", "linha"])
    secret = workbook.create_sheet("oculta")
    secret.append(["SEGREDO", "1"])
    secret.sheet_state = "veryHidden"
    buffer = io.BytesIO()
    workbook.save(buffer)
    document = xlsx.parse(buffer.getvalue(), ParseContext())
    assert "SEGREDO" not in document.text
    assert document.warnings == ("hidden_sheets_skipped",)


def test_cells_at_the_far_end_of_a_sheet_do_not_take_all_memory() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "início"
    workbook.active["XFD1048576"] = "fim"
    buffer = io.BytesIO()
    workbook.save(buffer)
    with pytest.raises(AppError) as caught:
        xlsx.parse(buffer.getvalue(), ParseContext())
    assert caught.value.code == "spreadsheet_too_large"


def test_pptx_slides_are_pages_with_titles_tables_and_notes() -> None:
    document = pptx.parse(make_pptx(), ParseContext())
    assert document.text == (
        "Ponto eletrônico\n\nOrientações para a equipe\n\nJornada\n\nSão 40 horas semanais\n\n"
        "Turno: Manhã | Horas: 4\n\nLembrar da compensação."
    )
    assert document.page_count == 2
    assert [block.page for block in document.blocks] == [1, 1, 2, 2, 2, 2]


def test_pptx_without_its_relations_is_read_by_slide_number() -> None:
    data = repack(make_pptx(), {"ppt/_rels/presentation.xml.rels": None})
    assert pptx.parse(data, ParseContext()).text.startswith("Ponto eletrônico")


@pytest.mark.parametrize(
    ("parser", "make", "part"),
    [
        (docx_parser, make_docx, "word/document.xml"),
        (odt, make_odt, "content.xml"),
        (pptx, make_pptx, "ppt/slides/slide1.xml"),
        (xlsx, make_xlsx, "xl/sharedStrings.xml"),
    ],
)
def test_declared_entities_are_refused_in_every_format(parser, make, part: str) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    with pytest.raises(AppError, match="xml_unsafe"):
        parser.parse(repack(make(), {part: bomb}), ParseContext())


@pytest.mark.parametrize("parser", [docx_parser, odt, pptx, xlsx])
def test_a_container_that_unpacks_too_far_is_refused(parser) -> None:
    data = make_zip({"word/document.xml": b" " * 30_000_000, "content.xml": b"<a/>"})
    with pytest.raises(AppError, match="zip_bomb"):
        parser.parse(data, ParseContext(limits=ParseLimits(max_unpacked_bytes=20_000_000)))


@pytest.mark.parametrize("parser", [docx_parser, odt, pptx, xlsx])
def test_a_truncated_container_is_called_corrupt(parser) -> None:
    with pytest.raises(AppError, match="file_corrupt"):
        parser.parse(make_docx()[:3000], ParseContext())
