"""The days on which the law counts: weekdays without the holidays of country, state and town.

Half days of ponto facultativo (Ash Wednesday, the eves of Christmas and of the new year) count as
days of work. But a term does not end on one whose office hours end early (Lei 9.784/1999, art. 66,
par. 1): the eves, where ponto facultativo is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from cogep_assist.core.brazil.legal_days import CATEGORIES, legal_days, legal_days_of

ONE_DAY = timedelta(days=1)
SATURDAY = 5
# Month and day of those that are worked in part; Ash Wednesday moves with Easter.
_ASH_WEDNESDAY = "Quarta-feira de Cinzas"
_CLOSES_EARLY = frozenset({(12, 24), (12, 31)})


@dataclass(frozen=True, slots=True)
class LegalCalendar:
    """Which days are days of work, for one organisation.

    ``state``: two letters, for its holidays; ``optional``: whether days of ponto facultativo are
    days without work; ``own``: days that the organisation entered, and whether people work then.
    """

    state: str | None = None
    optional: bool = True
    own: Mapping[date, bool] = field(default_factory=dict)

    def is_business_day(self, day: date) -> bool:
        """Tell whether a day counts among days of work."""
        if day in self.own:
            return self.own[day]
        if day.weekday() >= SATURDAY or day in legal_days(self.state, "public"):
            return False
        return not self.optional or not self._is_wholly_optional(day)

    def may_end_a_term(self, day: date) -> bool:
        """Tell whether a term may end on a day: one of work whose hours do not end early."""
        if day in self.own or not self.optional:
            return self.is_business_day(day)
        return self.is_business_day(day) and (day.month, day.day) not in _CLOSES_EARLY

    def next_business_day(self, day: date) -> date:
        """Return a day, or the first day of work after it."""
        while not self.is_business_day(day):
            day += ONE_DAY
        return day

    def legal_days(self, year: int) -> dict[date, str]:
        """Return the days of a year that the law takes out, with what they are called."""
        named: dict[date, str] = {}
        for category in CATEGORIES if self.optional else CATEGORIES[:1]:
            for day, name in legal_days_of(year, self.state, category).items():
                named.setdefault(day, str(name))
        return dict(sorted(named.items()))

    def _is_wholly_optional(self, day: date) -> bool:
        name = legal_days(self.state, "optional").get(day)
        if name is None or (day.month, day.day) in _CLOSES_EARLY:
            return False
        return str(name) != _ASH_WEDNESDAY
