"""Text that is there and that no reader sees, in each office format that can hold it."""

import io
import zipfile
from typing import Any

import docx
import openpyxl
import pptx
from documents import make_docx, make_ods, make_odt, make_zip
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import RGBColor
from openpyxl.styles import Color, Font, PatternFill
from pptx.util import Pt

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


def test_a_slide_s_tiny_text() -> None:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "Prazos"
    run = slide.shapes.title.text_frame.paragraphs[0].add_run()
    run.text, run.font.size = "SEGREDO", Pt(1)
    assert read(saved(show), "a.pptx").text == "Prazos"
