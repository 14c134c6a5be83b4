"""Text that is there and that no reader sees, in each office format that can hold it."""

import io
import re
import zipfile
from typing import Any

import docx
import openpyxl
import pptx
import xlsxwriter
from documents import make_docx, make_ods, make_odt, make_zip
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import RGBColor
from openpyxl.styles import Color, Font, PatternFill
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.util import Inches, Pt

from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.dispatch import parse_document
from cogep_assist.pipeline.parse.document import ParsedDocument

FO = "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"


def read(data: bytes, name: str) -> ParsedDocument:
    return parse_document(data, ParseContext(name=name))


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_a_sheet_s_white_tiny_and_blank_cells() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (["Nome", "Ramal"], ["Ana", "1234"], ["SEGREDO", "SEGREDO"], ["SEGREDO", "SEGREDO"]):
        sheet.append(row)
    white, dark = Font(color="FFFFFFFF"), PatternFill("solid", fgColor="FF203040")
    # A head in white on dark is seen; so is what merely has a colour of the theme.
    for cell in sheet[1]:
        cell.font, cell.fill = white, dark
    sheet["A2"].font = Font(color=Color(theme=1))
    sheet["A3"].font = Font(color="FFFDFDFD")
    sheet["B3"].font = Font(color=Color(theme=0))
    sheet["A4"].font = Font(sz=1)
    sheet["B4"].number_format = ";;;"
    document = read(saved(workbook), "ramais.xlsx")
    assert document.text == "Sheet\n\nNome: Ana | Ramal: 1234"
    assert document.warnings == ("hidden_cells_skipped",)


def test_a_filter_is_a_view_and_a_row_hidden_by_hand_is_not() -> None:
    """What a click on the filter brings back is read; where no filter's sign is seen, it is not."""
    rows = [["Nome", "UF"], ["Ana", "DF"], ["Bruno", "SP"], ["Davi", "DF"], ["SEGREDO", "DF"]]
    for condition, read_too in (("x == DF", True), (None, False)):
        for as_table in (False, True):
            buffer = io.BytesIO()
            book = xlsxwriter.Workbook(buffer, {"in_memory": True})
            sheet = book.add_worksheet("R")
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            columns = [{"header": "Nome"}, {"header": "UF"}]
            if as_table:
                sheet.add_table(0, 0, 3, 1, {"columns": columns})
            else:
                sheet.autofilter(0, 0, 3, 1)
            for hidden in (2, 4):
                sheet.set_row(hidden, options={"hidden": True})
            if condition and not as_table:
                sheet.filter_column(1, condition)
            book.close()
            data = buffer.getvalue()
            if condition and as_table:
                data = _with_condition(data)
            document = read(data, "r.xlsx")
            middle = "Nome: Bruno | UF: SP\n" if read_too else ""
            assert document.text == f"R\n\nNome: Ana | UF: DF\n{middle}Nome: Davi | UF: DF"
            said = {"hidden_cells_skipped", "filtered_rows_read"}
            assert set(document.warnings) == (said if read_too else {"hidden_cells_skipped"})


def _with_condition(data: bytes) -> bytes:
    condition = '><filterColumn colId="1"><filters><filter val="DF"/></filters></filterColumn>'
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        parts = {name: container.read(name).decode() for name in container.namelist()}
    table = parts["xl/tables/table1.xml"]
    parts["xl/tables/table1.xml"] = re.sub(
        r"(<autoFilter [^>]*)/>", rf"\1{condition}</autoFilter>", table
    )
    return make_zip(parts)


def test_rows_without_a_height_of_their_own_follow_the_sheet() -> None:
    """Rows hidden unless they are used are seen once used; rows of no height never are."""
    for flat, expected in (
        (True, "R\n\nNome: Ana | UF: DF"),
        (False, "R\n\nNome: Ana | UF: DF\nNome: Bruno | UF: SP"),
    ):
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True})
        sheet = book.add_worksheet("R")
        for number, row in enumerate((["Nome", "UF"], ["Ana", "DF"], ["Bruno", "SP"])):
            sheet.write_row(number, 0, row)
        if flat:
            sheet.set_default_row(0.5)
            sheet.set_row(0, 15)
            sheet.set_row(1, 15)
        else:
            sheet.set_default_row(hide_unused_rows=True)
        book.close()
        document = read(buffer.getvalue(), "r.xlsx")
        assert document.text == expected
        assert document.warnings == (("hidden_cells_skipped",) if flat else ())


def test_white_in_a_word_file_is_unseen_where_nothing_dark_is_behind() -> None:
    def build(document: docx.document.Document) -> None:
        document.add_paragraph().add_run("SEGREDO").font.color.rgb = RGBColor(0xF5, 0xF5, 0xF5)
        for fill, words in (("203040", "Cargo"), ("FFFFFF", "SEGREDO")):
            cell = document.add_table(rows=1, cols=1).cell(0, 0)
            shade = OxmlElement("w:shd")
            shade.set(qn("w:val"), "clear")
            shade.set(qn("w:fill"), fill)
            cell._tc.get_or_add_tcPr().append(shade)
            cell.paragraphs[0].add_run(words).font.color.rgb = RGBColor(255, 255, 255)

    document = read(make_docx(build), "a.docx")
    assert "Cargo" in document.text
    assert "SEGREDO" not in document.text
    assert document.warnings == ("hidden_text_removed",)


THEME_WHITE = '<w:color w:val="FFFFFF" w:themeColor="background1"/>'
DRAWN = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def _run(words: str, properties: str = THEME_WHITE) -> str:
    return f"<w:r {DRAWN}><w:rPr>{properties}</w:rPr><w:t>{words} </w:t></w:r>"


def _box(fill: str, words: str) -> str:
    return (
        f"<w:r {DRAWN}><w:drawing><wps:wsp><wps:spPr>{fill}</wps:spPr><wps:txbx><w:txbxContent>"
        f"<w:p>{_run(words)}</w:p></w:txbxContent></wps:txbx></wps:wsp></w:drawing></w:r>"
    )


def test_white_of_the_theme_or_of_a_style_is_judged_by_what_it_stands_on() -> None:
    """Word's own palette writes white by the theme's name; a banner and a head are dark."""

    def build(document: docx.document.Document) -> None:
        def add(xml: str) -> None:
            document.add_paragraph()._p.append(parse_xml(xml))

        add(_run("SEGREDO"))
        add(_run("marcado", f'{THEME_WHITE}<w:highlight w:val="blue"/>'))
        add(_run("cinza", '<w:color w:val="7F7F7F" w:themeColor="background1"/>'))
        add(_box('<a:solidFill><a:schemeClr val="accent1"/></a:solidFill>', "faixa"))
        add(_box("<a:noFill/>", "SEGREDO"))
        add(_box('<a:solidFill><a:schemeClr val="bg1"/></a:solidFill>', "SEGREDO"))
        table = document.add_table(rows=1, cols=2, style="Light List Accent 1")
        table.cell(0, 0).paragraphs[0]._p.append(parse_xml(_run("cabeça")))
        table.cell(0, 1).text = "Dias"
        for kind in (WD_STYLE_TYPE.CHARACTER, WD_STYLE_TYPE.PARAGRAPH):
            style = document.styles.add_style(f"Branco {kind}", kind)
            style.font.color.rgb = RGBColor(255, 255, 255)
            of_run = kind is WD_STYLE_TYPE.CHARACTER
            paragraph = document.add_paragraph(style=None if of_run else style)
            paragraph.add_run("SEGREDO", style=style if of_run else None)

    document = read(make_docx(build), "a.docx")
    assert "SEGREDO" not in document.text
    assert document.text.endswith("marcado\n\ncinza\n\nfaixa\n\ncabeça | Dias")
    assert document.warnings == ("hidden_text_removed",)


def test_free_formats_hide_white_tiny_and_transparent_text() -> None:
    styles = "".join(
        f'<style:style style:name="{name}" style:family="text">'
        f'<style:text-properties xmlns:fo="{FO}" {said}/></style:style>'
        for name, said in (
            ("W", 'fo:color="#ffffff"'),
            ("T", 'fo:font-size="1pt"'),
            ("O", 'loext:opacity="0%" xmlns:loext="urn:x"'),
            ("S", 'fo:color="#ffffff" fo:background-color="#000000"'),
        )
    )
    spans = "".join(
        f'<text:span text:style-name="{name}">{word}</text:span>'
        for name, word in (("W", "SEGREDO"), ("T", "SEGREDO"), ("O", "SEGREDO"), ("S", "VISTO"))
    )
    for make, name in ((make_odt, "a.odt"), (make_ods, "a.ods")):
        with zipfile.ZipFile(io.BytesIO(make())) as container:
            parts = {part: container.read(part) for part in container.namelist()}
        content = parts["content.xml"].decode()
        head, _, rest = content.partition("<office:body>")
        head = head.replace("<office:automatic-styles/>", "")
        head = head.replace("</office:automatic-styles>", f"{styles}</office:automatic-styles>")
        if styles not in head:
            head += f"<office:automatic-styles>{styles}</office:automatic-styles>"
        rest = rest.replace("</text:p>", f"{spans}</text:p>", 1)
        parts["content.xml"] = f"{head}<office:body>{rest}".encode()
        document = read(make_zip(parts, zipfile.ZIP_STORED), name)
        assert "VISTO" in document.text
        assert "SEGREDO" not in document.text
        assert "hidden_text_removed" in document.warnings


def test_a_slide_s_white_text_is_judged_by_what_it_stands_on() -> None:
    show = pptx.Presentation()
    white, navy = pptx.dml.color.RGBColor(255, 255, 255), pptx.dml.color.RGBColor(0, 20, 60)
    plain, dark = (show.slides.add_slide(show.slide_layouts[6]) for _ in range(2))
    dark.background.fill.solid()
    dark.background.fill.fore_color.rgb = navy
    # A rectangle behind a box that has no fill itself.
    plain.shapes.add_shape(1, Inches(8), Inches(4), Inches(1), Inches(1))
    for slide, left, words, fill in (
        (plain, 0, "SEGREDO", None),
        (plain, 2, "SEGREDO", white),
        (plain, 4, "em faixa", navy),
        (plain, 8, "em retângulo", None),
        (dark, 0, "em azul", None),
    ):
        for by_theme in (False, True):
            box = slide.shapes.add_textbox(Inches(left), Inches(4), Inches(1), Inches(1))
            run = box.text_frame.paragraphs[0].add_run()
            run.text = words
            if by_theme:
                run.font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
            else:
                run.font.color.rgb = white
            if fill is not None:
                box.fill.solid()
                box.fill.fore_color.rgb = fill
    document = read(saved(show), "a.pptx")
    assert document.text.split("\n\n") == [
        *("em faixa", "em faixa", "em retângulo", "em retângulo", "em azul", "em azul")
    ]
    assert document.warnings == ("hidden_text_removed",)


def test_a_slide_s_tiny_text() -> None:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "Prazos"
    run = slide.shapes.title.text_frame.paragraphs[0].add_run()
    run.text, run.font.size = "SEGREDO", Pt(1)
    assert read(saved(show), "a.pptx").text == "Prazos"
