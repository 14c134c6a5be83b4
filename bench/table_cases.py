# ruff: noqa: E501
"""Tables as only one format has them: nested, laid out, over slides, sheets and pages."""

import io
from collections.abc import Callable

import docx
import openpyxl
from pptx import Presentation
from pptx.util import Inches

from table_making import prose
from table_subjects import Question, Subject, cells

Case = tuple[Subject, bytes]


def cases(form: str) -> list[Case]:
    """Return what this format alone has."""
    return [make() for make in CASES.get(form, ())]


def _case(name: str, title: str, data: bytes, questions: list[Question]) -> Case:
    return Subject(name, title, [], questions), data


def _page(title: str, body: str) -> bytes:
    return (f"<!doctype html><html lang=pt-BR><head><meta charset=utf-8><title>{title}</title>"
            f"</head><body>{body}</body></html>").encode()  # fmt: skip


def page_of_tables() -> Case:
    """A page of the nineties: tables that lay out, and one that holds data inside of them."""
    title = "Piscina municipal"
    rows = "".join(f"<tr><td>{a}</td><td>{b}</td><td>{c}</td></tr>" for a, b, c in (
        ("<b>Modalidade</b>", "<b>Mensalidade</b>", "<b>Dias</b>"),
        ("Natação adulta", "R$ 88,00", "terça e quinta"),
        ("Natação infantil", "R$ 63,00", "segunda e quarta"),
        ("Hidroginástica", "R$ 74,00", "sexta"), ("Polo aquático", "R$ 97,00", "sábado")))  # fmt: skip
    body = (
        f"<table width=100%><tr><td width=20%><a href=/>Início</a><br><a href=/f>Fale</a></td>"
        f"<td><h1>{title}</h1><p>{prose(3, 2)}</p><table border=1>{rows}</table>"
        f"<p>{prose(4, 2)}</p></td></tr></table>"
    )
    return _case("layout", title, _page(title, body), [
        ("Qual a mensalidade da hidroginástica?", "74,00", ("hidroginástica", "mensalidade")),
        ("Em que dias tem polo aquático?", "sábado", ("polo aquático", "dias")),
        ("Quanto custa a natação infantil por mês?", "63,00", ("natação infantil", "mensalidade")),
    ])  # fmt: skip


def bodies_and_lists() -> Case:
    """Several bodies with a name of their own, lists in cells, a foot."""
    title = "Oficinas da casa de cultura"
    body = f"""<h1>{title}</h1><table><caption>Oficinas por turno</caption>
    <thead><tr><th scope=col>Oficina<th scope=col>Professor<th scope=col>Vagas<th scope=col>Materiais</thead>
    <tbody><tr><th colspan=4 scope=rowgroup>Manhã</th></tr>
    <tr><th scope=row>Xilogravura<td>Otília Brandão<td>14<td><ul><li>goiva<li>papel japonês</ul>
    <tr><th scope=row>Teatro<td>Ciro Malta<td>26<td>nenhum</tbody>
    <tbody><tr><th colspan=4 scope=rowgroup>Noite</th></tr>
    <tr><th scope=row>Xilogravura<td>Edmundo Serpa<td>17<td><ul><li>formão<li>tinta</ul>
    <tr><th scope=row>Violão<td>Iraci Tomé<td>11<td>violão próprio<br>apostila</tbody>
    <tfoot><tr><td>Total<td><td>68<td></tfoot></table>"""
    return _case("oficinas", title, _page(title, body), [
        ("Quem é o professor de xilogravura da noite?", "Edmundo Serpa", ("noite", "xilogravura", "professor")),
        ("Quem é o professor de xilogravura da manhã?", "Otília Brandão", ("manhã", "xilogravura", "professor")),
        ("Quantas vagas tem a oficina de violão?", "11", ("violão", "vagas")),
        ("Que materiais pede a xilogravura da manhã?", "papel japonês", ("xilogravura", "materiais")),
    ])  # fmt: skip


def nested_data() -> Case:
    """A cell that holds a table of its own."""
    title = "Unidades de saúde"

    def inner(*pairs: str) -> str:
        made = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>"
                       for a, b in (pair.split("|") for pair in pairs))  # fmt: skip
        return f"<table><tr><th>Vacina</th><th>Horário</th></tr>{made}</table>"

    body = f"""<h1>{title}</h1><table><tr><th>Unidade</th><th>Telefone</th><th>Vacinas</th></tr>
    <tr><td>Posto Jardim das Flores</td><td>3671-2044</td><td>{inner("Gripe|8h12 às 11h", "Febre amarela|13h04 às 16h")}</td></tr>
    <tr><td>Posto Alto da Serra</td><td>3671-2099</td><td>{inner("Gripe|9h17 às 12h", "Tétano|14h33 às 17h")}</td></tr></table>"""
    return _case("postos", title, _page(title, body), [
        ("Qual o telefone do Posto Alto da Serra?", "3671-2099", ("alto da serra", "telefone")),
        ("Qual o horário da vacina de tétano?", "14h33 às 17h", ("tétano", "horário")),
        ("Qual o horário da vacina de febre amarela?", "13h04 às 16h", ("febre amarela", "horário")),
    ])  # fmt: skip


def two_tables_on_pages() -> Case:
    """A table of Word in two pieces, the second without a head, and a title row inside the table."""
    title = "Escala de plantão do hospital"
    written = docx.Document()
    written.add_heading(title, 1)
    rows = cells("ESCALA DE JANEIRO | < | <", "Médico | Especialidade | Plantão",
                 "Abelardo Quintela | Ortopedia | 04 e 18", "Berenice Sodré | Pediatria | 05 e 19",
                 "Cássio Feijó | Cardiologia | 06 e 20", "Damiana Prado | Neurologia | 07 e 21")  # fmt: skip
    table = written.add_table(rows=len(rows), cols=3)
    for top, row in enumerate(rows):
        for left, text in enumerate(row):
            if text != "<":
                table.cell(top, left).text = text
    table.cell(0, 0).merge(table.cell(0, 2))
    written.add_paragraph(prose(12, 1))
    return _case("plantão", title, _bytes(written.save), [
        ("Qual o plantão do médico Cássio Feijó?", "06 e 20", ("cássio feijó", "plantão")),
        ("Qual a especialidade da médica Berenice Sodré?", "Pediatria", ("berenice", "especialidade")),
        ("Em que dias é o plantão da neurologia?", "07 e 21", ("neurologia", "plantão")),
    ])  # fmt: skip


def slides_without_head() -> Case:
    """A table that goes on over slides, its head on the first alone."""
    title = "Metas do planejamento"
    written = Presentation()
    rows = [[f"{name}", f"{61 + 4 * n}%", f"Diretoria {chr(65 + n)}"] for n, name in enumerate((
        "Arborização urbana", "Coleta seletiva", "Creches em tempo integral", "Iluminação de led",
        "Calçadas acessíveis", "Hortas comunitárias", "Ciclovias", "Drenagem pluvial"))]  # fmt: skip
    parts = [[["Ação", "Meta", "Responsável"], *rows[:4]], rows[4:]]
    for number, part in enumerate(parts):
        slide = written.slides.add_slide(written.slide_layouts[5])
        slide.shapes.title.text = title + (" (continuação)" if number else "")
        frame = slide.shapes.add_table(len(part), 3, Inches(1), Inches(2), Inches(8), Inches(3))
        frame.table.first_row = number == 0
        for top, row in enumerate(part):
            for left, text in enumerate(row):
                frame.table.cell(top, left).text = text
    return _case("metas", title, _bytes(written.save), [
        ("Quem é o responsável pelas ciclovias?", "Diretoria G", ("ciclovias", "responsável")),
        ("Qual a meta das hortas comunitárias?", "81%", ("hortas", "meta")),
        ("Qual a meta da coleta seletiva?", "65%", ("coleta seletiva", "meta")),
    ])  # fmt: skip


def sheets() -> Case:
    """Notes over the head, sheets with names that matter, two levels of merged heads."""
    title = "Frota municipal"
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Caminhões"
    second = book.create_sheet("Ônibus")
    for sheet, plus in ((first, 0), (second, 40)):
        sheet["A1"] = "PREFEITURA DE VILA AURORA"
        sheet["A2"] = "Posição em 31/12/2030"
        sheet.merge_cells("A1:E1")
        for row in (["Garagem", "Quantidade", None, "Consumo", None],
                    [None, "Próprios", "Alugados", "Litros", "Custo"],
                    ["Norte", 12 + plus, 31 + plus, 4810 + plus, 21350.5 + plus],
                    ["Sul", 17 + plus, 36 + plus, 5925 + plus, 26411.75 + plus],
                    ["Total", 29 + plus, 67 + plus, 10735 + plus, 47762.25 + plus]):  # fmt: skip
            sheet.append(row)
        for area in ("A3:A4", "B3:C3", "D3:E3"):
            sheet.merge_cells(area)
        sheet["A9"] = "Fonte: Secretaria de Obras"
    return _case("frota", title, _bytes(book.save), [
        ("Quantos ônibus alugados há na garagem Sul?", "76", ("ônibus", "sul", "quantidade", "alugados")),
        ("Quantos caminhões próprios há na garagem Norte?", "12", ("caminhões", "norte", "próprios")),
        ("Quantos litros consumiram os caminhões da garagem Sul?", "5925", ("caminhões", "consumo", "litros")),
    ])  # fmt: skip


def loose_markdown() -> Case:
    """Pipes without edges, escaped pipes, breaks and bold in cells."""
    title = "Laboratório aberto"
    text = f"""# {title}

## Equipamentos

Equipamento | Hora avulsa | Pacote | Regra
:--- | ---: | :---: | ---
Impressora 3D | R$ 18,50 | 10 h<br>R$ 160,00 | maiores de 14
**Cortadora a laser** | R$ 47,25 | 8 h<br>R$ 340,00 | curso \\| termo
Torno | R$ 33,10 | não há | [agendar](https://aurora.br/torno)
`CNC` pequena | R$ 52,90 | 6 h<br>R$ 290,00 | técnico presente

{prose(9, 2)}
"""
    return _case("laboratório", title, text.encode(), [
        ("Quanto custa a hora avulsa da cortadora a laser?", "47,25", ("laser", "hora avulsa")),
        ("Qual o pacote da impressora 3D?", "160,00", ("impressora 3d", "pacote")),
        ("Qual a hora avulsa da CNC pequena?", "52,90", ("cnc", "hora avulsa")),
        ("Qual a regra do torno?", "agendar", ("torno", "regra")),
    ])  # fmt: skip


def _bytes(save: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


CASES: dict[str, tuple[Callable[[], Case], ...]] = {
    "html": (page_of_tables, bodies_and_lists, nested_data),
    "docx": (two_tables_on_pages,),
    "pptx": (slides_without_head,),
    "xlsx": (sheets,),
    "md": (loose_markdown,),
}
