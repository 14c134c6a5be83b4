"""Figures of the desk: volume, speed, promises kept, what people thought; as charts and tables."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from cogep_assist.core.principal import Act
from cogep_assist.crm_service.reports.desk_report_schemas import DeskReport, ReportLine, VolumeLine
from cogep_assist.crm_service.reports.desk_reports import report_along_time
from cogep_assist.crm_service.reports.report_reading import IN_TIME, GroupBy
from cogep_assist.crm_service.tickets.ticket_events import database_now
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.web.charts import Chart, bar_chart, column_chart
from cogep_assist.web.formats import number_br
from cogep_assist.web.rendering import render
from cogep_assist.web.report_view import report_totals, shown_lines, span_words

router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.WORK_TICKETS, rate=Rate.ASK)
GROUPS = {
    GroupBy.QUEUE: "Fila",
    GroupBy.AGENT: "Pessoa",
    GroupBy.TAG: "Etiqueta",
    GroupBy.PRIORITY: "Prioridade",
    GroupBy.DAY: "Dia",
    GroupBy.WEEK: "Semana",
    GroupBy.MONTH: "Mês",
}
PERIODS = {7: "7 dias", 30: "30 dias", 90: "90 dias", 365: "12 meses"}
USUAL_DAYS = 30
LONGEST_DAYS = 3 * 365
EARLIEST = date(1970, 1, 1)

# Each ticket is in one group, so that the groups add up.
APART = (GroupBy.QUEUE, GroupBy.AGENT, GroupBy.PRIORITY)


@router.get("/relatorios", dependencies=[READ])
async def reports(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    por: str = "",
    dias: str = "",
    de: str = "",
    ate: str = "",
) -> Response:
    """Show the figures of a stretch of time, group by group."""
    timezone = edge_state(request).settings.timezone
    by = next((one for one in GROUPS if one.value == por), GroupBy.QUEUE)
    today = (await database_now(session)).astimezone(ZoneInfo(timezone)).date()
    first, last = _period(today, dias, de, ate)
    since, until = _moment(first, timezone), _moment(last + timedelta(days=1), timezone)
    step = by if by in IN_TIME else _step(first, last)
    grouped, along = await report_along_time(session, principal, since, until, by, step, timezone)
    query = urlencode({"since": since.isoformat(), "until": until.isoformat(), "by": by.value})
    return render(
        request,
        "reports/reports.html",
        by=by.value,
        by_words=GROUPS[by],
        groups=[(one.value, words) for one, words in GROUPS.items()],
        periods=[(str(count), words) for count, words in PERIODS.items()],
        days=str((last - first).days + 1) if last == today else "",
        first=first,
        last=last,
        totals=report_totals(along, grouped.lines if by in APART else along),
        in_time=by in IN_TIME,
        nothing_opened=not along,
        charts=[chart for chart in _charts(grouped, along, by) if chart is not None],
        lines=shown_lines(grouped, in_time=by in IN_TIME),
        csv_href=f"/crm/reports/tickets.csv?{query}",
    )


def _period(today: date, days: str, since: str, until: str) -> tuple[date, date]:
    """Return the first and the last day. Raises AppError("request_invalid")."""
    if since or until:
        try:
            last = date.fromisoformat(until) if until else today
            first = date.fromisoformat(since) if since else last - timedelta(days=USUAL_DAYS - 1)
        except (ValueError, OverflowError):
            raise invalid_field("período", "deve ter datas como 2026-03-31") from None
        if not EARLIEST <= first <= last <= today + timedelta(days=LONGEST_DAYS):
            raise invalid_field("período", "deve ficar entre 1970 e os próximos três anos")
        if not timedelta() <= last - first <= timedelta(days=LONGEST_DAYS):
            raise invalid_field("período", "deve ir de um dia a outro depois, até três anos")
        return first, last
    count = int(days) if days in map(str, PERIODS) else USUAL_DAYS
    return today - timedelta(days=count - 1), today


def _step(first: date, last: date) -> GroupBy:
    days = (last - first).days
    return GroupBy.DAY if days <= 45 else GroupBy.WEEK if days <= 370 else GroupBy.MONTH


def _moment(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone))


def _charts(grouped: DeskReport, along: list[VolumeLine], by: GroupBy) -> list[Chart | None]:
    name = f"por {GROUPS[by].lower()}"
    lines = grouped.lines
    volume = column_chart(
        "volume",
        "Abertos e resolvidos",
        [(_day(one.key), one.opened, one.resolved) for one in along],
        ("Abertos", "Resolvidos"),
    )
    if by in IN_TIME:
        lines = list(reversed(lines))

    def bars(
        key: str, title: str, field: str, words: Any, top: float | None = None
    ) -> Chart | None:
        values = [(_named(one, by), getattr(one, field)) for one in lines]
        return bar_chart(
            key,
            f"{title} {name}",
            [(n, v, "" if v is None else words(v)) for n, v in values],
            top=top,
        )

    return [
        volume,
        bars("primeira", "Primeira resposta (mediana)", "first_reply_minutes_p50", span_words),
        bars("solucao", "Solução (mediana)", "resolution_minutes_p50", span_words),
        bars("prazo", "Prazos de solução cumpridos", "resolution_kept", _percent, 1.0),
        bars("fila", "Em aberto agora", "unfinished", number_br),
        bars("nota", "Nota média do atendimento", "rating_mean", lambda v: number_br(v, 1), 5.0),
    ]


def _percent(share: float) -> str:
    return f"{number_br(share * 100)} %"


def _named(line: ReportLine, by: GroupBy) -> str:
    return _day(line.key) if by in IN_TIME else line.key


def _day(key: str) -> str:
    return "/".join(reversed(key.split("-")[1:])) if key.count("-") == 2 else key
