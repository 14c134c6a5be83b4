import io
from collections.abc import Callable, Sequence

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, Table

from cogep_assist.pipeline.chunk import chunk
from cogep_assist.pipeline.parse import pdf
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.pipeline.parse.pdf_picture import draw_page

BODY = getSampleStyleSheet()["BodyText"]
GRID = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
PROSE = (
    "O servidor que se desloca a serviço recebe diárias para hospedagem, alimentação e locomoção "
    "urbana, pagas antes da viagem, e presta contas delas em cinco dias do retorno à sede. "
)
DAYS = [["Destino", "Direção (R$)", "Demais cargos (R$)"], ["Brasília", "581,00", "425,40"],
        ["Outras capitais", "485,20", "380,10"]]  # fmt: skip


def flowed(*parts: object) -> bytes:
    buffer = io.BytesIO()
    story: list[object] = []
    for part in parts:
        story += [Paragraph(part, BODY) if isinstance(part, str) else part, Spacer(1, 9)]
    SimpleDocTemplate(buffer, pagesize=A4).build(story)
    return buffer.getvalue()


def drawn(draw: Callable[[canvas.Canvas], None]) -> bytes:
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    page.setFont("Helvetica", 10)
    draw(page)
    page.save()
    return buffer.getvalue()


def read(data: bytes) -> ParsedDocument:
    return pdf.parse(data, ParseContext(limits=ParseLimits()))


def rows(document: ParsedDocument) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind == "table_row"]


def placed(page: canvas.Canvas, lines: Sequence[Sequence[str]], lefts: Sequence[int]) -> None:
    for number, line in enumerate(lines):
        for cell, left in zip(line, lefts, strict=True):
            page.drawString(left, 700 - 15 * number, cell)


TOLD = [
    "Destino: Brasília | Direção (R$): 581,00 | Demais cargos (R$): 425,40",
    "Destino: Outras capitais | Direção (R$): 485,20 | Demais cargos (R$): 380,10",
]


def test_each_row_of_a_table_says_the_heads_of_its_columns_however_it_is_ruled() -> None:
    black = colors.black
    booktabs = [("LINEABOVE", (0, 0), (-1, 0), 1, black), ("LINEBELOW", (0, 0), (-1, 0), 1, black),
                ("LINEBELOW", (0, -1), (-1, -1), 1, black)]  # fmt: skip
    uprights = [("BOX", (0, 0), (-1, -1), 1, black), ("LINEBEFORE", (1, 0), (-1, -1), 1, black)]
    striped = [("ROWBACKGROUNDS", (0, 0), (-1, -1), [colors.lightgrey, colors.white])]
    for style in (GRID, booktabs, uprights, striped):
        document = read(flowed(PROSE, Table(DAYS, style=style), PROSE))
        assert rows(document) == TOLD, style
        assert document.text.count(PROSE.strip()) == 2
    aligned = read(drawn(lambda page: placed(page, [*DAYS, ["Demais", "412,00", "321,90"]],
                                             (72, 200, 330))))  # fmt: skip
    assert rows(aligned)[:2] == TOLD


def test_cells_that_cover_others_that_wrap_and_that_stand_sideways() -> None:
    cells = [["Nível", "Cargo", "Vagas"], ["Superior", "Arquiteto", "3"], ["", "Enfermeiro", "12"],
             ["Médio", "Agente de vigilância e de portaria", "8"], ["Total", "", "23"]]  # fmt: skip
    wrapped = [[Paragraph(cell, BODY) for cell in row] for row in cells]
    style = [*GRID, ("SPAN", (0, 1), (0, 2)), ("SPAN", (0, 4), (1, 4))]
    assert rows(read(flowed(Table(wrapped, style=style, colWidths=[60, 90, 50])))) == [
        "Nível: Superior | Cargo: Arquiteto | Vagas: 3",
        "Nível: Superior | Cargo: Enfermeiro | Vagas: 12",
        "Nível: Médio | Cargo: Agente de vigilância e de portaria | Vagas: 8",
        "Nível, Cargo: Total | Vagas: 23",
    ]

    def sideways(page: canvas.Canvas) -> None:
        for left, day in ((217, "Segunda-feira"), (277, "Terça-feira")):
            page.saveState()
            page.translate(left, 605)
            page.rotate(90)
            page.drawString(0, 0, day)
            page.restoreState()
        for height, line in ((640, ("Posto", "", "")), (585, ("Garagem", "Nair", "Hildo"))):
            for left, word in zip((76, 190, 250), line, strict=True):
                page.drawString(left, height, word)
        for height in (690, 600, 580):
            page.line(72, height, 305, height)
        for left in (72, 185, 245, 305):
            page.line(left, 690, left, 580)

    assert rows(read(drawn(sideways))) == [
        "Posto: Garagem | Segunda-feira: Nair | Terça-feira: Hildo"
    ]


def test_a_table_over_several_pages_has_its_head_once_and_each_row_its_page() -> None:
    lines = [[f"Setor {n}", f"Chefia {n}", str(4000 + n)] for n in range(90)]
    for repeated in (0, 1):
        table = LongTable([["Setor", "Chefe", "Ramal"], *lines], style=GRID, repeatRows=repeated)
        data = flowed(PROSE, table, PROSE)
        document = read(data)
        assert rows(document) == [f"Setor: {a} | Chefe: {b} | Ramal: {c}" for a, b, c in lines]
        pages = [block.page for block in document.blocks if block.kind == "table_row"]
        assert pages == sorted(pages)
        assert set(pages) == {1, 2, 3}
        for piece in chunk(document):
            own = [b.page for b in document.blocks if piece.start <= b.start < piece.end
                   and b.kind == "table_row"]  # fmt: skip
            assert set(own) <= {piece.page}
        last = next(
            b for b in document.blocks if document.text[b.start :].startswith("Setor: Setor 89")
        )
        drawing, _ = draw_page(data, 3, document.text[last.start : last.end])
        assert drawing["picture"]["marked"]


def test_a_box_that_heads_every_page_is_dropped_and_tables_that_differ_in_numbers_stay() -> None:
    def draw(page: canvas.Canvas) -> None:
        for number in range(1, 5):
            page.setFont("Helvetica", 10)
            boxed = [["Hospital Santa Dorotéia", "POP 017", f"Página {number} de 4"],
                     ["Higiene das mãos", "Revisão 3", "Aprovado"]]  # fmt: skip
            sums = [["Posto", "Leitos", "Vagos"], ["Norte", str(30 + number), str(number)]]
            for height, cells in ((790, boxed), (740, sums)):
                table = Table(cells, style=GRID, colWidths=[160, 90, 110])
                table.wrapOn(page, 400, 60)
                table.drawOn(page, 72, height)
            page.drawString(72, 500, f"O turno {number} confere os leitos vagos de cada posto.")
            page.showPage()

    document = read(drawn(draw))
    assert rows(document) == [f"Posto: Norte | Leitos: {30 + n} | Vagos: {n}" for n in range(1, 5)]
    assert "Dorotéia" not in document.text


def test_names_with_what_they_mean_have_a_line_each_and_a_form_keeps_its_pairs() -> None:
    pairs = [["Objeto", "Água mineral em garrafões"], ["Vigência", "18 meses"],
             ["Valor global", "R$ 84.360,00"], ["Foro", "Comarca de Uberaba"]]  # fmt: skip
    assert rows(read(flowed(Table(pairs, style=GRID)))) == [": ".join(pair) for pair in pairs]
    form = [["Nome:", "Teodoro Vasques", "Matrícula:", "774120"],
            ["Lotação:", "Arquivo Geral", "Regime:", "40 horas"]]  # fmt: skip
    assert rows(read(flowed(Table(form, style=GRID)))) == [
        "Nome: Teodoro Vasques | Matrícula: 774120", "Lotação: Arquivo Geral | Regime: 40 horas"
    ]  # fmt: skip


def test_a_turned_page_and_spaces_of_a_typewriter_keep_their_columns() -> None:
    def turned(page: canvas.Canvas) -> None:
        page.setPageRotation(90)
        page.translate(A4[0], 0)
        page.rotate(90)
        page.setFont("Helvetica", 10)
        for number, line in enumerate([*DAYS, ["Demais", "412,00", "321,90"]]):
            for cell, left in zip(line, (72, 250, 400), strict=True):
                page.drawString(left, 450 - 16 * number, cell)

    def typed(page: canvas.Canvas) -> None:
        page.setFont("Courier", 10)
        for number, (a, b, c) in enumerate([*DAYS, ["Demais", "412,00", "321,90"]]):
            page.drawString(60, 700 - 12 * number, f"{a:<20}{b:<18}{c}")

    for draw in (turned, typed):
        assert rows(read(drawn(draw)))[:2] == TOLD


def test_lists_contents_signatures_and_columns_of_prose_are_no_tables() -> None:
    half = " ".join(PROSE.split()[:6])

    def draw(page: canvas.Canvas) -> None:
        for number in range(6):
            page.drawString(72, 780 - 15 * number, f"{number + 1}.")
            page.drawString(100, 780 - 15 * number, f"Entregar o formulário de número {number}.")
            page.drawString(72, 660 - 15 * number, f"Capítulo das regras {'abcdef'[number]}")
            page.drawRightString(500, 660 - 15 * number, str(3 + 4 * number))
            page.drawString(72, 540 - 15 * number, "•")
            page.drawString(90, 540 - 15 * number, f"assinar o termo {number} e guardar a cópia;")
        for number in range(12):
            page.drawString(60, 420 - 14 * number, f"{half} {number}")
            page.drawString(320, 420 - 14 * number, f"{half} {number + 50}")
        signatures = (
            ("____________", "____________"),
            ("Alba Reis", "Ciro Dutra"),
            ("Chefe", "Juiz"),
        )
        for height, line in zip((200, 186, 172), signatures, strict=True):
            for left, word in zip((90, 330), line, strict=True):
                page.drawString(left, height, word)

    assert rows(read(drawn(draw))) == []
