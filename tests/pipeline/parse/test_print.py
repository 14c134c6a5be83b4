"""What print does to words: raised letters, letter spacing, running heads of short documents."""

import io
from collections.abc import Callable

import docx
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from cogep_assist.pipeline.parse import docx as docx_parser
from cogep_assist.pipeline.parse import html, pdf
from cogep_assist.pipeline.parse.clean import unspaced
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.pdf_layout import Line
from cogep_assist.pipeline.parse.pdf_raised import rejoined
from cogep_assist.pipeline.parse.raised import read_raised

WIDTH, HEIGHT = A4
PROSE = "As repartições funcionam das oito às catorze horas, sem intervalo, nos dias úteis."


def drawn(*pages: Callable[[canvas.Canvas], None]) -> str:
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    for draw in pages:
        page.setFont("Helvetica", 11)
        draw(page)
        page.showPage()
    page.save()
    return pdf.parse(buffer.getvalue(), ParseContext()).text


def line(page: canvas.Canvas, y: float, text: str) -> None:
    """Draw a line; what stands between ^ is small and raised."""
    shown = page.beginText(60, y)
    for number, piece in enumerate(text.split("^")):
        shown.setFont("Helvetica", 7 if number % 2 else 11)
        shown.setRise(4 if number % 2 else 0)
        shown.textOut(piece)
    page.drawText(shown)


@pytest.mark.parametrize(
    ("before", "raised", "read"),
    [
        ("Art. 1", "o", "º"),
        ("a 2", "a", "ª"),
        ("as 3", "as", "ªs"),
        ("Portaria n", "o", "º"),
        ("Lei N", "o", "º"),
        ("sala de 40 m", "2", "²"),
        ("10", "6", "⁶"),
        ("E = mc", "2", "²"),
        ("Não", "1", ""),
        ("milhões,", "12", ""),
        ("conforme o fim.", "[3]", ""),
        ("Art. ", "caput", "caput"),
        ("São", "o", "o"),
    ],
)
def test_raised_letters_are_read_as_they_are_meant(before: str, raised: str, read: str) -> None:
    assert read_raised(raised, before) == read


def test_where_notes_are_marked_otherwise_a_raised_number_is_kept() -> None:
    assert read_raised("1", "milhões,", notes=False) == "1"


def test_a_printed_line_is_one_with_its_ordinals_and_without_its_marks() -> None:
    def page(sheet: canvas.Canvas) -> None:
        line(
            sheet,
            700,
            "Art. 1^o^ A diária é da portaria n^o^ 55, de 1^o^ de abril, e a 2^a^, de maio.",
        )
        line(
            sheet,
            640,
            "A sala de 40 m^2^ custa R$ 48,7 milhões,^1^ dos quais 93% foram pagos^2^ em 2025.",
        )
        line(sheet, 580, "Ligue para o ramal 1o ou 2a da sala 12 do bloco A1, item 3.")

    assert drawn(page).split("\n\n") == [
        "Art. 1º A diária é da portaria nº 55, de 1º de abril, e a 2ª, de maio.",
        "A sala de 40 m² custa R$ 48,7 milhões, dos quais 93% foram pagos em 2025.",
        "Ligue para o ramal 1o ou 2a da sala 12 do bloco A1, item 3.",
    ]


def test_only_pieces_of_one_line_are_joined() -> None:
    def piece(text: str, left: float, right: float, bottom: float) -> Line:
        return Line(text, left, right, bottom, bottom + 10, 10, WIDTH, HEIGHT)

    first = piece("Art. 1º", 60, 100, 500)
    assert [each.text for each in rejoined([first, piece("A sala", 105, 200, 500)])] == [
        "Art. 1º A sala"
    ]
    assert [each.text for each in rejoined([first, piece(", e", 100, 110, 501)])] == ["Art. 1º, e"]
    for other in (
        piece("abaixo", 60, 200, 487),
        piece("outra coluna", 120, 300, 500),
        piece("por cima", 60, 100, 500),
    ):
        assert rejoined([first, other]) == [first, other]


@pytest.mark.parametrize(
    ("spaced", "read"),
    [
        ("P O R T A R I A", "PORTARIA"),
        ("D E C I S Ã O", "DECISÃO"),
        ("R E G U L A M E N T O \u00a0 I N T E R N O", "REGULAMENTO INTERNO"),
        # Nobody can tell where the one word ends.
        ("R E G U L A M E N T O I N T E R N O", "R E G U L A M E N T O I N T E R N O"),
        ("A B C", "A B C"),
        ("Opções A B C D", "Opções A B C D"),
        ("1 2 3 4 5 6", "1 2 3 4 5 6"),
        ("a e i o u", "a e i o u"),
    ],
)
def test_letter_spaced_titles_are_words(spaced: str, read: str) -> None:
    assert unspaced(spaced) == read


def with_frame(number: int, of: int, first: str) -> Callable[[canvas.Canvas], None]:
    def page(sheet: canvas.Canvas) -> None:
        sheet.drawString(60, HEIGHT - 40, "MUNICÍPIO DE SERRA ALTA")
        sheet.drawString(60, HEIGHT - 53, "Secretaria de Administração")
        sheet.drawString(60, 700, first)
        sheet.drawString(60, 680, PROSE)
        sheet.drawString(WIDTH - 120, 30, f"Página {number} de {of}")

    return page


def test_what_two_pages_say_at_the_same_edge_is_no_text() -> None:
    told = drawn(with_frame(1, 2, "Primeira parte."), with_frame(2, 2, "Segunda parte."))
    assert told.count("MUNICÍPIO DE SERRA ALTA") == told.count("Secretaria") == 1
    assert told.index("MUNICÍPIO") < told.index("Primeira parte.")
    assert "Página" not in told
    assert told.split()[-len(PROSE.split()) - 2 :] == f"Segunda parte. {PROSE}".split()


def test_one_page_loses_its_number_alone() -> None:
    told = drawn(with_frame(1, 1, "Parte única."))
    assert "Página" not in told
    assert "MUNICÍPIO DE SERRA ALTA" in told


def test_text_that_begins_alike_on_two_pages_stays() -> None:
    def page(sheet: canvas.Canvas) -> None:
        for place in range(4):
            sheet.drawString(60, HEIGHT - 40 - 13 * place, PROSE)

    assert drawn(page, page).count("repartições") == 8


def test_a_stamp_up_the_margin_of_every_page_is_no_text() -> None:
    def page(sheet: canvas.Canvas) -> None:
        sheet.drawString(60, 600, PROSE)
        sheet.saveState()
        sheet.translate(20, 300)
        sheet.rotate(90)
        sheet.drawString(0, 0, "Este documento é cópia do original assinado digitalmente.")
        sheet.restoreState()

    assert "cópia" not in drawn(page, page)
    assert "cópia" not in drawn(page, page, page)
    # On one page alone nobody can say that it is a stamp.
    assert "cópia" in drawn(page)


def test_a_word_parted_in_a_cell_keeps_the_hyphen_of_its_name() -> None:
    def page(sheet: canvas.Canvas) -> None:
        for y in (700, 680, 650, 630, 610):
            sheet.line(60, y, 400, y)
        for x in (60, 180, 400):
            sheet.line(x, 610, x, 700)
        sheet.drawString(64, 685, "Cargo")
        sheet.drawString(190, 685, "Valor")
        sheet.drawString(64, 668, "Procurador-")
        sheet.drawString(64, 654, "Geral")
        sheet.drawString(190, 668, "310,00")
        sheet.drawString(64, 635, "Diretor")
        sheet.drawString(190, 635, "240,00")
        sheet.drawString(64, 615, "Chefe")
        sheet.drawString(190, 615, "90,00")

    assert "Cargo: Procurador-Geral | Valor: 310,00" in drawn(page)


def written(build: Callable[[docx.document.Document], None]) -> str:
    document = docx.Document()
    build(document)
    data = io.BytesIO()
    document.save(data)
    return docx_parser.parse(data.getvalue(), ParseContext()).text


def test_raised_letters_of_word_and_of_the_web() -> None:
    def build(document: docx.document.Document) -> None:
        paragraph = document.add_paragraph()
        for number, piece in enumerate(
            ["Portaria n", "o", " 55, 1", "a", " seleção, 40 m", "2", ", nota", "1", "."]
        ):
            paragraph.add_run(piece).font.superscript = bool(number % 2)

    assert written(build) == "Portaria nº 55, 1ª seleção, 40 m², nota1."
    page = (
        "<p>Lei n<sup>o</sup> 5, 1<sup>a</sup> via, 40 m<sup>2</sup>, paga."
        "<sup><a>[1]</a></sup></p>"
    )
    context = ParseContext(declared_type="text/html")
    assert html.parse(page.encode(), context).text == "Lei nº 5, 1ª via, 40 m², paga."


PARTS = (
    [["Espaço", "Manhã", "Noite"], ["Quadra", "R$ 30,00", "R$ 60,00"]],
    [
        ["Pista", "grátis", "R$ 5,00"],
        ["Dança", "R$ 15,00", "R$ 22,00"],
    ],
)


def tables(document: docx.document.Document, *parts: list[list[str]], between: str = "") -> None:
    for part in parts:
        grid = document.add_table(rows=len(part), cols=len(part[0]))
        for row, cells in enumerate(part):
            for column, text in enumerate(cells):
                grid.cell(row, column).text = text
        document.add_paragraph(between)


def test_a_table_that_word_parted_keeps_its_heads() -> None:
    told = written(lambda document: tables(document, *PARTS))
    assert "Espaço: Pista | Manhã: grátis | Noite: R$ 5,00" in told
    assert "Espaço: Dança | Manhã: R$ 15,00 | Noite: R$ 22,00" in told


@pytest.mark.parametrize(
    ("second", "between"),
    [
        (PARTS[1], "Preços de fora:"),
        ([["Setor", "Ramal", "Sala"], ["Copa", "3100", "12"]], ""),
        ([["a", "b"], ["c", "d"]], ""),
    ],
)
def test_another_table_takes_no_heads_from_the_one_above(
    second: list[list[str]], between: str
) -> None:
    told = written(lambda document: tables(document, PARTS[0], second, between=between))
    assert told.count("Espaço") == 1


def test_questions_that_unfold_head_their_answers() -> None:
    page = (
        "<h1>Dúvidas</h1><details><summary>Perdi um livro. E agora?</summary><p>Reponha outro.</p>"
        "</details><dl><dt>Abre no sábado?<dd>Até as 13h.<dt>Prazo<dd>Sete dias.</dl>"
    )
    document = html.parse(page.encode(), ParseContext(declared_type="text/html"))
    headings = [document.text[b.start : b.end] for b in document.blocks if b.kind == "heading"]
    assert headings == ["Dúvidas", "Perdi um livro. E agora?", "Abre no sábado?"]
    assert document.text.endswith("Prazo\n\nSete dias.")
