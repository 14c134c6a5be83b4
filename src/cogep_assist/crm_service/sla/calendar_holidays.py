"""The days that the law takes out of a calendar: holidays, and ponto facultativo by its hours."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from cogep_assist.core.brazil.legal_days import CATEGORIES, legal_days
from cogep_assist.crm_service.sla.business_time import DAY_MINUTES, Shift

NO_SHIFTS: tuple[Shift, ...] = ()
# On these days public offices work a part of the day, by the federal government's yearly
# ordinance on holidays: Ash Wednesday from 14 h on, the two eves until 13 h. An organisation
# that keeps other hours enters the day as its own.
_WORKED_PART: dict[str, Shift] = {
    "Quarta-feira de Cinzas": (14 * 60, DAY_MINUTES),
    "Véspera de Natal": (0, 13 * 60),
    "Véspera de Ano-Novo": (0, 13 * 60),
}


class SpecialDays(Mapping[date, tuple[Shift, ...]]):
    """A calendar's own days, and the law's: any year's, worked out when it is asked for."""

    def __init__(
        self,
        week: Sequence[tuple[Shift, ...]],
        own: Mapping[date, tuple[Shift, ...]],
        state: str | None,
        *,
        public: bool,
        optional: bool,
    ) -> None:
        self._week, self._own, self._state = week, own, state
        self._public, self._optional = public, optional

    def __getitem__(self, day: date) -> tuple[Shift, ...]:
        if day in self._own:
            return self._own[day]
        name = holiday_name(self._state, day, public=self._public, optional=self._optional)
        if name is None:
            raise KeyError(day)
        part = _WORKED_PART.get(name)
        return NO_SHIFTS if part is None else _within(self._week[day.weekday()], part)

    def __iter__(self) -> Iterator[date]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


def holiday_name(
    state: str | None, day: date, *, public: bool = True, optional: bool = True
) -> str | None:
    """Return what a day is called that the law takes out, wholly or in part, in Portuguese.

    ``public``: holidays of the country and the state; ``optional``: days of ponto facultativo.
    A day that is both is a holiday.
    """
    for asked, category in zip((public, optional), CATEGORIES, strict=True):
        name = legal_days(state, category).get(day) if asked else None
        if name is not None:
            return name
    return None


def _within(shifts: Sequence[Shift], part: Shift) -> tuple[Shift, ...]:
    """Return what of shifts lies inside a part of the day."""
    cut = ((max(start, part[0]), min(end, part[1])) for start, end in shifts)
    return tuple((start, end) for start, end in cut if start < end)
