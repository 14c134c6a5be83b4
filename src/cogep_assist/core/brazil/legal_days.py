"""Brazil's holidays and days of ponto facultativo, by state, with what they are called.

The library that knows them is read when the first day is asked for: it holds every country.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Literal

Category = Literal["public", "optional"]
CATEGORIES: tuple[Category, Category] = ("public", "optional")


@lru_cache(maxsize=64)
def legal_days(state: str | None, category: Category) -> Mapping[date, str]:
    """Return the days of a category, any year's, worked out when a day is looked up.

    ``public``: holidays of the country and the state; ``optional``: days of ponto facultativo.
    """
    return _days(state, category)


def legal_days_of(year: int, state: str | None, category: Category) -> Mapping[date, str]:
    """Return the days of a category in one year."""
    return _days(state, category, years=year)


def _days(state: str | None, category: Category, **when: Any) -> Mapping[date, str]:
    import holidays  # noqa: PLC0415 - 250 countries, read only where a day is asked for

    # The language is said: by itself the library would take the process's.
    found: Mapping[date, str] = holidays.country_holidays(
        "BR", subdiv=state, categories=(category,), language="pt_BR", **when
    )
    return found
