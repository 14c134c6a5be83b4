"""Acts as a spreadsheet: in words, with the codes beside them, and the hour of the place."""

import csv
import io
import json
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from cogep_assist.core.models import AuditEvent
from cogep_assist.edge.csv_cells import told_cell
from cogep_assist.web.audit_words import ACTORS, act_words, object_words

HEADER = (
    "Quando",
    "Ato",
    "Código do ato",
    "Sobre",
    "Identificador",
    "Quem",
    "Pseudônimo",
    "Detalhes",
    "Pedido",
)


def acts_as_csv(acts: Iterable[AuditEvent], zone: ZoneInfo) -> str:
    """Write acts as a CSV that spreadsheets of Brazil open: semicolons, and a mark for UTF-8."""
    text = io.StringIO()
    text.write("\ufeff")
    sheet = csv.writer(text, delimiter=";", lineterminator="\r\n")
    sheet.writerow(HEADER)
    for act in acts:
        cells = (
            act.occurred_at.astimezone(zone).strftime("%d/%m/%Y %H:%M:%S"),
            act_words(act.act),
            act.act,
            object_words(act.object_type),
            act.object_id,
            ACTORS.get(act.actor_kind, act.actor_kind),
            act.actor,
            json.dumps(act.details, ensure_ascii=False) if act.details else "",
            act.request_id or "",
        )
        sheet.writerow([told_cell(cell) for cell in cells])
    return text.getvalue()
