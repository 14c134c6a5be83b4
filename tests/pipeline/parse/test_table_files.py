# ruff: noqa: E501
"""A table's row says its heads in whatever file it came."""

import time

import pytest

from cogep_assist.pipeline.parse import csv_table, html, markdown
from cogep_assist.pipeline.parse.context import ParseContext


def rows_of(body: str) -> list[str]:
    """Return the lines of what a page with this body says."""
    page = f"<html><body><main>{body}</main></body></html>".encode()
    return html.parse(page, ParseContext()).text.split("\n")


def test_a_merged_cell_is_said_in_each_row_and_heads_of_two_levels_are_one_name() -> None:
    lines = rows_of(
        "<table><tr><th rowspan=2>Carreira<th rowspan=2>Classe<th colspan=2>Valor</tr>"
        "<tr><th>Mensal<th>Anual</tr>"
        "<tr><td rowspan=2>Técnico<td>A<td>4.120,10<td>53.561,30</tr>"
        "<tr><td>B<td>4.532,11<td>58.917,43</tr></table>"
    )
    assert lines == [
        "Carreira: Técnico | Classe: A | Valor – Mensal: 4.120,10 | Valor – Anual: 53.561,30",
        "Carreira: Técnico | Classe: B | Valor – Mensal: 4.532,11 | Valor – Anual: 58.917,43",
    ]


def test_groups_repeated_heads_lists_and_an_empty_corner() -> None:
    lines = rows_of(
        "<table><thead><tr><th><th>Local<th>Pedir</thead>"
        "<tr><th colspan=3>Manhã</tr><tr><th scope=row>Teatro<td>Sala 2<td><ul><li>RG<li>foto</ul></tr>"
        "<tr><th><th>Local<th>Pedir</tr><tr><th scope=row>Coral<td>Sala 7<td></tr></table>"
    )
    assert lines == [
        "Manhã | Teatro | Local: Sala 2 | Pedir: RG; foto",
        "Manhã | Coral | Local: Sala 7",
    ]


def test_a_table_in_a_cell_is_told_under_the_row_that_it_stands_in() -> None:
    inner = "<table><tr><th>Vacina<th>Hora</tr><tr><td>Gripe<td>8h12</tr></table>"
    lines = rows_of(
        "<table><tr><th>Posto<th>Fone<th>Vacinas</tr>"
        f"<tr><td>Serra<td>3671-2099<td>{inner}</tr></table>"
    )
    assert lines == ["Posto: Serra | Fone: 3671-2099", "Serra | Vacina: Gripe | Hora: 8h12"]


def test_an_empty_cell_moves_nothing_and_a_name_alone_is_no_group() -> None:
    text = "| Setor | Ramal | Sala |\n|---|---|---|\n| Copa | 31 | |\n| Ouvidoria | | |\n| Arquivo | | D-3 |\n"
    assert markdown.parse(text.encode(), ParseContext()).text.split("\n") == [
        "Setor: Copa | Ramal: 31",
        "Setor: Ouvidoria",
        "Setor: Arquivo | Sala: D-3",
    ]


def test_two_tables_of_a_spreadsheet_each_have_their_title_and_heads() -> None:
    data = "Lagoa;;\nRefeição;Aluno;Visita\nAlmoço;2,35;9,80\n;;\nColina;;\nRefeição;Aluno;Visita\nAlmoço;3,05;8,10\n"
    assert csv_table.parse(data.encode(), ParseContext()).text.split("\n\n") == [
        "Lagoa",
        "Lagoa | Refeição: Almoço | Aluno: 2,35 | Visita: 9,80",
        "Colina",
        "Colina | Refeição: Almoço | Aluno: 3,05 | Visita: 8,10",
    ]


def test_names_and_what_they_mean_have_no_header() -> None:
    data = "Objeto;Lavagem de enxoval\nGestora;Dulcineia\nVigência;27 meses\n"
    lines = csv_table.parse(data.encode(), ParseContext()).text.split("\n")
    assert lines == ["Objeto: Lavagem de enxoval", "Gestora: Dulcineia", "Vigência: 27 meses"]


@pytest.mark.parametrize(
    "body",
    [
        "<table>" + "<tr>" + "<td>x" * 10_000 + "</table>",
        "<table>" + "<tr><td colspan=999999999 rowspan=999999999>x" * 2_000 + "</table>",
        "<table>" + "<tr><th>a<th>b" * 1 + "<tr><td>1<td>2" * 50_000 + "</table>",
        "<table><tr><th>a<th>b<tr><td>1<td>" * 200 + "</table>" * 200,
    ],
    ids=["columns", "spans", "rows", "nested"],
)
def test_a_hostile_table_is_read_in_bounded_time(body: str) -> None:
    began = time.process_time()
    assert rows_of(body)
    assert time.process_time() - began < 20
