"""The archive that a data subject is handed: JSON, a CSV per table, a PDF to read, a manifest."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from cogep_assist.core.pdf_document import render_pdf
from cogep_assist.core.pdf_parts import Facts, Grid, Heading, Part, Words
from cogep_assist.edge.csv_cells import told_cell

TITLE = "Cópia dos dados pessoais"
MOST_PDF_ROWS = 200
MOST_CELL_CHARS = 300
KINDS = {
    "name": "Nome",
    "cpf": "CPF",
    "cnpj": "CNPJ",
    "email": "E-mail",
    "phone": "Telefone",
    "code": "Código",
    "address": "Endereço",
}
INTRODUCTION = (
    "Esta é a cópia dos dados pessoais que esta organização tratava no momento indicado "
    "(Lei 13.709/2018, art. 18, II e V, e art. 19). O arquivo dados.json tem tudo, no formato "
    "documentado; a pasta csv tem as mesmas tabelas; manifesto.json tem o resumo SHA-256 de cada "
    "arquivo. Textos de outras pessoas aparecem só no trecho que cita o titular."
)


def build_archive(document: Mapping[str, Any]) -> bytes:
    """Return the ZIP of a copy; takes a while for large ones: call it in a thread."""
    files = {
        "dados.json": json.dumps(document, ensure_ascii=False, indent=1).encode(),
        "relatorio.pdf": _pdf(document),
    }
    for table in document["tables"]:
        files[f"csv/{table['table']}.csv"] = _csv(table)
    manifest = {
        "format": document["format"],
        "generated_at": document["generated_at"],
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in sorted(files.items())
        },
    }
    files["manifesto.json"] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _csv(table: Mapping[str, Any]) -> bytes:
    written = io.StringIO()
    names = [column["name"] for column in table["columns"]]
    writer = csv.writer(written)
    writer.writerow(names)
    for row in table["rows"]:
        writer.writerow([told_cell(_words(row[name])) for name in names])
    # With a mark of its encoding: a spreadsheet would read the accents wrong without.
    return written.getvalue().encode("utf-8-sig")


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "sim" if value else "não"
    return str(value)


def _pdf(document: Mapping[str, Any]) -> bytes:
    subject = document["subject"]
    parts: list[Part] = [
        Words(INTRODUCTION),
        Facts(
            [
                ("Gerada em", document["generated_at"]),
                *((KINDS[v["kind"]], v["value"]) for v in subject["known_values"]),
            ]
        ),
    ]
    for table in document["tables"]:
        parts += _table_parts(table)
    parts.append(Heading("Citações em textos de outras pessoas e em documentos"))
    if document["mentions"]:
        rows = [[m["title"], m["text"]] for m in document["mentions"][:MOST_PDF_ROWS]]
        parts.append(Grid(["Onde", "Trecho"], rows, [1, 3]))
    else:
        parts.append(Words("Nenhuma."))
    parts.append(Heading("Com quem dados foram compartilhados"))
    if document["sharing"]:
        shared = [
            [_words(s["name"]), _words(s["fields"]), _words(s["country"]), _terms(s)]
            for s in document["sharing"]
        ]
        titles = ["Com quem", "O quê", "País", "Mecanismo (art. 33) ou base"]
        parts.append(Grid(titles, shared, [2, 3, 1, 2]))
    else:
        parts.append(Words("Com ninguém, por este sistema."))
    parts += _closing_parts(document)
    return render_pdf(TITLE, parts, footer="Lei 13.709/2018, arts. 18 e 19")


def _terms(shared: Mapping[str, Any]) -> str:
    return _words(shared["mechanism"] or shared["legal_basis"])


def _closing_parts(document: Mapping[str, Any]) -> list[Part]:
    """Say what is kept and not copied: nothing is left out in silence."""
    parts: list[Part] = []
    if document["accesses"]:
        count = sum(day["records"] for day in document["accesses"])
        parts += [
            Heading(f"Registros de acesso ({count})"),
            Words(
                "A lei manda guardá-los por 6 meses, em sigilo (Lei 12.965/2014, art. 15); por "
                "isso não saem com uma eliminação (art. 16, I). Os dias estão em dados.json; a "
                "íntegra, peça ao encarregado."
            ),
        ]
    if document["left_out"]:
        rows = [[o["title"], str(o["rows"]), o["reason"]] for o in document["left_out"]]
        parts += [
            Heading("O que não está na cópia, e por quê"),
            Grid(["Registro", "Linhas", "Por quê"], rows, [2, 1, 4]),
        ]
    return parts


def _table_parts(table: Mapping[str, Any]) -> list[Part]:
    parts: list[Part] = [Heading(f"{table['title']} ({len(table['rows'])})")]
    personal = [c for c in table["columns"] if c["class"] != "none"]
    reasons = dict.fromkeys((c["purpose"], c["legal_basis"], c["retention"]) for c in personal)
    parts += [Words(f"Base legal: {basis}. Prazo: {retention}.") for _, basis, retention in reasons]
    for row in table["rows"][:MOST_PDF_ROWS]:
        pairs = [
            (name, _words(value)[:MOST_CELL_CHARS])
            for name, value in row.items()
            if value not in (None, "", [], {})
        ]
        parts.append(Facts(pairs))
    return parts
