"""What the desk did in a stretch of time: volume, speed, targets kept, what people thought."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.reports.desk_report_figures import read_figures
from cogep_assist.crm_service.reports.desk_report_schemas import DeskReport, ReportLine, VolumeLine
from cogep_assist.crm_service.reports.report_reading import GroupBy
from cogep_assist.edge.csv_cells import told_cell
from cogep_assist.edge.validation_words import invalid_field

LONGEST = timedelta(days=3 * 366)
MOST_LINES = 1000
HEADER = {
    "key": "Grupo",
    "people": "Pessoas",
    "opened": "Abertos",
    "resolved": "Resolvidos",
    "unfinished": "Em aberto",
    "oldest_unfinished_hours": "Mais antigo em aberto (h)",
    "first_reply_minutes_p50": "1ª resposta, mediana (min)",
    "first_reply_minutes_p90": "1ª resposta, p90 (min)",
    "resolution_minutes_p50": "Solução, mediana (min)",
    "resolution_minutes_p90": "Solução, p90 (min)",
    "first_reply_kept": "Metas de 1ª resposta cumpridas",
    "resolution_kept": "Metas de solução cumpridas",
    "ratings": "Avaliações",
    "rating_mean": "Nota média",
}


async def report_tickets(
    session: AsyncSession,
    principal: Principal,
    since: datetime,
    until: datetime,
    by: GroupBy,
    timezone: str,
) -> DeskReport:
    """Return figures of the tickets opened in a stretch of time that somebody works on.

    Minutes are of the clock on the wall; shares run from 0 to 1 and are null where nothing was
    promised. Raises AppError("role_not_allowed"|"request_invalid").
    """
    _check(principal, since, until)
    lines, _ = await read_figures(session, principal, since, until, by, timezone)
    return _report(since, until, by, lines)


async def report_along_time(
    session: AsyncSession,
    principal: Principal,
    since: datetime,
    until: datetime,
    by: GroupBy,
    step: GroupBy,
    timezone: str,
) -> tuple[DeskReport, list[VolumeLine]]:
    """Return a report and, by ``step``, its volume along time; as ``report_tickets`` otherwise."""
    _check(principal, since, until)
    lines, along = await read_figures(session, principal, since, until, by, timezone, step)
    return _report(since, until, by, lines), along[:MOST_LINES]


def _check(principal: Principal, since: datetime, until: datetime) -> None:
    principal.require(Act.WORK_TICKETS)
    if not timedelta() < until - since <= LONGEST:
        raise invalid_field("until", "deve ficar depois de “since”, a no máximo três anos")


def _report(
    since: datetime, until: datetime, by: GroupBy, lines: Sequence[ReportLine]
) -> DeskReport:
    return DeskReport(since=since, until=until, by=by.value, lines=list(lines[:MOST_LINES]))


def as_csv(report: DeskReport, note: str = "") -> str:
    """Return a report as CSV with Portuguese headings; no cell is taken for a formula.

    ``note`` stands below the last line.
    """
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow(HEADER.values())
    for line in report.lines:
        table.writerow([_cell(getattr(line, name)) for name in HEADER])
    if note:
        table.writerow([note])
    return written.getvalue()


def _cell(value: Any) -> str:
    """Write a figure with a decimal comma; a text that a spreadsheet would run gets a quote."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",")
    return told_cell(str(value))
