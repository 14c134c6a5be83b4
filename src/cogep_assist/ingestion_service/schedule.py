"""Schedules in Portuguese words, as intervals or as cron: both ways, and the next time."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from cogep_assist.core.errors import AppError
from cogep_assist.ingestion_service.schedule_words import plain_words
from cogep_assist.retrieval.portuguese import fold

MIN_SECONDS = 5 * 60
MAX_SECONDS = 366 * 24 * 3600
MAX_CHARS = 200
_GAPS_LOOKED_AT = 50

_UNITS = {"minuto": 60, "hora": 3600, "dia": 86_400, "semana": 604_800}
_DAYS = ("domingo", "segunda", "terca", "quarta", "quinta", "sexta", "sabado")
_DAY_NAMES = ("domingo", "segunda", "terça", "quarta", "quinta", "sexta", "sábado")
_WEEKDAYS = "1-5"

_CLOCK = r"\d{1,2}(?:[:h]\d{0,2})?\s*(?:h|hs|horas?)?"
_ONE = rf"(?:as|a|ao)?\s*(?:mei[oa][- ](?:dia|noite)|{_CLOCK})"
_TIME = rf"(?P<time>{_ONE}(?:(?:,| e)\s*{_ONE})*)"
_AT = rf"(?:,?\s*{_TIME})?"
_INTERVAL = re.compile(
    r"(?:a )?cada\s+(?:(?P<count>\d{1,5})\s+)?(?P<unit>minuto|hora|dia|semana)s?"
)
_HOURLY = re.compile(r"de hora em hora|toda hora|todas as horas")
_DAILY = re.compile(rf"(?:todos? (?:os )?dias?|diariamente|diario){_AT}")
_WORKDAYS = re.compile(
    rf"(?:(?:todos? (?:os )?|nos |em )?dias? ut(?:il|eis)|de segunda a sexta(?:-feira)?){_AT}"
)
_MONTHLY = re.compile(
    rf"(?:todo (?:mes )?(?:no )?|mensalmente no )dia (?P<day>\d{{1,2}}|L)(?![\d:h]){_AT}"
)
_DAY = rf"(?:{'|'.join(_DAYS)})s?(?:-feiras?| feiras?)?"
_WEEKLY = re.compile(
    rf"(?:tod[oa]s? (?:[oa]s )?|[an]?[oa]s? )?(?P<days>{_DAY}(?:(?:, ?| e | ou ){_DAY})*){_AT}"
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Either every so many seconds, or by a cron expression of five fields."""

    every_seconds: int | None = None
    cron: str | None = None


def parse_schedule(text: str) -> Schedule:
    """Read a schedule from words or from a cron expression.

    "a cada 6 horas", "todo dia às 03:00", "toda segunda e quinta às 8h30", "dias úteis às 7h",
    "todo dia 15 às 6h", "0 3 * * 1-5". Raises AppError("schedule_not_understood"|
    "schedule_too_frequent"|"schedule_never").
    """
    cleaned = " ".join(text.split())
    if not cleaned or len(cleaned) > MAX_CHARS:
        raise _not_understood(text)
    words = plain_words(fold(cleaned).strip(" ."))
    # The month's before the daily: “todo dia 15” is a day, “todo dia 15h” an hour.
    for read in (_interval, _hourly, _monthly, _daily, _workdays, _weekly):
        schedule = read(words)
        if schedule is not None:
            break
    else:
        if len(cleaned.split()) != 5:
            raise _not_understood(text)
        schedule = Schedule(cron=cleaned)
    _check(schedule, text)
    return schedule


def next_time(schedule: Schedule, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the next moment of a schedule after another; hours are read in ``zone``."""
    if schedule.every_seconds is not None:
        return after + timedelta(seconds=schedule.every_seconds)
    assert schedule.cron is not None
    return next(CronSim(schedule.cron, after.astimezone(zone)))


def describe(schedule: Schedule) -> str:
    """Write a schedule in words, as ``parse_schedule`` reads them; cron where words are few."""
    if schedule.every_seconds is not None:
        return _describe_interval(schedule.every_seconds)
    assert schedule.cron is not None
    minute, hour, day, month, weekday = schedule.cron.split()
    if not (minute.isdecimal() and re.fullmatch(r"\d+(,\d+)*", hour) and month == "*"):
        return schedule.cron
    at = "às " + _listed([f"{int(one):02d}:{int(minute):02d}" for one in hour.split(",")])
    if day == "*" and weekday == "*":
        return f"todo dia {at}"
    if day == "*" and weekday == _WEEKDAYS:
        return f"dias úteis {at}"
    if day == "*" and re.fullmatch(r"[0-6](,[0-6])*", weekday):
        names = [_DAY_NAMES[int(number)] for number in weekday.split(",")]
        return f"{'todo' if names[0] in {'domingo', 'sábado'} else 'toda'} {_listed(names)} {at}"
    if day == "L" and weekday == "*":
        return f"todo último dia do mês {at}"
    if day.isdecimal() and weekday == "*":
        return f"todo dia {int(day)} do mês {at}"
    return schedule.cron


def _interval(words: str) -> Schedule | None:
    match = _INTERVAL.fullmatch(words)
    if match is None:
        return None
    return Schedule(every_seconds=int(match["count"] or 1) * _UNITS[match["unit"]])


def _hourly(words: str) -> Schedule | None:
    return Schedule(every_seconds=3600) if _HOURLY.fullmatch(words) else None


def _daily(words: str) -> Schedule | None:
    match = _DAILY.fullmatch(words)
    return _at(match, "* * *") if match else None


def _workdays(words: str) -> Schedule | None:
    match = _WORKDAYS.fullmatch(words)
    return _at(match, f"* * {_WEEKDAYS}") if match else None


def _monthly(words: str) -> Schedule | None:
    match = _MONTHLY.fullmatch(words.replace(" do mes", "").replace(" de cada mes", ""))
    if match is None:
        return None
    day = match["day"]
    return _at(match, f"{int(day) if day.isdecimal() else day} * *")


def _weekly(words: str) -> Schedule | None:
    match = _WEEKLY.fullmatch(words)
    if match is None:
        return None
    named = re.findall("|".join(_DAYS), match["days"])
    numbers = sorted({_DAYS.index(name) for name in named})
    return _at(match, f"* * {','.join(map(str, numbers))}")


def _at(match: "re.Match[str]", rest: str) -> Schedule | None:
    """Put the hours before the days; without one, at midnight."""
    told = re.sub(r"\b(?:as|ao|a)\b", " ", match["time"] or "meia-noite")
    times = [_clock(one) for one in re.split(r",| e ", told)]
    minutes = {time[1] for time in times if time}
    if None in times or len(minutes) != 1:
        # One cron expression has one minute for all its hours.
        return None
    hours = sorted({time[0] for time in times if time})
    return Schedule(cron=f"{minutes.pop()} {','.join(map(str, hours))} {rest}")


def _clock(told: str) -> tuple[int, int] | None:
    plain = told.replace(" ", "").replace("-", "")
    if plain in {"meiodia", "meianoite"}:
        return (12 if plain == "meiodia" else 0, 0)
    found = re.fullmatch(r"(\d{1,2})(?:[:h](\d{2})?)?(?:h|hs|horas?)?", plain)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None
    return int(found[1]), int(found[2] or 0)


def _check(schedule: Schedule, text: str) -> None:
    if schedule.every_seconds is not None:
        if schedule.every_seconds < MIN_SECONDS:
            raise AppError("schedule_too_frequent", minutes=MIN_SECONDS // 60)
        if schedule.every_seconds > MAX_SECONDS:
            raise _not_understood(text)
        return
    assert schedule.cron is not None
    try:
        # Any moment will do: only the pattern is looked at, where no clock is put forward.
        moments = CronSim(schedule.cron, datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")))
        before = next(moments)
        for _ in range(_GAPS_LOOKED_AT):
            moment = next(moments)
            if (moment - before).total_seconds() < MIN_SECONDS:
                raise AppError("schedule_too_frequent", minutes=MIN_SECONDS // 60)
            before = moment
    except CronSimError:
        raise _not_understood(text) from None
    except StopIteration:
        raise AppError("schedule_never", schedule=text[:MAX_CHARS]) from None


def _listed(words: list[str]) -> str:
    return " e ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _describe_interval(seconds: int) -> str:
    for unit, size in reversed(_UNITS.items()):
        if seconds % size == 0:
            number = seconds // size
            if number == 1:
                return f"a cada {unit}"
            return f"a cada {number} {unit}s"
    return f"a cada {seconds // 60} minutos"


def _not_understood(text: str) -> AppError:
    return AppError("schedule_not_understood", schedule=text[:MAX_CHARS])
