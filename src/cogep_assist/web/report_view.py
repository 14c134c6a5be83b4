"""Figures of the desk in words: a table's cells, and what stands above it."""

from collections.abc import Sequence
from dataclasses import dataclass

from cogep_assist.crm_service.reports.desk_report_schemas import DeskReport, ReportLine, VolumeLine
from cogep_assist.web.formats import counted, number_br

NOTHING = "—"


@dataclass(frozen=True, slots=True)
class LineView:
    """One group's figures, in words."""

    name: str
    opened: str
    resolved: str
    unfinished: str
    oldest: str
    first_reply: str
    resolution: str
    first_reply_kept: str
    resolution_kept: str
    rating: str


def shown_lines(report: DeskReport, *, in_time: bool) -> list[LineView]:
    """Return a report's lines for its table."""
    return [_line(one, in_time=in_time) for one in report.lines]


def report_totals(
    lines: Sequence[VolumeLine], waiting: Sequence[VolumeLine]
) -> list[tuple[str, str]]:
    """Return what a whole report comes to, and the backlog; groups must share no ticket.

    ``waiting`` tells the backlog: all of it, or where its lines are of time, the period's.
    """
    opened = sum(one.opened for one in lines)
    ratings = sum(one.ratings for one in lines)
    graded = sum((one.rating_mean or 0) * one.ratings for one in lines)
    oldest = max((one.oldest_unfinished_hours or 0 for one in waiting), default=0)
    return [
        (number_br(opened), "Abertos"),
        (number_br(sum(one.resolved for one in lines)), "Resolvidos"),
        (number_br(sum(one.unfinished for one in waiting)), "Em aberto"),
        (span_words(oldest * 60) if oldest else NOTHING, "O mais antigo em aberto"),
        (number_br(graded / ratings, 1) if ratings else NOTHING, _rated(ratings)),
    ]


def span_words(minutes: float) -> str:
    """Write minutes on the clock in the unit that a person would choose."""
    if minutes < 60:
        return f"{number_br(minutes)} min"
    if minutes < 48 * 60:
        return f"{number_br(minutes / 60, 1)} h"
    return f"{number_br(minutes / 1440, 1)} dias"


def _rated(ratings: int) -> str:
    return f"Nota média, de {counted(ratings, 'avaliação', 'avaliações')}"


def _line(line: ReportLine, *, in_time: bool) -> LineView:
    return LineView(
        name="/".join(reversed(line.key.split("-"))) if in_time else line.key,
        opened=number_br(line.opened),
        resolved=number_br(line.resolved),
        unfinished=number_br(line.unfinished),
        oldest=_span(line.oldest_unfinished_hours and line.oldest_unfinished_hours * 60),
        first_reply=_span(line.first_reply_minutes_p50),
        resolution=_span(line.resolution_minutes_p50),
        first_reply_kept=_share(line.first_reply_kept),
        resolution_kept=_share(line.resolution_kept),
        rating=NOTHING if line.rating_mean is None else number_br(line.rating_mean, 1),
    )


def _span(minutes: float | None) -> str:
    return NOTHING if minutes is None else span_words(minutes)


def _share(share: float | None) -> str:
    return NOTHING if share is None else f"{number_br(share * 100)} %"
