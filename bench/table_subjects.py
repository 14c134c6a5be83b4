# ruff: noqa: E501
"""Tables of organisations, written once and laid out in every format by ``table_writers.py``.

A row is a line of cells parted by ``|``; ``^`` belongs to the cell above it and ``<`` to the cell
on its left. A question comes with the value that answers it and what else the row has to say:
the name of the row and the heads of the column. Places, people and values are invented.
"""

import random
from dataclasses import dataclass, field

from table_making import prose

Question = tuple[str, str, tuple[str, ...]]


@dataclass
class Tabled:
    """One table and what stands around it."""

    rows: list[list[str]]
    caption: str = ""
    head_rows: int = 1
    # The first column names its rows.
    row_heads: bool = False
    note: str = ""
    # How many rows stand under a head until it is said again; 0: it is said once.
    again_after: int = 0
    # Whether the head is marked as one where the format can.
    marked: bool = True


@dataclass
class Subject:
    """A document about one matter, with its tables and the questions that they answer."""

    name: str
    title: str
    tables: list[Tabled]
    questions: list[Question]
    before: str = field(default_factory=lambda: prose(7, 2))
    after: str = field(default_factory=lambda: prose(8, 2))


def cells(*lines: str) -> list[list[str]]:
    """Return rows of lines whose cells are parted by bars."""
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def subjects() -> list[Subject]:
    """Return the subjects of the first set."""
    return [
        fees(), careers(), health_plan(), hours(), calendar(), contract(), meals(), extensions(),
        deadlines(), buses(), water(), services(), unmarked(),
    ]  # fmt: skip


def fees() -> Subject:
    """A long table, whose head is many passages above the last row."""
    chance = random.Random(31)
    acts = ["Alvará de construção", "Alvará de demolição", "Habite-se", "Certidão de numeração",
            "Certidão negativa de débitos", "Licença sanitária", "Licença ambiental simplificada",
            "Remembramento de lotes", "Desmembramento de lotes", "Autorização de feira livre",
            "Ligação provisória de esgoto", "Vistoria de elevador", "Vistoria de marquise",
            "Transferência de permissão de táxi", "Exumação", "Inumação em gaveta",
            "Poda de árvore em lote", "Remoção de entulho", "Apreensão de animal de grande porte",
            "Uso de via para filmagem", "Publicidade em fachada", "Instalação de banca de jornal",
            "Averbação de imóvel", "Cópia de planta aprovada", "Segunda via de carnê",
            "Cadastro de food truck", "Corte de pavimento", "Rebaixamento de guia",
            "Parecer de tombamento", "Credenciamento de guia turístico"]  # fmt: skip
    rows = cells("Ato | Taxa (R$) | Código de receita | Prazo de emissão")
    for number, act in enumerate(acts):
        fee = f"{chance.randint(21, 980)},{chance.randint(10, 99)}"
        rows.append([act, fee, str(4100 + 7 * number), f"{11 + number} dias"])
    return Subject("taxas", "Taxas municipais de Vila Aurora",
                   [Tabled(rows, "Tabela 1 – Taxas de serviços")], [
        ("Qual a taxa do credenciamento de guia turístico?", rows[30][1], ("guia turístico", "taxa")),
        ("Qual o código de receita do rebaixamento de guia?", rows[28][2], ("rebaixamento", "código de receita")),
        ("Qual o prazo de emissão do parecer de tombamento?", rows[29][3], ("tombamento", "prazo de emissão")),
        ("Quanto custa a taxa de vistoria de marquise?", rows[13][1], ("marquise", "taxa")),
        ("Qual o código de receita da exumação?", rows[15][2], ("exumação", "código de receita")),
        ("Qual o prazo de emissão da certidão de numeração?", rows[4][3], ("numeração", "prazo")),
        ("Qual a taxa do corte de pavimento?", rows[27][1], ("pavimento", "taxa")),
    ])  # fmt: skip


def careers() -> Subject:
    """Merged cells: a career over several classes."""
    rows = cells(
        "Carreira | Classe | Vencimento básico | Gratificação",
        "Analista legislativo | A | 7.412,30 | 1.482,46",
        "^ | B | 8.153,53 | 1.630,71",
        "^ | C | 8.968,88 | 1.793,78",
        "^ | Especial | 9.865,77 | 1.973,15",
        "Técnico legislativo | A | 4.120,10 | 824,02",
        "^ | B | 4.532,11 | 906,42",
        "^ | C | 4.985,32 | 997,06",
        "^ | Especial | 5.483,85 | 1.096,77",
        "Agente de polícia legislativa | A | 5.230,00 | 1.569,00",
        "^ | B | 5.753,00 | 1.725,90",
        "^ | C | 6.328,30 | 1.898,49",
        "^ | Especial | 6.961,13 | 2.088,34",
        "Taquígrafo | A | 6.015,40 | 1.203,08",
        "^ | B | 6.616,94 | 1.323,39",
        "^ | C | 7.278,63 | 1.455,73",
        "^ | Especial | 8.006,50 | 1.601,30",
    )
    return Subject("cargos", "Plano de cargos e salários da Câmara", [Tabled(rows)], [
        ("Qual o vencimento básico do técnico legislativo classe C?", "4.985,32",
         ("técnico legislativo", "vencimento básico")),
        ("Qual a gratificação do taquígrafo da classe especial?", "1.601,30",
         ("taquígrafo", "gratificação")),
        ("Qual o vencimento do agente de polícia legislativa da classe B?", "5.753,00",
         ("agente de polícia", "vencimento")),
        ("Qual a gratificação do analista legislativo classe C?", "1.793,78",
         ("analista legislativo", "gratificação")),
        ("Qual o vencimento básico do taquígrafo classe C?", "7.278,63",
         ("taquígrafo", "vencimento")),
    ])  # fmt: skip


def health_plan() -> Subject:
    """Heads of two levels."""
    rows = cells(
        "Faixa etária | Enfermaria | < | Apartamento | <",
        "^ | Com coparticipação | Sem coparticipação | Com coparticipação | Sem coparticipação",
        "0 a 18 anos | 148,20 | 191,07 | 210,55 | 268,90",
        "19 a 23 anos | 171,33 | 220,14 | 243,18 | 310,02",
        "24 a 28 anos | 196,45 | 253,61 | 279,74 | 356,77",
        "29 a 33 anos | 225,90 | 291,15 | 321,06 | 409,88",
        "34 a 38 anos | 259,12 | 334,27 | 369,40 | 470,15",
        "39 a 43 anos | 297,80 | 384,09 | 424,36 | 540,62",
        "44 a 48 anos | 361,25 | 466,11 | 514,83 | 655,30",
        "49 a 53 anos | 438,77 | 565,94 | 625,29 | 796,41",
        "54 a 58 anos | 532,19 | 686,50 | 758,44 | 965,72",
        "59 anos ou mais | 889,06 | 1.146,82 | 1.267,35 | 1.613,47",
    )
    return Subject("plano", "Plano de saúde dos servidores", [
        Tabled(rows, "Mensalidades por faixa etária (R$)", head_rows=2)], [
        ("Qual a mensalidade do apartamento sem coparticipação para 44 a 48 anos?", "655,30",
         ("44 a 48", "apartamento", "sem coparticipação")),
        ("Quanto paga na enfermaria com coparticipação quem tem de 24 a 28 anos?", "196,45",
         ("24 a 28", "enfermaria", "com coparticipação")),
        ("Qual a mensalidade da enfermaria sem coparticipação para 59 anos ou mais?", "1.146,82",
         ("59 anos", "enfermaria", "sem coparticipação")),
        ("Quanto custa o apartamento com coparticipação para quem tem 31 anos?", "321,06",
         ("29 a 33", "apartamento", "com coparticipação")),
        ("Qual a mensalidade do apartamento com coparticipação de 54 a 58 anos?", "758,44",
         ("54 a 58", "apartamento", "com coparticipação")),
    ])  # fmt: skip


def hours() -> Subject:
    """Names of rows in the first column and an empty corner."""
    rows = cells(
        " | Biblioteca Central | Restaurante | Ginásio | Secretaria",
        "Segunda a quinta-feira | 7h15 às 22h | 11h05 às 14h | 6h10 às 21h | 8h20 às 17h",
        "Sexta-feira | 7h25 às 20h | 11h15 às 13h40 | 6h20 às 19h | 8h35 às 16h",
        "Sábado | 9h45 às 13h | fechado | 8h50 às 12h | não atende",
        "Domingo e feriado | 14h10 às 18h | sem serviço | só atletas | plantão por telefone",
    )
    return Subject("horários", "Horários de funcionamento do campus",
                   [Tabled(rows, row_heads=True)], [
        ("Qual o horário da biblioteca central no sábado?", "9h45 às 13h",
         ("sábado", "biblioteca central")),
        ("Qual o horário do restaurante na sexta-feira?", "11h15 às 13h40",
         ("sexta-feira", "restaurante")),
        ("A que horas funciona o ginásio de segunda a quinta-feira?", "6h10 às 21h",
         ("segunda a quinta", "ginásio")),
        ("A secretaria atende no domingo?", "plantão por telefone", ("domingo", "secretaria")),
    ])  # fmt: skip


def calendar() -> Subject:
    """Names of groups across the whole width."""
    rows = cells(
        "Evento | Início | Término",
        "1º período letivo | < | <",
        "Matrícula de calouros | 03/02/2031 | 07/02/2031",
        "Ajuste de matrícula | 10/02/2031 | 12/02/2031",
        "Trancamento de disciplina | 24/03/2031 | 28/03/2031",
        "Exames finais | 30/06/2031 | 05/07/2031",
        "2º período letivo | < | <",
        "Matrícula de calouros | 21/07/2031 | 25/07/2031",
        "Ajuste de matrícula | 28/07/2031 | 30/07/2031",
        "Trancamento de disciplina | 08/09/2031 | 12/09/2031",
        "Exames finais | 01/12/2031 | 06/12/2031",
    )
    return Subject("calendário", "Calendário acadêmico de 2031", [Tabled(rows)], [
        ("Quando começa o trancamento de disciplina no 2º período letivo?", "08/09/2031",
         ("2º período", "trancamento", "início")),
        ("Quando terminam os exames finais do 1º período letivo?", "05/07/2031",
         ("1º período", "exames finais", "término")),
        ("Qual o início da matrícula de calouros no 1º período letivo?", "03/02/2031",
         ("1º período", "calouros", "início")),
        ("Qual o término do ajuste de matrícula do 2º período letivo?", "30/07/2031",
         ("2º período", "ajuste", "término")),
    ])  # fmt: skip


def contract() -> Subject:
    """Names and meanings without a head."""
    rows = cells(
        "Contratada | Lavanderia Rio Manso Ltda.",
        "Objeto | Lavagem de enxoval hospitalar",
        "Valor mensal | R$ 38.204,16",
        "Vigência | 27 meses",
        "Gestora | Dulcineia Falcão",
        "Garantia | seguro-garantia de 4%",
        "Reajuste | IPCA, a cada doze meses",
    )
    return Subject("contrato", "Extrato do contrato de lavanderia",
                   [Tabled(rows, head_rows=0, row_heads=True)], [
        ("Qual o valor mensal do contrato de lavanderia?", "38.204,16", ("valor mensal",)),
        ("Quem é a gestora do contrato de lavanderia?", "Dulcineia", ("gestora",)),
        ("Qual a vigência do contrato de lavanderia?", "27 meses", ("vigência",)),
        ("Qual o índice de reajuste do contrato de lavanderia?", "IPCA", ("reajuste",)),
    ])  # fmt: skip


def meals() -> Subject:
    """Two tables whose heads and rows are the same: only their captions tell them apart."""
    head = "Refeição | Estudante | Servidor | Visitante"
    one = cells(head, "Café da manhã | 1,15 | 4,60 | 7,90", "Almoço | 2,35 | 9,80 | 15,70",
                "Jantar | 2,45 | 8,75 | 14,20")  # fmt: skip
    two = cells(head, "Café da manhã | 1,55 | 5,10 | 8,30", "Almoço | 3,05 | 11,40 | 17,90",
                "Jantar | 2,85 | 10,65 | 16,10")  # fmt: skip
    return Subject("refeições", "Preços dos refeitórios", [
        Tabled(one, "Tabela 1 – Campus Lagoa"), Tabled(two, "Tabela 2 – Campus Colina")], [
        ("Quanto o servidor paga no almoço do Campus Colina?", "11,40",
         ("campus colina", "almoço", "servidor")),
        ("Quanto o servidor paga no almoço do Campus Lagoa?", "9,80",
         ("campus lagoa", "almoço", "servidor")),
        ("Qual o preço do jantar para visitante no Campus Colina?", "16,10",
         ("campus colina", "jantar", "visitante")),
        ("Qual o preço do café da manhã para estudante no Campus Lagoa?", "1,15",
         ("campus lagoa", "café", "estudante")),
    ])  # fmt: skip


def extensions() -> Subject:
    """Empty cells, which must not move what follows them under another head."""
    rows = cells(
        "Setor | Ramal | Celular funcional | Sala | Correio",
        "Ouvidoria | 3107 | | B-12 | ouvidoria@aurora.br",
        "Protocolo geral | 3119 | (31) 98800-1210 | | protocolo@aurora.br",
        "Tesouraria | | (31) 98800-1377 | C-04 |",
        "Vigilância noturna | 3142 | | | ",
        "Ambulatório | | | D-31 | saude@aurora.br",
        "Arquivo histórico | 3165 | (31) 98800-1544 | E-07 | arquivo@aurora.br",
        "Manutenção predial | | (31) 98800-1609 | | obras@aurora.br",
    )
    return Subject("ramais", "Lista de ramais da prefeitura", [Tabled(rows)], [
        ("Qual a sala do ambulatório?", "D-31", ("ambulatório", "sala")),
        ("Qual o celular funcional da tesouraria?", "98800-1377", ("tesouraria", "celular")),
        ("Qual o ramal da vigilância noturna?", "3142", ("vigilância noturna", "ramal")),
        ("Qual o correio da manutenção predial?", "obras@aurora.br",
         ("manutenção predial", "correio")),
        ("Qual a sala da ouvidoria?", "B-12", ("ouvidoria", "sala")),
    ])  # fmt: skip


def deadlines() -> Subject:
    """Notes under the table."""
    rows = cells(
        "Requerimento | Prazo de análise | Recurso em",
        "Licença-prêmio | 17 dias | 8 dias",
        "Progressão por titulação (1) | 42 dias | 12 dias",
        "Auxílio-funeral (2) | 3 dias | 6 dias",
        "Remoção por permuta | 63 dias | 14 dias",
        "Horário especial de estudante | 21 dias | 9 dias",
    )
    note = "(1) O diploma estrangeiro precisa de revalidação. (2) Pago por alvará à família."
    return Subject("prazos", "Prazos de requerimentos de pessoal", [Tabled(rows, note=note)], [
        ("Qual o prazo de análise da remoção por permuta?", "63 dias", ("permuta", "prazo de análise")),
        ("Em quantos dias cabe recurso da progressão por titulação?", "12 dias",
         ("titulação", "recurso em")),
        ("Qual o prazo de análise do auxílio-funeral?", "3 dias", ("auxílio-funeral", "prazo")),
        ("O que precisa de revalidação na progressão por titulação?", "diploma estrangeiro", ()),
    ])  # fmt: skip


def buses() -> Subject:
    """A head that is said again every ten rows, as printed lists do."""
    chance = random.Random(5)
    places = ["Aroeira", "Bom Retiro", "Cachoeirinha", "Divineia", "Engenho Novo", "Fazendinha",
              "Gameleira", "Horto", "Ipiranga", "Jatobá", "Lajedo", "Mangabeira", "Nova Olinda",
              "Oiti", "Pedra Lisa", "Quixaba", "Riacho Doce", "Santa Rita", "Tamboril",
              "Umburana", "Várzea Alegre", "Xingu", "Zabelê", "Água Fria"]  # fmt: skip
    rows = cells("Destino | Primeira saída | Última saída | Plataforma | Tarifa")
    for number, place in enumerate(places):
        rows.append([place, f"04h{10 + 2 * number}", f"21h{10 + 2 * number}", f"P{40 + number}",
                     f"R$ {chance.randint(3, 19)},{10 + 3 * number}"])  # fmt: skip
    return Subject("ônibus", "Linhas da rodoviária de Vila Aurora",
                   [Tabled(rows, again_after=8)], [
        ("De qual plataforma sai o ônibus para Várzea Alegre?", "P60", ("várzea alegre", "plataforma")),
        ("Qual a última saída para Pedra Lisa?", "21h38", ("pedra lisa", "última saída")),
        ("Qual a tarifa do ônibus para Jatobá?", rows[10][4], ("jatobá", "tarifa")),
        ("Qual a primeira saída para Água Fria?", "04h56", ("água fria", "primeira saída")),
        ("Qual a plataforma do ônibus para Fazendinha?", "P45", ("fazendinha", "plataforma")),
    ])  # fmt: skip


def water() -> Subject:
    """Thirteen columns."""
    months = ["Jan", "Fev", "Mar", "Abr", "Mai", "Jun", "Jul", "Ago", "Set", "Out", "Nov", "Dez"]
    rows = [["Reservatório", *months]]
    for number, name in enumerate(
        ("Serra Azul", "Taquaril", "Ribeirão das Almas", "Córrego Fundo")
    ):
        rows.append([name, *(f"{31 + 13 * number + month},{number + 2}%" for month in range(12))])
    return Subject("reservatórios", "Volume dos reservatórios em 2030",
                   [Tabled(rows, "Volume útil no fim do mês", row_heads=True)], [
        ("Qual o volume do reservatório Taquaril em Ago?", rows[2][8], ("taquaril", "ago")),
        ("Qual o volume do Ribeirão das Almas em Dez?", rows[3][12], ("ribeirão das almas", "dez")),
        ("Qual o volume da Serra Azul em Mar?", rows[1][3], ("serra azul", "mar")),
    ])  # fmt: skip


def services() -> Subject:
    """Cells of whole sentences."""
    names = ["Carteira do idoso", "Passe livre estudantil", "Cadastro de artesão",
             "Isenção de IPTU", "Aluguel social", "Castração gratuita", "Doação de mudas",
             "Transporte de tratamento fora do domicílio"]  # fmt: skip
    rows = cells("Serviço | Documentos exigidos | Onde pedir | Prazo")
    for number, name in enumerate(names):
        papers = (f"Documento com foto, comprovante de residência dos últimos três meses, formulário "
                  f"F-{70 + number} assinado e declaração do núcleo familiar")  # fmt: skip
        rows.append(
            [name, papers, f"Guichê {31 + number}, térreo", f"{12 + 3 * number} dias úteis"]
        )
    return Subject("serviços", "Carta de serviços sociais", [Tabled(rows)], [
        ("Qual o prazo do passe livre estudantil?", rows[2][3], ("passe livre", "prazo")),
        ("Onde pedir a castração gratuita?", "Guichê 36", ("castração", "onde pedir")),
        ("Qual formulário é exigido para o aluguel social?", "F-74", ("aluguel social", "documentos")),
        ("Qual o prazo do transporte de tratamento fora do domicílio?", rows[8][3],
         ("fora do domicílio", "prazo")),
    ])  # fmt: skip


def unmarked() -> Subject:
    """A head that nothing marks as one."""
    rows = cells(
        "Espaço | Lotação | Diária | Caução",
        "Auditório Cora | 340 lugares | R$ 1.870,00 | R$ 505,00",
        "Sala Ipê | 45 lugares | R$ 236,00 | R$ 80,00",
        "Salão nobre | 120 lugares | R$ 945,00 | R$ 310,00",
        "Teatro de arena | 610 lugares | R$ 2.415,00 | R$ 760,00",
        "Quadra coberta | 900 lugares | R$ 1.120,00 | R$ 415,00",
    )
    return Subject("espaços", "Aluguel de espaços culturais", [Tabled(rows, marked=False)], [
        ("Qual a diária do salão nobre?", "945,00", ("salão nobre", "diária")),
        ("Qual a lotação do teatro de arena?", "610 lugares", ("teatro de arena", "lotação")),
        ("Qual a caução da sala Ipê?", "80,00", ("sala ipê", "caução")),
        ("Qual a caução do auditório Cora?", "505,00", ("auditório cora", "caução")),
    ])  # fmt: skip
