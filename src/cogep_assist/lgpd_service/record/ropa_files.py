"""The record of processing as files: CSV for spreadsheets, PDF for people."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from cogep_assist.core.pdf_document import render_pdf
from cogep_assist.core.pdf_parts import Facts, Grid, Heading, Part, Words
from cogep_assist.edge.csv_cells import told_cell

ROLES = {
    "controller": "controlador",
    "joint_controller": "controlador conjunto",
    "processor": "operador",
}
TITLE = "Registro das operações de tratamento"
_CSV = (
    "Atividade", "Papel", "Base legal", "Confirmada", "Titulares", "Dado", "Tabela", "Coluna",
    "Classe", "Conservação", "Compartilhamento", "Medidas de segurança",
)  # fmt: skip


def ropa_csv(record: dict[str, Any]) -> str:
    """Return one line for each personal column, and one for each activity that has none."""
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow(_CSV)
    for activity in record["activities"]:
        for row in _rows(activity):
            table.writerow([told_cell(value) for value in row])
    # Spreadsheets take it for UTF-8 by this mark alone.
    return "\ufeff" + written.getvalue()


def ropa_pdf(record: dict[str, Any], *, simplified: bool = False, footer: str = "") -> bytes:
    """Return the record as a document; ``simplified`` for small agents (Res. CD/ANPD 2/2022)."""
    organization = record["organization"]
    parts: list[Part] = [
        Facts(
            [
                ("Organização", organization["name"] or "a definir"),
                ("Agente de pequeno porte", "sim" if organization["small_agent"] else "não"),
                ("Colunas pessoais", str(record["schema"]["personal_columns"])),
                ("Colunas sem rótulo", str(record["schema"]["unlabelled_columns"])),
            ]
        ),
        Words("Lei 13.709/2018, art. 37. Bases legais marcadas como proposta pedem confirmação."),
    ]
    for activity in record["activities"]:
        parts += [Heading(activity["title"]), Facts(list(_facts(activity)))]
        if not simplified and activity["columns"]:
            parts.append(_columns(activity))
    parts += [Heading("Operadores: fornecedores de modelos"), _processors(record)]
    return render_pdf(TITLE, parts, footer=footer)


def _facts(activity: dict[str, Any]) -> Iterator[tuple[str, str]]:
    basis = activity["legal_basis_text"]
    yield "Papel", ROLES[activity["role"]]
    yield "Base legal", basis if activity["confirmed"] else f"{basis} (proposta)"
    yield "Titulares", activity["subjects"]
    yield "Dados", activity["data"]
    yield "Classes", ", ".join(activity["classes"]) or "conforme declarado"
    yield "Conservação", activity["retention"]
    yield "Compartilhamento", activity["sharing"] or "nenhum declarado"
    yield "Segurança", activity["security"]


def _columns(activity: dict[str, Any]) -> Grid:
    rows = [
        [f"{column['table']}.{column['column']}", column["personal_class"], column["retention"]]
        for column in activity["columns"]
    ]
    return Grid(["Coluna", "Classe", "Conservação"], rows, [3, 1.5, 3])


def _processors(record: dict[str, Any]) -> Part:
    if not record["processors"]:
        return Words("Nenhum fornecedor registrado e nenhuma chamada feita.")
    rows = [
        [
            _named(processor),
            ", ".join(processor["models"]) or "ainda nenhum",
            ", ".join(processor["countries"]) or "não declarado",
            ", ".join(processor["mechanisms"]) or "não declarado",
        ]
        for processor in record["processors"]
    ]
    return Grid(["Fornecedor", "Modelos", "País", "Mecanismo (art. 33)"], rows)


def _named(processor: dict[str, Any]) -> str:
    # Versions from before providers were joined in do not say.
    registered = processor.get("registered")
    if not registered:
        return f"{processor['host']} (sem registro)"
    return f"{registered['legal_entity']} ({processor['host']})"


def _rows(activity: dict[str, Any]) -> Iterator[list[str]]:
    head = [
        activity["title"],
        ROLES[activity["role"]],
        activity["legal_basis_text"],
        "sim" if activity["confirmed"] else "não",
        activity["subjects"],
    ]
    tail = [activity["sharing"], activity["security"]]
    for column in activity["columns"]:
        place = [column["table_title"], column["table"], column["column"]]
        yield [*head, *place, column["personal_class"], column["retention"], *tail]
    if not activity["columns"]:
        yield [*head, activity["data"], "", "", "", activity["retention"], *tail]
