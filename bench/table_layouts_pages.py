"""Tables that pages make hard: forms, open sides, turned pages, calendars, brackets."""

import random

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen import canvas
from reportlab.platypus import (
    Table,
)

from table_making import BLACK, GRID, Layout, drawn, flowed, prose, wrapped


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


def monospaced() -> Layout:
    rows = (("EMPENHO", "FAVORECIDO", "VALOR"), ("2027NE0014", "GRAFICA ESTRELA", "12.300,00"),
            ("2027NE0029", "AGUAS DO VALE", "4.871,35"),
            ("2027NE0031", "MOVEIS ARAGUAIA", "55.020,10"),
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


def wide() -> Layout:
    months = ["Unidade", "Jan", "Fev", "Mar", "Abr", "Mai", "Jun", "Jul", "Ago", "Set", "Out"]
    chance = random.Random(5)
    rows = [[f"Polo {name}", *(str(chance.randint(11, 98)) for _ in months[1:])]
            for name in ("Ipê", "Jatobá", "Cedro", "Angico", "Peroba", "Aroeira")]  # fmt: skip
    title = "Atendimentos mensais por polo"
    style = [*GRID, ("ALIGN", (1, 0), (-1, -1), "RIGHT")]
    data = flowed(title, Table([months, *rows], style=style),
                  pagesize=landscape(A4))  # fmt: skip
    return Layout("wide", title, data, [
        ("Quantos atendimentos o Polo Cedro teve em Mai?", rows[2][5]),
        ("Quantos atendimentos o Polo Aroeira teve em Set?", rows[5][9]),
        ("Quantos atendimentos o Polo Ipê teve em Fev?", rows[0][2]),
    ])  # fmt: skip
