"""Schedules: words in, words out, and the next time where people are."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cogep_assist.core.errors import AppError
from cogep_assist.ingestion_service.schedule import (
    Schedule,
    describe,
    next_time,
    parse_schedule,
)

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a cada 6 horas", 6 * 3600),
        ("A cada 30 minutos", 1800),
        ("cada 2 dias", 2 * 86400),
        ("a cada hora", 3600),
        ("a cada duas semanas", 14 * 86400),
        ("de hora em hora", 3600),
        ("De 15 em 15 minutos", 900),
        ("a cada quinze minutos", 900),
        ("a cada meia hora", 1800),
        ("duas vezes por dia", 12 * 3600),
        ("semanalmente", 7 * 86400),
        ("quinzenal", 15 * 86400),
    ],
)
def test_intervals(text: str, expected: int) -> None:
    assert parse_schedule(text) == Schedule(every_seconds=expected)


@pytest.mark.parametrize(
    ("text", "cron"),
    [
        ("todo dia às 03:00", "0 3 * * *"),
        ("Todos os dias às 3h", "0 3 * * *"),
        ("diariamente às 3h30", "30 3 * * *"),
        ("todo dia as 15 horas", "0 15 * * *"),
        ("todo dia", "0 0 * * *"),
        ("todo dia ao meio-dia", "0 12 * * *"),
        ("todo dia à meia-noite", "0 0 * * *"),
        ("toda segunda às 8h", "0 8 * * 1"),
        ("toda segunda-feira às 8h", "0 8 * * 1"),
        ("toda terça e quinta às 8h30", "30 8 * * 2,4"),
        ("segundas, quartas e sextas às 7:05", "5 7 * * 1,3,5"),
        ("todo sábado às 22h", "0 22 * * 6"),
        ("aos domingos às 6h", "0 6 * * 0"),
        ("dias úteis às 7h", "0 7 * * 1-5"),
        ("todo dia útil às 7h", "0 7 * * 1-5"),
        ("de segunda a sexta às 7h", "0 7 * * 1-5"),
        ("todo dia 15 às 6h", "0 6 15 * *"),
        ("todo mês no dia 1 às 6h", "0 6 1 * *"),
        ("todo dia 15", "0 0 15 * *"),
        ("todo dia 15h", "0 15 * * *"),
        ("todo dia 18:30", "30 18 * * *"),
        ("primeiro dia do mês", "0 0 1 * *"),
        ("dia 5 de cada mês às 7h", "0 7 5 * *"),
        ("Último dia do mês, às 22h", "0 22 L * *"),
        ("mensalmente", "0 0 1 * *"),
        ("mensalmente no dia 10 às 6h", "0 6 10 * *"),
        ("às 7h", "0 7 * * *"),
        ("às 7h de segunda a sexta", "0 7 * * 1-5"),
        ("todos os dias às 7 da noite", "0 19 * * *"),
        ("todo dia às 6h30 da manhã", "30 6 * * *"),
        ("toda manhã às 7h", "0 7 * * *"),
        ("todo dia às 8h, 12h e 18h", "0 8,12,18 * * *"),
        ("dias úteis às 8h30 e às 17h30", "30 8,17 * * 1-5"),
        ("seg, qua e sex às 7h", "0 7 * * 1,3,5"),
        ("toda 2ª-feira às 8h", "0 8 * * 1"),
        ("seg a sex às 7h", "0 7 * * 1-5"),
        ("fim de semana às 10h", "0 10 * * 0,6"),
        ("0 3 * * 1-5", "0 3 * * 1-5"),
        ("*/30 8-18 * * MON-FRI", "*/30 8-18 * * MON-FRI"),
    ],
)
def test_words_and_cron(text: str, cron: str) -> None:
    assert parse_schedule(text) == Schedule(cron=cron)


@pytest.mark.parametrize(
    "text",
    ["", " ", "às vezes", "todo dia às 25h", "todo dia às 8h75", "0 3 * *", "0 3 * * * *",
     "61 3 * * *", "a cada xis horas", "a cada 99999 semanas", "x" * 300, "todo dia 32 às 6h",
     "todo dia às 8h e às 18h30", "todo dia às 8h e 25h", "cinco vezes por dia"],
)  # fmt: skip
def test_what_is_no_schedule_is_refused_with_examples(text: str) -> None:
    with pytest.raises(AppError) as refused:
        parse_schedule(text)
    assert refused.value.code == "schedule_not_understood"
    assert "a cada 6 horas" in refused.value.remedy


@pytest.mark.parametrize("text", ["a cada minuto", "a cada 4 minutos", "* * * * *", "0,1 3 * * *"])
def test_visits_in_quick_succession_are_refused(text: str) -> None:
    with pytest.raises(AppError, match="schedule_too_frequent"):
        parse_schedule(text)


@pytest.mark.parametrize("text", ["0 3 31 2 *", "0 3 30 2 *"])
def test_a_day_that_never_comes_is_refused(text: str) -> None:
    with pytest.raises(AppError, match=r"schedule_never|schedule_not_understood"):
        parse_schedule(text)


@pytest.mark.parametrize(
    "text",
    ["a cada 6 horas", "a cada hora", "a cada 2 dias", "a cada semana", "todo dia às 03:00",
     "toda segunda às 08:00", "toda segunda e quinta às 08:30", "todo sábado às 22:00",
     "todo domingo, quarta e sexta às 07:05", "dias úteis às 07:30", "todo dia 1 do mês às 06:00",
     "todo último dia do mês às 22:00", "todo dia às 08:00, 12:00 e 18:00",
     "*/30 8-18 * * *"],
)  # fmt: skip
def test_what_is_written_is_read_back_as_the_same(text: str) -> None:
    schedule = parse_schedule(text)
    assert describe(schedule) == text
    assert parse_schedule(describe(schedule)) == schedule


def test_hours_are_those_of_the_people() -> None:
    at_three = parse_schedule("todo dia às 03:00")
    after = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert next_time(at_three, after, SAO_PAULO) == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert next_time(at_three, after, ZoneInfo("America/Manaus")) == datetime(
        2026, 11, 24, 7, 0, tzinfo=UTC
    )


def test_a_moment_that_is_due_now_is_not_due_again() -> None:
    at_three = parse_schedule("todo dia às 03:00")
    due = datetime(2026, 11, 24, 3, 0, tzinfo=SAO_PAULO)
    assert next_time(at_three, due, SAO_PAULO) == datetime(2026, 11, 25, 3, 0, tzinfo=SAO_PAULO)


def test_an_hour_that_the_clock_skips_or_repeats_comes_once() -> None:
    at_half_past_two = parse_schedule("todo dia às 2h30")
    spring = next_time(at_half_past_two, datetime(2026, 3, 7, 12, tzinfo=UTC), NEW_YORK)
    assert spring == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)
    at_half_past_one = parse_schedule("todo dia à 1h30")
    autumn = next_time(at_half_past_one, datetime(2026, 10, 31, 12, tzinfo=UTC), NEW_YORK)
    assert next_time(at_half_past_one, autumn, NEW_YORK).day == 2
