"""The disposal list as files: CSV for spreadsheets, PDF to be signed by the archive's committee."""

import csv
import io
from collections.abc import Sequence

from cogep_assist.core.pdf_document import render_pdf
from cogep_assist.core.pdf_parts import Facts, Grid, Heading, Words
from cogep_assist.edge.csv_cells import told_cell
from cogep_assist.lgpd_service.erasure.archive_disposal import REFERENCE
from cogep_assist.lgpd_service.erasure.erasure_schemas import DisposalReply

OBJECT_TYPES = {"customer": "cadastro", "ticket": "chamado", "document": "documento"}
TITLE = "Listagem de eliminação de documentos"
_COLUMNS = {
    "code": "Código",
    "object_type": "Tipo",
    "object_id": "ID",
    "protocol": "Protocolo",
    "began_at": "Início",
    "ended_at": "Fim",
    "until": "Prazo",
    "held": "Sob guarda",
    "id": "Fundamento",
}


def disposal_csv(lines: Sequence[DisposalReply]) -> str:
    """Return one line for each record."""
    written = io.StringIO()
    # Spreadsheets know by this mark that it is UTF-8.
    written.write("\ufeff")
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow(_COLUMNS.values())
    for line in lines:
        told = line.model_dump(mode="json") | {"held": "sim" if line.held else "não"}
        table.writerow([told_cell(str(told[name] or "")) for name in _COLUMNS])
    return written.getvalue()


def disposal_pdf(organization: str, lines: Sequence[DisposalReply]) -> bytes:
    """Return the list as it is laid before the archive, with room for those who sign."""
    free = [line for line in lines if not line.held]
    rows = [
        [
            line.code,
            f"{OBJECT_TYPES[line.object_type]} {line.protocol or line.object_id}",
            f"{line.began_at:%d/%m/%Y} a {line.ended_at or line.began_at:%d/%m/%Y}",
            f"{line.until:%d/%m/%Y}",
        ]
        for line in free
    ]
    facts = [
        ("Órgão", organization or "a definir"),
        ("Registros", str(len(free))),
        ("Fora da lista, por guarda legal", str(len(lines) - len(free))),
        ("Fundamento", REFERENCE),
    ]
    return render_pdf(
        TITLE,
        [
            Facts(facts),
            Words(
                "Nada é eliminado por esta lista: ela pede a autorização da autoridade de arquivo."
            ),
            Grid(["Código", "Registro", "Datas-limite", "Prazo"], rows, [2, 4, 3, 1.5]),
            Heading("Autorização"),
            Facts(
                [
                    ("Termo de eliminação nº", "____________________"),
                    ("Comissão de avaliação", "____________________"),
                    ("Autoridade de arquivo", "____________________"),
                    ("Data", "____/____/________"),
                ]
            ),
        ],
    )
