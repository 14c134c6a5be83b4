"""DOC, RTF, XLS, ODS and ODP: what other programs wrote, and what a reader of them sees."""

import io
import struct
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest
from documents import make_odp, make_ods, make_xlsx, make_zip
from odf import opendocument, table, text

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.dispatch import parse_document
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.limits import ParseLimits

SAMPLES = Path(__file__).parents[2] / "support" / "office_samples"
FERIAS = (
    "Férias\n\nO servidor tem direito a 30 dias de férias por ano.\n\nComo pedir\n\n"
    "Para pedir férias:\n\n1. Acesse o sistema\n2. Escolha o período\n\n"
    "Cargo | Dias\nAnalista | 30\n\n"
    "Visível, com acentuação: ação, coração — “aspas” e nº 10º.\n\n"
    "Item com marcador\nOutro item\n\nPrazos\n\nEuro € e emoji 😀, grego Ω.\n\n"
    "Nome | Ramal | Sala\nJosé segundo parágrafo | 123 | A|B\n\nFim do documento."
)


def read(data: bytes, name: str = "arquivo", limits: ParseLimits | None = None) -> ParsedDocument:
    return parse_document(data, ParseContext(name=name, limits=limits or ParseLimits()))


def rtf(body: str, head: str = "") -> bytes:
    return rb"{\rtf1\ansi\ansicpg1252 " + head.encode() + body.encode("cp1252") + b"}"


@pytest.mark.parametrize("name", ["ferias.doc", "ferias.rtf"])
def test_word_and_rtf_say_what_the_docx_said_that_they_were_saved_from(name: str) -> None:
    document = read((SAMPLES / name).read_bytes(), name)
    assert document.text == FERIAS
    assert [(b.level, document.text[b.start : b.end]) for b in document.blocks if b.level] == [
        (1, "Férias"), (2, "Como pedir"), (2, "Prazos")
    ]  # fmt: skip
    assert (document.title, document.metadata["author"]) == ("Manual de férias", "Conceição Araújo")
    assert set(document.warnings) == {"hidden_text_removed", "struck_text_removed"}


def test_an_old_workbook_is_read_as_a_new_one() -> None:
    document = read((SAMPLES / "ramais.xls").read_bytes(), "ramais.xls")
    assert document.text == (
        "Ramais\n\nLista de ramais\n\n"
        "Nome: José Araújo | Ramal: 1234 | Admissão: 05/03/2024 | Salário: R$ 1.234,50 "
        "| Ativo: VERDADEIRO\n"
        "Nome: Ana | Admissão: 06/03/2024 14:30 | Salário: 2000 | Ativo: FALSO\n"
        "Nome: Erro | Salário: 5\n\nOutra\n\nsó isto"
    )
    assert document.warnings == ("hidden_sheets_skipped",)


def test_a_sheet_of_libreoffice_keeps_its_columns_and_leaves_out_what_is_hidden() -> None:
    document = read(make_ods(), "ramais.ods")
    assert document.text == (
        "Ramais\n\nNome: José Araújo | Sala: 12 | Ativo: VERDADEIRO\n"
        "Nome: Ana | Ramal: 4321 | Admissão: 05/03/2024"
    )
    assert document.media_type == "application/vnd.oasis.opendocument.spreadsheet"
    assert document.warnings == ("hidden_sheets_skipped",)


def test_rows_and_columns_that_are_not_shown_are_left_out_and_said() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append([])
    for row in (["Nome", "Ramal", "Chave"], ["Ana", "1234", "SEGREDO"], ["SEGREDO", "1", "x"]):
        sheet.append([None, *row])
    sheet.append([None, "Zoé", "4321", "SEGREDO"])
    sheet.append([None, "SEGREDO", "2", "SEGREDO"])
    sheet.row_dimensions[4].hidden = True
    sheet.row_dimensions[6].height = 0.4
    sheet.column_dimensions["D"].hidden = True
    buffer = io.BytesIO()
    workbook.save(buffer)
    document = read(buffer.getvalue(), "ramais.xlsx")
    assert document.text == "Sheet\n\nNome: Ana | Ramal: 1234\nNome: Zoé | Ramal: 4321"
    assert document.warnings == ("hidden_cells_skipped",)

    old = bytearray((SAMPLES / "ramais.xls").read_bytes())
    # The row of Ana [MS-XLS, 2.4.221], and the column of the salary [2.4.53].
    row = old.index(struct.pack("<HHH", 0x0208, 16, 3))
    old[row + 16] |= 0x20
    column = old.index(struct.pack("<HH", 0x007D, 12))
    struct.pack_into("<HH", old, column + 4, 3, 3)
    old[column + 12] |= 0x01
    document = read(bytes(old), "ramais.xls")
    assert "Nome: José Araújo | Ramal: 1234 | Admissão: 05/03/2024 | Ativo" in document.text
    assert "Ana" not in document.text
    assert "hidden_cells_skipped" in document.warnings

    folded = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    rows = [("visible", "Ana", "SEGREDO"), ("filter", "Bia", "x"), ("collapse", "SEGREDO", "y")]
    body = "".join(
        f'<table:table-row table:visibility="{seen}">'
        + "".join(f"<table:table-cell><text:p>{word}</text:p></table:table-cell>" for word in words)
        + "</table:table-row>"
        for seen, *words in rows
    )
    with zipfile.ZipFile(io.BytesIO(make_ods())) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    content = parts["content.xml"].decode()
    start = content.index("<office:spreadsheet>") + len("<office:spreadsheet>")
    end = content.index("</office:spreadsheet>")
    parts["content.xml"] = (
        f'{content[:start]}<table:table table:name="R">{folded}{body}</table:table>{content[end:]}'
    ).encode()
    document = read(make_zip(parts, zipfile.ZIP_STORED), "r.ods")
    assert document.text == "R\n\nAna\nBia"
    assert set(document.warnings) == {"filtered_rows_read", "hidden_cells_skipped"}


def test_an_old_workbook_s_filtered_rows_are_read_and_its_unseen_cells_are_not() -> None:
    document = read((SAMPLES / "ramais_filtrados.xls").read_bytes(), "ramais.xls")
    assert document.text == (
        "Ramais\n\nNome: Ana Conceição | UF: DF | Ramal: 4001\n"
        "Nome: Bruno Assunção | UF: SP | Ramal: 4002\nNome: Carla | UF: DF | Ramal: 4003\n"
        "UF: DF\nUF: DF\nNome: Davi | UF: DF | Ramal: 4004\nNome: depois do filtro"
    )
    assert set(document.warnings) == {"filtered_rows_read", "hidden_cells_skipped"}


def test_a_workbook_with_two_parts_of_one_name_is_refused() -> None:
    """The engine takes the other one: what was judged is not what would be read."""
    for name in ("xl/worksheets/sheet1.xml", "xl/Worksheets/Sheet1.xml"):
        buffer = io.BytesIO(make_xlsx())
        with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a") as container:
            warnings.simplefilter("ignore")
            container.writestr(name, b"<worksheet/>")
        with pytest.raises(AppError, match="file_corrupt"):
            read(buffer.getvalue(), "a.xlsx")


def test_a_sheet_that_repeats_a_million_rows_and_columns_ends() -> None:
    workbook = opendocument.OpenDocumentSpreadsheet()
    sheet = table.Table(name="Cheia")
    for words, rows, columns in (("x", 1_048_576, 16_384), (None, 1_048_576, 16_384)):
        row = table.TableRow(numberrowsrepeated=rows)
        cell = table.TableCell(numbercolumnsrepeated=columns)
        if words:
            cell.addElement(text.P(text=words))
        row.addElement(cell)
        sheet.addElement(row)
    workbook.spreadsheet.addElement(sheet)
    buffer = io.BytesIO()
    workbook.write(buffer)
    document = read(buffer.getvalue(), "cheia.ods")
    assert document.text.count("\n") <= 201


def test_a_show_of_libreoffice_has_its_slides_as_pages() -> None:
    document = read(make_odp(), "ponto.odp")
    assert [(b.kind, b.page, document.text[b.start : b.end]) for b in document.blocks] == [
        ("heading", 1, "Ponto eletrônico"),
        ("list_item", 1, "São 40 horas semanais"),
        ("paragraph", 1, "Lembrar da compensação."),
        ("heading", 3, "Jornada"),
    ]
    assert document.page_count == 3
    assert document.warnings == ("hidden_slides_skipped",)
    with pytest.raises(AppError, match="document_too_many_pages"):
        read(make_odp(), "ponto.odp", ParseLimits(max_pages=2))


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (r"F\'e9rias de Jos\'e9\par Segundo", "Férias de José\n\nSegundo"),
        (r"\uc1 a\u231\'e7\u227?o e \u-10179?\u-8704?", "ação e 😀"),
        (r"\uc2 caf\u233\'c3\'a9 bom", "café bom"),
        (r"{\*\desconhecido SEGREDO}visto{\header SEGREDO}{\footer SEGREDO}", "visto"),
        (r"antes {\v SEGREDO}{\strike SEGREDO}{\deleted SEGREDO}{\fs2 SEGREDO}depois",
         "antes depois"),
        (r"{\field{\*\fldinst HYPERLINK \"https://x\"}{\fldrslt o portal}}", "o portal"),
        (r"texto{\footnote Conforme a Lei.} segue\par fim",
         "texto segue\n\nfim\n\nConforme a Lei."),
        (r"{\pict\pngblip 89504e470d0a}{\object{\*\objdata 0105}{\result figura}}", "figura"),
        (r"\trowd\cellx1\intbl Cargo\cell Dias\cell\row \intbl Analista\cell 30\cell\row\pard",
         "Cargo | Dias\nAnalista | 30"),
        (r"{\listtext 2.\tab}\ls1 Escolha\par{\listtext\'b7\tab}\ls1 Marcado",
         "2. Escolha\nMarcado"),
        (r"{\listtext 1.\tab}\s1 Prazos\par\pard texto", "1. Prazos\n\ntexto"),
        (r"a\~b\_c\-d\emdash e\line f", "a b-cd—e\nf"),
        (r"\bin5 }}}}}lido", "lido"),
        (r"{\colortbl;\red255\green255\blue255;}{\cf1 SEGREDO}{\cf1\cb2 sobre cor}", "sobre cor"),
    ],
)  # fmt: skip
def test_rtf_shows_what_a_word_processor_shows(body: str, shown: str) -> None:
    styles = r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}}"
    assert read(rtf(body, styles), "carta.rtf").text == shown


def test_rtf_reads_letters_by_the_font_that_writes_them() -> None:
    fonts = r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}{\f2\fcharset2 Symbol;}}"
    document = read(rtf(r"\f0 a\'e7\'e3o \f1\'cf\'f0\'e8 \f2\'b7", fonts), "carta.rtf")
    assert document.text == "ação При •"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (rtf("texto")[:-1], "file_corrupt"),
        (rtf("{" * 3_000 + "x" + "}" * 3_000), "document_too_nested"),
        (rtf(r"{\pict 00}"), "empty_text"),
        ((SAMPLES / "ferias.doc").read_bytes()[:9_000], "file_corrupt"),
        ((SAMPLES / "ramais.xls").read_bytes()[:4_000], "file_corrupt"),
        (make_ods()[:900], "file_corrupt"),
    ],
)
def test_what_is_cut_off_or_empty_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(AppError, match=code):
        read(data)


def test_no_single_changed_byte_of_an_old_document_ends_in_anything_but_an_answer() -> None:
    whole = {name: (SAMPLES / name).read_bytes() for name in ("ferias.doc", "ferias.rtf")}
    answers = set()
    for name, data in whole.items():
        for place in range(0, len(data), len(data) // 150):
            changed = bytearray(data)
            changed[place] ^= 0xFF
            try:
                answers.add(bool(read(bytes(changed), name).text))
            except AppError as error:
                answers.add(error.code)
    assert answers <= {True, "file_corrupt", "empty_text", "file_password",
                       "unsupported_media_type"}  # fmt: skip
    assert True in answers
