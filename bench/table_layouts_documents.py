"""Tables among other things, in documents of several pages, and what is no table."""

import io
import subprocess
import tempfile
from pathlib import Path

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen import canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from table_making import (
    BODY,
    BOLD_HEAD,
    GRID,
    STYLES,
    Layout,
    drawn,
    flowed,
    prose,
)


def in_columns() -> Layout:
    buffer = io.BytesIO()
    title = "Boletim de estágio"
    _width, height = A4
    frames = [Frame(50, 50, 240, height - 100), Frame(305, 50, 240, height - 100)]
    document = BaseDocTemplate(buffer, pagesize=A4, title=title)
    document.addPageTemplates([PageTemplate(frames=frames)])
    rows = [["Estágio", "Bolsa", "Horas"], ["Nível médio", "R$ 510", "20"],
            ["Graduação", "R$ 790", "30"], ["Pós-graduação", "R$ 1.650", "30"]]  # fmt: skip
    story = [Paragraph(prose(21 + n, 5), BODY) for n in range(4)]
    story += [KeepTogether([Spacer(1, 8), Table(rows, style=GRID), Spacer(1, 8)])]
    story += [Paragraph(prose(31 + n, 6), BODY) for n in range(7)]
    document.build(story)
    return Layout("in a column", title, buffer.getvalue(), [
        ("Qual a bolsa do estágio de graduação?", "790"),
        ("Qual a bolsa do estágio de pós-graduação?", "1.650"),
        ("Quantas horas tem o estágio de nível médio?", "20"),
    ])  # fmt: skip


def same_heads() -> Layout:
    head = ["País ou região", "Classe I (US$)", "Classe II (US$)"]
    caption = ParagraphStyle("legenda", STYLES["BodyText"], alignment=1)
    one = [head, ["América do Sul", "320", "270"], ["Europa", "460", "390"], ["Ásia", "450", "380"]]
    two = [head, ["América do Sul", "95", "80"], ["Europa", "140", "118"], ["Ásia", "137", "114"]]
    title = "Viagens ao exterior"
    data = flowed(title, prose(40), Paragraph("Tabela 1 – Hospedagem", caption),
                  Table(one, style=GRID), prose(41), Paragraph("Tabela 2 – Alimentação", caption),
                  Table(two, style=GRID), prose(42))  # fmt: skip
    return Layout("same heads", title, data, [
        ("Qual o valor de hospedagem da classe I na Europa?", "460"),
        ("Qual o valor de alimentação da classe I na Europa?", "140"),
        ("Qual o valor de alimentação da classe II na Ásia?", "114"),
        ("Qual o valor de hospedagem da classe II na América do Sul?", "270"),
    ])  # fmt: skip


def groups_and_total() -> Layout:
    rows = [
        ["Item de despesa", "Previsto (R$)", "Executado (R$)"],
        ["Pessoal", "", ""],
        ["Vencimentos", "410.000,00", "398.220,00"],
        ["Encargos", "98.400,00", "95.010,00"],
        ["Custeio", "", ""],
        ["Energia elétrica", "36.000,00", "41.870,00"],
        ["Limpeza (1)", "58.000,00", "55.640,00"],
        ["Total", "602.400,00", "590.740,00"],
    ]
    style = [*BOLD_HEAD, ("SPAN", (0, 1), (-1, 1)), ("SPAN", (0, 4), (-1, 4)),
             ("FONTNAME", (0, 1), (-1, 1), "Helvetica-Bold")]  # fmt: skip
    title = "Execução do orçamento"
    return Layout("groups, total and notes", title,
                  flowed(title, Table(rows, style=style),
                         "(1) Inclui o contrato de jardinagem.", prose(43)), [
        ("Quanto foi executado em energia elétrica?", "41.870,00"),
        ("Quanto estava previsto para encargos?", "98.400,00"),
        ("Qual o total executado do orçamento?", "590.740,00"),
        ("O que a despesa de limpeza inclui?", "jardinagem"),
    ])  # fmt: skip


def boxed_heads() -> Layout:
    buffer = io.BytesIO()
    title = "Procedimento operacional padrão"

    def head(page: canvas.Canvas, _: object) -> None:
        box = Table([["Hospital Santa Dorotéia", "POP 017", f"Página {page.getPageNumber()} de 5"]],
                    style=GRID, colWidths=[220, 100, 100])  # fmt: skip
        below = Table([["Higienização das mãos", "Revisão 3", "Aprovado"]], style=GRID,
                      colWidths=[220, 100, 100])  # fmt: skip
        for number, part in enumerate((box, below)):
            part.wrapOn(page, 450, 40)
            part.drawOn(page, 72, 780 - 18 * number)

    rows = [["Momento", "Produto", "Tempo"], ["Antes do contato", "álcool em gel", "20 segundos"],
            ["Após risco biológico", "água e sabonete", "50 segundos"],
            ["Antes de cirurgia", "clorexidina", "5 minutos"]]  # fmt: skip
    story: list[object] = [Paragraph(prose(50 + n, 9), BODY) for n in range(12)]
    story += [Table(rows, style=GRID)]
    story += [Paragraph(prose(70 + n, 9), BODY) for n in range(18)]
    SimpleDocTemplate(buffer, pagesize=A4, topMargin=110, title=title).build(
        story, onFirstPage=head, onLaterPages=head
    )
    return Layout("boxed heads", title, buffer.getvalue(), [
        ("Qual o tempo de higienização antes de cirurgia?", "5 minutos"),
        ("Qual produto se usa após risco biológico?", "água e sabonete"),
        ("Quantos segundos dura a higienização antes do contato?", "20 segundos"),
    ])  # fmt: skip


def only_prose() -> Layout:
    """What looks a little like a table and is none: columns, lists, signatures, contents."""
    buffer = io.BytesIO()
    title = "Jornal da repartição"
    _, height = A4
    frames = [Frame(50, 50, 240, height - 100), Frame(305, 50, 240, height - 100)]
    document = BaseDocTemplate(buffer, pagesize=A4, title=title)
    document.addPageTemplates([PageTemplate(frames=frames)])
    story: list[object] = [Paragraph(prose(90 + n, 6), BODY) for n in range(14)]
    story += [Paragraph(f"{n}. {prose(120 + n, 1)}", BODY, bulletText="•") for n in range(1, 9)]
    signatures = [["_______________", "_______________"], ["Alba Reis", "Ciro Dutra"],
                  ["Diretora", "Secretário"]]  # fmt: skip
    story += [Paragraph(prose(140 + n, 6), BODY) for n in range(8)]
    story += [Spacer(1, 20), Table(signatures)]
    document.build(story)
    return Layout("only prose", title, buffer.getvalue(), prose_only=True)


def lists_and_contents() -> Layout:
    def draw(page: canvas.Canvas) -> None:
        page.setFont("Helvetica", 11)
        for number, name in enumerate(("Apresentação", "Objetivos", "Metodologia", "Resultados")):
            page.drawString(72, 780 - 16 * number, name)
            page.drawRightString(520, 780 - 16 * number, str(3 + 4 * number))
        for number in range(8):
            page.drawString(72, 640 - 16 * number, f"{number + 1}.")
            page.drawString(
                100, 640 - 16 * number, f"Entregar o formulário de número {number + 30}."
            )
        for number in range(8):
            page.drawString(72, 480 - 16 * number, f"{chr(97 + number)})")
            page.drawString(100, 480 - 16 * number, "assinar o termo e guardar a cópia;")

    title = "Sumário e listas"
    return Layout("lists and contents", title, drawn(title, draw), prose_only=True)


def word_table() -> Layout:
    written = docx.Document()
    written.add_heading("Tabela de taxas da junta", 1)
    written.add_paragraph(prose(160))
    rows = [
        ("Ato", "Taxa", "Código"),
        ("Registro de empresário", "R$ 92,40", "0712"),
        ("Alteração contratual", "R$ 131,00", "0725"),
        ("Baixa", "isento", "0731"),
        ("Certidão simplificada", "R$ 44,70", "0748"),
        ("Autenticação de livro", "R$ 38,15", "0756"),
    ]
    table = written.add_table(rows=len(rows), cols=3)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.style = "Light List Accent 1"
    for line, row in zip(rows, table.rows, strict=True):
        for text, cell in zip(line, row.cells, strict=True):
            cell.text = text
    written.add_paragraph(prose(161))
    return Layout("from Word", "Tabela de taxas da junta", printed(written), [
        ("Qual a taxa da alteração contratual?", "131,00"),
        ("Qual o código da certidão simplificada?", "0748"),
        ("Qual a taxa de registro de empresário?", "92,40"),
        ("A baixa tem taxa?", "isento"),
    ])  # fmt: skip


def word_merged() -> Layout:
    written = docx.Document()
    written.add_heading("Quadro de férias dos docentes", 1)
    table = written.add_table(rows=6, cols=4)
    table.style = "Table Grid"
    rows = [("Campus", "Curso", "Primeiro período", "Segundo período"),
            ("Centro", "Direito", "janeiro", "julho"), ("", "Letras", "fevereiro", "agosto"),
            ("Litoral", "Biologia", "dezembro", "junho"), ("", "Turismo", "março", "setembro"),
            ("Serra", "Agronomia", "abril", "outubro")]  # fmt: skip
    for line, row in zip(rows, table.rows, strict=True):
        for text, cell in zip(line, row.cells, strict=True):
            cell.text = text
    for top in (1, 3):
        table.cell(top, 0).merge(table.cell(top + 1, 0))
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    return Layout("from Word, merged", "Quadro de férias dos docentes", printed(written), [
        ("Qual o segundo período de férias do curso de Turismo?", "setembro"),
        ("Em que campus fica o curso de Letras?", "Centro"),
        ("Qual o primeiro período de férias do curso de Biologia?", "dezembro"),
    ])  # fmt: skip


def printed(document: object) -> bytes:
    """Return a Word document as LibreOffice prints it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.docx"
        document.save(str(path))  # type: ignore[attr-defined]  # python-docx has no types
        subprocess.run(["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, path],
                       check=True, capture_output=True, timeout=120)  # fmt: skip
        return path.with_suffix(".pdf").read_bytes()
