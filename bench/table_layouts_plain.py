"""Tables as word processors lay them out: ruled, striped, over pages, with wrapped cells."""

from reportlab.lib import colors
from reportlab.pdfgen import canvas
from reportlab.platypus import (
    LongTable,
    Table,
)

from table_making import BLACK, BOLD_HEAD, GRID, Layout, drawn, flowed, prose, wrapped, wrapped_text


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
        ["Pedido de reconsideração", ("Contra decisão da chefia imediata que negue férias, licença "
         "ou afastamento ao servidor"), "10 dias", "À própria chefia, por escrito e com as razões"],
        ["Recurso hierárquico", ("Contra o indeferimento do pedido de reconsideração, ou quando a "
         "chefia não responde no prazo"), "15 dias", "À diretoria de gestão de pessoas"],
        ["Revisão", ("A qualquer tempo, se surgirem fatos novos que justifiquem a inocência do "
         "punido"), "sem prazo", "Ao ministro ou à autoridade equivalente"]])  # fmt: skip
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
    return Layout("heads of two levels", title, flowed(
        title, Table(rows, style=style), prose(13)), [
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
