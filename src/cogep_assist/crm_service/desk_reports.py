"""What the desk did in a stretch of time: volume, speed, targets kept, what people thought."""

import csv
import enum
import io
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import (
    Ticket,
    TicketQueue,
    TicketRating,
    TicketSla,
    TicketStatus,
    User,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.desk_report_schemas import DeskReport, ReportLine
from cogep_assist.crm_service.ticket_access import works_on
from cogep_assist.crm_service.ticket_labels import LABELS
from cogep_assist.edge.csv_cells import told_cell
from cogep_assist.edge.validation_words import invalid_field

LONGEST = timedelta(days=3 * 366)
MOST_LINES = 1000
# Each of a ticket's tags is a line of its own.
TAGS = sa.func.unnest(Ticket.tags).table_valued("tag").render_derived(name="tags")
UNFINISHED = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.WAITING)
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


class GroupBy(enum.StrEnum):
    """By what a report's lines are told apart."""

    QUEUE = "queue"
    AGENT = "agent"
    TAG = "tag"
    PRIORITY = "priority"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


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
    principal.require(Act.WORK_TICKETS)
    if not timedelta() < until - since <= LONGEST:
        raise invalid_field("until", "deve ficar depois de “since”, a no máximo três anos")
    key = _key(by, timezone)
    source = (
        sa.select(key.label("key"), *_figures())
        .select_from(Ticket)
        .join(TicketQueue, TicketQueue.id == Ticket.queue_id)
        .outerjoin(User, User.id == Ticket.assignee_id)
        .outerjoin(TicketSla, TicketSla.ticket_id == Ticket.id)
        .outerjoin(TicketRating, TicketRating.ticket_id == Ticket.id)
    )
    if by is GroupBy.TAG:
        source = source.join(TAGS, sa.true())
    rows = await session.execute(
        source.where(
            Ticket.created_at >= since,
            Ticket.created_at < until,
            Ticket.merged_into_id.is_(None),
            works_on(principal),
        )
        .group_by(key)
        .order_by(key)
        .limit(MOST_LINES)
    )
    lines = [ReportLine(**{**row, "key": _named(by, row["key"])}) for row in rows.mappings()]
    return DeskReport(since=since, until=until, by=by.value, lines=lines)


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


def _figures() -> list[sa.Label[Any]]:
    ended = sa.func.coalesce(Ticket.resolved_at, Ticket.closed_at)
    replied = _minutes(Ticket.first_replied_at)
    solved = _minutes(ended)
    unfinished = Ticket.status.in_(UNFINISHED)
    age = sa.extract("epoch", sa.func.now() - sa.func.min(Ticket.created_at).filter(unfinished))
    people = sa.func.coalesce(sa.cast(Ticket.customer_id, sa.Text), Ticket.opened_by)
    return [
        sa.func.count(sa.distinct(people)).label("people"),
        sa.func.count().label("opened"),
        sa.func.count().filter(ended.is_not(None)).label("resolved"),
        sa.func.count().filter(unfinished).label("unfinished"),
        (age / 3600.0).label("oldest_unfinished_hours"),
        _percentile(0.5, replied).label("first_reply_minutes_p50"),
        _percentile(0.9, replied).label("first_reply_minutes_p90"),
        _percentile(0.5, solved).label("resolution_minutes_p50"),
        _percentile(0.9, solved).label("resolution_minutes_p90"),
        _share(TicketSla.first_reply_met).label("first_reply_kept"),
        _share(TicketSla.resolution_met).label("resolution_kept"),
        sa.func.count(TicketRating.score).label("ratings"),
        sa.func.avg(TicketRating.score).label("rating_mean"),
    ]


def _minutes(until: Any) -> sa.ColumnElement[Any]:
    return sa.extract("epoch", until - Ticket.created_at) / 60.0


def _percentile(share: float, values: sa.ColumnElement[Any]) -> sa.ColumnElement[float]:
    return sa.func.percentile_cont(share).within_group(values)


def _share(met: Any) -> sa.ColumnElement[float]:
    """Return which part of what was decided was met."""
    return sa.func.avg(sa.case((met.is_(True), 1.0), (met.is_(False), 0.0)))


def _key(by: GroupBy, timezone: str) -> sa.ColumnElement[Any]:
    named: dict[GroupBy, Any] = {
        GroupBy.QUEUE: TicketQueue.name,
        GroupBy.AGENT: sa.func.coalesce(User.name, ""),
        GroupBy.TAG: TAGS.c.tag,
        GroupBy.PRIORITY: Ticket.priority,
    }
    if by in named:
        column: sa.ColumnElement[Any] = named[by]
        return column
    # Days of the people's calendar, not of UTC.
    local = sa.func.timezone(sa.literal_column(f"'{timezone}'"), Ticket.created_at)
    return sa.cast(sa.func.date_trunc(sa.literal_column(f"'{by.value}'"), local), sa.Date)


def _named(by: GroupBy, key: Any) -> str:
    if by is GroupBy.PRIORITY:
        return LABELS[key]
    if by is GroupBy.AGENT:
        return str(key) or "sem responsável"
    return str(key)


def _cell(value: Any) -> str:
    """Write a figure with a decimal comma; a text that a spreadsheet would run gets a quote."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",")
    return told_cell(str(value))
