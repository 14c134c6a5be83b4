"""Dated targets, worked out by hand: Carnaval, Corpus Christi, year end, shifts, clock changes."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cogep_assist.crm_service.sla.business_calendars import business_hours
from cogep_assist.crm_service.sla.business_time import BusinessHours, Shift, moment_after
from cogep_assist.crm_service.sla.sla_clock import Stretch, read_clock

MORNING, AFTERNOON = (480, 720), (810, 1080)
OFFICE: tuple[Shift, ...] = (MORNING, AFTERNOON)
NIGHT: tuple[Shift, ...] = ((0, 360), (1320, 1440))
SAO_PAULO = "America/Sao_Paulo"


def kept(
    zone: str = SAO_PAULO,
    state: str | None = None,
    *,
    day: tuple[Shift, ...] = OFFICE,
    saturday: tuple[Shift, ...] = (),
    optional: bool = True,
    own: dict[str, tuple[Shift, ...]] | None = None,
) -> BusinessHours:
    special = tuple((date.fromisoformat(on), shifts) for on, shifts in (own or {}).items())
    return business_hours(zone, (day,) * 5 + (saturday, ()), special, state, optional=optional)


def always(zone: str = SAO_PAULO) -> BusinessHours:
    return business_hours(zone, (((0, 1440),),) * 7, public=False, optional=False)


RECESS: dict[str, tuple[Shift, ...]] = {f"2026-12-{day}": () for day in range(21, 32)}
CALENDARS = {
    # Public offices: national holidays and ponto facultativo.
    "órgão": kept(),
    # A company: what the law makes a holiday, and no more.
    "empresa": kept(optional=False),
    "SP": kept(state="SP"),
    "RJ, empresa": kept(state="RJ", optional=False),
    "RJ": kept(state="RJ", own={"2026-01-20": ()}),
    "BA": kept("America/Bahia", "BA"),
    "CE": kept("America/Fortaleza", "CE"),
    "DF": kept(state="DF"),
    "AC": kept("America/Rio_Branco", "AC"),
    "RS": kept(state="RS"),
    "Recife": kept("America/Recife", "PE", own={"2026-07-16": ()}),
    "São Paulo": kept(state="SP", own={"2027-01-25": ()}),
    "Belo Horizonte": kept(state="MG", own={"2026-12-08": ()}),
    "emenda": kept(own={"2026-06-05": ()}),
    "recesso": kept(own=RECESS),
    "véspera": kept(own={"2026-12-24": (MORNING, (810, 900))}),
    "compensa": kept(own={"2026-11-28": (MORNING,)}),
    "plantão": kept(own={"2026-09-07": (MORNING,)}),
    "três turnos": kept(day=((420, 540), (660, 780), (1140, 1320))),
    "sábado": kept(saturday=(MORNING,)),
    "noite útil": kept(day=NIGHT),
    "noite": business_hours(SAO_PAULO, (NIGHT,) * 7, public=False, optional=False),
    "Noronha": kept("America/Noronha"),
    "sempre": always(),
    "sempre, Recife": always("America/Recife"),
    "sempre, Bahia": always("America/Bahia"),
    "sempre, Acre": always("America/Rio_Branco"),
}

# calendar | opened | target | due. Local to the calendar's zone unless an offset is given.
CASES = """
# Carnaval: Monday and Tuesday are ponto facultativo, Ash Wednesday until 14 h.
órgão          | 2026-02-13T17:00 | 2:00  | 2026-02-18T15:00
empresa        | 2026-02-13T17:00 | 2:00  | 2026-02-16T09:00
RJ, empresa    | 2026-02-13T17:00 | 10:00 | 2026-02-18T08:30
órgão          | 2025-02-28T17:30 | 1:00  | 2025-03-05T14:30
órgão          | 2024-02-09T16:00 | 4:00  | 2024-02-14T16:00
órgão          | 2018-02-09T17:00 | 6:00  | 2018-02-15T09:00
órgão          | 2026-02-17T10:00 | 1:00  | 2026-02-18T15:00
órgão          | 2026-02-18T09:00 | 0:30  | 2026-02-18T14:30
# Corpus Christi moves with Easter; the Friday after it is a day of work, unless one says else.
órgão          | 2026-06-03T17:00 | 2:00  | 2026-06-05T09:00
empresa        | 2026-06-03T17:00 | 2:00  | 2026-06-04T09:00
órgão          | 2025-06-18T17:30 | 1:00  | 2025-06-20T08:30
emenda         | 2026-06-03T17:00 | 2:00  | 2026-06-08T09:00
órgão          | 2018-05-30T16:00 | 3:00  | 2018-06-01T09:00
# Year end: the eves end at 13 h, over lunch; a recess; own hours on an eve come first.
órgão          | 2026-12-23T17:00 | 2:00  | 2026-12-24T09:00
órgão          | 2026-12-24T11:00 | 2:00  | 2026-12-28T09:00
empresa        | 2026-12-24T11:00 | 2:00  | 2026-12-24T14:30
órgão          | 2026-12-31T11:30 | 1:00  | 2027-01-04T08:30
órgão          | 2026-12-30T17:00 | 8:00  | 2027-01-04T11:00
recesso        | 2026-12-18T17:00 | 2:00  | 2027-01-04T09:00
véspera        | 2026-12-24T11:00 | 2:30  | 2026-12-24T15:00
# National holidays, one by one; 15 November on a Sunday takes nothing away.
órgão          | 2026-04-02T17:00 | 2:00  | 2026-04-06T09:00
órgão          | 2026-04-20T17:00 | 2:00  | 2026-04-22T09:00
órgão          | 2026-04-30T17:00 | 2:00  | 2026-05-04T09:00
órgão          | 2026-09-04T17:00 | 2:00  | 2026-09-08T09:00
órgão          | 2026-10-09T17:00 | 2:00  | 2026-10-13T09:00
órgão          | 2026-10-27T17:00 | 2:00  | 2026-10-29T09:00
empresa        | 2026-10-27T17:00 | 2:00  | 2026-10-28T09:00
órgão          | 2026-10-30T17:00 | 2:00  | 2026-11-03T09:00
órgão          | 2026-11-13T17:00 | 2:00  | 2026-11-16T09:00
empresa        | 2026-11-19T17:00 | 2:00  | 2026-11-23T09:00
# The day of Zumbi became a national holiday with Lei 14.759, of December 2023.
órgão          | 2023-11-17T17:00 | 2:00  | 2023-11-20T09:00
# Holidays of states.
SP             | 2026-07-08T17:00 | 2:00  | 2026-07-10T09:00
órgão          | 2026-07-08T17:00 | 2:00  | 2026-07-09T09:00
RJ             | 2026-04-22T17:00 | 2:00  | 2026-04-24T09:00
BA             | 2026-07-01T17:00 | 2:00  | 2026-07-03T09:00
CE             | 2026-03-24T17:00 | 2:00  | 2026-03-26T09:00
DF             | 2026-11-27T17:00 | 2:00  | 2026-12-01T09:00
AC             | 2026-06-12T17:00 | 2:00  | 2026-06-16T09:00
Recife         | 2026-03-05T17:00 | 2:00  | 2026-03-09T09:00
RS             | 2027-09-17T17:00 | 2:00  | 2027-09-21T09:00
# Holidays of towns, a Saturday that is worked, a holiday that is worked.
Recife         | 2026-07-15T17:00 | 2:00  | 2026-07-17T09:00
São Paulo      | 2027-01-22T17:00 | 2:00  | 2027-01-26T09:00
RJ             | 2026-01-19T17:00 | 2:00  | 2026-01-21T09:00
Belo Horizonte | 2026-12-07T17:00 | 2:00  | 2026-12-09T09:00
compensa       | 2026-11-27T17:00 | 2:00  | 2026-11-28T09:00
plantão        | 2026-09-04T17:00 | 2:00  | 2026-09-07T09:00
# Split shifts: lunch, exact ends, three shifts, nights over midnight, half Saturdays.
órgão          | 2026-11-23T11:30 | 1:00  | 2026-11-23T14:00
órgão          | 2026-11-23T12:45 | 0:01  | 2026-11-23T13:31
órgão          | 2026-11-23T08:00 | 4:00  | 2026-11-23T12:00
órgão          | 2026-11-23T08:00 | 4:01  | 2026-11-23T13:31
órgão          | 2026-11-23T07:00 | 8:30  | 2026-11-23T18:00
órgão          | 2026-11-23T07:00 | 8:31  | 2026-11-24T08:01
três turnos    | 2026-11-23T08:30 | 3:00  | 2026-11-23T19:30
noite          | 2026-11-23T20:00 | 4:00  | 2026-11-24T02:00
noite útil     | 2026-11-27T23:00 | 2:00  | 2026-11-30T01:00
sábado         | 2026-11-28T11:00 | 2:00  | 2026-11-30T09:00
# Clocks changed at midnight until 2019: an hour that was skipped, an hour that came twice.
sempre         | 2018-11-03T22:00 | 4:00  | 2018-11-04T03:00
sempre         | 2018-02-17T22:00 | 4:00  | 2018-02-18T01:00
sempre         | 2017-10-14T23:30 | 1:00  | 2017-10-15T01:30
sempre         | 2019-02-16T23:30 | 1:00  | 2019-02-16T23:30-03:00
sempre         | 2019-11-02T22:00 | 4:00  | 2019-11-03T02:00
sempre         | 1985-11-01T23:00 | 2:00  | 1985-11-02T02:00
órgão          | 2018-11-01T17:00 | 2:00  | 2018-11-05T09:00-02:00
noite          | 2018-11-03T23:00 | 6:00  | 2018-11-04T06:00
noite          | 2018-02-17T21:00 | 4:00  | 2018-02-18T01:00
# Not everywhere, nor always: Recife kept its clock, Bahia changed in 2011, Acre moved twice.
sempre, Recife | 2018-11-03T22:00 | 4:00  | 2018-11-04T02:00
sempre, Bahia  | 2011-10-15T23:00 | 2:00  | 2011-10-16T02:00
sempre, Acre   | 2008-06-23T23:00 | 2:00  | 2008-06-24T02:00
sempre, Acre   | 2013-11-09T22:00 | 3:00  | 2013-11-10T00:00-05:00
AC             | 2026-11-23T09:00-03:00 | 1:00 | 2026-11-23T09:00-05:00
Noronha        | 2026-11-23T17:30-03:00 | 1:00 | 2026-11-24T09:00-02:00
"""

# calendar | turns of a ticket's life, running first | target | looked at | due, or None: it stands
LIVES = """
# Waits over Carnaval: nothing counts from Friday 16 h to Thursday 10 h.
órgão   | 2026-02-13T15:00 2026-02-13T16:00 2026-02-19T10:00 | 4:00 | 2026-02-19T11:00 | 2026-02-19T14:30
# Waits by night: as if it had not waited.
órgão   | 2026-11-23T17:00 2026-11-23T19:00 2026-11-24T07:00 | 2:00 | 2026-11-24T08:00 | 2026-11-24T09:00
# Still waits: no moment, however long.
órgão   | 2026-11-23T09:00 2026-11-23T10:00 | 2:00 | 2027-06-01T10:00 | None
# Waits over an eve that ends early, comes back in the recess between the feasts.
órgão   | 2026-12-23T16:00 2026-12-24T09:00 2026-12-28T08:00 | 4:00 | 2026-12-28T08:30 | 2026-12-28T09:00
# Missed before it waited: that does not go away.
órgão   | 2026-11-23T08:00 2026-11-23T14:00 2026-11-25T08:00 | 4:00 | 2026-11-25T09:00 | 2026-11-23T12:00
# Waits through the night that had 25 hours.
sempre  | 2018-02-17T20:00 2018-02-17T22:00 2018-02-18T01:00 | 3:00 | 2018-02-18T01:30 | 2018-02-18T02:00
"""  # noqa: E501  (a table is read by its columns)


def rows(table: str) -> list[list[str]]:
    lines = [line for line in table.strip().splitlines() if not line.startswith("#")]
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def at(text: str, hours: BusinessHours) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=hours.zone)


def span(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def test_every_dated_case_falls_due_when_a_person_says_it_does() -> None:
    wrong = []
    cases = rows(CASES)
    for name, opened, target, due in cases:
        hours = CALENDARS[name]
        found = moment_after(hours, at(opened, hours), span(target))
        if found != at(due, hours).astimezone(ZoneInfo("UTC")):
            wrong.append((name, opened, target, due, found and found.astimezone(hours.zone)))
    assert not wrong
    assert len(cases) >= 60


def test_a_clock_that_stood_in_between_falls_due_when_a_person_says_it_does() -> None:
    for name, life, target, now, due in rows(LIVES):
        hours = CALENDARS[name]
        turns = [at(turn, hours) for turn in life.split()]
        stretches = [
            Stretch(since, until, place % 2 == 0)
            for place, (since, until) in enumerate(zip(turns, [*turns[1:], None], strict=True))
        ]
        found = read_clock(hours, stretches, span(target), at(now, hours)).due_at
        assert found == (None if due == "None" else at(due, hours)), (name, life, found)
