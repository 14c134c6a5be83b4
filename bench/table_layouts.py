"""Documents whose tables are laid out in the ways that organisations lay them out, with questions.

Each layout is a PDF made here and now, and questions with what a right answer holds. Places, names
and values are invented; ``make_layouts`` needs reportlab, python-docx and, for two of them,
LibreOffice on the path.
"""

import io
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    KeepTogether,
    LongTable,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

STYLES = getSampleStyleSheet()
BODY = ParagraphStyle("corpo", STYLES["BodyText"], alignment=4)
CELL = ParagraphStyle("celula", STYLES["BodyText"], fontSize=9, leading=11)
BLACK = colors.black
GRID = [("GRID", (0, 0), (-1, -1), 0.5, BLACK), ("FONTSIZE", (0, 0), (-1, -1), 9)]
BOLD_HEAD = [*GRID, ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold")]
WORDS = (
    "a administração pública o servidor em exercício poderá requerer conforme decisão "
    "fundamentada da autoridade competente no interesse do serviço desde que cumpridos os "
    "requisitos previstos neste regulamento e na legislação vigente sobre a matéria"
).split()


@dataclass
class Layout:
    """A document, the questions it answers and what a right answer holds."""

    name: str
    title: str
    data: bytes
    questions: list[tuple[str, str]] = field(default_factory=list)
    # Words that are prose and must not come out as rows of a table.
    prose_only: bool = False


def make_layouts() -> list[Layout]:
    """Return every layout that can be made here."""
    made = [make() for make in MAKERS]
    if shutil.which("soffice"):
        made += [word_table(), word_merged()]
    return made


def prose(seed: int, sentences: int = 4) -> str:
    """Return sentences without meaning in the words of a regulation."""
    chance = random.Random(seed)
    said = []
    for _ in range(sentences):
        words = [chance.choice(WORDS) for _ in range(chance.randint(9, 24))]
        said.append(" ".join(words).capitalize() + ".")
    return " ".join(said)


def flowed(title: str, *parts: object, pagesize: tuple[float, float] = A4) -> bytes:
    """Return a PDF of a title and what follows; text becomes paragraphs."""
    buffer = io.BytesIO()
    story: list[object] = [Paragraph(title, STYLES["Title"])]
    for part in parts:
        story.append(Paragraph(part, BODY) if isinstance(part, str) else part)
        story.append(Spacer(1, 8))
    SimpleDocTemplate(buffer, pagesize=pagesize, title=title).build(story)
    return buffer.getvalue()


def drawn(title: str, draw: Callable[[canvas.Canvas], None],
          pagesize: tuple[float, float] = A4) -> bytes:  # fmt: skip
    """Return a PDF drawn by hand, under its title."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=pagesize)
    page.setTitle(title)
    draw(page)
    page.save()
    return buffer.getvalue()


def wrapped(rows: Sequence[Sequence[str]]) -> list[list[Paragraph]]:
    """Return rows whose cells wrap."""
    return [[Paragraph(cell, CELL) for cell in row] for row in rows]


def ruled() -> Layout:
    rows = [["Destino", "Cargo de direção (R$)", "Demais cargos (R$)"],
            ["Brasília, Manaus e Rio de Janeiro", "581,00", "425,40"],
            ["Belo Horizonte, Fortaleza e Recife", "533,20", "402,15"],
            ["Outras capitais", "485,20", "380,10"],
            ["Demais municípios", "412,00", "321,90"]]  # fmt: skip
    title = "Portaria de diárias"
    data = flowed(title, prose(1), "Os valores das diárias são os seguintes:",
                  Table(rows, style=GRID), prose(2))  # fmt: skip
    return Layout("ruled", title, data, [
        ("Qual o valor da diária de cargo de direção para Brasília?", "581,00"),
        ("Qual é a diária dos demais cargos em Recife?", "402,15"),
        ("Quanto recebe de diária um cargo de direção em outras capitais?", "485,20"),
        ("Qual a diária dos demais cargos nos demais municípios?", "321,90"),
        ("Qual o valor da diária de cargo de direção para Fortaleza?", "533,20"),
    ])  # fmt: skip


def zebra() -> Layout:
    rows = [["Serviço", "Prazo de atendimento", "Setor responsável"],
            ["Emissão de crachá", "2 dias úteis", "Portaria Central"],
            ["Troca de senha da rede", "4 horas", "Suporte de Informática"],
            ["Reserva do auditório", "5 dias úteis", "Cerimonial"],
            ["Empréstimo de veículo", "3 dias úteis", "Garagem"],
            ["Segunda via de contracheque", "1 dia útil", "Folha de Pagamento"]]  # fmt: skip
    style = [
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#1f3d5a")),
        ("TEXTCOLOR", (0, 0), (-1, 0), colors.white),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.white, colors.HexColor("#eeeeee")]),
    ]
    title = "Carta de serviços internos"
    return Layout("zebra", title, flowed(title, prose(3), Table(rows, style=style), prose(4)), [
        ("Qual o prazo para troca de senha da rede?", "4 horas"),
        ("Qual setor cuida da reserva do auditório?", "Cerimonial"),
        ("Em quanto tempo sai o crachá?", "2 dias úteis"),
        ("Quem é responsável pelo empréstimo de veículo?", "Garagem"),
        ("Qual o prazo da segunda via de contracheque?", "1 dia útil"),
    ])  # fmt: skip


def booktabs() -> Layout:
    rows = [["Modalidade de bolsa", "Valor mensal (R$)", "Duração (meses)"],
            ["Iniciação científica", "700,00", "12"],
            ["Extensão universitária", "650,00", "10"],
            ["Monitoria", "540,00", "5"],
            ["Apoio técnico", "980,00", "24"],
            ["Tutoria a distância", "765,00", "6"]]  # fmt: skip
    style = [
        ("LINEABOVE", (0, 0), (-1, 0), 1, BLACK),
        ("LINEBELOW", (0, 0), (-1, 0), 0.5, BLACK),
        ("LINEBELOW", (0, -1), (-1, -1), 1, BLACK),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
    ]
    title = "Edital de bolsas estudantis"
    data = flowed(title, prose(5), "Tabela 1 – Bolsas oferecidas",
                  Table(rows, style=style, colWidths=[170, 120, 110]), prose(6))  # fmt: skip
    return Layout("booktabs", title, data, [
        ("Qual o valor mensal da bolsa de monitoria?", "540,00"),
        ("Quantos meses dura a bolsa de apoio técnico?", "24"),
        ("Qual o valor da bolsa de iniciação científica?", "700,00"),
        ("Qual a duração da bolsa de tutoria a distância?", "6"),
        ("Quanto paga a bolsa de extensão universitária?", "650,00"),
    ])  # fmt: skip


def unruled() -> Layout:
    rows = [
        ("Material", "Unidade", "Preço unitário"),
        ("Papel A4", "resma", "R$ 28,90"),
        ("Caneta azul", "caixa", "R$ 41,50"),
        ("Grampeador", "peça", "R$ 33,00"),
        ("Toner preto", "peça", "R$ 412,75"),
        ("Envelope pardo", "cento", "R$ 57,20"),
    ]

    def draw(page: canvas.Canvas) -> None:
        page.setFont("Helvetica", 11)
        for number, line in enumerate(wrapped_text(prose(7), 85)):
            page.drawString(72, 780 - 14 * number, line)
        for number, (one, two, three) in enumerate(rows):
            height = 600 - 16 * number
            page.drawString(72, height, one)
            page.drawString(260, height, two)
            page.drawRightString(470, height, three)
        for number, line in enumerate(wrapped_text(prose(8), 85)):
            page.drawString(72, 480 - 14 * number, line)

    title = "Tabela de preços do almoxarifado"
    return Layout("unruled", title, drawn(title, draw), [
        ("Qual o preço unitário do toner preto?", "412,75"),
        ("Quanto custa a resma de papel A4?", "28,90"),
        ("Em que unidade é vendido o envelope pardo?", "cento"),
        ("Qual o preço do grampeador?", "33,00"),
        ("Quanto custa a caixa de caneta azul?", "41,50"),
    ])  # fmt: skip


def wrapped_text(text: str, width: int) -> list[str]:
    """Cut a text into lines of so many characters."""
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) + 1 > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]


UNITS = (
    "Almoxarifado",
    "Auditoria",
    "Biblioteca",
    "Cerimonial",
    "Contabilidade",
    "Corregedoria",
    "Editora",
    "Engenharia",
    "Garagem",
    "Jurídico",
    "Laboratório",
    "Licitações",
    "Manutenção",
    "Orçamento",
    "Ouvidoria",
    "Patrimônio",
    "Protocolo",
    "Refeitório",
    "Saúde",
    "Zeladoria",
)
NAMES = ("Ana Lúcia", "Bento", "Caetano", "Dalva", "Eunice", "Fabrício", "Gláucia", "Hélio",
         "Ivone", "Jandira", "Kléber", "Lúcio", "Mirtes", "Noêmia", "Otávio", "Perpétua",
         "Quitéria", "Raimundo", "Soraia", "Tarcísio")  # fmt: skip


def _long_rows(prefix: str, seed: int) -> list[list[str]]:
    rows = []
    for floor in range(1, 5):
        for number, unit in enumerate(UNITS):
            rows.append([f"{unit} {prefix}{floor}", NAMES[(number * 7 + floor + seed) % 20],
                         f"{2000 + floor * 100 + number + seed}"])  # fmt: skip
    return rows


def spanning_repeated() -> Layout:
    rows = _long_rows("andar ", 3)
    title = "Lista de ramais da sede"
    table = LongTable([["Setor", "Chefia", "Ramal"], *rows], style=BOLD_HEAD, repeatRows=1,
                      colWidths=[180, 140, 100])  # fmt: skip
    picked = [rows[n] for n in (5, 31, 47, 62, 78)]
    return Layout("spanning, head repeated", title, flowed(title, prose(9), table), [
        *((f"Qual o ramal do setor {row[0]} na sede?", row[2]) for row in picked),
        (f"Quem chefia o setor {rows[40][0]} na sede?", rows[40][1]),
    ])  # fmt: skip


def spanning_once() -> Layout:
    rows = _long_rows("bloco ", 50)
    title = "Lista de ramais do campus"
    table = LongTable([["Setor", "Chefia", "Ramal"], *rows], style=GRID,
                      colWidths=[180, 140, 100])  # fmt: skip
    picked = [rows[n] for n in (8, 33, 55, 66, 79)]
    return Layout("spanning, head once", title, flowed(title, prose(10), table), [
        *((f"Qual o ramal do setor {row[0]} no campus?", row[2]) for row in picked),
        (f"Quem chefia o setor {rows[50][0]} no campus?", rows[50][1]),
    ])  # fmt: skip


def wrapped_cells() -> Layout:
    rows = wrapped([
        ["Recurso", "Quando cabe", "Prazo", "A quem se dirige"],
        ["Pedido de reconsideração", "Contra decisão da chefia imediata que negue férias, licença "
         "ou afastamento ao servidor", "10 dias", "À própria chefia, por escrito e com as razões"],
        ["Recurso hierárquico", "Contra o indeferimento do pedido de reconsideração, ou quando a "
         "chefia não responde no prazo", "15 dias", "À diretoria de gestão de pessoas"],
        ["Revisão", "A qualquer tempo, se surgirem fatos novos que justifiquem a inocência do "
         "punido", "sem prazo", "Ao ministro ou à autoridade equivalente"]])  # fmt: skip
    title = "Guia de recursos administrativos"
    table = Table(rows, style=GRID, colWidths=[90, 170, 60, 130])
    return Layout("wrapped cells", title, flowed(title, prose(11), table, prose(12)), [
        ("Qual o prazo do pedido de reconsideração?", "10 dias"),
        ("A quem se dirige o recurso hierárquico?", "diretoria de gestão de pessoas"),
        ("Qual o prazo do recurso hierárquico?", "15 dias"),
        ("Quando cabe a revisão?", "fatos novos"),
        ("A quem se dirige a revisão?", "ministro"),
    ])  # fmt: skip


def wrapped_unruled() -> Layout:
    rows = [
        (("Licença",), ("O que é preciso",), ("Dias",)),
        (("Casamento",), ("Certidão de casamento e", "requerimento assinado"), ("8",)),
        (("Falecimento de", "familiar"), ("Certidão de óbito",), ("9",)),
        (("Doação de sangue",), ("Declaração do hemocentro",), ("1",)),
        (("Adoção",), ("Termo de guarda ou sentença", "do juiz da infância"), ("120",)),
        (("Alistamento",), ("Comprovante do cartório",), ("2",)),
    ]

    def draw(page: canvas.Canvas) -> None:
        page.setFont("Helvetica", 10)
        height = 760.0
        for row in rows:
            for cell, left in zip(row, (72, 200, 420), strict=True):
                for number, line in enumerate(cell):
                    page.drawString(left, height - 12 * number, line)
            height -= 12 * max(map(len, row)) + 8

    title = "Concessões e licenças"
    return Layout("wrapped cells, unruled", title, drawn(title, draw), [
        ("Quantos dias tem a licença por casamento?", "8"),
        ("O que é preciso para a licença por adoção?", "sentença"),
        ("Quantos dias de licença por falecimento de familiar?", "9"),
        ("O que é preciso para a licença por doação de sangue?", "hemocentro"),
        ("Quantos dias de licença por alistamento?", "2"),
    ])  # fmt: skip


def two_heads() -> Layout:
    rows = [["Categoria", "Ajuda de custo (R$)", "", "Auxílio-moradia (R$)", ""],
            ["", "Capital", "Interior", "Capital", "Interior"],
            ["Analista", "3.100,00", "2.700,00", "1.900,00", "1.450,00"],
            ["Técnico", "2.200,00", "1.980,00", "1.350,00", "1.120,00"],
            ["Auxiliar", "1.640,00", "1.510,00", "990,00", "870,00"]]  # fmt: skip
    style = [*GRID, ("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0)), ("SPAN", (3, 0), (4, 0)),
             ("ALIGN", (1, 0), (-1, -1), "CENTER")]  # fmt: skip
    title = "Indenizações por mudança de sede"
    return Layout("heads of two levels", title, flowed(title, Table(rows, style=style), prose(13)), [
        ("Qual a ajuda de custo do técnico no interior?", "1.980,00"),
        ("Qual o auxílio-moradia do analista na capital?", "1.900,00"),
        ("Qual o auxílio-moradia do auxiliar no interior?", "870,00"),
        ("Qual a ajuda de custo do analista na capital?", "3.100,00"),
    ])  # fmt: skip


def merged_down() -> Layout:
    rows = [["Nível", "Cargo", "Vagas", "Remuneração (R$)"],
            ["Superior", "Arquiteto", "3", "9.120,00"], ["", "Enfermeiro", "12", "7.450,00"],
            ["", "Psicólogo", "5", "7.300,00"], ["Médio", "Motorista", "8", "3.210,00"],
            ["", "Agente de portaria", "15", "2.890,00"], ["Total", "", "43", ""]]  # fmt: skip
    style = [*BOLD_HEAD, ("SPAN", (0, 1), (0, 3)), ("SPAN", (0, 4), (0, 5)),
             ("SPAN", (0, 6), (1, 6)), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]  # fmt: skip
    title = "Edital do concurso público"
    return Layout("cells merged downwards", title,
                  flowed(title, prose(14), Table(rows, style=style)), [
        ("Quantas vagas há para enfermeiro?", "12"),
        ("Qual a remuneração do psicólogo?", "7.300,00"),
        ("Qual o nível exigido para motorista?", "Médio"),
        ("Qual a remuneração do agente de portaria?", "2.890,00"),
        ("Qual o total de vagas do concurso?", "43"),
    ])  # fmt: skip


def form_pairs() -> Layout:
    rows = wrapped(
        [
            ["Objeto", "Fornecimento de água mineral em garrafões de vinte litros"],
            ["Vigência", "18 meses, a contar da assinatura"],
            ["Valor global", "R$ 84.360,00"],
            ["Fiscal do contrato", "Genoveva Prates Albuquerque"],
            ["Forma de pagamento", "Boleto, em até trinta dias"],
            ["Foro", "Comarca de Uberaba"],
        ]
    )
    title = "Extrato do contrato de água"
    table = Table(rows, style=GRID, colWidths=[120, 330])
    return Layout("names and meanings", title, flowed(title, table, prose(15)), [
        ("Quem é o fiscal do contrato de água?", "Genoveva"),
        ("Qual o valor global do contrato de água?", "84.360,00"),
        ("Qual a vigência do contrato de água?", "18 meses"),
        ("Qual a forma de pagamento do contrato de água?", "Boleto"),
    ])  # fmt: skip


def form_boxes() -> Layout:
    rows = [["Nome:", "Teodoro Vasques", "Matrícula:", "774120"],
            ["Lotação:", "Arquivo Geral", "Regime:", "40 horas"],
            ["Substituto:", "Zulmira Peçanha", "Função:", "FG-3"]]  # fmt: skip
    title = "Ficha funcional do arquivista"
    return Layout("form", title, flowed(title, Table(rows, style=GRID), prose(16)), [
        ("Qual a matrícula do arquivista?", "774120"),
        ("Qual o regime do arquivista?", "40 horas"),
        ("Quem é o substituto do arquivista?", "Zulmira"),
    ])  # fmt: skip


def open_sides() -> Layout:
    rows = [["Região", "Unidades", "Atendimentos", "Servidores"], ["Norte", "14", "23.410", "188"],
            ["Nordeste", "31", "67.902", "405"], ["Centro-Oeste", "11", "19.355", "142"],
            ["Sudeste", "52", "120.877", "911"], ["Sul", "24", "48.116", "367"],
            ["Brasil", "132", "279.660", "2.013"]]  # fmt: skip
    style = [
        ("LINEABOVE", (0, 0), (-1, 0), 1, BLACK),
        ("LINEBELOW", (0, 0), (-1, 0), 0.5, BLACK),
        ("LINEBELOW", (0, -1), (-1, -1), 1, BLACK),
        ("INNERGRID", (0, 0), (-1, 0), 0.5, BLACK),
        ("LINEBEFORE", (1, 0), (-1, -1), 0.5, BLACK),
        ("ALIGN", (1, 0), (-1, -1), "CENTER"),
    ]
    title = "Relatório de atendimento por região"
    return Layout("open sides", title, flowed(title, prose(17), Table(rows, style=style),
                  "Fonte: Coordenação de Estatística.", prose(18)), [
        ("Quantos atendimentos houve no Nordeste?", "67.902"),
        ("Quantos servidores há na região Sul?", "367"),
        ("Quantas unidades há no Centro-Oeste?", "11"),
        ("Quantos atendimentos houve no Brasil?", "279.660"),
    ])  # fmt: skip


def uprights_only() -> Layout:
    rows = [["Linha", "Partida", "Chegada"], ["Campus – Centro", "06:40", "07:15"],
            ["Campus – Rodoviária", "07:10", "07:55"], ["Campus – Hospital", "08:05", "08:30"],
            ["Campus – Aeroporto", "09:20", "10:05"]]  # fmt: skip
    style = [("BOX", (0, 0), (-1, -1), 0.5, BLACK), ("LINEBEFORE", (1, 0), (-1, -1), 0.5, BLACK)]
    title = "Horários do transporte"
    return Layout("upright rules only", title, flowed(title, Table(rows, style=style), prose(19)), [
        ("A que horas parte o transporte Campus – Aeroporto?", "09:20"),
        ("A que horas chega o transporte Campus – Hospital?", "08:30"),
        ("Qual a partida do transporte para a Rodoviária?", "07:10"),
    ])  # fmt: skip


def turned_page() -> Layout:
    rows = [("Curso", "Turno", "Carga horária"), ("Redação oficial", "manhã", "20 h"),
            ("Primeiros socorros", "tarde", "12 h"), ("Planilhas avançadas", "noite", "30 h"),
            ("Libras básico", "manhã", "60 h")]  # fmt: skip

    def draw(page: canvas.Canvas) -> None:
        page.setPageRotation(90)
        page.translate(A4[0], 0)
        page.rotate(90)
        page.setFont("Helvetica", 11)
        for number, row in enumerate(rows):
            for cell, left in zip(row, (80, 320, 520), strict=True):
                page.drawString(left + 4, 480 - 20 * number, cell)
        for number in range(len(rows) + 1):
            page.line(80, 495 - 20 * number, 700, 495 - 20 * number)
        for left in (80, 316, 516, 700):
            page.line(left, 495, left, 495 - 20 * len(rows))

    title = "Catálogo de cursos"
    return Layout("page turned", title, drawn(title, draw), [
        ("Qual a carga horária do curso de Libras básico?", "60 h"),
        ("Em que turno é o curso de primeiros socorros?", "tarde"),
        ("Qual a carga horária de planilhas avançadas?", "30 h"),
    ])  # fmt: skip


def sideways_heads() -> Layout:
    days = ("Segunda-feira", "Terça-feira", "Quarta-feira", "Quinta-feira")
    rows = (
        ("Portaria norte", ("Hildo", "Nair", "Hildo", "Rute")),
        ("Portaria sul", ("Rute", "Hildo", "Nair", "Nair")),
        ("Garagem", ("Nair", "Rute", "Rute", "Hildo")),
    )

    def draw(page: canvas.Canvas) -> None:
        page.setFont("Helvetica", 10)
        for number, day in enumerate(days):
            page.saveState()
            page.translate(217 + 60 * number, 605)
            page.rotate(90)
            page.drawString(0, 0, day)
            page.restoreState()
        page.drawString(76, 640, "Posto")
        for number, (post, names) in enumerate(rows):
            page.drawString(76, 585 - 20 * number, post)
            for place, name in enumerate(names):
                page.drawString(190 + 60 * place, 585 - 20 * number, name)
        for height in (690, 600, 580, 560, 540):
            page.line(72, height, 425, height)
        for left in (72, 185, 245, 305, 365, 425):
            page.line(left, 690, left, 540)

    title = "Escala da vigilância"
    return Layout("sideways heads", title, drawn(title, draw), [
        ("Quem fica na portaria norte na quinta-feira?", "Rute"),
        ("Quem fica na garagem na segunda-feira?", "Nair"),
        ("Quem fica na portaria sul na terça-feira?", "Hildo"),
    ])  # fmt: skip


def brackets() -> Layout:
    rows = [["Base de contribuição", "Alíquota", "Parcela a deduzir"],
            ["até R$ 1.000,00", "7,5%", "isento"],
            ["de R$ 1.000,01 a R$ 2.000,00", "9%", "R$ 15,00"],
            ["de R$ 2.000,01 a R$ 4.500,00", "12%", "R$ 75,00"],
            ["de R$ 4.500,01 a R$ 8.800,00", "14%", "R$ 165,00"],
            ["acima de R$ 8.800,00", "16,5%", "R$ 385,00"]]  # fmt: skip
    title = "Contribuição ao fundo de previdência"
    return Layout("brackets", title, flowed(title, prose(20), Table(rows, style=GRID)), [
        ("Qual a alíquota de contribuição de quem tem base de R$ 1.500,00?", "9%"),
        ("Qual a alíquota da base de contribuição de R$ 6.000,00?", "14%"),
        ("Qual a parcela a deduzir para base de R$ 3.200,00?", "75,00"),
        ("Qual a alíquota para base de contribuição de R$ 10.000,00?", "16,5%"),
        ("Qual a alíquota para base de contribuição de R$ 800,00?", "7,5%"),
        ("Qual a alíquota da base de R$ 1.000,01 a R$ 2.000,00?", "9%"),
    ])  # fmt: skip


def calendar() -> Layout:
    rows = (
        ("02/03/2027", "Início do período letivo"),
        ("15/04/2027", "Prazo para trancamento"),
        ("21/05/2027", "Semana de integração"),
        ("30/06/2027", "Divulgação das notas"),
        ("19/07/2027", "Colação de grau"),
        ("26/07/2027", "Matrícula dos calouros"),
    )

    def draw(page: canvas.Canvas) -> None:
        page.setFont("Helvetica", 11)
        page.drawString(72, 760, "As datas do primeiro semestre são as que seguem.")
        for number, (day, event) in enumerate(rows):
            page.drawString(72, 730 - 18 * number, day)
            page.drawString(180, 730 - 18 * number, event)

    title = "Calendário acadêmico"
    return Layout("calendar", title, drawn(title, draw), [
        ("Quando é a colação de grau?", "19/07/2027"),
        ("Qual a data da divulgação das notas?", "30/06/2027"),
        ("Quando começa o período letivo?", "02/03/2027"),
        ("Até quando vai o prazo para trancamento?", "15/04/2027"),
    ])  # fmt: skip


def in_columns() -> Layout:
    buffer = io.BytesIO()
    title = "Boletim de estágio"
    width, height = A4
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


def monospaced() -> Layout:
    rows = (("EMPENHO", "FAVORECIDO", "VALOR"), ("2027NE0014", "GRAFICA ESTRELA", "12.300,00"),
            ("2027NE0029", "AGUAS DO VALE", "4.871,35"), ("2027NE0031", "MOVEIS ARAGUAIA", "55.020,10"),
            ("2027NE0047", "VIDRACARIA LUZ", "980,00"))  # fmt: skip

    def draw(page: canvas.Canvas) -> None:
        page.setFont("Courier", 10)
        for number, (one, two, three) in enumerate(rows):
            page.drawString(60, 760 - 12 * number, f"{one:<14}{two:<28}{three:>14}")

    title = "Relação de empenhos"
    return Layout("monospaced", title, drawn(title, draw), [
        ("Qual o valor do empenho 2027NE0029?", "4.871,35"),
        ("Quem é o favorecido do empenho 2027NE0031?", "MOVEIS ARAGUAIA"),
        ("Qual o valor do empenho da Vidraçaria Luz?", "980,00"),
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


def wide() -> Layout:
    months = ["Unidade", "Jan", "Fev", "Mar", "Abr", "Mai", "Jun", "Jul", "Ago", "Set", "Out"]
    chance = random.Random(5)
    rows = [[f"Polo {name}", *(str(chance.randint(11, 98)) for _ in months[1:])]
            for name in ("Ipê", "Jatobá", "Cedro", "Angico", "Peroba", "Aroeira")]  # fmt: skip
    title = "Atendimentos mensais por polo"
    data = flowed(title, Table([months, *rows], style=[*GRID, ("ALIGN", (1, 0), (-1, -1), "RIGHT")]),
                  pagesize=landscape(A4))  # fmt: skip
    return Layout("wide", title, data, [
        ("Quantos atendimentos o Polo Cedro teve em Mai?", rows[2][5]),
        ("Quantos atendimentos o Polo Aroeira teve em Set?", rows[5][9]),
        ("Quantos atendimentos o Polo Ipê teve em Fev?", rows[0][2]),
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


MAKERS: tuple[Callable[[], Layout], ...] = (
    ruled, zebra, booktabs, unruled, spanning_repeated, spanning_once, wrapped_cells,
    wrapped_unruled, two_heads, merged_down, form_pairs, form_boxes, open_sides, uprights_only,
    turned_page, sideways_heads, brackets, calendar, in_columns, same_heads, groups_and_total,
    monospaced, boxed_heads, wide, only_prose, lists_and_contents,
)  # fmt: skip
